//! Input that nobody should send is refused, with the place and the reason.

use proptest::prelude::*;
use r2_xml::*;

use crate::samples::{DECODERS, any_encoded};

/// Decodes as a location, the smallest document, and compares kind, offset and message.
fn check(body: impl AsRef<[u8]>, kind: ErrorKind, message: &str) {
    refused::<LocationConstraint>(body.as_ref(), kind, message);
}

fn refused<D: Document + std::fmt::Debug>(body: &[u8], kind: ErrorKind, message: &str) {
    let shown = String::from_utf8_lossy(&body[..body.len().min(120)]);
    let error = D::decode(body).expect_err(&shown);
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, message), "{shown}");
    let offset = error.offset();
    assert!(offset <= body.len(), "{offset} is outside of {shown}");
}

const ROOT: &str = "<LocationConstraint>";
const END: &str = "</LocationConstraint>";

#[test]
fn document_types_and_entities() {
    let doctype = "a document type declaration is not allowed, at byte 21";
    let laughs = r#"<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
        <LocationConstraint>&b;</LocationConstraint>"#;
    check(laughs, ErrorKind::Forbidden, doctype);
    let external = r#"<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>"#;
    check(external, ErrorKind::Forbidden, doctype);
    check(r#"<?xml version="1.0"?><!doctype html><html>"#, ErrorKind::Forbidden, doctype);
    check(
        "<!DOCTYPE x [",
        ErrorKind::Forbidden,
        "a document type declaration is not allowed, at byte 0",
    );
    check(
        format!("{ROOT}a<!DOCTYPE x>{END}"),
        ErrorKind::Forbidden,
        "a document type declaration is not allowed, at byte 21",
    );
    check(
        format!("{ROOT}a&b;{END}"),
        ErrorKind::Forbidden,
        "entity `b` is not one of the five that XML defines, at byte 21",
    );
    refused::<Delete>(
        b"<Delete>&b;</Delete>",
        ErrorKind::Forbidden,
        "entity `b` is not one of the five that XML defines, at byte 8",
    );
    refused::<Delete>(
        b"<Delete><New><a>&b;</a></New></Delete>",
        ErrorKind::Forbidden,
        "entity `b` is not one of the five that XML defines, at byte 16",
    );
}

#[test]
fn characters() {
    for reference in ["#0", "#x0", "#xD800", "#x110000", "#", "#x", "#-1", "#99999999999"] {
        let message = format!("reference `{reference}` is not a character, at byte 20");
        check(format!("{ROOT}&{reference};{END}"), ErrorKind::Syntax, &message);
    }
    let nul = format!("{ROOT}a\0{END}");
    check(nul, ErrorKind::Syntax, "a raw control character 0x00, at byte 21");
    let long = format!("{ROOT}{}\u{1b}{END}", "x".repeat(500));
    check(long, ErrorKind::Syntax, "a raw control character 0x1b, at byte 520");
    check(format!("{ROOT}&"), ErrorKind::Syntax, "not well-formed XML, at byte 20");
    check(format!("{ROOT}a&b{END}"), ErrorKind::Syntax, "not well-formed XML, at byte 21");
}

#[test]
fn encodings() {
    let utf16: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [&[0xFF, 0xFE], utf16.as_slice()].concat();
    let marked_big = [&[0xFE, 0xFF], big.as_slice()].concat();
    for body in [utf16, big, marked, marked_big] {
        check(body, ErrorKind::Encoding, "UTF-16 or UTF-32, not UTF-8, at byte 0");
    }
    let latin = b"<LocationConstraint>caf\xE9</LocationConstraint>";
    check(latin, ErrorKind::Encoding, "a byte that is not UTF-8, at byte 23");
    let marked = [&[0xEF, 0xBB, 0xBF], latin.as_slice()].concat();
    check(marked, ErrorKind::Encoding, "a byte that is not UTF-8, at byte 26");
    check(
        r#"<?xml version="1.0" encoding="ISO-8859-1"?><LocationConstraint/>"#,
        ErrorKind::Encoding,
        "the declared encoding is `ISO-8859-1`, not UTF-8, at byte 0",
    );
    for encoding in ["utf-8", "UTF8", "US-ASCII"] {
        let body = format!("<?xml version='1.0' encoding='{encoding}'?>{ROOT}x{END}");
        assert_eq!(LocationConstraint::decode(body.as_bytes()).unwrap().location, "x");
    }
}

#[test]
fn truncation_at_every_byte() {
    let body = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/r2/v2.xml"));
    let body = body.unwrap();
    for length in 0..body.len() {
        let error = ListObjectsV2Result::decode(&body[..length]).expect_err("it is cut");
        let kind = error.kind();
        let expected = [ErrorKind::Truncated, ErrorKind::Syntax];
        assert!(expected.contains(&kind), "{length}: {error}");
    }
    check("", ErrorKind::Truncated, "the document ends too early, at byte 0");
    check(" \n", ErrorKind::Truncated, "the document ends too early, at byte 2");
    check("<", ErrorKind::Truncated, "the document ends inside a tag, at byte 0");
    check(ROOT, ErrorKind::Truncated, "the document ends too early, at byte 20");
    check(
        format!("{ROOT}<!-- "),
        ErrorKind::Truncated,
        "the document ends inside a tag, at byte 20",
    );
    check(
        format!("{ROOT}<![CDATA[x"),
        ErrorKind::Truncated,
        "the document ends inside a tag, at byte 20",
    );
    check(
        "<LocationConstraint a='",
        ErrorKind::Truncated,
        "the document ends inside a tag, at byte 0",
    );
}

#[test]
fn structure() {
    check("no xml", ErrorKind::Unexpected, "text where only elements belong, at byte 0");
    check("error code: 520", ErrorKind::Unexpected, "text where only elements belong, at byte 0");
    check(
        "<html></html>",
        ErrorKind::WrongRoot,
        "the root element is `html`, not `LocationConstraint`, at byte 0",
    );
    let trailing = "something follows the root element, at byte 41";
    for rest in ["x", "<a/>", "&amp;", "<![CDATA[ ]]>", "<?xml version='1.0'?>"] {
        check(format!("{ROOT}{END}{rest}"), ErrorKind::Trailing, trailing);
    }
    check(format!("{ROOT}{END}</a>"), ErrorKind::Syntax, "not well-formed XML, at byte 41");
    check("<LocationConstraint></Other>", ErrorKind::Syntax, "not well-formed XML, at byte 20");
    check(
        format!("{ROOT}<b/>{END}"),
        ErrorKind::Unexpected,
        "an element where text belongs, at byte 20",
    );
    check(
        "<!-- --><?xml version='1.0'?><a/>",
        ErrorKind::Syntax,
        "a declaration inside the document, at byte 8",
    );
    refused::<Delete>(
        b"<Delete>stray</Delete>",
        ErrorKind::Unexpected,
        "text where only elements belong, at byte 8",
    );
    refused::<Delete>(
        b"<Delete><Quiet>true</Quiet><Quiet>true</Quiet></Delete>",
        ErrorKind::Duplicate,
        "`Quiet` stands here a second time, at byte 27",
    );
    refused::<Delete>(
        b"<Delete><Object><VersionId>1</VersionId></Object></Delete>",
        ErrorKind::Missing,
        "`Object` has no `Key`, at byte 8",
    );
    for odd in ["<>", "<1a>", "<a%>", "<a:b:c>", "<=>", "< a>", "<1:Object>"] {
        let body = format!("<Delete>{odd}</Delete>");
        let error = Delete::decode(body.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Syntax, "{odd}: {error}");
    }
}

#[test]
fn values() {
    let entry = |size: &str| {
        format!(
            "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key>\
             <Size>{size}</Size><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>\
             </ListBucketResult>"
        )
    };
    let largest = ListObjectsV2Result::decode(entry(" 18446744073709551615\n").as_bytes());
    assert_eq!(largest.unwrap().contents[0].size, u64::MAX);
    for size in ["", "-1", "+1", "1.0", "0x10", "1e3", "18446744073709551616", "1 2", "１"] {
        let message = format!("`Size`: `{size}` is not a number in range, at byte 72");
        refused::<ListObjectsV2Result>(entry(size).as_bytes(), ErrorKind::Value, &message);
    }
    let long = "9".repeat(1_000);
    let error = ListObjectsV2Result::decode(entry(&long).as_bytes()).unwrap_err();
    assert!(error.to_string().len() < 120, "{error}");
    refused::<ListObjectsV2Result>(
        b"<ListBucketResult><IsTruncated>maybe</IsTruncated></ListBucketResult>",
        ErrorKind::Value,
        "`IsTruncated`: `maybe` is not true or false, at byte 18",
    );
    refused::<ListObjectsV2Result>(
        b"<ListBucketResult></ListBucketResult>",
        ErrorKind::Missing,
        "`ListBucketResult` has no `IsTruncated`, at byte 0",
    );
    refused::<ListObjectsV2Result>(
        b"<ListBucketResult><EncodingType>base64</EncodingType></ListBucketResult>",
        ErrorKind::Value,
        "`EncodingType`: `base64` is not an encoding of names, at byte 18",
    );
    refused::<CopyObjectResult>(
        b"<CopyObjectResult><LastModified>\x07</LastModified></CopyObjectResult>",
        ErrorKind::Syntax,
        "a raw control character 0x07, at byte 32",
    );
    refused::<CopyObjectResult>(
        b"<CopyObjectResult><LastModified>now&#7;</LastModified></CopyObjectResult>",
        ErrorKind::Value,
        "`LastModified`: `now\\u{7}` is not a date, at byte 18",
    );
}

#[test]
fn floods() {
    let nested = format!("<Delete>{}", "<a>".repeat(100_000));
    let message = "elements nest deeper than 16, at byte 53";
    refused::<Delete>(nested.as_bytes(), ErrorKind::TooDeep, message);

    let attributes: String = (0..50_000).map(|n| format!(" a{n}=''")).collect();
    let body = format!("<Delete{attributes}></Delete>");
    refused::<Delete>(body.as_bytes(), ErrorKind::TooMany, "more than 16 attributes, at byte 0");
    let twice = b"<Delete a='' a=''></Delete>";
    refused::<Delete>(twice, ErrorKind::Syntax, "not well-formed XML, at byte 0");
    refused::<Delete>(b"<Delete a></Delete>", ErrorKind::Syntax, "not well-formed XML, at byte 0");
    let open = b"<Delete a='<'></Delete>";
    refused::<Delete>(open, ErrorKind::Syntax, "an attribute contains `<`, at byte 0");

    let large = format!("{ROOT}{}", " ".repeat(limits::SMALL_BYTES_MAX));
    let message = "65556 bytes, more than the limit of 65536, at byte 65536";
    check(large, ErrorKind::TooLarge, message);

    let keys = "<Object><Key>k</Key></Object>".repeat(limits::DELETE_KEYS_MAX + 1);
    let body = format!("<Delete>{keys}</Delete>");
    let message = "more than 5000 of `Object`, at byte 145008";
    refused::<Delete>(body.as_bytes(), ErrorKind::TooMany, message);

    let part = "<Part><PartNumber>1</PartNumber><ETag/></Part>";
    let parts = part.repeat(limits::PARTS_MAX);
    let body = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    let full = CompleteMultipartUpload::decode(body.as_bytes()).unwrap();
    assert_eq!(full.parts.len(), limits::PARTS_MAX);
    let body = format!("<CompleteMultipartUpload>{parts}{part}</CompleteMultipartUpload>");
    let message = "more than 10000 of `Part`, at byte 460025";
    refused::<CompleteMultipartUpload>(body.as_bytes(), ErrorKind::TooMany, message);

    let prefixes = format!("<CommonPrefixes>{}</CommonPrefixes>", "<Prefix/>".repeat(5_001));
    let body = format!("<ListBucketResult>{prefixes}</ListBucketResult>");
    let message = "more than 5000 of `Prefix`, at byte 45034";
    refused::<ListObjectsV2Result>(body.as_bytes(), ErrorKind::TooMany, message);
}

/// What a client gets from an edge that is no S3 service must not look like a document.
#[test]
fn replies_that_are_neither() {
    type Copied = Reply<CopyObjectResult>;
    let html = Copied::decode(b"<html><body>502</body></html>").unwrap_err();
    assert_eq!(html.to_string(), "the root element is `html`, not `CopyObjectResult`, at byte 0");
    let broken = Copied::decode(b"<Error><Message/></Error>").unwrap_err();
    assert_eq!(broken.to_string(), "`Error` has no `Code`, at byte 0");
}

#[test]
fn errors_say_their_source_once() {
    fn usable<E: std::error::Error + Send + Sync + 'static>(_: &E) {}

    let error = LocationConstraint::decode(b"<LocationConstraint></x>").unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(error.to_string(), "not well-formed XML, at byte 20");
    assert!(source.contains("</x>"), "{source}");
    assert!(format!("{error:?}").contains("Syntax"));
    usable(&error);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        feed(&bytes);
    }

    /// Nearer to XML than bytes: its own pieces in any order.
    #[test]
    fn arbitrary_pieces(pieces in proptest::collection::vec(piece(), 0..40)) {
        feed(pieces.concat().as_bytes());
    }

    /// A valid document with bytes changed, removed, doubled.
    #[test]
    fn mutated_documents(
        document in any_encoded(),
        mutations in proptest::collection::vec(
            (any::<u32>(), any::<u32>(), 0u8..4, any::<u8>()),
            1..6,
        ),
    ) {
        let mut bytes = document.into_bytes();
        for (from, length, how, byte) in mutations {
            mutate(&mut bytes, from as usize, length as usize, how, byte);
        }
        feed(&bytes);
    }
}

