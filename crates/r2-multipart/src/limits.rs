//! Every bound of this crate, each with its unit and where it comes from.

use std::time::Duration;

/// One MiB, in bytes.
pub const MIB: u64 = 1024 * 1024;

/// Parts of one upload, at most (Cloudflare R2 limits page).
pub const PARTS_MAX: u16 = 10_000;

/// Smallest part that is not the last one: 5 MiB, in bytes (R2 limits page).
pub const PART_BYTES_MIN: u64 = 5 * MIB;

/// Largest part, and largest single PUT: 5 GiB less 5 MiB, in bytes (R2 limits page).
pub const PART_BYTES_MAX: u64 = 5 * 1024 * MIB - 5 * MIB;

/// Part size when nothing else is asked for: 10 MiB, in bytes.
///
/// Four of them in flight stay well below 64 MiB of memory, and 10,000 of them reach 97 GiB before
/// parts have to grow.
pub const PART_BYTES_DEFAULT: u64 = 10 * MIB;

/// Largest object: 5 TiB less 5 GiB ("4.995 TiB"), in bytes (R2 limits page).
pub const OBJECT_BYTES_MAX: u64 = 5 * 1024 * 1024 * MIB - 5 * 1024 * MIB;

/// From this many bytes on an upload goes in parts: 100 MiB.
pub const THRESHOLD_BYTES_DEFAULT: u64 = 100 * MIB;

/// Requests in flight for one transfer when nothing else is asked for.
pub const CONCURRENCY_DEFAULT: u16 = 4;

/// Requests in flight for one transfer, at most.
pub const CONCURRENCY_MAX: u16 = 16;

/// How often one transfer may begin again because its upload vanished or its object changed.
pub const RESTARTS_MAX: u8 = 2;

/// How often one part is sent again after its request was given up under pressure (429, 500, 503).
///
/// The client has retried each of these requests already; a further round is only granted after
/// the transfer lowered its concurrency, so rounds add up and do not multiply.
pub const PART_ROUNDS_MAX: u8 = 5;

/// Bytes gathered from a response before they are written to a file in one step: 1 MiB.
pub const WRITE_BYTES: usize = 1024 * 1024;

/// Bytes in memory that are hashed at once before other tasks of the thread have their turn: 1 MiB.
pub const HASH_SLICE_BYTES: usize = 1024 * 1024;

/// Largest resume token or journal header that is read back: 64 KiB.
pub const TOKEN_BYTES_MAX: u64 = 64 * 1024;

/// Largest download journal that is read back: 4 MiB, some 400 bytes for each possible part.
pub const JOURNAL_BYTES_MAX: u64 = 4 * MIB;

/// Part size of a server-side copy: 128 MiB.
///
/// No byte passes through this machine, so nothing but the price (one class A operation a part)
/// and the time of one request count.
pub const COPY_PART_BYTES_DEFAULT: u64 = 128 * MIB;

/// How long cleaning up after a failure may take, retries included.
pub const CLEAN_UP_TIMEOUT: Duration = Duration::from_secs(30);
