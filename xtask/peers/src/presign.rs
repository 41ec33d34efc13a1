//! One URL presigned.

use crate::{
    arguments::Effort,
    measure::{Contender, Role, Row, assert_allocations, in_processes, measure},
    report::Section,
    request::{
        BUCKET, EXPIRES_SECONDS, HOST, ID, KEY, PATH, REGION, SECRET, UNIX_SECONDS,
        assert_presigned, credentials,
    },
};
use r2_sign::{Input, Payload, Signer, Timestamp};
use ring::{digest, hmac};
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle, actions::GetObject};
use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

const EXPIRES: Duration = Duration::from_secs(EXPIRES_SECONDS);

/// Measures in this process.
pub fn rows(effort: Effort) -> Vec<Row> {
    let (signer, credentials) = (Signer::new(REGION), credentials());
    let ours = |at| {
        let payload = Payload::Unsigned;
        let headers = &[("host", HOST)];
        let input = Input { method: "GET", path: PATH, query: "", headers, payload };
        signer.presign(&input, &credentials, at, EXPIRES).expect("an hour")
    };
    let at = Timestamp::from_unix(UNIX_SECONDS);
    let query = ours(at);
    assert_presigned("ours", &format!("https://{HOST}{PATH}?{query}"));
    let floor = Floor::new(&query, at);
    assert!(query.ends_with(&r2_sign::hex::encode(floor.tag().as_ref())));

    let endpoint = format!("https://{HOST}").parse().expect("a valid URL");
    let bucket = Bucket::new(endpoint, UrlStyle::Path, BUCKET, REGION).expect("a valid bucket");
    let theirs = Credentials::new(ID, SECRET);
    let moment = jiff::Timestamp::from_second(UNIX_SECONDS).expect("within range");
    let rusty = || GetObject::new(&bucket, Some(&theirs), KEY).sign_with_time(EXPIRES, &moment);
    assert_presigned("rusty-s3", rusty().as_str());

    let mut seconds = UNIX_SECONDS;
    measure(
        vec![
            Contender::new(Role::Floor, "floor: the two hashes alone (ring)", || {
                black_box(floor.tag());
            }),
            Contender::new(Role::Ours, "r2-sign", || {
                seconds = UNIX_SECONDS + (seconds + 1) % 60;
                black_box(ours(Timestamp::from_unix(seconds)));
            }),
            Contender::new(Role::Peer, "rusty-s3 0.11.0", || {
                black_box(rusty());
            }),
        ],
        effort,
    )
}

/// Measures in processes of their own, and holds ours to its promise about allocations.
pub fn run(effort: Effort) -> Result<Section, Box<dyn Error>> {
    let rows = in_processes("presign", effort)?;
    assert_allocations(&rows, 1.0);
    Ok(Section::of_contenders(
        "presign",
        "Presigning one URL",
        "GET, one hour, `host` signed. Ours gives the query, rusty-s3 the URL; ours has the key of \
         the day cached, rusty-s3 derives it.",
        effort,
        rows,
    ))
}

struct Floor {
    canonical_request: String,
    string_to_sign: String,
    key: hmac::Key,
}

impl Floor {
    fn new(query: &str, at: Timestamp) -> Self {
        let (query, _) = query.split_once("&X-Amz-Signature=").expect("a presigned query");
        let canonical_request =
            format!("GET\n{PATH}\n{query}\nhost:{HOST}\n\nhost\nUNSIGNED-PAYLOAD");
        let hash = digest::digest(&digest::SHA256, canonical_request.as_bytes());
        let hash = r2_sign::hex::encode(hash.as_ref());
        let day = at.day();
        let string_to_sign =
            format!("AWS4-HMAC-SHA256\n{at}\n{day}/{REGION}/s3/aws4_request\n{hash}");
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
}
