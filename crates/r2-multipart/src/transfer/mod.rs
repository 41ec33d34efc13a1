//! What uploads, downloads and copies have in common: options, progress, the stop signal.

mod blame;
mod defaults;
mod interrupt;
mod options;
mod progress;
mod stop;

pub use defaults::{ClientBuilderExt, MultipartDefaults};
pub use options::TransferOptions;
pub use progress::{Progress, ProgressUpdate};
pub use stop::Stop;

pub(crate) use blame::Blame;
pub(crate) use interrupt::Interrupt;
pub(crate) use progress::Meter;
