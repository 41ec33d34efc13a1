//! A listing of many pages at a time: the key range is split while it is listed.
//!
//! S3 gives no pages in advance: each says where the next begins. But a listing may begin anywhere,
//! so several may run side by side if somebody says where. The places are guessed from the keys
//! that were seen, and a guess that was bad costs a request and no more.

mod alphabet;
mod driver;
mod options;
mod segment;

pub(crate) use driver::pages;
pub use options::ParallelListing;
