//! GetObject and HeadObject: one function, with or without the body.

use http::{HeaderName, StatusCode, header};
use r2_transport::Body;

use super::answer::{self, Answer, Form};
use super::core::{Call, Halt, Service, open_bucket};
use super::lifecycle::Expiry;
use super::object::{WithChecksum, cut, describe, state};
use crate::limits::PART_NUMBER_MAX;
use crate::protocol::{
    Conditions, CustomerKey, Outcome, RangeHeader, Refusal, Side, Span, check_sse, read_sse,
};
use crate::store::{Content, ObjectRecord, Snapshot};
use crate::switches::{HeadRange, Presence};

/// Query parameters that replace a header of the answer to GET.
const OVERRIDES: [(&str, HeaderName); 6] = [
    ("response-cache-control", header::CACHE_CONTROL),
    ("response-content-disposition", header::CONTENT_DISPOSITION),
    ("response-content-encoding", header::CONTENT_ENCODING),
    ("response-content-language", header::CONTENT_LANGUAGE),
    ("response-content-type", header::CONTENT_TYPE),
    ("response-expires", header::EXPIRES),
];

/// What of the object is asked for.
#[derive(Clone, Copy, Debug)]
enum Wish {
    Whole,
    Range(RangeHeader),
    Part(u16),
}

/// What will be answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Shown {
    NotModified,
    Whole,
    Partial(Span),
}

struct Found {
    object: ObjectRecord,
    shown: Shown,
    expiry: Option<Expiry>,
}

/// Everything the look at the store needs.
struct Look {
    bucket: String,
    key: String,
    now: u64,
    sse: Option<CustomerKey>,
    conditions: Conditions,
    wish: Wish,
}

impl Service {
    pub(crate) async fn get_object(&self, call: &Call, form: Form) -> Result<Answer, Refusal> {
        let look = Look {
            bucket: call.bucket(),
            key: call.key(&self.switches)?.identity,
            now: call.now,
            sse: read_sse(&call.head.headers, Side::Object)?,
            conditions: Conditions::read(&call.head.headers, ""),
            wish: self.wish(call, form)?,
        };
        let part = matches!(look.wish, Wish::Part(_));
        let key = CustomerKey::seal_of(look.sse.as_ref()).cloned();
        let (found, content) = self
            .open(move |snapshot| {
                let found = look.find(snapshot)?;
                let segments = match (form, found.shown) {
                    (Form::Bodyless, _) | (Form::Full, Shown::NotModified) => Vec::new(),
                    (Form::Full, Shown::Whole) => found.object.segments.clone(),
                    (Form::Full, Shown::Partial(span)) => {
                        cut(&found.object.segments, span.start, span.length)
                    }
                };
                Ok((found, segments))
            })
            .await?;
        let mut answer = self.show(call, &found, content.with_key(key), form);
        if part && !found.object.parts.is_empty() {
            let count = found.object.parts.len().to_string();
            answer::set_text(&mut answer, "x-amz-mp-parts-count", &count);
        }
        self.adjust(call, &mut answer, form);
        Ok(answer)
    }

    fn wish(&self, call: &Call, form: Form) -> Result<Wish, Refusal> {
        let ignores = form == Form::Bodyless && self.switches.head_range == HeadRange::Whole;
        let range = call.head.text("range").filter(|_| !ignores);
        match (call.head.query.get("partNumber"), range) {
            (Some(_), Some(_)) => Err(Refusal::invalid_request(
                "Cannot specify both Range header and partNumber query parameter",
            )),
            (Some(number), None) => Ok(Wish::Part(part_number(number)?)),
            (None, Some(range)) => Ok(Wish::Range(RangeHeader::parse(range)?)),
            (None, None) => Ok(Wish::Whole),
        }
    }

