//! Heads that two readers could understand in two ways. Whoever stands before this server may have
//! read them the other way, so they are refused (RFC 9112, sections 3.2 and 6.1).

use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Version, header};

/// What is wrong with a head, if anything.
pub(super) fn fault(parts: &Parts) -> Option<&'static str> {
    if parts.headers.contains_key(header::TRANSFER_ENCODING) && !is_chunked(&parts.headers) {
        return Some("transfer-encoding other than chunked");
    }
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (_, Some(_)) => Some("more than one host"),
        (None, None) if parts.version >= Version::HTTP_11 => Some("no host"),
        (None, None) => None,
        (Some(host), None) => {
            let Some(host) = authority(host) else { return Some("host is not a host") };
            let target = parts.uri.authority();
            target.is_some_and(|target| *target != host).then_some("two different hosts")
        }
    }
}

/// Once, and nothing else: a list is another encoding beneath, and twice is two of them.
fn is_chunked(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let first = codings
        .next()
        .is_some_and(|coding| coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked"));
    first && codings.next().is_none()
}

fn authority(host: &HeaderValue) -> Option<Authority> {
    let authority = Authority::try_from(host.as_bytes()).ok()?;
    (!authority.as_str().contains('@')).then_some(authority)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn heads_that_mean_one_thing_pass() {
        for (version, target, headers, expected) in [
            (Version::HTTP_11, "/", &[("host", "a:80")][..], None),
            (Version::HTTP_11, "http://a/", &[("host", "a")], None),
            (Version::HTTP_11, "http://A/", &[("host", "a")], None),
            (Version::HTTP_11, "*", &[("host", "[::1]:9")], None),
            (Version::HTTP_10, "/", &[], None),
            (Version::HTTP_11, "/", &[("host", "a"), ("transfer-encoding", "Chunked")], None),
            (Version::HTTP_11, "/", &[], Some("no host")),
            (Version::HTTP_11, "http://a/", &[], Some("no host")),
            (Version::HTTP_11, "/", &[("host", "")], Some("host is not a host")),
            (Version::HTTP_11, "/", &[("host", "a b")], Some("host is not a host")),
            (Version::HTTP_11, "/", &[("host", "a/b")], Some("host is not a host")),
            (Version::HTTP_11, "/", &[("host", "b@a")], Some("host is not a host")),
            (Version::HTTP_11, "/", &[("host", "a"), ("host", "a")], Some("more than one host")),
            (Version::HTTP_11, "http://b/", &[("host", "a")], Some("two different hosts")),
            (Version::HTTP_11, "http://a:1/", &[("host", "a")], Some("two different hosts")),
        ] {
            let request =
                headers.iter().fold(Request::get(target).version(version), |request, header| {
                    request.header(header.0, header.1)
                });
            let (parts, ()) = request.body(()).expect("a request").into_parts();
            assert_eq!(fault(&parts), expected, "{target} {headers:?}");
        }
    }

    #[test]
    fn one_encoding_only() {
        for codings in [&["gzip, chunked"][..], &["chunked", "chunked"], &["chunked, chunked"]] {
            let request =
                codings.iter().fold(Request::put("/").header("host", "a"), |r, coding| {
                    r.header("transfer-encoding", *coding)
                });
            let (parts, ()) = request.body(()).expect("a request").into_parts();
            assert_eq!(fault(&parts), Some("transfer-encoding other than chunked"));
        }
    }
}
