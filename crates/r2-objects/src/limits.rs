//! Every bound of this crate in one place, with its unit and its source.

use std::time::Duration;

/// Longest object key, in bytes of UTF-8 (Cloudflare R2 limits page).
pub const KEY_BYTES_MAX: usize = 1024;
/// Most metadata an object may carry: names and decoded values, in bytes (R2 limits page).
pub const METADATA_BYTES_MAX: usize = 8192;
/// Largest object that one PUT may create: 5 GiB less 5 MiB (R2 limits page).
pub const PUT_BYTES_MAX: u64 = 5 * (1 << 30) - 5 * (1 << 20);
/// Longest life of a presigned URL (R2 presigned URLs page).
pub const PRESIGN_MAX: Duration = Duration::from_secs(604_800);
/// Shortest life of a presigned URL: URLs count in whole seconds.
pub const PRESIGN_MIN: Duration = Duration::from_secs(1);
/// Keys in one DeleteObjects request: the documented limit is 1,000, but R2 has answered 500 above
/// about 700 (opendal#2227).
pub const DELETE_BATCH_KEYS: usize = 700;
/// Entries on one page of a listing (R2 limits page).
pub const LIST_PAGE_ENTRIES_MAX: u32 = 1000;
/// List requests in flight that an option may ask for: more connections than that a client has not.
pub const LIST_REQUESTS_MAX: usize = 64;
/// Listed entries that wait for the reader before only the range is listed on that it waits for.
pub const LIST_READ_AHEAD_BYTES: usize = 32 << 20;
/// Largest XML reply that is read into memory: a page of 1,000 keys of 1,024 bytes, each byte
/// written as `%XX`, with its other elements, fits with room to spare.
pub const REPLY_BYTES_MAX: usize = 16 << 20;
/// How much of an error reply is read: R2's own are under a kilobyte, but a signature mismatch
/// repeats the canonical request.
pub const ERROR_BYTES_MAX: usize = 64 << 10;
/// How much of a reply that is not S3 XML goes into an error message.
pub const SNIPPET_CHARS_MAX: usize = 200;
/// What [`crate::Objects::get`] holds in memory before it refuses; larger objects are streamed.
pub const GET_BYTES_MAX: usize = 256 << 20;
/// Up to this size a body in memory is signed with its SHA-256: the hash of one mebibyte costs less
/// than a millisecond. Above, TLS carries it with a CRC64NVME instead.
pub const SHA256_BYTES_MAX: usize = 1 << 20;
/// Without TLS the hash is the only protection, so larger bodies in memory are hashed as well.
pub const SHA256_BYTES_MAX_WITHOUT_TLS: usize = 64 << 20;
/// How much is hashed at once before other tasks of the thread have their turn: less than a
/// millisecond of SHA-256.
pub const HASH_SLICE_BYTES: usize = 1 << 20;
/// How often a broken download is taken up again without [`RECONNECT_PROGRESS_BYTES`] in between.
pub const RECONNECTS_MAX: u32 = 5;
/// A stream that moved this far since it broke last has earned its reconnects anew.
pub const RECONNECT_PROGRESS_BYTES: u64 = 1 << 20;
/// First pause before a broken download is taken up again; it doubles each time.
pub const RECONNECT_PAUSE: Duration = Duration::from_millis(100);
