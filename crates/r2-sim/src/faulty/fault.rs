//! The kinds of trouble, each with its place in the exchange.

use std::time::Duration;

/// One kind of trouble, with its place in the exchange.
///
/// ```
/// use r2_sim::Fault;
///
/// assert_eq!(Fault::LostReply.name(), "lost reply");
/// assert!(Fault::ALL.contains(&Fault::LostReply));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// No connection: the request certainly did not arrive.
    Refused,
    /// The connection breaks before the request arrives; the client cannot know that.
    LostRequest,
    /// The connection breaks inside the request's body; the service sees a short body.
    CutRequest,
    /// The request's body stops somewhere, and the transport gives it up after this time; the
    /// service sees a short body.
    StalledRequest(Duration),
    /// One byte of the request's body is another when it arrives.
    FlippedRequest,
    /// The request arrives twice, one after the other, and the first answer is returned: what a
    /// hop that tries again by itself makes of one request. A body that cannot be made again
    /// arrives once.
    Duplicated,
    /// The request takes effect and its response is lost.
    LostReply,
    /// The response's body breaks off somewhere.
    CutBody,
    /// The response's body stops somewhere, and the transport gives it up after this time.
    StalledBody(Duration),
    /// One byte of the response's body is another.
    FlippedByte,
    /// The response's body has one byte less than its header says, and ends without an error.
    ShortBody,
    /// The response's body has one byte more than its header says.
    LongBody,
    /// 429 TooManyRequests before the request takes effect, with this `Retry-After`.
    Throttled(Option<Duration>),
    /// 500 InternalError before the request takes effect.
    InternalError,
    /// 500 InternalError after the request took effect.
    LateInternalError,
    /// 502 with HTML from Cloudflare's edge, before the request takes effect.
    BadGateway,
    /// 503 ServiceUnavailable before the request takes effect.
    Unavailable,
    /// 520 with HTML from Cloudflare's edge, before the request takes effect.
    EdgeError,
    /// 524 with HTML from Cloudflare's edge after this time: it did not wait for the answer of a
    /// request that took effect.
    EdgeTimeout(Duration),
    /// The response starts after this time.
    SlowStart(Duration),
    /// Every chunk of the response's body takes this time.
    SlowBody(Duration),
}

impl Fault {
    /// What a client must get through: throttling, server and edge errors, and connections that
    /// break before, after and inside the body. Waiting ones are short.
    pub const COMMON: [Fault; 10] = [
        Fault::Refused,
        Fault::LostRequest,
        Fault::CutRequest,
        Fault::LostReply,
        Fault::CutBody,
        Fault::StalledBody(Duration::from_millis(50)),
        Fault::Throttled(Some(Duration::from_secs(1))),
        Fault::InternalError,
        Fault::Unavailable,
        Fault::EdgeError,
    ];

    /// One of every kind, throttling with and without a time to come back; waiting ones are short.
    pub const ALL: [Fault; 22] = [
        Fault::Refused,
        Fault::LostRequest,
        Fault::CutRequest,
        Fault::StalledRequest(Duration::from_secs(5)),
        Fault::FlippedRequest,
        Fault::Duplicated,
        Fault::LostReply,
        Fault::CutBody,
        Fault::StalledBody(Duration::from_secs(5)),
        Fault::FlippedByte,
        Fault::ShortBody,
        Fault::LongBody,
        Fault::Throttled(None),
        Fault::Throttled(Some(Duration::from_secs(1))),
        Fault::InternalError,
        Fault::LateInternalError,
        Fault::BadGateway,
        Fault::Unavailable,
        Fault::EdgeError,
        Fault::EdgeTimeout(Duration::from_secs(5)),
        Fault::SlowStart(Duration::from_secs(1)),
        Fault::SlowBody(Duration::from_millis(100)),
    ];

    /// The kind in two words, without its time: to count by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Fault::Refused => "refused",
            Fault::LostRequest => "lost request",
            Fault::CutRequest => "cut request",
            Fault::StalledRequest(_) => "stalled request",
            Fault::FlippedRequest => "flipped request",
            Fault::Duplicated => "duplicated",
            Fault::LostReply => "lost reply",
            Fault::CutBody => "cut body",
            Fault::StalledBody(_) => "stalled body",
            Fault::FlippedByte => "flipped byte",
            Fault::ShortBody => "short body",
            Fault::LongBody => "long body",
            Fault::Throttled(_) => "throttled",
            Fault::InternalError => "internal error",
            Fault::LateInternalError => "late internal error",
            Fault::BadGateway => "bad gateway",
            Fault::Unavailable => "unavailable",
            Fault::EdgeError => "edge error",
            Fault::EdgeTimeout(_) => "edge timeout",
            Fault::SlowStart(_) => "slow start",
            Fault::SlowBody(_) => "slow body",
        }
    }
}
