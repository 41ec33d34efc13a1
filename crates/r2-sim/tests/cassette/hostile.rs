//! No file makes a reader panic, wait for ever, or take more memory than the file's own size.

use proptest::prelude::*;
use r2_sim::{Cassette, ErrorKind, Playback, Replayer};
use r2_transport::{Body, Transport as _};

use crate::world::{cassette, request};

const GET: &str = r#"{"operation": "GetObject", "bucket": "b", "key": "k",
  "request": {"method": "GET", "path": "/b/k"},
  "response": {"status": 200, "headers": {"etag": "\"1\""}, "body": {"text": "x"}},
  "latency": {"first_byte_ms": 1, "whole_ms": 2}}"#;

fn refused(text: &str) -> (ErrorKind, String) {
    let error = Cassette::parse(text).unwrap_err();
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    (error.kind(), format!("{error} {cause}"))
}

#[test]
fn a_wrong_field_is_named() {
    assert!(Cassette::parse(&cassette(GET)).is_ok());
    for (right, wrong, said) in [
        (r#""method": "GET""#, r#""method": "G T""#, "`request.method`"),
        (
            r#""method": "GET""#,
            r#""method": "HEAD""#,
            "`operation` is \"GetObject\", and its request means \"HeadObject\"",
        ),
        (r#""path": "/b/k""#, r#""path": "/b/l""#, "`key` is \"k\""),
        (r#""path": "/b/k""#, r#""path": "b/k""#, "is not the target"),
        (r#""path": "/b/k""#, r#""path": "/b/k?x""#, "is not the target"),
        (r#""path": "/b/k""#, r#""path": "/b/k\u0000""#, "is not the target"),
        (r#""path": "/b/k""#, r#""path": "/b/k", "paht": 1"#, "unknown field `paht`"),
        (r#""status": 200"#, r#""status": 99"#, "`response.status`"),
        (r#""status": 200"#, r#""status": 100"#, "`response.status`"),
        (r#""status": 200"#, r#""status": 70000"#, "line 3"),
        (r#""etag":"#, r#""e tag":"#, "response header \"e tag\" cannot be a header"),
        (r#""\"1\"""#, r#""a\nb""#, "response header \"etag\" cannot be a header"),
        (r#"{"text": "x"}"#, r#"{"text": "x", "base64": "eA=="}"#, "`response.body`"),
        (r#"{"text": "x"}"#, r#"{"base64": "?"}"#, "is not base64"),
        (r#"{"text": "x"}"#, r#"{"sha256": "00", "length": 1}"#, "64 small hexadecimal"),
        (r#""whole_ms": 2"#, r#""whole_ms": 0"#, "`latency`"),
        (r#""whole_ms": 2"#, r#""whole_ms": 600001"#, "`latency`"),
        (r#""whole_ms": 2"#, r#""whole_ms": -1"#, "line 4"),
        (r#""response""#, r#""failure": {"kind": "reset"}, "response""#, "either"),
    ] {
        let text = GET.replacen(right, wrong, 1);
        assert_ne!(text, GET, "{right}");
        let (kind, words) = refused(&cassette(&text));
        assert_eq!(kind, ErrorKind::BadCassette, "{wrong}");
        assert!(words.contains(said), "{wrong}: {words}");
    }
}

#[test]
fn a_strange_file_is_refused() {
    assert_eq!(refused("").0, ErrorKind::BadCassette);
    assert_eq!(refused("[]").0, ErrorKind::BadCassette);
    assert_eq!(refused(&"[".repeat(100_000)).0, ErrorKind::BadCassette);
    assert_eq!(refused(&cassette("").replace("r2-cassette", "tape")).0, ErrorKind::BadCassette);
    assert_eq!(refused(&cassette("").replace(": 1,", ": 0,")).0, ErrorKind::BadCassette);
    // A newer one is known before its new fields are looked at.
    let newer = cassette("").replace(": 1,", ": 2, \"new\": {},");
    let (kind, words) = refused(&newer);
    assert_eq!(kind, ErrorKind::NewerFormat);
    assert!(words.contains("it is of version 2, and this reads up to 1"), "{words}");
}

#[test]
fn limits_hold() {
    let many = vec![GET; 10_001].join(",");
    assert!(refused(&cassette(&many)).1.contains("10000 exchanges"));
    let long =
        GET.replace(r#""text": "x""#, &format!(r#""text": "{}""#, "x".repeat((1 << 20) + 1)));
    assert!(refused(&cassette(&long)).1.contains("1 MiB"));
    let names: Vec<String> = (0..101).map(|at| format!("\"x-{at}\": \"\"")).collect();
    let headers = GET.replace(r#""etag": "\"1\"""#, &names.join(","));
    assert!(refused(&cassette(&headers)).1.contains("100 headers"));
    let longer = cassette(&format!("{GET}{}", " ".repeat(16 << 20)));
    assert!(refused(&longer).1.contains("16 MiB"));
    for (length, offset) in [(u64::MAX, 0), (1, u64::MAX), (6 << 40, 0)] {
        let noise = digest(length, offset);
        assert!(refused(&cassette(&noise)).1.contains("`length`"), "{length} {offset}");
    }
}

fn digest(length: u64, offset: u64) -> String {
    let noise = format!(r#""noise": {{"seed": 1, "offset": {offset}}}"#);
    let sha256 = "0".repeat(64);
    let body = format!(r#"{{"sha256": "{sha256}", "length": {length}, {noise}}}"#);
    GET.replace(r#"{"text": "x"}"#, &body)
}

#[tokio::test]
async fn terabytes_are_made_as_they_are_read() {
    let cassette = Cassette::parse(&cassette(&digest(4 << 40, 123))).unwrap();
    let replayer = Replayer::new(cassette).playback(Playback::Scaled(f64::MAX));
    let sleeping = replayer.send(request("GET /b/k", &[], Body::empty()));
    drop(sleeping);
    let replayer = replayer.playback(Playback::Instant);
    let response = replayer.send(request("GET /b/k", &[], Body::empty())).await.unwrap();
    let mut body = response.into_body();
    assert_eq!(body.length(), Some(4 << 40));
    let chunk = body.next_chunk().await.unwrap().unwrap();
    assert!(chunk == r2_sim::Noise::new(1).bytes(123..123 + chunk.len() as u64));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_file_is_refused_or_played(
        at in 0_usize..500,
        cut in 0_usize..40,
        instead in ".{0,6}",
    ) {
        let mut text: Vec<char> = cassette(GET).chars().collect();
        let at = at.min(text.len());
        text.splice(at..(at + cut).min(text.len()), instead.chars());
        let text: String = text.into_iter().collect();
        if let Ok(cassette) = Cassette::parse(&text) {
            // What is read is written, and read again, as the same.
            let json = cassette.to_json();
            let again = Cassette::parse(&json).unwrap().to_json();
            prop_assert_eq!(json, again);
            let replayer = Replayer::new(cassette);
            let played = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(
                replayer.send(request("GET /b/k", &[], Body::empty())),
            );
            prop_assert_eq!(played.is_ok(), replayer.misses().is_empty());
        }
    }
}
