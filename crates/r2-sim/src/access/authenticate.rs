//! Authentication in R2's order, with R2's words (workers-sdk's local R2, `auth`).

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use r2_sign::temporary::Token;
use r2_sign::verify::{Carrier, Claim, DateSource, Received, Rejection, Rules};
use r2_sign::{Credentials, ErrorKind, KeyCache, Payload, Timestamp};
use r2_xml::ErrorCode;

use super::Identity;
use super::keys::AccessKey;
use crate::protocol::{Head, Refusal, decoded};
use crate::switches::{ExpiredStatus, Presence, Support, Switches};

/// The regions that R2 takes in a credential: its own, two aliases, and the location hints
/// (Cloudflare's S3 API page; the list stands in the message, backup-x#127).
const REGIONS: [&str; 9] = ["auto", "", "us-east-1", "wnam", "enam", "weur", "eeur", "apac", "oc"];

/// How far ahead a presigned URL may be dated: as far as any other request. Otherwise a week would
/// not be the longest life of one.
const PRESIGNED_FUTURE_MAX: Duration = Duration::from_secs(15 * 60);

/// Beginnings of headers that change what is read or written. Added to a signed request they would
/// turn it into another one, so they must be covered by the signature; AWS was seen to insist on
/// the first four (OpenStack Swift, `s3request`). All others only restrict or check.
const MUST_BE_SIGNED: [&str; 10] = [
    "x-amz-acl",
    "x-amz-copy",
    "x-amz-grant",
    "x-amz-meta",
    "x-amz-bypass",
    "x-amz-object-lock",
    "x-amz-server-side-encryption",
    "x-amz-storage-class",
    "x-amz-tagging",
    "x-amz-website",
];

/// The keys of an emulator.
#[derive(Debug)]
pub(crate) struct Access {
    keys: Vec<AccessKey>,
    cache: KeyCache,
    rules: Rules,
}

impl Access {
    pub(crate) fn new(keys: Vec<AccessKey>) -> Access {
        // Keys of another length must be usable in tests; R2's own are 32 characters, and a key
        // of any other length is told so, unless one such was configured.
        let other = keys.iter().any(|key| key.credentials.access_key_id().len() != 32);
        let rules = Rules::new().presigned_future_max(Some(PRESIGNED_FUTURE_MAX));
        let rules = if other { rules.access_key_id_bytes(None) } else { rules };
        Access { keys, cache: KeyCache::new(), rules }
    }

