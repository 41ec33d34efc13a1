//! The one request that all contenders sign, and the proof that they did.

use r2_sign::verify::{Claim, Received, Rules};
use r2_sign::{Credentials, KeyCache, Timestamp};

pub const ID: &str = "0123456789abcdef0123456789abcdef";
pub const SECRET: &str = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
pub const HOST: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9.r2.cloudflarestorage.com";
pub const BUCKET: &str = "photos";
pub const KEY: &str = "2024/holiday/IMG_20240501_143022.jpg";
pub const PATH: &str = "/photos/2024/holiday/IMG_20240501_143022.jpg";
pub const REGION: &str = "auto";
/// The moment of signing, for contenders that take one.
pub const UNIX_SECONDS: i64 = 1_714_566_622;
pub const EXPIRES_SECONDS: u64 = 3_600;

pub fn credentials() -> Credentials {
    Credentials::new(ID, SECRET)
}

pub fn url() -> String {
    format!("https://{HOST}{PATH}")
}

/// Whether a contender's headers are what R2 would let in.
///
/// # Panics
/// When they are not: a wrong signature is not worth measuring.
pub fn assert_signed(name: &str, headers: &[(&str, &str)]) {
    let mut headers = headers.to_vec();
    headers.push(("host", HOST));
    assert_valid(name, &Received { method: "GET", path: PATH, query: "", headers: &headers });
}

/// As [`assert_signed`], for a URL.
///
/// # Panics
/// When it is not.
pub fn assert_presigned(name: &str, url: &str) {
    let rest = url.strip_prefix(&format!("https://{HOST}")).expect("a URL of the one host");
    let (path, query) = rest.split_once('?').expect("a presigned URL has a query");
    let headers = [("host", HOST)];
    assert_valid(name, &Received { method: "GET", path, query, headers: &headers });
}

fn assert_valid(name: &str, received: &Received<'_>) {
    assert_eq!(received.path, PATH);
    let date = received.headers.iter().find(|header| header.0 == "x-amz-date");
    let now = match date {
        Some((_, date)) => Timestamp::parse_basic(date).expect("a date"),
        None => Timestamp::from_unix(UNIX_SECONDS),
    };
    let valid = Claim::read(received, now, &Rules::new())
        .and_then(|claim| claim.verify(received, &credentials(), &KeyCache::new()));
    if let Err(rejection) = valid {
        panic!("{name} does not sign as R2 wants it: {rejection}");
    }
}
