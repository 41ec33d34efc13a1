//! Every bound of this crate, with its unit.

/// Bodies up to this many bytes are kept in the index, larger ones as files.
pub(crate) const INLINE_BYTES_MAX: usize = 16 << 10;

/// Bodies are hashed, written and read in steps of this many bytes.
pub(crate) const STEP_BYTES: usize = 256 << 10;

/// How many waiting changes one commit takes.
pub(crate) const BATCH_CHANGES_MAX: usize = 1024;
