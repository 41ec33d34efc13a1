//! Any transport, on a socket.

mod activity;
mod connection;
mod exchange;
mod listen;
mod options;
mod peer;
mod received;
mod soundness;
mod tls;

pub use listen::serve;
pub use options::ServeOptions;
pub use peer::Peer;
pub(crate) use received::Received;
