//! Any transport, on a socket.

mod listen;
mod options;
mod peer;
mod tls;

pub use listen::serve;
pub use options::ServeOptions;
pub use peer::Peer;
