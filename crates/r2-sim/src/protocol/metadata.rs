//! The headers that are stored with an object and answered with it.

use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, header};
use r2_xml::ErrorCode;

use super::headers::{decoded, owned};
use super::{Refusal, rfc2047};
use crate::store::Headers;
use crate::switches::MetadataCount;

/// Decoded bytes of names and values (Cloudflare's limits page; AWS has 2 KB).
const METADATA_BYTES_MAX: usize = 8192;

const META_PREFIX: &str = "x-amz-meta-";

/// Reads the stored headers of a request.
pub(crate) fn read(headers: &HeaderMap, count: MetadataCount) -> Result<Headers, Refusal> {
    let metadata = read_metadata(headers);
    check_size(&metadata, count)?;
    Ok(Headers {
        content_type: owned(headers, "content-type"),
        content_disposition: owned(headers, "content-disposition"),
        content_encoding: owned(headers, "content-encoding").and_then(|value| unchunked(&value)),
        content_language: owned(headers, "content-language"),
        cache_control: owned(headers, "cache-control"),
        expires: owned(headers, "expires"),
        metadata,
    })
}

fn check_size(metadata: &[(String, String)], count: MetadataCount) -> Result<(), Refusal> {
    let size = |text: &str| match count {
        MetadataCount::Utf8 => text.len(),
        MetadataCount::Utf16 if text.chars().any(|char| char > '\u{ff}') => {
            2 * text.encode_utf16().count()
        }
        MetadataCount::Utf16 => text.chars().count(),
    };
    let bytes: usize = metadata.iter().map(|(name, value)| size(name) + size(value)).sum();
    if bytes <= METADATA_BYTES_MAX {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::MetadataTooLarge,
        "Your metadata headers exceed the maximum allowed metadata size.",
    ))
}

fn read_metadata(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut metadata = Vec::new();
    for name in headers.keys() {
        let Some(short) = name.as_str().strip_prefix(META_PREFIX) else { continue };
        let values = headers.get_all(name).iter();
        let values: Vec<_> = values.map(|value| decoded(value).trim().to_owned()).collect();
        metadata.push((short.to_owned(), rfc2047::decode(&values.join(", "))));
    }
    metadata.sort();
    metadata
}

/// `aws-chunked` describes the way here, not the object.
fn unchunked(encoding: &str) -> Option<String> {
    let kept = encoding.split(',').map(str::trim);
    let kept: Vec<_> = kept.filter(|part| !part.eq_ignore_ascii_case("aws-chunked")).collect();
    (!kept.is_empty()).then(|| kept.join(", "))
}

/// Replaces every stored header that the request gives, keeps the rest: R2's directive `MERGE`.
pub(crate) fn merge(
    stored: Headers,
    request: Headers,
    count: MetadataCount,
) -> Result<Headers, Refusal> {
    let mut metadata = stored.metadata;
    metadata.retain(|(name, _)| request.metadata.iter().all(|(new, _)| new != name));
    metadata.extend(request.metadata);
    metadata.sort();
    check_size(&metadata, count)?;
    Ok(Headers {
        content_type: request.content_type.or(stored.content_type),
        content_disposition: request.content_disposition.or(stored.content_disposition),
        content_encoding: request.content_encoding.or(stored.content_encoding),
        content_language: request.content_language.or(stored.content_language),
        cache_control: request.cache_control.or(stored.cache_control),
        expires: request.expires.or(stored.expires),
        metadata,
    })
}

