//! What was captured from R2, one line of a table each: the request, and what of the answer counts.
//!
//! The source is Cloudflare's own local R2 (cloudflare/workers-sdk, recorded 2026-06-11) where a
//! table does not name another. `cargo xtask test --part oracle` asks that one the same and much
//! more; these tables show a regression without it.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

mod buckets;
mod conditions;
mod copies;
mod deletes;
mod listings;
mod multipart;
mod objects;
mod screening;
mod table;