    /// Whether requests must be signed.
    pub(crate) fn is_required(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Checks who a request is from.
    pub(crate) fn authenticate(
        &self,
        head: &Head,
        now: SystemTime,
        switches: &Switches,
    ) -> Result<Identity, Refusal> {
        let announced = head.text("x-amz-content-sha256").map(Payload::parse);
        if !self.is_required() {
            let payload = announced.unwrap_or(Some(Payload::Unsigned));
            return Ok(Identity::anyone(payload.ok_or_else(payload_mismatch)?));
        }
        let texts = received_headers(head, switches);
        let headers: Vec<_> = texts.iter().map(|(name, value)| (*name, &**value)).collect();
        let received = Received {
            method: head.method.as_str(),
            path: &head.raw_path,
            query: &head.raw_query,
            headers: &headers,
        };
        let now = Timestamp::from(now);
        let refuse = |rejection| refusal(rejection, switches);
        let claim = Claim::read(&received, now, &self.rules);
        let claim = claim.map_err(|rejection| refuse(or_version_2(rejection, head)))?;
        check_region(claim.region())?;
        let key = self.find(claim.access_key_id()).ok_or_else(Refusal::unauthorized)?;
        let (grant, credentials) = match claim.session_token() {
            // A presigned URL has its token in the query, where it is signed.
            None if head.headers.contains_key("x-amz-security-token") => {
                return Err(argument("X-Amz-Security-Token"));
            }
            Some(token) => {
                let (grant, credentials) = read_token(token, &key.credentials, now)?;
                (Some(grant), credentials)
            }
            None => (None, key.credentials.clone()),
        };
        claim.verify(&received, &credentials, &self.cache).map_err(refuse)?;
        if switches.unsigned_headers == Support::Refuse {
            check_unsigned(&claim, &received)?;
        }
        let payload = payload(&claim, announced)?;
        let chunks = match payload {
            Payload::StreamingSigned | Payload::StreamingSignedTrailer => {
                Some(claim.chunks(&credentials, &self.cache).map_err(|_| chunk_mismatch())?)
            }
            _ => None,
        };
        Ok(Identity::known(key.clone(), payload, chunks).granted(grant, switches.key_identity))
    }

    fn find(&self, id: &str) -> Option<&AccessKey> {
        self.keys.iter().find(|key| key.credentials.access_key_id() == id)
    }
}

/// How the body is bound. A presigned URL says nothing of its body, but a request made with it may.
fn payload(claim: &Claim, announced: Option<Option<Payload>>) -> Result<Payload, Refusal> {
    let payload = match (claim.carrier(), announced) {
        (Carrier::Header, _) => claim.payload(),
        (Carrier::Query, None) => Some(Payload::Unsigned),
        // There is nothing that the first chunk's signature could follow from.
        (
            Carrier::Query,
            Some(Some(Payload::StreamingSigned | Payload::StreamingSignedTrailer)),
        ) => None,
        (Carrier::Query, Some(announced)) => announced,
    };
    payload.ok_or_else(payload_mismatch)
}

/// What AWS says of a header that somebody added to a signed request.
fn check_unsigned(claim: &Claim, received: &Received<'_>) -> Result<(), Refusal> {
    let mut unsigned = claim.unsigned_amz_headers(received);
    let changes = |name: &&str| MUST_BE_SIGNED.iter().any(|start| name.starts_with(start));
    match unsigned.find(changes) {
        Some(name) => Err(Refusal::new(
            ErrorCode::AccessDenied,
            "There were headers present in the request which were not signed",
        )
        .with("HeadersNotSigned", name)),
        None => Ok(()),
    }
}

/// A presigned URL of signature version 2 has none of version 4's parameters.
fn or_version_2(rejection: Rejection, head: &Head) -> Rejection {
    match rejection {
        Rejection::Missing if head.query.has("AWSAccessKeyId") => Rejection::SignatureV2,
        other => other,
    }
}

/// Headers that end or begin at the edge, so that a signature over them fails (amazonka#975,
/// s3cmd#1332).
const LOST_AT_THE_EDGE: [&str; 2] = ["expect", "cf-ray"];

/// Headers as R2's verifier sees them: the edge removes an empty length from requests that have no
/// business with a body. On POST it arrives: the AWS C++ SDK signs one to begin an upload.
fn received_headers<'h>(head: &'h Head, switches: &Switches) -> Vec<(&'h str, Cow<'h, str>)> {
    let bodyless = matches!(head.method.as_str(), "GET" | "HEAD" | "DELETE")
        && head.text("content-length") == Some("0");
    let strips = bodyless && switches.zero_content_length == Presence::Omit;
    let lost =
        |name: &str| (strips && name == "content-length") || LOST_AT_THE_EDGE.contains(&name);
    let text = head.headers.iter().map(|(name, value)| (name.as_str(), decoded(value)));
    let rewrites = switches.signed_accept_encoding == Support::Refuse;
    let text = text.map(|(name, value)| match name {
        "accept-encoding" if rewrites => (name, Cow::Borrowed("gzip")),
        _ => (name, value),
    });
    let mut headers: Vec<_> = text.filter(|(name, _)| !lost(name)).collect();
    // In process, and over HTTP/2, the host is part of the URI.
    if let Some(host) = head.host.as_deref().filter(|_| !head.headers.contains_key("host")) {
        headers.push(("host", Cow::Borrowed(host)));
    }
    headers
}

fn check_region(region: &str) -> Result<(), Refusal> {
    if REGIONS.contains(&region) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::from("InvalidRegionName"),
        format!(
            "The region name '{region}' is not valid. Must be one of: wnam, enam, weur, eeur, \
             apac, oc, auto"
        ),
    ))
}

fn read_token(
    token: &str,
    parent: &Credentials,
    now: Timestamp,
) -> Result<(r2_sign::temporary::Grant, Credentials), Refusal> {
    let verified = Token::read(token).and_then(|token| token.verify(parent, now));
    verified.map_err(|error| match error.kind() {
        // What R2 says of an expired token is not documented; this is AWS's answer.
        ErrorKind::TokenExpired => {
            Refusal::new(ErrorCode::ExpiredToken, "The provided token has expired.")
        }
        _ => Refusal::invalid_argument("X-Amz-Security-Token"),
    })
}

