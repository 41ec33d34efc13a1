//! How a body is bound to its request: the payload hash that is signed, and one checksum header.

use http::{HeaderMap, HeaderName, HeaderValue};
use md5::{Digest as _, Md5};
use r2_sign::{Payload as Signed, Sha256};

use crate::endpoint::Endpoint;
use crate::limits::{HASH_SLICE_BYTES, SHA256_BYTES_MAX, SHA256_BYTES_MAX_WITHOUT_TLS};
use crate::operation::Integrity;
use crate::payload::Payload;
use crate::values::{Checksum, ChecksumAlgorithm, Crc64Nvme};

/// Whether contents travel with a checksum header.
///
/// R2 keeps CRC64NVME and gives it back; it is the only algorithm that it supports for a whole
/// object uploaded in parts. Servers that do not know it do one of two things: Ceph 16 and Swift
/// 2.38 take the header and ignore it (tried), R2 itself answered 501 until 2025. So other services
/// get none unless asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChecksumPolicy {
    /// As [`Crc64Nvme`](Self::Crc64Nvme) for R2's own hosts and for the emulator `r2.local`, as
    /// [`None`](Self::None) for all others.
    #[default]
    Auto,
    /// `x-amz-checksum-crc64nvme` with every content whose bytes are in memory or whose checksum is
    /// known.
    Crc64Nvme,
    /// No header. What is in memory is then bound by its SHA-256 up to 64 MiB.
    None,
}

impl ChecksumPolicy {
    pub(super) fn sends_crc(self, endpoint: &Endpoint) -> bool {
        match self {
            Self::Auto => endpoint.is_r2() || endpoint.is_emulator(),
            Self::Crc64Nvme => true,
            Self::None => false,
        }
    }
}

/// What is signed for the body, and the checksum header if there is one.
pub(super) struct Binding {
    pub(super) signed: Signed,
    pub(super) header: Option<(HeaderName, HeaderValue)>,
}

/// Decides for one request; computed once and used by all its attempts. Hashes in slices, so that a
/// large body does not hold up everything else on this thread.
pub(super) async fn bind(
    payload: &Payload,
    integrity: Integrity,
    headers: &HeaderMap,
    tls: bool,
    sends_crc: bool,
) -> Binding {
    let checksum = match integrity {
        Integrity::None => None,
        Integrity::Md5 => payload.as_bytes().map(|bytes| md5(bytes)), // documents are small
        // R2 takes one checksum a request: the caller's own goes first
        Integrity::Content if has_checksum(headers) || !sends_crc => None,
        Integrity::Content => content_checksum(payload).await,
    };
    let header = checksum.as_ref().map(|checksum| {
        let value = HeaderValue::from_str(&checksum.to_string()).expect("base64 is ASCII");
        (HeaderName::from_static(checksum.algorithm().header()), value)
    });
    let hashed_up_to =
        if tls && header.is_some() { SHA256_BYTES_MAX } else { SHA256_BYTES_MAX_WITHOUT_TLS };
    let signed = match payload.as_bytes() {
        Some(bytes) if bytes.len() <= hashed_up_to => {
            let mut sha256 = Sha256::new();
            in_slices(bytes, |slice| sha256.update(slice)).await;
            Signed::Sha256(sha256.finish())
        }
        _ => Signed::Unsigned,
    };
    Binding { signed, header }
}

async fn content_checksum(payload: &Payload) -> Option<Checksum> {
    if let Some(known) = payload.checksum() {
        return Some(known.clone());
    }
    let mut crc = Crc64Nvme::new();
    in_slices(payload.as_bytes()?, |slice| crc.update(slice)).await;
    Some(crc.checksum())
}

/// Lets others run between slices; a body of one slice is done at once.
async fn in_slices(bytes: &[u8], mut update: impl FnMut(&[u8])) {
    for (at, slice) in bytes.chunks(HASH_SLICE_BYTES).enumerate() {
        if at > 0 {
            tokio::task::yield_now().await;
        }
        update(slice);
    }
}

fn md5(bytes: &[u8]) -> Checksum {
    let digest: [u8; 16] = Md5::digest(bytes).into();
    Checksum::new(ChecksumAlgorithm::Md5, digest).expect("an MD5 has 16 bytes")
}

fn has_checksum(headers: &HeaderMap) -> bool {
    ChecksumAlgorithm::ALL.iter().any(|algorithm| headers.contains_key(algorithm.header()))
}

#[cfg(test)]
mod tests {
    use r2_transport::Body;

    use super::*;

    async fn shown(
        payload: impl Into<Payload>,
        integrity: Integrity,
        tls: bool,
        crc: bool,
    ) -> String {
        let binding = bind(&payload.into(), integrity, &HeaderMap::new(), tls, crc).await;
        let signed = match binding.signed {
            Signed::Sha256(_) => "sha256",
            Signed::Unsigned => "unsigned",
            _ => "aws-chunked",
        };
        let header = binding.header.as_ref().map_or("-", |(name, _)| name.as_str());
        format!("{signed} {header}")
    }

    #[tokio::test]
    async fn every_kind_of_body_is_bound_as_decided() {
        const CRC: &str = "x-amz-checksum-crc64nvme";
        let large = || vec![0_u8; SHA256_BYTES_MAX + 1];
        let stream =
            || Body::one_shot(futures_util::stream::empty::<Result<_, std::io::Error>>(), Some(0));
        let content = Integrity::Content;
        assert_eq!(shown("x", content, true, true).await, format!("sha256 {CRC}"));
        assert_eq!(shown("x", content, true, false).await, "sha256 -");
        assert_eq!(shown(large(), content, true, true).await, format!("unsigned {CRC}"));
        // without a checksum, or without TLS, the hash has to do
        assert_eq!(shown(large(), content, true, false).await, "sha256 -");
        assert_eq!(shown(large(), content, false, true).await, format!("sha256 {CRC}"));
        assert_eq!(shown(stream(), content, true, true).await, "unsigned -");
        let known = Payload::from(stream()).with_checksum(5_u64);
        assert_eq!(shown(known.clone(), content, true, true).await, format!("unsigned {CRC}"));
        assert_eq!(shown(known, content, true, false).await, "unsigned -");
        assert_eq!(shown("<x/>", Integrity::Md5, true, true).await, "sha256 content-md5");
        assert_eq!(shown("", Integrity::None, true, true).await, "sha256 -");
    }

    #[tokio::test]
    async fn the_callers_checksum_is_the_only_one() {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-checksum-sha256", HeaderValue::from_static("x"));
        let binding = bind(&"x".into(), Integrity::Content, &headers, true, true).await;
        assert!(binding.header.is_none());
    }

    #[test]
    fn content_md5_is_base64() {
        assert_eq!(md5(b"").to_string(), "1B2M2Y8AsgTpgAmY7PhCfg==");
    }
}
