//! The pooled HTTP/1.1 client: why it is built this way is in `docs/decisions/connection-pool.md`.

mod addresses;
mod builder;
mod connection;
mod dial;
mod failure;
mod http_client;
mod lease;
mod no_proxy;
mod origin;
mod outgoing;
mod patience;
mod pool;
mod prepare;
mod proxy;
mod receiving;
mod stats;
mod tls;
mod tunnel;
mod watch;

pub use builder::HttpClientBuilder;
pub use http_client::HttpClient;
pub use proxy::Proxy;
pub(crate) use receiving::Receiving;
pub use stats::PoolStats;
