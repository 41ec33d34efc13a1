//! What is left out or written over so that a recording holds no secret, and so that the same
//! scenario recorded again gives the same file.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Write as _;

use super::{Ask, Cassette, Content, Ending, Headers, Recorded, RecordedBody, Secrets};
use crate::protocol::percent_decode;

const DATE: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
const TIMESTAMP: &str = "2026-01-01T00:00:00.000Z";
const ID: &str = "ID";

/// Headers whose values are other ones every time.
const VOLATILE_HEADERS: [(&str, &str); 6] = [
    ("date", DATE),
    ("last-modified", DATE),
    ("cf-ray", "0000000000000000-SIM"),
    ("x-amz-request-id", ID),
    ("x-amz-id-2", ID),
    ("x-amz-version-id", ID),
];

/// The same for elements of documents.
const VOLATILE_ELEMENTS: [(&str, &str); 5] = [
    ("LastModified", TIMESTAMP),
    ("CreationDate", TIMESTAMP),
    ("Initiated", TIMESTAMP),
    ("RequestId", ID),
    ("HostId", ID),
];

/// Shorter ids could stand in a text by chance.
const UPLOAD_ID_BYTES_MIN: usize = 8;

/// Removes the secrets, which must be all that were ever seen.
pub(crate) fn scrub(exchange: &mut Recorded, secrets: &Secrets) {
    let Recorded { ask, sent, ending, latency: _ } = exchange;
    ask.headers.map(|value| secrets.scrub(value));
    let path = secrets.scrub(&ask.path);
    let query = secrets.scrub(&ask.query);
    *ask = Ask::build(ask.method.clone(), path, query, ask.headers.clone());
    // A request's body is compared, so it is not changed: what is secret in it goes by its digest.
    if let Content::Bytes(bytes) = &sent.content
        && secrets.are_in(bytes)
    {
        *sent = sent.without_bytes();
    }
    if let Ending::Reply(reply) = ending {
        reply.headers.map(|value| secrets.scrub(value));
        change(&mut reply.body, |text| secrets.scrub(text));
        if let Content::Bytes(bytes) = &reply.body.content
            && secrets.are_in(bytes)
        {
            // Not text, so nothing of it can be shown.
            reply.body = reply.body.without_bytes();
        }
    }
}

/// Numbers uploads in the order of their creation, gives every date and id one value, and puts
/// parts and ranges that went side by side into the order of their numbers.
pub(crate) fn steady(exchanges: &mut [Recorded]) {
    let mut uploads = BTreeMap::new();
    let mut tags = BTreeMap::new();
    for exchange in exchanges.iter_mut() {
        steady_tags(exchange, &mut tags);
        let is_content = exchange.ask.named.operation == "GetObject";
        if let Ending::Reply(reply) = &mut exchange.ending {
            for (name, value) in VOLATILE_HEADERS {
                reply.headers.replace(name, value);
            }
            if is_document(&reply.headers, &reply.body)
                && !(is_content && reply.status.is_success())
            {
                note_uploads(&reply.body, &mut uploads);
                change(&mut reply.body, steady_document);
                change(&mut reply.body, |text| rename(text, &uploads));
            }
        }
        exchange.ask.query = name_upload(&exchange.ask.query, &uploads);
    }
    let together = |one: &Recorded, other: &Recorded| {
        one.ask.named == other.ask.named && one.ask.line() != other.ask.line()
    };
    for run in exchanges.chunk_by_mut(together) {
        run.sort_by_key(|exchange| exchange.ask.rank());
    }
}

