//! Every bound of this crate in one place, with its unit and its reason.

/// Names of one directory that are held at a time. A larger directory is read several times, each
/// time for the next names in order: at 100 bytes a name these are 10 MiB.
pub const DIRECTORY_NAMES: usize = 100_000;
/// Files looked at before the walk hands them over, so that one step of blocking work stays short.
pub const WALK_BATCH: usize = 512;
/// Longest segment of a path, in bytes: what ext4, XFS, APFS and NTFS take.
pub const SEGMENT_BYTES_MAX: usize = 255;
/// Planned actions that stay in memory; further ones go to a temporary file.
pub const PLAN_ACTIONS_IN_MEMORY: usize = 10_000;
/// Actions written to or read from that file at a time.
pub const PLAN_BLOCK_ACTIONS: usize = 2_000;
/// Listed objects sorted in memory at a time, where a server does not list in order.
pub const SORT_RUN: usize = 100_000;
/// Skipped names and failed items that a plan and a report name one by one; the rest is counted.
pub const NAMED_ITEMS: usize = 1_000;
/// Failed items that are tried once more at the end of a run.
pub const SECOND_CHANCES: usize = 10_000;
/// Files whose content is compared at one time while a plan is made.
pub const COMPARES_AT_ONCE: usize = 4;
/// Bytes read at a time from a file that is hashed.
pub const HASH_BYTES: usize = 256 << 10;
/// Most items in flight that an option may ask for.
pub const TRANSFERS_MAX: usize = 256;
/// Items that move in parts at one time: each has several parts of 10 MiB or more in memory.
pub const LARGE_AT_ONCE: usize = 2;
/// Items deleted together at the end of a run; the client splits them as R2 needs it.
pub const DELETE_BATCH: usize = 2_800;
/// Objects deleted at one time where a back end has no request for many.
pub const DELETES_AT_ONCE: usize = 8;
/// Empty pages in a row after which a listing counts as endless.
pub const EMPTY_PAGES_MAX: u32 = 1_000;
/// Entries of a page that a back end lists by itself, at most: what S3 gives.
pub const PAGE_ENTRIES_MAX: usize = 1_000;
/// Bytes that a back end in memory holds, unless told otherwise: 1 GiB.
pub const MEMORY_BYTES: u64 = 1 << 30;
/// Bytes of a body of unknown length that are gathered before it is decided to send it in parts.
pub const GATHER_BYTES: usize = 8 << 20;
/// Bytes of a prefix that a back end puts before all keys: half of what a key may have.
pub const PREFIX_BYTES_MAX: usize = 512;
/// Bytes of one part whose length is not known beforehand, which is gathered in memory.
pub const PART_GATHER_BYTES: usize = 64 << 20;
/// Bytes of the record behind an object's content in a file: 8 KiB of metadata, and headers.
pub const RECORD_BYTES_MAX: u32 = 64 << 10;
/// Names of one folder that a listing holds at a time; a larger folder is read several times.
pub const WALK_NAMES: usize = 10_000;
/// Buckets that act as one, at most: every one may be asked for every object.
pub const BUCKETS_MAX: usize = 16;
/// Bytes of the name that a bucket has among others.
pub const BUCKET_NAME_BYTES_MAX: usize = 100;
/// Objects that are copied at one time from bucket to bucket, each piece by piece.
pub const COPIES_AT_ONCE: usize = 8;
/// Bytes of the note of what is under way to one key of a mirror: some hundred calls at once.
pub const JOURNAL_BYTES_MAX: u64 = 64 << 10;
/// How long after a writer was killed a request of its may still take effect: a mirror asks for
/// the object's tag at every read until then.
pub const MIRROR_SETTLE: std::time::Duration = std::time::Duration::from_secs(300);
/// Files of a mirror that are compared with the origin at a time.
pub const MIRROR_BATCH: u32 = 250;
/// Series that a recorder for Prometheus holds; further ones are dropped and counted.
pub const METRIC_SERIES_MAX: usize = 10_000;
/// Bytes of a frame of a compressed object before it is compressed, unless told otherwise.
pub const FRAME_BYTES: usize = 1 << 20;
/// Fewest bytes of a frame: below, frames compress badly and the seek table grows.
pub const FRAME_BYTES_MIN: usize = 64 << 10;
/// Most bytes of a frame: what a range of one byte has to read, and what a decoder's window needs.
pub const FRAME_BYTES_MAX: usize = 16 << 20;
/// Frames of one object that are compressed at one time, at most.
pub const FRAMES_AT_ONCE_MAX: std::num::NonZeroUsize = match std::num::NonZeroUsize::new(64) {
    Some(frames) => frames,
    None => std::num::NonZeroUsize::MIN,
};
/// Bytes of a seek table that is read: 8 million frames.
pub const SEEK_TABLE_BYTES_MAX: u64 = 64 << 20;
/// Bytes that are decompressed at one step.
pub const DECODE_BYTES: usize = 256 << 10;
