//! Errors that a server sent: S3's XML, and what stands between answers instead.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};
use r2_xml::{Document as _, ErrorDocument};

use super::{Error, ErrorKind};
use crate::limits::SNIPPET_CHARS_MAX;
use crate::values::LastModified;

/// A longer wait than this is not believed.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);
const CODE_CHARS_MAX: usize = 80;

/// What of a reply goes into every error made from it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReplyFacts<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
}

impl ReplyFacts<'_> {
    /// `cf-ray` on R2, which sends no `x-amz-request-id`.
    pub(crate) fn request_id(&self) -> Option<&str> {
        let header = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        header("cf-ray").or_else(|| header("x-amz-request-id"))
    }

    /// When the server says it is.
    pub(crate) fn date(&self) -> Option<SystemTime> {
        let date = self.headers.get(http::header::DATE)?.to_str().ok()?;
        LastModified::parse_http(date).map(|date| date.time())
    }

    fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
        let wait = match text.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            // a date is measured by the server's own clock
            Err(_) => {
                let until = LastModified::parse_http(text)?.time();
                until.duration_since(self.date()?).unwrap_or_default()
            }
        };
        Some(wait.min(RETRY_AFTER_MAX))
    }

    /// Whoever carries replies should have noticed; a lost end must not pass for the whole.
    pub(crate) fn check_length(&self, length: usize) -> Result<(), Error> {
        let announced = self.headers.get(http::header::CONTENT_LENGTH);
        let announced = announced.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        if announced.is_none_or(|announced: usize| announced == length) {
            return Ok(());
        }
        let message = "the reply is not as long as announced";
        Err(self.about(Error::new(ErrorKind::Reset, message)).possibly_applied())
    }

    pub(crate) fn about(&self, mut error: Error) -> Error {
        error.0.status = Some(self.status.as_u16());
        error.0.request_id = self.request_id().map(|id| printable(id, CODE_CHARS_MAX));
        error.0.retry_after = self.retry_after();
        error
    }
}

/// A reply whose status is an error.
pub(crate) fn from_reply(facts: ReplyFacts<'_>, body: &[u8]) -> Error {
    let status = facts.status.as_u16();
    let mut error = match ErrorDocument::decode(body) {
        Ok(document) => of_document(&document, Some(status)),
        Err(_) => of_other(facts, body),
    };
    // These say that nothing was done; after any other 5xx nobody knows.
    error.0.applied = status >= 500
        && !matches!(
            error.kind(),
            ErrorKind::Unavailable
                | ErrorKind::NotImplemented
                | ErrorKind::TooManyRequests
                | ErrorKind::StorageFull
        );
    facts.about(error)
}

/// An error that stands in a body although the status says success.
pub(crate) fn from_document(facts: ReplyFacts<'_>, document: &ErrorDocument) -> Error {
    let mut error = of_document(document, None);
    error.0.applied = matches!(error.kind(), ErrorKind::Internal | ErrorKind::Other);
    facts.about(error)
}

fn of_document(document: &ErrorDocument, status: Option<u16>) -> Error {
    let code = printable(document.code.as_str(), CODE_CHARS_MAX);
    let kind =
        ErrorKind::of_code(&code).or(status.map(ErrorKind::of_status)).unwrap_or(ErrorKind::Other);
    let message = match document.message.trim() {
        "" => "the server gave no message".to_owned(),
        message => lower_first(printable(message, 2 * SNIPPET_CHARS_MAX)),
    };
    let mut error = Error::new(kind, message);
    error.0.code = Some(code).filter(|code| !code.is_empty());
    error
}

/// No S3 error: a HEAD reply, or a page of whatever stands in front of the server.
fn of_other(facts: ReplyFacts<'_>, body: &[u8]) -> Error {
    let status = facts.status.as_u16();
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    let kind = match status {
        // a server of S3 explains its failures in XML: this one is not it
        500 | 503 if !text.is_empty() => ErrorKind::Edge,
        _ => ErrorKind::of_status(status),
    };
    let message = match facts.status.canonical_reason() {
        _ if !text.is_empty() => format!("the answer is not S3's: {:?}", snippet(text)),
        Some(reason) => reason.to_ascii_lowercase(),
        None => "an answer without a body".to_owned(),
    };
    Error::new(kind, message)
}

/// The text of an HTML page, or the beginning of what is none.
fn snippet(text: &str) -> String {
    let mut plain = String::new();
    let mut in_tag = false;
    for letter in text.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                plain.push(' ');
            }
            letter if !in_tag => plain.push(letter),
            _ => {}
        }
        if plain.len() > 4 * SNIPPET_CHARS_MAX {
            break;
        }
    }
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    printable(if words.is_empty() { text } else { &words }, SNIPPET_CHARS_MAX)
}

/// What may stand in a log line: no control characters, not too long.
fn printable(text: &str, chars_max: usize) -> String {
    let clean = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut short: String = text.chars().take(chars_max).map(clean).collect();
    if text.chars().nth(chars_max).is_some() {
        short.push('…');
    }
    short
}

/// R2's sentences begin with a capital and end with a full stop.
fn lower_first(message: String) -> String {
    let message = message.strip_suffix('.').map(str::to_owned).unwrap_or(message);
    let mut letters = message.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => message,
    }
}
