//! Copies inside the service, of any size.

mod options;
mod run;
mod source;

pub use options::CopyOptions;
pub use run::{Copied, copy};

pub(crate) use source::CopySource;