/// Writes the stored headers to a response.
pub(crate) fn write(stored: &Headers, out: &mut HeaderMap) {
    let Headers {
        content_type,
        content_disposition,
        content_encoding,
        content_language,
        cache_control,
        expires,
        metadata,
    } = stored;
    // What R2 says of an object stored without a type.
    let content_type = Some(content_type.as_deref().unwrap_or("application/octet-stream"));
    put(out, header::CONTENT_TYPE, content_type);
    put(out, header::CONTENT_DISPOSITION, content_disposition.as_deref());
    put(out, header::CONTENT_ENCODING, content_encoding.as_deref());
    put(out, header::CONTENT_LANGUAGE, content_language.as_deref());
    put(out, header::CACHE_CONTROL, cache_control.as_deref());
    put(out, header::EXPIRES, expires.as_deref());
    for (name, value) in metadata {
        if let Ok(name) = HeaderName::try_from(format!("{META_PREFIX}{name}")) {
            put(out, name, Some(&rfc2047::encode(value)));
        }
    }
}

fn put(out: &mut HeaderMap, name: HeaderName, value: Option<&str>) {
    if let Some(value) = value.and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok()) {
        out.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(headers: &[(&'static str, &[u8])]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        map
    }

    fn stored(headers: &[(&'static str, &[u8])]) -> Result<Headers, Refusal> {
        read(&map(headers), MetadataCount::Utf8)
    }

    #[test]
    fn stored_headers_come_back() {
        let stored = stored(&[
            ("content-type", b"text/x"),
            ("content-encoding", b"aws-chunked, gzip"),
            ("cache-control", b""),
            ("x-amz-meta-b", b"=?UTF-8?Q?=C3=A9?="),
            ("x-amz-meta-a", b"1"),
            ("x-amz-meta-a", b"2"),
            ("x-amz-meta-raw", "é".as_bytes()),
        ])
        .unwrap();
        assert_eq!(stored.content_encoding.as_deref(), Some("gzip"));
        assert_eq!(stored.cache_control, None);
        let expected = [("a", "1, 2"), ("b", "é"), ("raw", "é")];
        assert_eq!(stored.metadata, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
        let mut out = HeaderMap::new();
        write(&stored, &mut out);
        assert_eq!(out["content-type"], "text/x");
        assert_eq!(out["x-amz-meta-b"], "=?UTF-8?B?w6k=?=");
        assert_eq!(out["x-amz-meta-a"], "1, 2");
    }

    #[test]
    fn the_limit_counts_decoded_bytes() {
        let exact = vec![b'x'; METADATA_BYTES_MAX - 1];
        assert!(stored(&[("x-amz-meta-k", &exact)]).is_ok());
        let over = vec![b'x'; METADATA_BYTES_MAX];
        let refusal = stored(&[("x-amz-meta-k", &over)]).unwrap_err();
        assert_eq!(refusal.document().code, ErrorCode::MetadataTooLarge);
        // An encoded word of more than the limit that decodes to less.
        let encoded = format!("=?UTF-8?Q?{}?=", "=78".repeat(METADATA_BYTES_MAX - 1));
        assert!(stored(&[("x-amz-meta-k", encoded.as_bytes())]).is_ok());
    }

    #[test]
    fn the_other_rule_counts_two_bytes_for_wide_texts() {
        let fits =
            |text: &str, count| read(&map(&[("x-amz-meta-k", text.as_bytes())]), count).is_ok();
        // Two bytes each in UTF-8, one by the other rule.
        let narrow = "é".repeat(8_191);
        assert!(fits(&narrow, MetadataCount::Utf16) && !fits(&narrow, MetadataCount::Utf8));
        let wide = format!("{}ł", "x".repeat(5_000));
        assert!(fits(&wide, MetadataCount::Utf8) && !fits(&wide, MetadataCount::Utf16));
    }

    #[test]
    fn merging_replaces_and_keeps() {
        let old = stored(&[("x-amz-meta-a", b"1"), ("x-amz-meta-b", b"1")]).unwrap();
        let request = stored(&[("x-amz-meta-b", b"2"), ("expires", b"0")]).unwrap();
        let merged = merge(old, request, MetadataCount::Utf8).unwrap();
        assert_eq!(merged.expires.as_deref(), Some("0"));
        let expected = [("a", "1"), ("b", "2")];
        assert_eq!(merged.metadata, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }
}
