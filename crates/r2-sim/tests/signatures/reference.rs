//! Signature Version 4 a second time, written from AWS's description and from nothing of ours, so
//! that signer and verifier cannot share a mistake.

use std::fmt::Write as _;

use ring::{digest, hmac};

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

pub(crate) fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec()
}

/// `YYYYMMDDTHHMMSSZ` of seconds since 1970.
pub(crate) fn date(seconds: i64) -> String {
    let (mut days, clock) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while days >= 365 + i64::from(is_leap(year)) {
        days -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + i64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    format!("{year}{month:02}{:02}T{hour:02}{minute:02}{second:02}Z", days + 1)
}

/// Everything but letters, digits and `-._~` escaped.
pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
        text
    })
}

fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    decoded
}

pub(crate) fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encode(&decode(name)), encode(&decode(value))))
        .collect();
    pairs.sort();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// The lines of the named headers, each with all its values.
pub(crate) fn canonical_headers(headers: &[(String, String)], names: &[String]) -> String {
    let mut text = String::new();
    for name in names {
        let values = headers.iter().filter(|(known, _)| known == name);
        let values: Vec<_> = values.map(|(_, value)| squeezed(value)).collect();
        writeln!(text, "{name}:{}", values.join(",")).unwrap();
    }
    text
}

fn squeezed(value: &str) -> String {
    let words = value.trim_matches([' ', '\t']).split(' ').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// `<day>/<region>/s3/aws4_request`.
pub(crate) fn scope(date: &str, region: &str) -> String {
    format!("{}/{region}/s3/aws4_request", &date[..8])
}

/// Signs what comes after `AWS4-HMAC-SHA256\n<date>\n<scope>\n`, under any other first line too.
pub(crate) fn sign(kind: &str, secret: &str, date: &str, region: &str, rest: &str) -> String {
    let day = mac(format!("AWS4{secret}").as_bytes(), &date.as_bytes()[..8]);
    let key = mac(&mac(&mac(&day, region.as_bytes()), b"s3"), b"aws4_request");
    let text = format!("{kind}\n{date}\n{}\n{rest}", scope(date, region));
    hex(&mac(&key, text.as_bytes()))
}

/// AWS's own worked examples.
#[test]
fn the_reference_agrees_with_the_examples_of_aws() {
    assert_eq!(date(1_369_353_600), "20130524T000000Z");
    assert_eq!(date(951_825_599), "20000229T115959Z");
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let headers = [
        ("host", "examplebucket.s3.amazonaws.com"),
        ("range", "bytes=0-9"),
        ("x-amz-content-sha256", &sha256(b"")),
        ("x-amz-date", "20130524T000000Z"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let names = headers.clone().map(|(name, _)| name);
    let request = format!(
        "GET\n/test.txt\n\n{}\n{}\n{}",
        canonical_headers(&headers, &names),
        names.join(";"),
        sha256(b"")
    );
    let hash = sha256(request.as_bytes());
    let signed = sign("AWS4-HMAC-SHA256", secret, "20130524T000000Z", "us-east-1", &hash);
    assert_eq!(signed, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    assert_eq!(canonical_query("b=%7e+%2f&a&a=1"), "a=&a=1&b=~%20%2F");
    let seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
    let rest = format!("{seed}\n{}\n{}", sha256(b""), sha256(&[b'a'; 65_536]));
    let chunk = sign("AWS4-HMAC-SHA256-PAYLOAD", secret, "20130524T000000Z", "us-east-1", &rest);
    assert_eq!(chunk, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
}
