//! A local R2 that behaves like R2, in memory or in a directory.
