//! The two transfers as state machines without I/O, clock or tasks.
//!
//! A driver asks [`UploadMachine::next`] (or [`DownloadMachine::next`]) for actions until there is
//! none, performs them side by side, and hands back what came of each with `handle`. The machine
//! knows nothing of bytes or requests, so every order of events can be tested as a table.
//!
//! Each machine ends in exactly one of [`End::Completed`], [`End::Aborted`] and
//! [`End::Suspended`]; it never asks for a finished part again and never completes with one
//! missing.

mod download;
mod flight;
mod pace;
mod upload;

pub use download::{DownloadAction, DownloadEvent, DownloadMachine, Order};
pub use pace::Concurrency;
pub use upload::{PartRead, UploadAction, UploadEvent, UploadMachine};

#[cfg(test)]
mod tests;

/// How a transfer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth way to end")]
pub enum End {
    /// Everything is where it belongs.
    Completed,
    /// It failed and left nothing to go on from.
    Aborted,
    /// It failed and what is finished was kept; the same transfer can go on from there.
    Suspended,
}

/// What a failed request means for its transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "each case is one way for the transfer to go on")]
pub enum Failure {
    /// The server asks for less (429, 500, 503) and the client's retries are spent: the part may
    /// be sent again once the transfer has lowered its concurrency.
    Pressure,
    /// The other side is no longer what the transfer began with (upload vanished, object
    /// replaced): only beginning again can help.
    Stale,
    /// It failed; going on later may help.
    Fatal,
    /// It failed, and going on later would fail again.
    Final,
}

/// How smoothly a part went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the answer to one yes-no question")]
pub enum Pace {
    /// At the first attempt, or delayed by something that has nothing to do with load.
    Free,
    /// The server asked for less before it took the part.
    Throttled,
}

/// What remains of a transfer that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the answer to one yes-no question")]
pub enum OnFailure {
    /// Nothing: what was sent or written is removed.
    CleanUp,
    /// What is finished stays, to go on from.
    Keep,
}
