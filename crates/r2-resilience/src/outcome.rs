//! What an attempt came to, in the few words that the policies need.

use std::time::Duration;

/// May the operation be tried again when it is not known whether it took effect?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "either a second effect is harmless or it is not")]
pub enum Safety {
    /// Taking effect twice is the same as once: reads, plain writes of a whole object, deletes.
    Repeatable,
    /// Only tried again when the failed attempt certainly took no effect: conditional writes,
    /// completion of a multipart upload, appends.
    IfNotApplied,
}

/// Did a failed attempt take effect on the other side?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[expect(clippy::exhaustive_enums, reason = "certainty and its absence")]
pub enum Applied {
    /// Certainly not: it never arrived, or the server answered that it did nothing.
    #[default]
    No,
    /// Nobody knows: the reply was lost.
    Maybe,
}

/// Why an attempt failed, as far as trying again is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureClass {
    /// The server asked us to slow down (429).
    Throttled,
    /// The server failed (500, 503).
    Server,
    /// The network in front of the server failed (520 to 524, HTML instead of XML).
    Edge,
    /// No answer in time.
    Timeout,
    /// The connection broke before the answer was complete.
    Reset,
    /// There was no connection: name lookup, connect or TLS failed. Nothing was sent.
    Connect,
    /// The server's clock and ours disagree; the caller has corrected its own.
    Skew,
}

impl FailureClass {
    /// How many classes there are: what is counted per class is an array of this length.
    pub(crate) const COUNT: usize = 7;

    /// The class as a metric label.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Server => "server",
            Self::Edge => "edge",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::Connect => "connect",
            Self::Skew => "skew",
        }
    }

    pub(crate) fn index(self) -> usize {
        self as usize
    }

    /// Does this failure say that the server is unwell? A throttling server is alive and says
    /// so, and a skewed clock may be ours.
    pub(crate) fn counts_against_health(self) -> bool {
        !matches!(self, Self::Throttled | Self::Skew)
    }

    /// Is this failure a sign that too many requests are under way?
    pub(crate) fn says_overload(self) -> bool {
        matches!(self, Self::Throttled | Self::Server | Self::Edge | Self::Timeout)
    }
}

/// What a final failure says about the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the three things the breaker can be told")]
pub enum Health {
    /// It answered, and meant it (404, 412): counts as a success for the breaker.
    Healthy,
    /// It says nothing about the server: our own mistake, or a body that could not be read.
    Unknown,
    /// The server is unwell, yet this call must not be repeated.
    Unhealthy,
}

/// What one attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the driver must be told one of these three")]
pub enum Outcome<T, E> {
    /// It worked.
    Done(T),
    /// It failed in a way that may pass.
    Retry {
        /// What went wrong.
        error: E,
        /// The row of the retry table.
        class: FailureClass,
        /// How long the server asked us to wait (`Retry-After`), if it did.
        after: Option<Duration>,
        /// Whether the attempt may have taken effect.
        applied: Applied,
    },
    /// It failed for good; trying again would not help.
    Fail {
        /// What went wrong.
        error: E,
        /// What that says about the server.
        health: Health,
    },
}
