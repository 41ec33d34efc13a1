//! Who may do what: access keys, signatures, temporary credentials, signed bodies.

mod authenticate;
mod chunked;
mod identity;
mod keys;

pub(crate) use authenticate::{Access, payload_mismatch};
pub(crate) use chunked::ChunkedDecoder;
pub(crate) use identity::Identity;
pub use keys::{AccessKey, Permission};
