//! Reading and writing what several operations have in common.

use r2_objects::{
    Checksum, ChecksumAlgorithm, ETag, Error, LastModified, Precondition, Reply, RequestParts,
    SseCustomerKey,
};

use crate::crc64::Crc64;

/// The checksum as headers and XML carry it.
pub(crate) fn checksum_of(crc: Crc64) -> Checksum {
    crc.value().into()
}

/// Puts conditions on the object that the request meets into it.
pub(super) fn conditions(
    mut parts: RequestParts,
    conditions: &[Precondition],
) -> Result<RequestParts, Error> {
    for condition in conditions {
        parts = match condition {
            Precondition::IfMatch(tags) => parts.header("if-match", tags)?,
            Precondition::IfNoneMatch(tags) => parts.header("if-none-match", tags)?,
            Precondition::IfModifiedSince(time) => {
                parts.header("if-modified-since", LastModified::from(*time).http())?
            }
            Precondition::IfUnmodifiedSince(time) => {
                parts.header("if-unmodified-since", LastModified::from(*time).http())?
            }
            other => {
                let message = format!("a condition that uploads in parts do not know: {other:?}");
                return Err(Error::new(r2_objects::ErrorKind::InvalidInput, message));
            }
        };
    }
    Ok(parts)
}

/// Puts the caller's key, if there is one, into a request.
pub(super) fn customer_key(
    parts: RequestParts,
    key: Option<&SseCustomerKey>,
) -> Result<RequestParts, Error> {
    match key {
        Some(key) => key.apply(parts),
        None => Ok(parts),
    }
}

/// The ETag in a reply's header.
pub(super) fn etag_of(reply: &Reply) -> Result<ETag, Error> {
    let text = reply.header("etag").ok_or_else(|| reply.unexpected("the reply has no etag"))?;
    etag_from(text, reply)
}

pub(super) fn etag_from(text: &str, reply: &Reply) -> Result<ETag, Error> {
    ETag::parse(text).map_err(|error| {
        reply.unexpected("the reply has an etag that cannot be sent back").with_source(error)
    })
}

/// The CRC64NVME in a reply's header.
pub(super) fn crc64_of(reply: &Reply) -> Option<Crc64> {
    crc64_from(reply.header(ChecksumAlgorithm::Crc64Nvme.header()))
}

/// A CRC64NVME in base64; one that cannot be read counts as none.
pub(crate) fn crc64_from(base64: Option<&str>) -> Option<Crc64> {
    let checksum = Checksum::parse(ChecksumAlgorithm::Crc64Nvme, base64?).ok()?;
    Crc64::of_checksum(&checksum)
}
