//! Trouble on the way: a transport that fails as networks and services do, by a seed.

mod body;
mod fault;
mod plan;
mod transport;

pub use fault::Fault;
pub use plan::Plan;
pub use transport::Faulty;
