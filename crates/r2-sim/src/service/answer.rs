//! Building responses.

use http::header::{self, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use r2_transport::Body;
use r2_xml::Document;

use crate::protocol::Refusal;

/// What an operation answers.
pub(crate) type Answer = Response<Body>;

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}

/// 200 with a document.
pub(crate) fn document(document: &impl Document) -> Answer {
    xml(StatusCode::OK, document.encode())
}

/// A document as text.
pub(crate) fn xml(status: StatusCode, text: String) -> Answer {
    let length = text.len();
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = status;
    set(&mut answer, header::CONTENT_TYPE, "application/xml");
    set(&mut answer, header::CONTENT_LENGTH, &length.to_string());
    answer
}

/// Sets a header. A value that cannot stand in one is left out.
pub(crate) fn set(answer: &mut Answer, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        answer.headers_mut().insert(name, value);
    }
}

/// The same with a name given as lower-case text.
pub(crate) fn set_text(answer: &mut Answer, name: &'static str, value: &str) {
    set(answer, HeaderName::from_static(name), value);
}

/// `"etag"`, with its quotes.
pub(crate) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

/// Whether a response has a body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    Full,
    /// To HEAD.
    Bodyless,
}

/// An error answer. To HEAD it has no body, so the client has the status only; the type of the body
/// that is not there is named all the same (workers-sdk's local R2).
pub(crate) fn refused(refusal: &Refusal, form: Form) -> Answer {
    match form {
        Form::Full => xml(refusal.status(), refusal.document().encode()),
        Form::Bodyless => {
            let mut answer = empty(refusal.status());
            set(&mut answer, header::CONTENT_TYPE, "application/xml");
            answer
        }
    }
}
