//! What no cassette may hold: found while recording, and refused while reading.

use http::{HeaderMap, Request, Uri, header};
use r2_transport::Body;

use crate::protocol::percent_decode;

/// What stands in a cassette where a secret was.
pub(crate) const REDACTED: &str = "REDACTED";

/// What stands where an account's id was.
const ACCOUNT: &str = "00000000000000000000000000000000";

/// What stands where the server's host and port were.
const AUTHORITY: &str = "r2.local";

const R2_DOMAIN: &str = ".r2.cloudflarestorage.com";

/// Shorter texts are words that stand elsewhere as well.
const SECRET_BYTES_MIN: usize = 6;

const HEADERS: [&str; 10] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-amz-security-token",
    "x-amz-server-side-encryption-customer-key",
    "x-amz-server-side-encryption-customer-key-md5",
    "x-amz-copy-source-server-side-encryption-customer-key",
    "x-amz-copy-source-server-side-encryption-customer-key-md5",
    "cf-access-client-secret",
];

/// Parameters of signatures, also of the second version's.
const PARAMETERS: [&str; 5] =
    ["x-amz-signature", "x-amz-credential", "x-amz-security-token", "signature", "awsaccesskeyid"];

/// What a secret follows in a text: a URL, an error that repeats what was signed, a dump.
const MARKS: [&str; 9] = [
    "x-amz-signature=",
    "x-amz-credential=",
    "x-amz-security-token=",
    "x-amz-signature%3d",
    "x-amz-security-token%3d",
    "x-amz-security-token:",
    "server-side-encryption-customer-key:",
    "aws4-hmac-sha256 credential=",
    "authorization: bearer ",
];

