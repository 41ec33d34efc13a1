//! Signing requests: the `Authorization` header.

use crate::{
    Credentials, KeyCache, Payload, Scratch, Timestamp,
    canonical::{Headers, Own, push_start},
    chunk::{ChunkSigner, Signature},
    hash::sha256,
    hex,
    text::text,
};
use std::sync::Arc;

/// What is to be signed of a request, exactly as it will stand on the wire.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the five parts of a canonical request, by SigV4")]
pub struct Input<'a> {
    /// `GET`, `PUT`, ...
    pub method: &'a str,
    /// The path, percent-encoded already (see [`encode::path`](crate::encode::path)).
    pub path: &'a str,
    /// The query without its question mark, percent-encoded already.
    pub query: &'a str,
    /// The headers to sign: names in lower case, `host` among them.
    ///
    /// Do not sign what a proxy may change: R2's edge rewrites `accept-encoding`, `expect` and,
    /// without a body, `content-length` and `content-type`.
    pub headers: &'a [(&'a str, &'a str)],
    /// How the body is bound to the signature.
    pub payload: Payload,
}

/// Signs requests for one region. Clones share the cache of signing keys.
///
/// ```
/// use r2_sign::{Credentials, Input, Payload, Scratch, Signer, Timestamp};
///
/// let signer = Signer::new("auto");
/// let credentials = Credentials::new("0123456789abcdef0123456789abcdef", "secret");
/// let input = Input {
///     method: "GET",
///     path: "/bucket/key",
///     query: "",
///     headers: &[("host", "account.r2.cloudflarestorage.com")],
///     payload: Payload::Unsigned,
/// };
/// let at = Timestamp::from_unix(1_369_353_600);
/// let mut scratch = Scratch::new(); // keep it for the next request
/// let authorization = signer.authorization(&input, &credentials, at, &mut scratch);
/// assert!(authorization.starts_with(
///     "AWS4-HMAC-SHA256 \
///      Credential=0123456789abcdef0123456789abcdef/20130524/auto/s3/aws4_request, \
///      SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="
/// ));
/// ```
#[derive(Clone, Debug)]
pub struct Signer {
    region: Arc<str>,
    keys: KeyCache,
}

impl Signer {
    /// A signer with a key cache of its own. R2's region is `auto`.
    #[must_use]
    pub fn new(region: impl AsRef<str>) -> Self {
        Self::with_keys(region, KeyCache::new())
    }

    /// A signer that shares a key cache.
    #[must_use]
    pub fn with_keys(region: impl AsRef<str>, keys: KeyCache) -> Self {
        Self { region: region.as_ref().into(), keys }
    }

    /// The region it signs for.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The cache of signing keys.
    #[must_use]
    pub const fn keys(&self) -> &KeyCache {
        &self.keys
    }

    /// The value of `Authorization`. Allocates nothing once `scratch` has grown and the key of the
    /// day is cached.
    ///
    /// The signer itself adds and signs three headers, which must be sent with exactly these
    /// values: `x-amz-date` ([`Timestamp::as_str`]), `x-amz-content-sha256`
    /// ([`Payload::header_value`]) and, with temporary credentials, `x-amz-security-token`
    /// ([`Credentials::session_token`]). Where `input.headers` hold one of them, its value there is
    /// not read.
    pub fn authorization<'s>(
        &self,
        input: &Input<'_>,
        credentials: &Credentials,
        at: Timestamp,
        scratch: &'s mut Scratch,
    ) -> &'s str {
        let Scratch { canonical, message, out, query, order } = scratch;
        let payload = input.payload.header_value();
        let own = Own { payload: &payload, at: &at, token: credentials.session_token() };

        canonical.clear();
        push_start(canonical, input.method, input.path);
        if !input.query.is_empty() {
            query.load(input.query, None);
            query.write(canonical);
        }
        canonical.push(b'\n');
        let names = Headers::new(input.headers, Some(own)).push(canonical, order);
        let names = names..canonical.len();
        canonical.push(b'\n');
        canonical.extend_from_slice(payload.as_bytes());

        let names = text(&canonical[names]);
        let hash = sha256(canonical);
        self.keys.with(credentials, at.day_bytes(), &self.region, |key| {
            message.clear();
            key.push_message(message, &at, &hash);
            let signature = hex::digits(&key.sign(message));
            out.clear();
            out.push_str(key.authorization_start());
            out.push_str(names);
            out.push_str(", Signature=");
            out.push_str(text(&signature));
        });
        out
    }

    /// Goes on where [`authorization`](Self::authorization) ended: signs the chunks of an
    /// aws-chunked body, each bound to the one before, the first to `seed`, the signature of the
    /// request itself.
    #[must_use]
    pub fn chunks(&self, credentials: &Credentials, at: Timestamp, seed: Signature) -> ChunkSigner {
        let key = self.keys.get(credentials, at.day_bytes(), &self.region);
        ChunkSigner::new(key, at, seed)
    }
}

impl Default for Signer {
    /// R2's region, `auto`.
    fn default() -> Self {
        Self::new("auto")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(headers: &[(&str, &str)], credentials: &Credentials, scratch: &mut Scratch) -> String {
        let payload = Payload::Unsigned;
        let input = Input { method: "GET", path: "", query: "b&a=1", headers, payload };
        let at = Timestamp::from_unix(0);
        Signer::default().authorization(&input, credentials, at, scratch).to_owned()
    }

    #[test]
    fn the_signers_own_headers_are_signed_and_cannot_be_given() {
        let credentials = Credentials::new("id", "secret").with_session_token("token");
        let mut scratch = Scratch::new();
        let headers = &[("x-amz-meta-a", "1"), ("host", "h"), ("x-amz-date", "20990101T000000Z")];
        let value = sign(headers, &credentials, &mut scratch);
        assert_eq!(
            str::from_utf8(&scratch.canonical).unwrap(),
            "GET\n/\na=1&b=\nhost:h\nx-amz-content-sha256:UNSIGNED-PAYLOAD\n\
             x-amz-date:19700101T000000Z\nx-amz-meta-a:1\nx-amz-security-token:token\n\n\
             host;x-amz-content-sha256;x-amz-date;x-amz-meta-a;x-amz-security-token\n\
             UNSIGNED-PAYLOAD"
        );
        assert!(Signature::of_authorization(&value).is_ok());
        assert!(Signature::of_authorization("Signature").is_err());
    }

    #[test]
    fn scratch_carries_nothing_over() {
        let (one, two) = (Credentials::new("id", "1"), Credentials::new("id", "2"));
        let mut scratch = Scratch::new();
        let first = sign(&[("host", "h")], &one, &mut scratch);
        sign(&[("host", "longer"), ("range", "bytes=0-1")], &two, &mut scratch);
        assert_eq!(sign(&[("host", "h")], &one, &mut scratch), first);
    }

    #[test]
    fn debug_shows_no_secret() {
        let credentials = Credentials::new("id", "hush").with_session_token("hush");
        let (signer, mut scratch) = (Signer::default(), Scratch::new());
        sign(&[("host", "h")], &credentials, &mut scratch);
        let seed = Signature::parse(&"0".repeat(64)).unwrap();
        let chunks = signer.chunks(&credentials, Timestamp::from_unix(0), seed);
        let shown = format!("{signer:?} {scratch:?} {chunks:?} {:?}", signer.keys());
        assert!(!shown.contains("hush"), "{shown}");
    }
}
