//! Buckets that anybody may read: `r2.dev` and custom domains.

mod answer;
mod bucket;
mod crowd;
mod face;
mod page;

pub use bucket::{PublicBucket, PublicCors};
pub(crate) use face::{Face, Faces};
