//! What hyper and the socket report, in our words.

use std::error::Error;
use std::io;

use crate::{BodyError, ErrorKind, TransportError};

/// Why no response came.
pub(super) fn of_request(error: hyper::Error) -> TransportError {
    let kind = if error.is_user() {
        ErrorKind::Body
    } else if error.is_parse() {
        ErrorKind::Protocol
    } else if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        ErrorKind::Reset
    } else {
        io_cause(&error).map_or(ErrorKind::Protocol, of_io)
    };
    TransportError::new(kind, error)
}

/// Why a response body ended early, after `got` bytes of `expected`.
pub(super) fn of_response_body(error: hyper::Error, expected: Option<u64>, got: u64) -> BodyError {
    let cause = io_cause(&error).map(io::Error::kind);
    let ended = error.is_incomplete_message() || cause == Some(io::ErrorKind::UnexpectedEof);
    let kind = match (ended, expected) {
        (true, Some(expected)) => ErrorKind::Length { expected, got },
        (true, None) => ErrorKind::Reset,
        (false, _) => io_cause(&error).map_or(ErrorKind::Reset, of_io),
    };
    BodyError::new(kind, error)
}

/// Data that cannot be decoded is the peer's fault; everything else is the loss of the connection.
fn of_io(error: &io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => ErrorKind::Protocol,
        _ => ErrorKind::Reset,
    }
}

fn io_cause(error: &hyper::Error) -> Option<&io::Error> {
    let mut cause = error.source();
    while let Some(current) = cause {
        if let Some(error) = current.downcast_ref() {
            return Some(error);
        }
        cause = current.source();
    }
    None
}
