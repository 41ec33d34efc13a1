//! Counts of the pool, for metrics.

/// A moment's view of a client's connections.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolStats {
    /// Connections open or being opened, idle ones included.
    pub open: usize,
    /// Connections open and unused.
    pub idle: usize,
    /// Requests waiting for a connection to become free.
    pub waiting: usize,
    /// Requests so far that were sent on a connection used before.
    pub reused: u64,
    /// Connections opened so far.
    pub created: u64,
}
