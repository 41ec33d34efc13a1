//! What a public bucket answers: the object as S3 would answer it, without what is S3's.

use http::header::{self, HeaderName};
use http::request::Parts;
use http::{Method, StatusCode};
use r2_sign::Payload;

use super::bucket::PublicCors;
use super::face::Face;
use super::page::page;
use crate::access::Identity;
use crate::protocol::{Head, Query, Refusal, unix_ms};
use crate::service::{Answer, Call, Form, Origin, Service, empty, set};

/// What the pages say.
const MISSING: &str = "There is no such object, or it is not public.";
const CLOSED: &str = "This bucket can only be read.";
const CROWDED: &str = "Too many requests. A custom domain has no such limit.";
const FOREIGN: &str = "The rules of this bucket do not let this page read it.";

impl Service {
    /// Answers a request that is for a public bucket; gives others back.
    pub(crate) async fn answer_if_public(&self, parts: Parts) -> Result<Answer, Box<Parts>> {
        let Some(aim) = self.public.aim(&parts) else { return Err(Box::new(parts)) };
        match aim.face {
            Some(face) => Ok(self.answer_public(face, aim.raw_key, parts).await),
            None => {
                let form = form(&parts.method);
                let mut answer = page(StatusCode::NOT_FOUND, MISSING, form);
                self.add_edge_headers(&mut answer, form, unix_ms(self.clock.now()));
                Ok(answer)
            }
        }
    }

    /// Answers a request to a public bucket. There is always an answer.
    pub(crate) async fn answer_public(&self, face: &Face, raw_key: String, parts: Parts) -> Answer {
        let form = form(&parts.method);
        let now = unix_ms(self.clock.now());
        let head = head(parts, face, raw_key);
        let origin = Origin::of(&head);
        let is_welcome = face.requests_per_second_max.is_none_or(|max| face.crowd.admits(now, max));
        let mut answer = match (&head.method, is_welcome) {
            (_, false) => crowded(form),
            (&Method::OPTIONS, _) => self.public_preflight(face, &head).await,
            (&Method::GET | &Method::HEAD, _) if head.raw_key.is_empty() => {
                page(StatusCode::NOT_FOUND, MISSING, form)
            }
            (&Method::GET | &Method::HEAD, _) => self.public_object(head, form, now).await,
            _ => page(StatusCode::UNAUTHORIZED, CLOSED, form),
        };
        match (face.cors, origin) {
            (PublicCors::Everyone, _) => {
                set(&mut answer, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
                set(&mut answer, header::ACCESS_CONTROL_EXPOSE_HEADERS, "*");
            }
            (PublicCors::Rules, Some(origin)) => {
                self.add_cors(&mut answer, &origin, face.bucket.clone()).await;
            }
            (PublicCors::Rules, None) => {}
        }
        self.add_edge_headers(&mut answer, form, now);
        answer
    }

    async fn public_object(&self, head: Head, form: Form, now: u64) -> Answer {
        let call = Call { head, who: Identity::anyone(Payload::Unsigned), now };
        match self.get_object(&call, form).await {
            Ok(mut answer) => {
                hide_headers(&mut answer);
                answer
            }
            Err(refusal) => refused(&refusal, form),
        }
    }

    async fn public_preflight(&self, face: &Face, head: &Head) -> Answer {
        if face.cors == PublicCors::Rules {
            let allowed = self.preflight(head).await;
            return allowed.unwrap_or_else(|_| page(StatusCode::FORBIDDEN, FOREIGN, Form::Full));
        }
        let mut answer = empty(StatusCode::NO_CONTENT);
        set(&mut answer, header::ACCESS_CONTROL_ALLOW_METHODS, "GET,HEAD");
        if let Some(names) = head.text("access-control-request-headers") {
            set(&mut answer, header::ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        answer
    }
}

fn form(method: &Method) -> Form {
    if *method == Method::HEAD { Form::Bodyless } else { Form::Full }
}

/// The request as one for the object, without parameters and without anything of S3.
fn head(parts: Parts, face: &Face, raw_key: String) -> Head {
    let mut head = Head::new(parts, &[], "");
    head.bucket.clone_from(&face.bucket);
    head.raw_key = raw_key;
    head.query = Query::default();
    let ours: Vec<HeaderName> = head.headers.keys().filter(|name| is_s3(name)).cloned().collect();
    for name in ours {
        head.headers.remove(name);
    }
    head
}

fn is_s3(name: &HeaderName) -> bool {
    name.as_str().starts_with("x-amz-")
}

fn hide_headers(answer: &mut Answer) {
    let hidden: Vec<HeaderName> =
        answer.headers().keys().filter(|name| is_s3(name)).cloned().collect();
    for name in hidden {
        answer.headers_mut().remove(name);
    }
}

/// A refusal of S3 as the world sees it. Conditions and ranges that fail have no page
/// (workers-sdk's local R2, `public`).
fn refused(refusal: &Refusal, form: Form) -> Answer {
    let status = refusal.status();
    match status {
        StatusCode::PRECONDITION_FAILED
        | StatusCode::RANGE_NOT_SATISFIABLE
        | StatusCode::BAD_REQUEST => empty(status),
        StatusCode::NOT_FOUND => page(status, MISSING, form),
        _ => page(status, "This object cannot be read at the moment.", form),
    }
}

fn crowded(form: Form) -> Answer {
    page(StatusCode::TOO_MANY_REQUESTS, CROWDED, form)
}
