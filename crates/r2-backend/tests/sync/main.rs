//! Syncs against the local R2.

#![expect(clippy::unwrap_used, reason = "a helper of a test may panic as a test may")]

mod copies;
mod deletes;
mod failures;
mod hostile;
mod listings;
mod model;
mod round_trip;
mod world;