fn piece() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "<",
        ">",
        "/",
        "</",
        "/>",
        "<?",
        "?>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE ",
        "&",
        ";",
        "&amp;",
        "&#1;",
        "&#x41;",
        "&lol;",
        "\"",
        "'",
        "=",
        " ",
        "\n",
        "\r",
        "xmlns",
        ":",
        "é",
        "<Delete>",
        "</Delete>",
        "<Object>",
        "</Object>",
        "<Key>",
        "</Key>",
        "<Key/>",
        "<Quiet>",
        "true",
        "</Quiet>",
        "<ListBucketResult>",
        "</ListBucketResult>",
        "<Contents>",
        "</Contents>",
        "<IsTruncated>",
        "</IsTruncated>",
        "<Error>",
        "<Code>",
        "</Code>",
        "</Error>",
        "1",
        "text",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        "\u{FEFF}",
    ])
}

fn mutate(bytes: &mut Vec<u8>, from: usize, length: usize, how: u8, byte: u8) {
    if bytes.is_empty() {
        return;
    }
    let from = from % bytes.len();
    let to = (from + length % 24).min(bytes.len());
    match how {
        0 => bytes[from] = byte,
        1 => drop(bytes.drain(from..to)),
        2 => {
            let doubled = bytes[from..to].to_vec();
            bytes.splice(from..from, doubled);
        }
        _ => bytes.truncate(from),
    }
}

/// No decoder panics, and every refusal points into the input and fits into a line.
fn feed(bytes: &[u8]) {
    for (name, decode) in DECODERS {
        if let Err(error) = decode(bytes) {
            assert!(error.offset() <= bytes.len(), "{name}: {error}");
            assert!(error.to_string().len() < 400, "{name}: {error}");
        }
    }
}
