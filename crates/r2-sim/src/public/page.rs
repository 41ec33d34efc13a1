//! What a browser is shown instead of an object.

use http::{StatusCode, header};

use crate::service::{Answer, Form, empty, set};

/// An error as a page: public buckets say no in HTML, not in XML (Cloudflare's page on public
/// buckets).
pub(super) fn page(status: StatusCode, sentence: &str, form: Form) -> Answer {
    let mut answer = empty(status);
    if form == Form::Full {
        let title = match status.canonical_reason() {
            Some(reason) => format!("{} {reason}", status.as_u16()),
            None => status.as_u16().to_string(),
        };
        let text = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
             <title>{title}</title></head>\n<body><h1>{title}</h1><p>{sentence}</p></body>\n\
             </html>\n"
        );
        set(&mut answer, header::CONTENT_LENGTH, &text.len().to_string());
        *answer.body_mut() = text.into();
    }
    set(&mut answer, header::CONTENT_TYPE, "text/html; charset=utf-8");
    answer
}
