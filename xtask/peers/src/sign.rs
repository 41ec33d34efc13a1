//! One GET signed in its header, with the key of the day at hand where the contender caches it.

use crate::{
    arguments::Effort,
    measure::{Contender, Role, Row, assert_allocations, in_processes, measure},
    report::Section,
    request::{HOST, ID, PATH, REGION, SECRET, UNIX_SECONDS, assert_signed, credentials, url},
};
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use r2_sign::{Input, Payload, Scratch, Signer, Timestamp};
use reqsign_core::SignRequest as _;
use ring::{digest, hmac};
use std::error::Error;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

/// Measures in this process.
pub fn rows(effort: Effort) -> Vec<Row> {
    let floor = Floor::new();
    let mut ours = Ours::new();
    let mut seconds = UNIX_SECONDS;
    let aws = Aws::new();
    let reqsign = Reqsign::new();

    let at = Timestamp::from_unix(UNIX_SECONDS);
    let authorization = ours.sign(at).to_owned();
    assert!(authorization.ends_with(&floor.hashes()), "the floor hashes what ours hashes");
    let date = at.as_str();
    let payload = "UNSIGNED-PAYLOAD";
    assert_signed(
        "ours",
        &[
            ("authorization", &authorization),
            ("x-amz-date", date),
            ("x-amz-content-sha256", payload),
        ],
    );
    aws.check();
    reqsign.check();

    measure(
        vec![
            Contender::new(Role::Floor, "floor: the two hashes alone (ring)", || {
                black_box(floor.tag());
            }),
            Contender::new(Role::Ours, "r2-sign", || {
                seconds = UNIX_SECONDS + (seconds + 1) % 60;
                black_box(ours.sign(Timestamp::from_unix(seconds)));
            }),
            Contender::new(Role::Peer, "reqsign-aws-v4 3.3.1", || {
                black_box(reqsign.sign());
            }),
            Contender::new(Role::Peer, "aws-sigv4 1.6.4", || {
                black_box(aws.sign());
            }),
        ],
        effort,
    )
}

/// Measures in processes of their own, and holds ours to its promise about allocations.
pub fn run(effort: Effort) -> Result<Section, Box<dyn Error>> {
    let rows = in_processes("sign", effort)?;
    assert_allocations(&rows, 0.0);
    Ok(Section::of_contenders(
        "sign",
        "Signing one GET in its header",
        "Host, date and payload header signed; `UNSIGNED-PAYLOAD`. Ours and the floor have the \
         key of the day cached; the peers derive it each time, which is how they work. reqsign \
         also reads the clock and copies the request's head, which its interface asks for. The \
         floor is one SHA-256 of the canonical request and one HMAC of the string to sign, both \
         given.",
        effort,
        rows,
    ))
}

struct Ours {
    signer: Signer,
    credentials: r2_sign::Credentials,
    scratch: Scratch,
}

impl Ours {
    fn new() -> Self {
        let signer = Signer::new(REGION);
        Self { signer, credentials: credentials(), scratch: Scratch::new() }
    }

    fn sign(&mut self, at: Timestamp) -> &str {
        let payload = Payload::Unsigned;
        let headers = &[("host", HOST)];
        let input = Input { method: "GET", path: PATH, query: "", headers, payload };
        self.signer.authorization(&input, &self.credentials, at, &mut self.scratch)
    }
}

/// The least work there is: both texts are given, the key is derived and prepared.
struct Floor {
    canonical_request: String,
    string_to_sign: String,
    key: hmac::Key,
}

impl Floor {
    fn new() -> Self {
        let date = Timestamp::from_unix(UNIX_SECONDS);
        let day = date.day();
        let canonical_request = format!(
            "GET\n{PATH}\n\nhost:{HOST}\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:{date}\
             \n\nhost;x-amz-content-sha256;x-amz-date\nUNSIGNED-PAYLOAD"
        );
        let hash = digest::digest(&digest::SHA256, canonical_request.as_bytes());
        let hash = r2_sign::hex::encode(hash.as_ref());
        let scope = format!("{day}/{REGION}/s3/aws4_request");
        let string_to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hash}");
        let mut key = hmac::Key::new(hmac::HMAC_SHA256, format!("AWS4{SECRET}").as_bytes());
        for part in [day, REGION, "s3", "aws4_request"] {
            key = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref());
        }
        Self { canonical_request, string_to_sign, key }
    }

    fn tag(&self) -> hmac::Tag {
        let canonical = black_box(self.canonical_request.as_bytes());
        black_box(digest::digest(&digest::SHA256, canonical));
        hmac::sign(&self.key, black_box(self.string_to_sign.as_bytes()))
    }

    fn hashes(&self) -> String {
        r2_sign::hex::encode(self.tag().as_ref())
    }
}

struct Aws {
    identity: aws_smithy_runtime_api::client::identity::Identity,
    url: String,
    time: SystemTime,
}

impl Aws {
    fn new() -> Self {
        let credentials = aws_credential_types::Credentials::new(ID, SECRET, None, None, "bench");
        let seconds = u64::try_from(UNIX_SECONDS).expect("after 1970");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        Self { identity: credentials.into(), url: url(), time }
    }

    /// As the SDK does for S3: no second encoding, no path normalisation, the payload's header.
    fn sign(&self) -> aws_sigv4::http_request::SigningInstructions {
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let params = v4::SigningParams::builder()
            .identity(&self.identity)
            .region(REGION)
            .name("s3")
            .time(self.time)
            .settings(settings)
            .build()
            .expect("all parameters are given");
        let headers = [("host", HOST)].into_iter();
        let body = SignableBody::UnsignedPayload;
        let request = SignableRequest::new("GET", &self.url, headers, body).expect("a valid URL");
        sign(request, &params.into()).expect("nothing can fail").into_parts().0
    }

    fn check(&self) {
        let instructions = self.sign();
        let headers: Vec<_> = instructions.headers().collect();
        assert_signed("aws-sigv4", &headers);
    }
}

struct Reqsign {
    signer: reqsign_aws_v4::RequestSigner,
    credential: reqsign_aws_v4::Credential,
    context: reqsign_core::Context,
    parts: http::request::Parts,
}

impl Reqsign {
    fn new() -> Self {
        let credential = reqsign_aws_v4::Credential {
            access_key_id: ID.to_owned(),
            secret_access_key: SECRET.to_owned(),
            session_token: None,
            expires_in: None,
        };
        let request = http::Request::get(url()).body(()).expect("a valid request");
        Self {
            signer: reqsign_aws_v4::RequestSigner::new("s3", REGION),
            credential,
            context: reqsign_core::Context::new(),
            parts: request.into_parts().0,
        }
    }

    /// It reads the clock itself.
    fn sign(&self) -> http::request::Parts {
        let mut parts = self.parts.clone();
        let credential = Some(&self.credential);
        let signing = self.signer.sign_request(&self.context, &mut parts, credential, None);
        let done = pin!(signing).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Ok(())) = done else { panic!("reqsign waits for nothing here") };
        parts
    }

    fn check(&self) {
        let parts = self.sign();
        let text = |value: &http::HeaderValue| value.to_str().expect("ASCII").to_owned();
        let owned: Vec<_> = parts.headers.iter().map(|(n, v)| (n.as_str(), text(v))).collect();
        let headers: Vec<_> = owned
            .iter()
            .filter(|(name, _)| *name != "host")
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_signed("reqsign-aws-v4", &headers);
    }
}
