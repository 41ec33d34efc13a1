//! The crate `object_store` over every back end (feature `object_store`).
//!
//! [`BackendObjectStore`] is an [`ObjectStore`](::object_store::ObjectStore), so that DataFusion,
//! Delta Lake, Polars, Lance and Iceberg read and write on R2, on another service, in a directory,
//! in memory, in a scope, and on several buckets.

mod attributes;
mod error;
mod names;
mod store;
mod upload;

pub use store::BackendObjectStore;
