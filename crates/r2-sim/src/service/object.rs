//! What requests say of a new object, and what responses say of a stored one.

use http::{HeaderMap, header};

use super::answer::{self, Answer};
use super::lifecycle::Expiry;
use crate::checksum::{Algorithm, Digests, hex};
use crate::protocol::{
    CustomerKey, Refusal, Side, State, http_date, read_headers, read_sse, storage_class,
    write_headers,
};
use crate::store::{ChecksumRecord, Headers, ObjectRecord, Segment};
use crate::switches::Switches;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// What PutObject, CopyObject and CreateMultipartUpload have in common.
#[derive(Clone, Debug)]
pub(crate) struct NewObject {
    pub(crate) headers: Headers,
    pub(crate) class: &'static str,
    pub(crate) sse: Option<CustomerKey>,
}

impl NewObject {
    pub(crate) fn read(headers: &HeaderMap, switches: &Switches) -> Result<NewObject, Refusal> {
        Ok(NewObject {
            sse: read_sse(headers, Side::Object)?,
            class: storage_class(headers)?,
            headers: read_headers(headers, switches.metadata_count)?,
        })
    }

    pub(crate) fn sse_key_md5(&self) -> Option<String> {
        CustomerKey::md5_of(self.sse.as_ref())
    }
}

/// Checksum kinds as the protocol names them.
pub(crate) const FULL_OBJECT: &str = "FULL_OBJECT";
pub(crate) const COMPOSITE: &str = "COMPOSITE";

/// The checksum of a body that was stored as one.
pub(crate) fn full_checksum(
    checked: Option<Algorithm>,
    digests: &Digests,
) -> Option<ChecksumRecord> {
    let algorithm = checked?;
    Some(ChecksumRecord {
        algorithm: algorithm.name().to_owned(),
        value: BASE64.encode(digests.get(algorithm)?),
        kind: FULL_OBJECT.to_owned(),
    })
}

/// An ETag of one body: its MD5 in hexadecimal.
pub(crate) fn md5_etag(digests: &Digests) -> String {
    hex(&digests.md5)
}

/// What conditions are compared with.
pub(crate) fn state(object: Option<&ObjectRecord>) -> Option<State<'_>> {
    object.map(|object| State { etag: &object.etag, modified: object.modified })
}

/// The segments of some bytes of an object.
pub(crate) fn cut(segments: &[Segment], start: u64, length: u64) -> Vec<Segment> {
    let (mut skip, mut left) = (start, length);
    let mut cut = Vec::new();
    for segment in segments {
        if left == 0 {
            break;
        }
        if skip >= segment.length {
            skip -= segment.length;
            continue;
        }
        let take = left.min(segment.length - skip);
        let start = segment.start + skip;
        cut.push(Segment { blob: segment.blob, start, length: take });
        (skip, left) = (0, left - take);
    }
    cut
}

/// Whether checksum headers are sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum WithChecksum {
    Yes,
    No,
}

/// Writes everything that a stored object shows on GET and HEAD.
pub(crate) fn describe(
    answer: &mut Answer,
    object: &ObjectRecord,
    expiry: Option<&Expiry>,
    checksum: WithChecksum,
) {
    write_headers(&object.headers, answer.headers_mut());
    answer::set(answer, header::ETAG, &answer::quoted(&object.etag));
    answer::set(answer, header::LAST_MODIFIED, &http_date(object.modified));
    answer::set(answer, header::ACCEPT_RANGES, "bytes");
    answer::set(answer, header::VARY, "Accept-Encoding");
    // A capture of a plain HEAD shows no class, so the default is not named (rclone#8137).
    if object.class != "STANDARD" {
        answer::set_text(answer, "x-amz-storage-class", &object.class);
    }
    describe_sse(answer, object.sse_key_md5.as_deref());
    describe_expiry(answer, expiry);
    if let (WithChecksum::Yes, Some(checksum)) = (checksum, &object.checksum) {
        describe_checksum(answer, checksum);
    }
}

/// Echoes the key of SSE-C.
pub(crate) fn describe_sse(answer: &mut Answer, key_md5: Option<&str>) {
    if let Some(md5) = key_md5 {
        answer::set_text(answer, "x-amz-server-side-encryption-customer-algorithm", "AES256");
        answer::set_text(answer, "x-amz-server-side-encryption-customer-key-md5", md5);
    }
}

/// Says when a lifecycle rule will remove the object.
pub(crate) fn describe_expiry(answer: &mut Answer, expiry: Option<&Expiry>) {
    if let Some(Expiry { at, rule }) = expiry {
        // Up to the second, so that the object is never there after the date it was given.
        let date = http_date(at.div_ceil(1000).saturating_mul(1000));
        let text = format!("expiry-date=\"{date}\", rule-id=\"{rule}\"");
        answer::set_text(answer, "x-amz-expiration", &text);
    }
}

/// Writes a checksum header and its kind.
pub(crate) fn describe_checksum(answer: &mut Answer, checksum: &ChecksumRecord) {
    describe_value(answer, checksum);
    answer::set_text(answer, "x-amz-checksum-type", &checksum.kind);
}

/// Writes a checksum header alone: parts have no kind.
pub(crate) fn describe_value(answer: &mut Answer, checksum: &ChecksumRecord) {
    if let Some(algorithm) = Algorithm::from_name(&checksum.algorithm) {
        answer::set_text(answer, algorithm.header(), &checksum.value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutting_keeps_exactly_the_bytes() {
        let segments = [(1, 0, 10), (2, 5, 5), (3, 0, 1)].map(Segment::from);
        for start in 0..=16u64 {
            for length in 0..=16 - start {
                let cut = cut(&segments, start, length);
                let sum: u64 = cut.iter().map(|segment| segment.length).sum();
                assert_eq!(sum, length, "{start}+{length}");
                assert!(cut.iter().all(|segment| segment.length > 0));
            }
        }
        let across = cut(&segments, 8, 4);
        assert_eq!(across, [(1, 8, 2), (2, 5, 2)].map(Segment::from));
    }
}
