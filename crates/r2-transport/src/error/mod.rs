//! What can go wrong between a request and its response.

mod body;
mod kind;
mod transport;

pub use body::BodyError;
pub use kind::ErrorKind;
pub use transport::TransportError;

/// Any error, as a cause.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
