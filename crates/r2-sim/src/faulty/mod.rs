//! Trouble on the way: a transport that fails as networks and services do, by a seed.

mod body;
mod fate;
mod fault;
mod plan;
mod reply;
mod storm;
mod transport;

pub use fault::Fault;
pub use plan::Plan;
pub use storm::Storm;
pub use transport::Faulty;
