//! The shape of each request, and replies that are not simple.

use expect_test::{Expect, expect};
use http::{HeaderMap, HeaderValue, StatusCode};
use proptest::prelude::*;

use super::*;
use crate::testing::wrapped;
use crate::{
    BucketName, ByteRange, Checksum, ChecksumAlgorithm, CostClass, ETag, ErrorKind, Integrity,
    LastModified, Metadata, ObjectKey, Operation, Precondition, Reply, Safety, SseCustomerKey,
    StorageClass,
};

fn bucket() -> BucketName {
    BucketName::new("photos").unwrap()
}

fn key(text: &str) -> ObjectKey {
    ObjectKey::new(text).unwrap()
}

fn etag() -> ETag {
    ETag::parse("abc").unwrap()
}

/// Method, parameters, headers, body and how the operation is classed.
fn shape(operation: &impl Operation) -> String {
    let parts = operation.request().unwrap();
    let mut out = format!(
        "{} {} {:?} {:?}\n",
        operation.name(),
        parts.method(),
        operation.cost_class(),
        operation.safety()
    );
    for (name, value) in parts.query() {
        out += &format!("? {name}={}\n", value.as_deref().unwrap_or("(flag)"));
    }
    for (name, value) in parts.headers() {
        out += &format!("{name}: {}\n", value.to_str().unwrap());
    }
    match parts.body().as_bytes() {
        Some(body) if !body.is_empty() => {
            out += &format!("{:?} {}\n", parts.integrity, String::from_utf8_lossy(body));
        }
        _ => {}
    }
    out
}

fn check(operation: &impl Operation, expected: &Expect) {
    expected.assert_eq(&wrapped(&shape(operation)));
}

fn reply(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Reply {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, HeaderValue::from_static(value));
    }
    Reply::buffered(StatusCode::from_u16(status).unwrap(), map, body.to_owned())
}

