//! Every bound of this crate, with its unit.

/// Bodies up to this many bytes are kept in the index, larger ones as files.
pub(crate) const INLINE_BYTES_MAX: usize = 16 << 10;

/// Bodies are hashed, written and read in steps of this many bytes.
pub(crate) const STEP_BYTES: usize = 256 << 10;

/// A large file is forced to the disk in steps of this many bytes, so that its end does not have to
/// wait for all of it.
pub(crate) const SYNC_BYTES: u64 = 64 << 20;

/// Space that a store in a folder keeps back, so that deletes are possible on a full disk.
pub(crate) const RESERVE_BYTES: usize = 4 << 20;

/// So many removed files are forgotten at once, for the folders they were in have to be forced to
/// the disk first: there are 256 of these. Tests see it happen with a few.
pub(crate) const FORGOTTEN_MIN: usize = if cfg!(test) { 2 } else { 1024 };

/// In memory the index takes back the pages that it no longer needs after so many commits.
pub(crate) const MEMORY_COMMITS: u64 = 64;

/// How many waiting changes one commit takes.
pub(crate) const BATCH_CHANGES_MAX: usize = 1024;

/// The largest body of one PUT, one part or one copied part: 5 GiB less 5 MiB (Cloudflare's limits
/// page).
pub(crate) const PUT_BYTES_MAX: u64 = (5 << 30) - (5 << 20);

/// The largest object: 5 TiB less 5 GiB.
pub(crate) const OBJECT_BYTES_MAX: u64 = (5 << 40) - (5 << 30);

/// The highest part number.
pub(crate) const PART_NUMBER_MAX: u16 = 10_000;

/// Entries of a page, however many are asked for.
pub(crate) const PAGE_ENTRIES_MAX: usize = 1000;

/// Keys of one DeleteObjects.
pub(crate) const DELETE_KEYS_MAX: usize = 1000;

/// A body that an operation has no use for is read this far, in bytes, to see whether it is the one
/// that was signed.
pub(crate) const STRAY_BYTES_MAX: usize = 64 << 10;

/// Lock rules of one bucket (Cloudflare's page on bucket locks).
pub(crate) const LOCK_RULES_MAX: usize = 1000;

/// A request that carries a document is never longer, in bytes.
pub(crate) const DOCUMENT_BYTES_MAX: usize = 8 << 20;

/// The longest cassette, in bytes of its file.
pub(crate) const CASSETTE_BYTES_MAX: usize = 16 << 20;

/// Exchanges of one cassette.
pub(crate) const CASSETTE_EXCHANGES_MAX: usize = 10_000;

/// The longest body that a cassette holds byte for byte.
pub(crate) const CASSETTE_BODY_BYTES_MAX: usize = 1 << 20;

/// The same, unless a recorder is told otherwise: fixtures are meant to be read.
pub(crate) const RECORDED_BODY_BYTES: usize = 16 << 10;

/// Headers of one recorded message.
pub(crate) const CASSETTE_HEADERS_MAX: usize = 100;

/// The longest latency that is played back, so that no cassette can make a test wait for ever.
pub(crate) const LATENCY_MS_MAX: u64 = 600_000;
