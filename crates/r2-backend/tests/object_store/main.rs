//! The tests that the crate `object_store` publishes for its own stores, on every back end of ours,
//! and what they do not look at.

mod exact;
mod published;
mod stores;