#[test]
fn put_object() {
    let metadata = Metadata::new().with("author", "Zoë").unwrap().with("empty", "").unwrap();
    let put = PutObject::new(bucket(), key("a"), "hello")
        .attributes(
            ObjectAttributes::new()
                .content_type("text/plain")
                .cache_control("no-store")
                .content_disposition("attachment")
                .content_encoding("zstd")
                .content_language("de")
                .expires(LastModified::parse_iso("2026-11-20T12:00:00Z").unwrap())
                .metadata(metadata)
                .storage_class(StorageClass::InfrequentAccess),
        )
        .condition(Precondition::absent())
        .create_bucket_if_missing()
        .checksum(Checksum::new(ChecksumAlgorithm::Crc32, [1, 2, 3, 4]).unwrap());
    check(
        &put,
        &expect![[r#"
            PutObject PUT A IfNotApplied
            content-type: text/plain
            cache-control: no-store
            content-disposition: attachment
            content-encoding: zstd
            content-language: de
            expires: Fri, 20 Nov 2026 12:00:00 GMT
            x-amz-storage-class: STANDARD_IA
            x-amz-meta-author: =?UTF-8?B?Wm/Dqw==?=
            if-none-match: *
            x-amz-checksum-crc32: AQIDBA==
            cf-create-bucket-if-missing: true
            Content hello
        "#]],
    );
    assert_eq!(Operation::storage_class(&put), StorageClass::InfrequentAccess);
    assert_eq!(PutObject::new(bucket(), key("a"), "x").safety(), Safety::Repeatable);
}

#[test]
fn a_put_too_large_for_one_request_is_refused() {
    let body = crate::Body::one_shot(
        futures_util::stream::empty::<Result<bytes::Bytes, crate::BoxError>>(),
        Some(crate::limits::PUT_BYTES_MAX + 1),
    );
    let error = PutObject::new(bucket(), key("a"), body).request().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::EntityTooLarge);
    assert!(error.hint().unwrap().contains("parts"));
}

#[test]
fn customer_keys_go_into_three_headers_that_no_log_shows() {
    let put = PutObject::new(bucket(), key("a"), "x").customer_key(SseCustomerKey::new([7; 32]));
    let parts = put.request().unwrap();
    let name = "x-amz-server-side-encryption-customer-key";
    assert!(parts.headers().contains_key(format!("{name}-md5")));
    assert!(parts.headers().get(name).unwrap().is_sensitive());
    assert!(!format!("{put:?} {parts:?}").contains("BwcHBwcH"));
}

#[test]
fn get_and_head_object() {
    let get = GetObject::new(bucket(), key("a"))
        .range(ByteRange::suffix(5).unwrap())
        .condition(Precondition::unchanged(etag()))
        .condition(Precondition::IfModifiedSince(std::time::SystemTime::UNIX_EPOCH))
        .with_checksums()
        .accept_encoding("zstd")
        .response_content_type("text/html")
        .response_content_disposition("inline; filename=\"ä\"")
        .response_expires(std::time::SystemTime::UNIX_EPOCH);
    check(
        &get,
        &expect![[r#"
            GetObject GET B Repeatable
            ? response-content-type=text/html
            ? response-content-disposition=inline; filename="ä"
            ? response-expires=Thu, 01 Jan 1970 00:00:00 GMT
            range: bytes=-5
            if-match: "abc"
            if-modified-since: Thu, 01 Jan 1970 00:00:00 GMT
            x-amz-checksum-mode: ENABLED
            accept-encoding: zstd
        "#]],
    );
    check(
        &HeadObject::new(bucket(), key("a"))
            .part_number(2)
            .condition(Precondition::changed(etag())),
        &expect![[r#"
            HeadObject HEAD B Repeatable
            ? partNumber=2
            if-none-match: "abc"
        "#]],
    );
    let both = GetObject::new(bucket(), key("a")).part_number(1).range(ByteRange::from_offset(0));
    assert_eq!(both.request().unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn what_the_headers_tell() {
    let head = HeadObject::new(bucket(), key("a"));
    // a successful HEAD as R2 answers it (rclone#8137), and more
    let info = head
        .decode(reply(
            200,
            &[
                ("content-length", "1234"),
                ("accept-ranges", "bytes"),
                ("cf-ray", "8f00-AMS"),
                ("content-type", "text/plain"),
                ("etag", "\"5d41402abc4b2a76b9719d911017c592\""),
                ("last-modified", "Fri, 20 Nov 2026 12:00:00 GMT"),
                ("vary", "Accept-Encoding"),
                ("x-amz-meta-author", "=?utf-8?q?Zo=C3=AB?="),
                ("x-amz-missing-meta", "2"),
                ("x-amz-storage-class", "STANDARD_IA"),
                ("x-amz-checksum-crc64nvme", "M3eFcAZSQlc="),
                ("x-amz-checksum-crc32", "AAAAAA==-2"),
                ("x-amz-checksum-type", "FULL_OBJECT"),
                ("x-amz-expiration", "expiry-date=\"x\""),
            ],
            "",
        ))
        .unwrap()
        .met()
        .unwrap();
    assert_eq!(info.size, Some(1234));
    assert!(info.etag.md5().is_some());
    assert_eq!(info.last_modified.unwrap().unix_seconds(), 1_795_176_000);
    assert_eq!(info.attributes.metadata.get("author"), Some("Zoë"));
    assert_eq!(info.missing_metadata, 2);
    assert_eq!(info.attributes.storage_class, Some(StorageClass::InfrequentAccess));
    assert_eq!(info.checksums.len(), 1, "a composite checksum is not one of the content");
    assert_eq!(info.checksum_scope, Some(ChecksumScope::FullObject));

    // a length lost at the edge is not an error
    let info = head.decode(reply(200, &[("etag", "x")], "")).unwrap().met().unwrap();
    assert_eq!((info.size, info.content_length), (None, None));
    // the size of a part's object comes from Content-Range
    let part = [("etag", "x"), ("content-length", "5"), ("content-range", "bytes 5-9/20")];
    let info = head.decode(reply(206, &part, "")).unwrap().met().unwrap();
    assert_eq!((info.size, info.content_length), (Some(20), Some(5)));
    // not modified, with the checksum headers that broke other clients (icechunk#1991)
    let known = [("etag", "\"abc\""), ("x-amz-checksum-crc32", "AAAAAA==")];
    let same = head.decode(reply(304, &known, "")).unwrap();
    assert_eq!(same, Conditional::NotModified { etag: Some(etag()) });
    assert!(head.decode(reply(200, &[], "")).is_err());
}

#[test]
fn a_whole_object_in_place_of_a_range_is_refused() {
    let get = GetObject::new(bucket(), key("a")).range(ByteRange::new(5..10).unwrap());
    let error = get.decode(reply(200, &[("etag", "x")], "0123456789")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedReply);
}

#[test]
fn copy_object() {
    let copy = CopyObject::new(bucket(), key("a/ü+%"), bucket(), key("b"))
        .metadata_directive(
            MetadataDirective::Merge,
            ObjectAttributes::new().content_type("text/plain"),
        )
        .source_condition(Precondition::unchanged(etag()))
        .destination_condition(Precondition::absent());
    check(
        &copy,
        &expect![[r#"
            CopyObject PUT A IfNotApplied
            x-amz-copy-source: /photos/a/%C3%BC%2B%25
            x-amz-metadata-directive: MERGE
            content-type: text/plain
            x-amz-copy-source-if-match: "abc"
            cf-copy-destination-if-none-match: *
        "#]],
    );
    // a plain copy says nothing that the source says already
    let plain = CopyObject::new(bucket(), key("a"), bucket(), key("b"))
        .storage_class(StorageClass::InfrequentAccess);
    check(
        &plain,
        &expect![[r#"
            CopyObject PUT A Repeatable
            x-amz-copy-source: /photos/a
            x-amz-storage-class: STANDARD_IA
        "#]],
    );
}

#[test]
fn deletes() {
    check(
        &DeleteObject::new(bucket(), key("a")),
        &expect![[r#"
            DeleteObject DELETE Free Repeatable
        "#]],
    );
    check(
        &DeleteObjects::new(bucket(), vec![key("a&b"), key(" c ")]),
        &expect![[r#"
            DeleteObjects POST Free Repeatable
            ? delete=(flag)
            content-type: application/xml
            Md5 <?xml version="1.0" encoding="UTF-8"?><Delete xmlns="http://
            s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a&amp;b</Key></Object>
            <Object><Key> c </Key></Object></Delete>
        "#]],
    );
    for keys in [vec![], vec![key("a"); 1001], vec![key("a\0b")], vec![key("a\rb")]] {
        assert!(DeleteObjects::new(bucket(), keys).request().is_err());
    }
    // other servers tell a missing key; R2 does not
    let delete = DeleteObject::new(bucket(), key("a"));
    let missing = |code| format!("<Error><Code>{code}</Code><Message>m</Message></Error>");
    assert!(delete.decode(reply(404, &[], &missing("NoSuchKey"))).is_ok());
    let error = delete.decode(reply(404, &[], &missing("NoSuchBucket"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchBucket);
}

#[test]
fn a_batch_tells_what_became_of_each_key() {
    let delete = DeleteObjects::new(bucket(), vec![key("a"), key("b"), key("e\u{301}")]);
    let body = "<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>\u{e9}</Key>\
                <Code>InternalError</Code><Message>again</Message></Error></DeleteResult>";
    let result = delete.decode(reply(200, &[], body)).unwrap();
    // "b" is not mentioned, as by a server that is quiet
    assert_eq!(result.deleted, [key("a"), key("b")]);
    assert_eq!(result.failed[0].kind, ErrorKind::Internal);
}

#[test]
fn listings() {
    check(
        &ListObjectsV2::new(bucket())
            .prefix("a b/")
            .delimiter("/")
            .start_after("a b/c")
            .continuation_token("t/+=")
            .max_keys(10),
        &expect![[r#"
            ListObjectsV2 GET A Repeatable
            ? list-type=2
            ? encoding-type=url
            ? prefix=a b/
            ? delimiter=/
            ? start-after=a b/c
            ? continuation-token=t/+=
            ? max-keys=10
        "#]],
    );
    // empty texts are left out: R2 knows a difference, users do not
    check(
        &ListObjects::new(bucket()).prefix("").marker("m"),
        &expect![[r#"
            ListObjects GET A Repeatable
            ? encoding-type=url
            ? marker=m
        "#]],
    );
    check(
        &ListBuckets::new().prefix("p").start_after("a").continuation_token("t").max_keys(5),
        &expect![[r#"
            ListBuckets GET A Repeatable
            ? prefix=p
            ? start-after=a
            ? continuation-token=t
            ? max-keys=5
        "#]],
    );
}

#[test]
fn names_of_a_listing_are_decoded_once() {
    let list = ListObjectsV2::new(bucket());
    let body = "<ListBucketResult><Name>photos</Name><Prefix/><MaxKeys>1000</MaxKeys>\
        <EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
        <NextContinuationToken>t%2Fx</NextContinuationToken>\
        <Contents><Key>a%20b%2525%2F%00</Key><LastModified>2026-11-20T12:00:00.000Z</LastModified>\
        <ETag>&quot;abc&quot;</ETag><Size>5</Size><StorageClass>STANDARD</StorageClass></Contents>\
        <CommonPrefixes><Prefix>c%2F</Prefix></CommonPrefixes></ListBucketResult>";
    let page = list.decode(reply(200, &[], body)).unwrap();
    assert_eq!(page.objects[0].key.as_str(), "a b%25/\0");
    assert_eq!(page.objects[0].etag, Some(etag()));
    assert_eq!(page.prefixes, ["c/"]);
    assert_eq!(page.next_token.as_deref(), Some("t%2Fx"), "tokens are opaque");

    let truncated = body.replace("<NextContinuationToken>t%2Fx</NextContinuationToken>", "");
    let error = list.decode(reply(200, &[], &truncated)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedReply);
    let bad = body.replace("a%20b", "a%zz");
    assert!(list.decode(reply(200, &[], &bad)).is_err());
}

#[test]
fn buckets() {
    check(
        &CreateBucket::new(bucket()),
        &expect![[r#"
            CreateBucket PUT A IfNotApplied
        "#]],
    );
    check(
        &CreateBucket::new(bucket()).location_hint(LocationHint::Apac),
        &expect![[r#"
            CreateBucket PUT A IfNotApplied
            content-type: application/xml
            Md5 <?xml version="1.0" encoding="UTF-8"?><CreateBucketConfiguration
            xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>
            apac</LocationConstraint></CreateBucketConfiguration>
        "#]],
    );
    let page = ListBuckets::new()
        .decode(reply(
            200,
            &[],
            "<ListAllMyBucketsResult><Owner><ID>acc</ID><DisplayName>acc</DisplayName></Owner>\
             <Buckets><Bucket><Name>photos</Name><CreationDate>2026-11-20T12:00:00.000Z\
             </CreationDate></Bucket><Bucket><Name>My.Bucket</Name></Bucket></Buckets>\
             </ListAllMyBucketsResult>",
        ))
        .unwrap();
    assert_eq!(page.owner_id.as_deref(), Some("acc"));
    assert_eq!(page.buckets[1].name.as_str(), "My.Bucket");
    assert_eq!(page.next_token, None);
}

#[test]
fn configurations() {
    use crate::{CorsConfiguration, CorsRule, LifecycleConfiguration};
    let rule = CorsRule {
        allowed_origins: vec!["https://example.com".into()],
        allowed_methods: vec!["GET".into()],
        ..CorsRule::default()
    };
    let rules = CorsConfiguration { rules: vec![rule] };
    let put = PutBucketCors::new(bucket(), rules.clone());
    let parts = put.request().unwrap();
    assert_eq!(parts.query(), [("cors".into(), None)]);
    assert_eq!(parts.integrity, Integrity::Md5);
    let body = parts.body().as_bytes().unwrap().clone();
    let read = GetBucketCors::new(bucket())
        .decode(Reply::buffered(StatusCode::OK, HeaderMap::new(), body))
        .unwrap();
    assert_eq!(read, rules);
    // what R2 would answer with a bare MalformedXML is explained
    let mut bad = rules;
    bad.rules[0].allowed_origins = vec!["http://localhost:*".into()];
    let error = PutBucketCors::new(bucket(), bad).request().unwrap_err();
    assert!(error.to_string().contains("localhost"), "{error}");
    let empty = PutBucketLifecycleConfiguration::new(bucket(), LifecycleConfiguration::default());
    assert_eq!(empty.request().unwrap_err().kind(), ErrorKind::InvalidInput);
}

/// The price list of Cloudflare's R2 pricing page names these.
#[test]
fn operations_are_billed_as_the_page_says() {
    let class = |operation: &dyn Fn() -> CostClass| operation();
    let (a, b, free) = (CostClass::A, CostClass::B, CostClass::Free);
    let cases: [(CostClass, &dyn Fn() -> CostClass); 12] = [
        (a, &|| ListBuckets::new().cost_class()),
        (a, &|| CreateBucket::new(bucket()).cost_class()),
        (a, &|| ListObjectsV2::new(bucket()).cost_class()),
        (a, &|| ListObjects::new(bucket()).cost_class()),
        (a, &|| PutObject::new(bucket(), key("a"), "").cost_class()),
        (a, &|| CopyObject::new(bucket(), key("a"), bucket(), key("b")).cost_class()),
        (b, &|| HeadBucket::new(bucket()).cost_class()),
        (b, &|| HeadObject::new(bucket(), key("a")).cost_class()),
        (b, &|| GetObject::new(bucket(), key("a")).cost_class()),
        (b, &|| GetBucketLocation::new(bucket()).cost_class()),
        (free, &|| DeleteObject::new(bucket(), key("a")).cost_class()),
        (free, &|| DeleteBucket::new(bucket()).cost_class()),
    ];
    for (expected, operation) in cases {
        assert_eq!(class(operation), expected);
    }
}

#[test]
fn a_header_that_would_break_the_request_is_refused() {
    let put = |value: &str| {
        PutObject::new(bucket(), key("a"), "x").content_type(value.to_owned()).request()
    };
    for bad in ["text/plain\r\nx-evil: 1", "täxt/plain", " text/plain", "a\0"] {
        assert_eq!(put(bad).unwrap_err().kind(), ErrorKind::InvalidInput, "{bad:?}");
    }
    // an empty value would be answered with 501 (gobackup#182)
    assert!(!put("").unwrap().headers().contains_key("content-type"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a server says, there is an answer or an error.
    #[test]
    fn no_reply_panics(status in 100_u16..600, body in any::<Vec<u8>>(), value in "[ -~]{0,40}") {
        let status = StatusCode::from_u16(status).unwrap();
        let mut headers = HeaderMap::new();
        for name in ["etag", "content-length", "content-range", "last-modified", "retry-after",
            "x-amz-checksum-crc64nvme", "x-amz-meta-a", "x-amz-storage-class", "date"]
        {
            headers.insert(name, HeaderValue::from_str(&value).unwrap());
        }
        let reply = || Reply::buffered(status, headers.clone(), body.clone());
        let _ = HeadObject::new(bucket(), key("a")).decode(reply());
        let _ = GetObject::new(bucket(), key("a")).decode(reply());
        let _ = PutObject::new(bucket(), key("a"), "x").decode(reply());
        let _ = DeleteObject::new(bucket(), key("a")).decode(reply());
        let _ = DeleteObjects::new(bucket(), vec![key("a")]).decode(reply());
        let _ = CopyObject::new(bucket(), key("a"), bucket(), key("b")).decode(reply());
        let _ = ListObjectsV2::new(bucket()).decode(reply());
        let _ = ListObjects::new(bucket()).decode(reply());
        let _ = ListBuckets::new().decode(reply());
        let _ = GetBucketCors::new(bucket()).decode(reply());
        let error = crate::error::from_reply(reply().facts(), &body);
        prop_assert!(error.to_string().len() < 2_000);
    }
}