/// The tags of parts, where they are no MD5s: R2's are random. They come back in a completion.
fn steady_tags(exchange: &mut Recorded, tags: &mut BTreeMap<String, String>) {
    const MD5_BYTES: usize = 32;
    let number = exchange.ask.rank();
    let Ending::Reply(reply) = &mut exchange.ending else { return };
    match exchange.ask.named.operation.as_str() {
        "UploadPart" => {
            let tag = reply.headers.get("etag").map(|tag| tag.trim_matches('"').to_owned());
            if let Some(tag) = tag.filter(|tag| tag.len() > MD5_BYTES) {
                let beginning = format!("part-{number}-tag-");
                let many = tags.values().filter(|name| name.starts_with(&beginning)).count() + 1;
                let name = tags.entry(tag).or_insert(format!("{beginning}{many}"));
                reply.headers.replace("etag", &format!("\"{name}\""));
            }
        }
        "CompleteMultipartUpload" => change(&mut exchange.sent, |text| rename(text, tags)),
        "ListParts" => change(&mut reply.body, |text| rename(text, tags)),
        _ => {}
    }
}

impl Cassette {
    /// Takes the latencies of an earlier recording of the same scenario, where all else is equal:
    /// what only ran a little faster is then the same file.
    #[must_use]
    pub fn with_latencies_of(mut self, earlier: &Cassette) -> Cassette {
        let mut lines: HashMap<_, VecDeque<&Recorded>> = HashMap::new();
        for exchange in &earlier.exchanges {
            lines.entry(exchange.ask.line()).or_default().push_back(exchange);
        }
        for exchange in &mut self.exchanges {
            let before = lines.get_mut(&exchange.ask.line()).and_then(VecDeque::pop_front);
            if let Some(before) = before.filter(|before| before.sent == exchange.sent) {
                exchange.latency = before.latency;
            }
        }
        self
    }
}

fn is_document(headers: &Headers, body: &RecordedBody) -> bool {
    let says = headers.get("content-type").is_some_and(|kind| kind.contains("xml"));
    says || body.text().is_some_and(|text| text.starts_with("<?xml"))
}

/// Changes a body that is text.
fn change(body: &mut RecordedBody, change: impl FnOnce(&str) -> String) {
    if let Some(changed) = body.text().map(change) {
        body.content = Content::Bytes(changed.into());
    }
}

fn steady_document(text: &str) -> String {
    let mut steady = text.to_owned();
    for (name, value) in VOLATILE_ELEMENTS {
        steady = with_elements(&steady, name, value);
    }
    steady
}

/// Every element of this name gets this text.
fn with_elements(text: &str, name: &str, value: &str) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut rest = text;
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    while let Some((before, after)) = rest.split_once(&open) {
        let Some((_, end)) = after.split_once(&close) else { break };
        // Writing to a string cannot fail.
        let _ = write!(changed, "{before}{open}{value}{close}");
        rest = end;
    }
    changed + rest
}

/// Every upload gets a name of its own; one that has it keeps it.
fn note_uploads(body: &RecordedBody, uploads: &mut BTreeMap<String, String>) {
    let Some(text) = body.text() else { return };
    for piece in text.split("<UploadId>").skip(1) {
        let Some((id, _)) = piece.split_once("</UploadId>") else { continue };
        if id.len() >= UPLOAD_ID_BYTES_MIN && !uploads.contains_key(id) {
            uploads.insert(id.to_owned(), format!("upload-{}", uploads.len() + 1));
        }
    }
}

/// The same in a query, where an id may be written in several ways.
fn name_upload(query: &str, uploads: &BTreeMap<String, String>) -> String {
    let known = |pair: &str| {
        let id = percent_decode(pair.strip_prefix("uploadId=")?.as_bytes());
        uploads.get(std::str::from_utf8(&id).ok()?)
    };
    let pairs = query.split('&').map(|pair| match known(pair) {
        Some(name) => format!("uploadId={name}"),
        None => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Writes names where ids stood; longer ids first, because one may begin with another.
fn rename(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut renamed = text.to_owned();
    let mut longest_first: Vec<_> = names.iter().collect();
    longest_first.sort_by_key(|(id, _)| Reverse(id.len()));
    for (id, name) in longest_first {
        renamed = renamed.replace(id.as_str(), name);
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_get_one_text() {
        let text = "<a><RequestId>x</RequestId><b/><RequestId></RequestId><RequestId>";
        let steady = "<a><RequestId>ID</RequestId><b/><RequestId>ID</RequestId><RequestId>";
        assert_eq!(steady_document(text), steady);
    }
}