/// Whether a header lets others do what its sender may do, or read what it may read.
pub(crate) fn is_secret_header(name: &str) -> bool {
    HEADERS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

/// The same for a parameter of a query, by its raw name.
pub(crate) fn is_secret_parameter(name: &str) -> bool {
    let name = percent_decode(name.as_bytes());
    // R2 takes some headers as parameters, too.
    let mut secrets = PARAMETERS.iter().chain(&HEADERS);
    secrets.any(|secret| name.eq_ignore_ascii_case(secret.as_bytes()))
}

/// The kind of secret that a text holds, if it holds one that can be known by its looks.
pub(crate) fn secret_in(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    for mark in MARKS {
        let mut values = lower.match_indices(mark).map(|(at, _)| &lower[at + mark.len()..]);
        if values.any(|value| !value.starts_with("redacted")) {
            return Some("a credential or a signature");
        }
    }
    if lower.contains("-----begin") && lower.contains("private key-----") {
        return Some("a private key");
    }
    let mut hosts = lower.match_indices(R2_DOMAIN).map(|(at, _)| &lower[..at]);
    let shows = hosts.any(|before| account_in(before).is_some_and(|id| id != ACCOUNT));
    shows.then_some("an account id")
}

/// The account of a host that ends in R2's domain, given what stands before the domain.
fn account_in(before: &str) -> Option<&str> {
    let host =
        before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-').next()?;
    let is_id = |label: &&str| label.len() == 32 && label.bytes().all(|b| b.is_ascii_hexdigit());
    host.split('.').find(is_id)
}

/// Texts that were seen to be secret, each with what is written in its place.
///
/// Not `Debug`: it holds them.
#[derive(Default)]
pub(crate) struct Secrets(Vec<(String, &'static str)>);

impl Secrets {
    /// A text that the recorder was told of.
    pub(crate) fn add(&mut self, text: &str) {
        self.note(text, REDACTED);
    }

    /// Remembers what is secret in a request.
    pub(crate) fn learn(&mut self, request: &Request<Body>) {
        self.learn_host(request.uri(), request.headers());
        for name in HEADERS {
            for value in request.headers().get_all(name) {
                let value = String::from_utf8_lossy(value.as_bytes());
                match name {
                    "authorization" => self.learn_authorization(&value),
                    _ => self.add(&value),
                }
            }
        }
        for pair in request.uri().query().unwrap_or_default().split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if is_secret_parameter(name) {
                let decoded =
                    String::from_utf8_lossy(&percent_decode(value.as_bytes())).into_owned();
                let is_credential = name.eq_ignore_ascii_case("x-amz-credential");
                self.add(value);
                self.add(if is_credential { key_id(&decoded) } else { &decoded });
            }
        }
    }

    /// The same text without them.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let mut scrubbed = text.to_owned();
        for (secret, instead) in &self.0 {
            if scrubbed.contains(secret.as_str()) {
                scrubbed = scrubbed.replace(secret.as_str(), instead);
            }
        }
        scrubbed
    }

    /// Whether one of them stands in these bytes.
    pub(crate) fn are_in(&self, bytes: &[u8]) -> bool {
        self.0.iter().any(|(secret, _)| {
            bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
        })
    }

    fn learn_host(&mut self, uri: &Uri, headers: &HeaderMap) {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let authority = uri.authority().map(http::uri::Authority::as_str);
        for host in host.into_iter().chain(authority) {
            let name = host.to_ascii_lowercase();
            match name.strip_suffix(R2_DOMAIN).and_then(account_in) {
                Some(account) => self.note(account, ACCOUNT),
                None => self.note(host, AUTHORITY),
            }
        }
    }

    fn learn_authorization(&mut self, value: &str) {
        for field in value.split([' ', ',']) {
            match field.split_once('=') {
                Some(("Credential", scope)) => self.add(key_id(scope)),
                Some(("Signature", signature)) => self.add(signature),
                Some(_) => {}
                // Other schemes than ours carry their secret bare.
                None if field == "AWS4-HMAC-SHA256" || field == "Bearer" => {}
                None => self.add(field),
            }
        }
    }

    /// Longer ones first, because one may hold another.
    fn note(&mut self, secret: &str, instead: &'static str) {
        let is_known = self.0.iter().any(|(known, _)| known == secret);
        if secret.len() < SECRET_BYTES_MIN || is_known || secret == instead {
            return;
        }
        let at = self.0.partition_point(|(known, _)| known.len() >= secret.len());
        self.0.insert(at, (secret.to_owned(), instead));
    }
}

/// What stands before the last four parts of a credential.
fn key_id(scope: &str) -> &str {
    scope.rsplitn(5, '/').nth(4).unwrap_or(scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_request_gives_its_secrets_away() {
        let request = Request::get(format!("https://{ID}.eu.r2.cloudflarestorage.com/b/k"))
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=key/id/20261120/auto/s3/aws4_request, \
                 SignedHeaders=host;x-amz-date, Signature=abcdefabcdef",
            )
            .header("x-amz-security-token", "token/+==")
            .body(Body::empty())
            .unwrap();
        let mut secrets = Secrets::default();
        secrets.learn(&request);
        secrets.learn(&request);
        let said = format!("{ID}.eu.r2 key/id abcdefabcdef token/+== host;x-amz-date");
        let clean = format!("{ACCOUNT}.eu.r2 REDACTED REDACTED REDACTED host;x-amz-date");
        assert_eq!(secrets.scrub(&said), clean);
        assert!(secrets.are_in(said.as_bytes()) && !secrets.are_in(clean.as_bytes()));
    }

    #[test]
    fn a_presigned_url_gives_its_secrets_away() {
        let url = "http://127.0.0.1:9000/b/k?X-Amz-Credential=test%3Atester%2F20261120%2Fauto%2Fs3\
                   %2Faws4_request&X-Amz-Signature=fedcbafedcba&prefix=visible";
        let mut secrets = Secrets::default();
        secrets.learn(&Request::get(url).body(Body::empty()).unwrap());
        let said = "test:tester fedcbafedcba visible http://127.0.0.1:9000/b/k";
        assert_eq!(secrets.scrub(said), "REDACTED REDACTED visible http://r2.local/b/k");
    }

    #[test]
    fn secrets_are_known_by_their_looks() {
        for text in [
            "GET /b?X-Amz-Signature=00ff",
            "x-amz-security-token:abc\nhost",
            "AWS4-HMAC-SHA256 Credential=AKID/2026",
            "-----BEGIN RSA PRIVATE KEY-----",
            &format!("<Location>https://b.{ID}.r2.cloudflarestorage.com/k</Location>"),
        ] {
            assert!(secret_in(text).is_some(), "{text}");
        }
        for text in [
            "X-Amz-Signature=REDACTED and X-Amz-Date=1",
            "signature does not match",
            &format!("https://{ACCOUNT}.eu.r2.cloudflarestorage.com/k"),
            "é.r2.cloudflarestorage.com",
        ] {
            assert_eq!(secret_in(text), None, "{text}");
        }
    }
}
