//! The client and the server on real sockets.

mod limits;
mod pool;
mod proxy;
mod script;
mod serve;
mod talk;
mod tls;
