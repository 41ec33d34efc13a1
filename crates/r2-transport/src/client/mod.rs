//! The pooled HTTP/1.1 client.

mod builder;
mod http_client;
mod proxy;
mod stats;

pub use builder::HttpClientBuilder;
pub use http_client::HttpClient;
pub use proxy::Proxy;
pub use stats::PoolStats;