    fn show(&self, call: &Call, found: &Found, content: Content, form: Form) -> Answer {
        let Found { object, shown, expiry } = found;
        let (status, length, checksum) = match shown {
            Shown::NotModified => {
                (StatusCode::NOT_MODIFIED, 0, self.switches.checksums_on_not_modified)
            }
            Shown::Whole => (StatusCode::OK, object.size, Presence::Send),
            // The whole object's checksum fits a range that is the whole object.
            Shown::Partial(span) if span.length == object.size => {
                (StatusCode::PARTIAL_CONTENT, span.length, Presence::Send)
            }
            Shown::Partial(span) => {
                (StatusCode::PARTIAL_CONTENT, span.length, self.switches.checksums_on_partial)
            }
        };
        let mut answer = match form {
            Form::Full if length > 0 => {
                http::Response::new(Body::one_shot(content.stream(), Some(length)))
            }
            _ => http::Response::new(Body::empty()),
        };
        *answer.status_mut() = status;
        let with_checksum = match checksum {
            // A 304 has none to compare with, and was seen to carry it (icechunk#1991).
            Presence::Send if *shown == Shown::NotModified || asks_checksum(call) => {
                WithChecksum::Yes
            }
            _ => WithChecksum::No,
        };
        describe(&mut answer, object, expiry.as_ref(), with_checksum);
        if *shown != Shown::NotModified {
            answer::set(&mut answer, header::CONTENT_LENGTH, &length.to_string());
        }
        if let Shown::Partial(span) = shown {
            let range = span.content_range(object.size);
            answer::set(&mut answer, header::CONTENT_RANGE, &range);
        }
        answer
    }

    fn adjust(&self, call: &Call, answer: &mut Answer, form: Form) {
        match form {
            Form::Full => {
                for (parameter, name) in OVERRIDES {
                    if let Some(value) = call.head.query.get(parameter) {
                        answer::set(answer, name, value);
                    }
                }
            }
            Form::Bodyless => {
                let accepts = call.head.text("accept-encoding").unwrap_or_default();
                let compresses = accepts.contains("gzip") || accepts.contains("br");
                if compresses && self.switches.head_content_length == Presence::Omit {
                    answer.headers_mut().remove(header::CONTENT_LENGTH);
                }
            }
        }
    }
}

impl Look {
    fn find(&self, snapshot: &Snapshot<'_>) -> Result<Found, Halt> {
        let bucket = open_bucket(snapshot.bucket(&self.bucket)?)?;
        let object = snapshot.object(bucket.id(), &self.key)?;
        let object = bucket.rules.seen(&self.key, object, self.now);
        let object = object.ok_or_else(Refusal::no_such_key)?;
        check_sse(object.sse_key_md5.as_deref(), self.sse.as_ref())?;
        let shown = match self.conditions.evaluate(state(Some(&object))) {
            Outcome::Failed => return Err(Refusal::precondition_failed().into()),
            Outcome::NotModified => Shown::NotModified,
            Outcome::Holds => self.wish.of(&object)?,
        };
        let expiry = bucket.rules.expiry(&self.key, object.modified);
        Ok(Found { object, shown, expiry })
    }
}

fn asks_checksum(call: &Call) -> bool {
    call.head.text("x-amz-checksum-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("ENABLED"))
}

impl Wish {
    fn of(self, object: &ObjectRecord) -> Result<Shown, Refusal> {
        match self {
            Wish::Whole => Ok(Shown::Whole),
            Wish::Range(range) => Ok(Shown::Partial(range.of(object.size)?)),
            Wish::Part(number) => part_span(object, number).map(Shown::Partial),
        }
    }
}

/// The bytes of a part; an object that was not uploaded in parts is its own first part.
fn part_span(object: &ObjectRecord, number: u16) -> Result<Span, Refusal> {
    let index = usize::from(number) - 1;
    if object.parts.is_empty() && index == 0 {
        return Ok(Span::whole(object.size));
    }
    let length = *object.parts.get(index).ok_or_else(Refusal::invalid_part)?;
    Ok(Span { start: object.parts.iter().take(index).sum(), length })
}

/// Reads a part number.
pub(crate) fn part_number(text: &str) -> Result<u16, Refusal> {
    let number = text.parse().ok().filter(|number| (1..=PART_NUMBER_MAX).contains(number));
    number.ok_or_else(|| {
        Refusal::invalid_argument("Part number must be an integer between 1 and 10000, inclusive.")
    })
}
