//! The client: one loop through which every call goes.

mod builder;
mod call;
mod exchange;
mod handle;
mod integrity;
mod telemetry;

pub use builder::ClientBuilder;
pub use call::CallOptions;
pub use handle::Client;
pub use integrity::ChecksumPolicy;
pub use telemetry::describe_metrics;

pub(crate) use exchange::Head;

#[cfg(test)]
mod tests;
