//! `decode(encode(x)) == x`, for every document and any text but NUL.

use proptest::prelude::*;
use r2_xml::{Document, Timestamp, url};

use crate::samples;

/// The law for one document, whose text must also survive as one line of R2's kind.
fn check<D: Document + PartialEq + std::fmt::Debug>(document: &D) {
    let text = document.encode();
    assert!(text.starts_with(r#"<?xml version="1.0" encoding="UTF-8"?><"#), "{text}");
    assert_eq!(&D::decode(text.as_bytes()).expect(&text), document, "{text}");
}

macro_rules! laws {
    ($($name:ident)*) => {
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(96))]
            $(
                #[test]
                fn $name(document in samples::$name()) {
                    check(&document);
                }
            )*
        }
    };
}

laws! {
    acl complete complete_result copy_object copy_part cors create_bucket delete delete_result
    encryption error_document initiate lifecycle list_buckets list_parts list_uploads list_v1
    list_v2 location versioning
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Listings in `encoding-type=url` carry any name, NUL included, and give it back.
    #[test]
    fn url_listings(
        mut v2 in samples::list_v2(),
        mut v1 in samples::list_v1(),
        mut uploads in samples::list_uploads(),
        key in any::<String>(),
    ) {
        (v2.encoding_type, v1.encoding_type, uploads.encoding_type) = (None, None, None);
        v2.common_prefixes.push(key.clone());
        let body = v2.clone().encode_url().encode();
        prop_assert_eq!(decoded::<r2_xml::ListObjectsV2Result>(&body).decode_url().unwrap(), v2);

        v1.common_prefixes.push(key.clone());
        let body = v1.clone().encode_url().encode();
        prop_assert_eq!(decoded::<r2_xml::ListObjectsV1Result>(&body).decode_url().unwrap(), v1);

        uploads.common_prefixes.push(key);
        let body = uploads.clone().encode_url().encode();
        let back = decoded::<r2_xml::ListMultipartUploadsResult>(&body).decode_url();
        prop_assert_eq!(back.unwrap(), uploads);
    }

    #[test]
    fn url_names(name in any::<String>()) {
        let encoded = url::encode(&name);
        prop_assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~%".contains(&b)));
        prop_assert_eq!(url::decode(&encoded).unwrap(), name);
    }

    #[test]
    fn url_decoding_never_panics(name in "[%+a-fA-F0-9é]{0,12}") {
        let _ = url::decode(&name);
    }

    #[test]
    fn timestamps(seconds in any::<i64>(), millis in any::<u16>()) {
        let time = Timestamp::from_unix(seconds, millis);
        prop_assert_eq!(time.to_string().parse(), Ok(time));
        prop_assert_eq!(Timestamp::from(std::time::SystemTime::from(time)), time);
    }

    #[test]
    fn parsing_timestamps_never_panics(text in "[-+:.TZ0-9é]{0,30}") {
        let _ = text.parse::<Timestamp>();
    }
}

fn decoded<D: Document>(body: &str) -> D {
    D::decode(body.as_bytes()).unwrap()
}

#[test]
fn encoding_twice_does_nothing_more() {
    let page = r2_xml::ListObjectsV2Result { prefix: "a/".into(), ..Default::default() };
    let once = page.encode_url();
    assert_eq!(once.clone().encode_url(), once);
    assert_eq!(once.prefix, "a%2F");
}

#[test]
fn a_nul_becomes_the_replacement_character() {
    let delete = r2_xml::Delete::of(["a\0b"]);
    let back: r2_xml::Delete = decoded(&delete.encode());
    assert_eq!(back.objects[0].key, "a\u{FFFD}b");
}

/// An extra whose name is no name would break the document.
#[test]
fn extras_with_impossible_names_are_not_written() {
    let error = r2_xml::ErrorDocument::new(r2_xml::ErrorCode::InternalError, "m");
    let odd = error.clone().with("a b", "1").with("", "2").with("1a", "3").with("x><y", "4");
    assert_eq!(odd.encode(), error.encode());
}

#[test]
fn timestamp_table() {
    let cases = [
        ("1970-01-01T00:00:00Z", 0, 0),
        ("2000-02-29T12:34:56.789Z", 951_827_696, 789),
        ("2024-12-31T23:59:59.999999999Z", 1_735_689_599, 999),
        ("1969-12-31T23:59:59.500Z", -1, 500),
        ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799, 999),
        ("2026-08-17", 1_786_924_800, 0),
        ("2026-08-17T00:00:00.5+00:00", 1_786_924_800, 500),
        ("2026-08-16T19:00:00-05:00", 1_786_924_800, 0),
        ("2026-08-17 00:00:00z", 1_786_924_800, 0),
    ];
    for (text, seconds, millis) in cases {
        assert_eq!(text.parse(), Ok(Timestamp::from_unix(seconds, millis)), "{text}");
    }
    let refused = [
        "",
        "2026",
        "2026-13-01",
        "2026-00-01",
        "2026-02-29",
        "2100-02-29",
        "2026-04-31",
        "0000-01-01",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00Zx",
        "2026-01-01T00:00:00+24:00",
        "Sat, 17 Aug 2026 00:00:00 GMT",
        "+026-01-01",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
    ];
    for text in refused {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}
