//! One recorded exchange.

use http::StatusCode;
use r2_transport::{ErrorKind, TransportError};

use super::{Ask, Headers, RecordedBody};

/// A request and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) ask: Ask,
    pub(crate) sent: RecordedBody,
    pub(crate) ending: Ending,
    pub(crate) latency: Latency,
}

#[derive(Clone, Debug)]
pub(crate) enum Ending {
    Reply(Reply),
    /// There was no response.
    Failed {
        kind: ErrorKind,
        /// Not one byte of the request reached the peer.
        is_unsent: bool,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Headers,
    pub(crate) body: RecordedBody,
}

/// How long the answer took.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Latency {
    /// From the beginning of the request to the head of its response, in milliseconds.
    pub(crate) first_byte_ms: u64,
    /// From the beginning of the request to the end of the response's body, in milliseconds.
    pub(crate) whole_ms: u64,
}

/// The kinds of failure by their names in a cassette.
const FAILURES: [(&str, ErrorKind); 16] = [
    ("dns", ErrorKind::Dns),
    ("connect", ErrorKind::Connect),
    ("tls", ErrorKind::Tls),
    ("connect-timeout", ErrorKind::ConnectTimeout),
    ("pool-timeout", ErrorKind::PoolTimeout),
    ("first-byte-timeout", ErrorKind::FirstByteTimeout),
    ("stalled", ErrorKind::Stalled),
    ("deadline", ErrorKind::Deadline),
    ("reset", ErrorKind::Reset),
    ("body", ErrorKind::Body),
    ("protocol", ErrorKind::Protocol),
    ("insecure-refused", ErrorKind::InsecureRefused),
    ("invalid-request", ErrorKind::InvalidRequest),
    ("shutdown", ErrorKind::Shutdown),
    ("too-large", ErrorKind::TooLarge),
    ("other", ErrorKind::Other),
];

impl Ending {
    pub(crate) fn failed(error: &TransportError) -> Ending {
        let kind = error.kind();
        // The lengths of `Length` are in no cassette.
        let is_known = FAILURES.iter().any(|(_, known)| *known == kind);
        let kind = if is_known { kind } else { ErrorKind::Other };
        let is_unsent =
            !error.may_have_applied() && TransportError::from_kind(kind).may_have_applied();
        Ending::Failed { kind, is_unsent }
    }

    pub(crate) fn failure_name(kind: ErrorKind) -> &'static str {
        FAILURES.iter().find(|(_, known)| *known == kind).map_or("other", |(name, _)| name)
    }

    pub(crate) fn failure_kind(name: &str) -> Option<ErrorKind> {
        FAILURES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_keep_what_is_known_of_the_request() {
        let unsent = TransportError::from_kind(ErrorKind::Reset).unsent();
        let Ending::Failed { kind, is_unsent } = Ending::failed(&unsent) else { panic!() };
        assert_eq!((kind, is_unsent), (ErrorKind::Reset, true));
        let refused = TransportError::from_kind(ErrorKind::Connect);
        let Ending::Failed { kind, is_unsent } = Ending::failed(&refused) else { panic!() };
        assert_eq!((kind, is_unsent), (ErrorKind::Connect, false));
        for (name, kind) in FAILURES {
            assert_eq!(Ending::failure_kind(Ending::failure_name(kind)), Some(kind), "{name}");
        }
    }
}