fn refusal(rejection: Rejection, switches: &Switches) -> Refusal {
    match rejection {
        Rejection::Missing => argument("Authorization"),
        Rejection::SignatureV2 => Refusal::invalid_request(
            "SigV2 authorization is not supported. Please use SigV4 instead.",
        ),
        Rejection::PayloadHashMissing => Refusal::invalid_request("Missing x-amz-content-sha256"),
        Rejection::ParametersMissing(names) => argument(missing_parameters(&names)),
        Rejection::DateMissing => argument("No date provided in x-amz-date nor date header"),
        Rejection::Algorithm => Refusal::invalid_request("Please use AWS4-HMAC-SHA256"),
        Rejection::DateUnreadable { source, value } => argument(format!(
            "Date provided in {} ({value}) didn't parse successfully",
            date_source(source)
        )),
        Rejection::Skewed { .. } => Refusal::new(
            ErrorCode::RequestTimeTooSkewed,
            "The difference between the request time and the server's time is too large.",
        ),
        Rejection::CredentialParts(count) => argument(format!(
            "Credential sigv4 header should have at least 5 slash-separated parts, not {count}"
        )),
        Rejection::AccessKeyIdLength { got, expected } => {
            argument(format!("Credential access key has length {got}, should be {expected}"))
        }
        Rejection::Service(service) => {
            argument(format!("Credential service should be s3, not {service}"))
        }
        Rejection::Terminator(text) => {
            argument(format!("Credential termination string should be aws4_request, not {text}"))
        }
        Rejection::Day { credential, request } => argument(format!(
            "Credential signed date {credential} does not match {request} from 'x-amz-date' header"
        )),
        Rejection::ExpiresUnreadable => argument("X-Amz-Expires should be a number"),
        Rejection::ExpiresTooLong => argument(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires \
             must be less than 604800 seconds",
        ),
        Rejection::Expired => expired(switches),
        // AWS's words; what R2 says is not known.
        Rejection::NotYetValid => Refusal::new(ErrorCode::AccessDenied, "Request is not valid yet"),
        Rejection::Mismatch(mismatch) => signature_mismatch(&mismatch),
        Rejection::PayloadMismatch => payload_mismatch(),
        // Unknown keys and unsigned hosts; and whatever else is not let in.
        _ => Refusal::unauthorized(),
    }
}

fn argument(message: impl Into<String>) -> Refusal {
    Refusal::invalid_argument(message)
}

fn date_source(source: DateSource) -> &'static str {
    match source {
        DateSource::AmzDateHeader => "'x-amz-date' header",
        DateSource::Query => "X-Amz-Date",
        DateSource::DateHeader => "'date' header",
    }
}

fn missing_parameters(names: &[&str]) -> String {
    // Two blanks after the comma, as R2 writes it.
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("Required search parameter{plural} {} missing", names.join(",  "))
}

fn expired(switches: &Switches) -> Refusal {
    let refusal = Refusal::new(ErrorCode::ExpiredRequest, "Request has expired");
    match switches.expired_status {
        ExpiredStatus::Forbidden => refusal.with_status(StatusCode::FORBIDDEN),
        ExpiredStatus::BadRequest => refusal.with_status(StatusCode::BAD_REQUEST),
    }
}

pub(crate) fn payload_mismatch() -> Refusal {
    Refusal::new(
        ErrorCode::XAmzContentSHA256Mismatch,
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
}

/// A chunk's signature is wrong: the same code, without the two texts.
pub(crate) fn chunk_mismatch() -> Refusal {
    Refusal::new(ErrorCode::SignatureDoesNotMatch, MISMATCH)
}

const MISMATCH: &str = "The request signature we calculated does not match the signature you \
                        provided. Check your secret access key and signing method.";

fn signature_mismatch(mismatch: &r2_sign::verify::Mismatch) -> Refusal {
    let spelled = |text: &str| {
        let bytes: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        bytes.join(" ")
    };
    chunk_mismatch()
        .with("StringToSign", &mismatch.string_to_sign)
        .with("StringToSignBytes", spelled(&mismatch.string_to_sign))
        .with("CanonicalRequest", &mismatch.canonical_request)
        .with("CanonicalRequestBytes", spelled(&mismatch.canonical_request))
        .with("SignatureProvided", &mismatch.provided)
}
