//! A transport that gives the answers it was told to give.

mod canned;
mod transport;

pub use canned::Canned;
pub use transport::Mock;
