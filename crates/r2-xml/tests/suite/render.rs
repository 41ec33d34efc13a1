//! What R2 writes, to the byte.

use expect_test::{Expect, expect};
use r2_xml::*;

fn check(document: &impl Document, expected: &Expect) {
    // One element a line, so that a difference is easy to see.
    expected.assert_eq(&document.encode().replace("><", ">\n<"));
}

/// Lengths that users logged for R2's replies (opendal#2904, opendal#2227, vector#23029).
#[test]
fn error_lengths() {
    let cases = [
        (ErrorCode::InvalidPart, "All non-trailing parts must have the same length.", 145),
        (ErrorCode::InternalError, "We encountered an internal error. Please try again.", 149),
        (
            ErrorCode::InvalidRequest,
            "You can only specify one non-default checksum at a time.",
            155,
        ),
    ];
    for (code, message, length) in cases {
        let text = ErrorDocument::new(code, message).encode();
        assert_eq!(text.len(), length, "{text}");
    }
}

#[test]
fn error_with_quotes() {
    let message = "Header 'x-amz-tagging' with value '\"a\"<b>&c' not implemented";
    let text = ErrorDocument::new(ErrorCode::NotImplemented, message).encode();
    assert_eq!(
        text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>NotImplemented</Code><Message>\
         Header &apos;x-amz-tagging&apos; with value &apos;&quot;a&quot;&lt;b&gt;&amp;c&apos; \
         not implemented</Message></Error>"
    );
}

#[test]
fn error_with_debug_elements() {
    let error = ErrorDocument::new(ErrorCode::SignatureDoesNotMatch, "The request signature …")
        .with("StringToSign", "AWS4-HMAC-SHA256\n20260101T000000Z")
        .with("StringToSignBytes", "41 57")
        .with("SignatureProvided", "ab");
    assert_eq!(error.extra("StringToSignBytes"), Some("41 57"));
    assert_eq!(error.extra("CanonicalRequest"), None);
    check(
        &error,
        &expect![[r#"
            <?xml version="1.0" encoding="UTF-8"?>
            <Error>
            <Code>SignatureDoesNotMatch</Code>
            <Message>The request signature …</Message>
            <StringToSign>AWS4-HMAC-SHA256
            20260101T000000Z</StringToSign>
            <StringToSignBytes>41 57</StringToSignBytes>
            <SignatureProvided>ab</SignatureProvided>
            </Error>"#]],
    );
}

fn object(key: &str) -> Object {
    Object {
        key: key.into(),
        size: 3,
        last_modified: Timestamp::from_unix(1_786_959_000, 250),
        etag: Some("\"acbd18db4cc2f85cedef654fccc4a4d8\"".into()),
        storage_class: Some("STANDARD".into()),
        ..Object::default()
    }
}

#[test]
fn list_v2() {
    let page = ListObjectsV2Result {
        name: "b".into(),
        contents: vec![Object { owner: Some(Owner::account("ab12")), ..object("ls/a b") }],
        is_truncated: true,
        common_prefixes: vec!["ls/sub/".into()],
        prefix: "ls/".into(),
        delimiter: Some("/".into()),
        start_after: Some("ls/+".into()),
        continuation_token: Some("t1".into()),
        next_continuation_token: Some("t+/=".into()),
        max_keys: Some(2),
        key_count: Some(2),
        encoding_type: None,
    };
    check(
        &page.encode_url(),
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Name>b</Name>
        <Contents>
        <Key>ls%2Fa%20b</Key>
        <Size>3</Size>
        <LastModified>2026-08-17T09:30:00.250Z</LastModified>
        <ETag>&quot;acbd18db4cc2f85cedef654fccc4a4d8&quot;</ETag>
        <StorageClass>STANDARD</StorageClass>
        <Owner>
        <ID>ab12</ID>
        <DisplayName>ab12</DisplayName>
        </Owner>
        </Contents>
        <IsTruncated>true</IsTruncated>
        <CommonPrefixes>
        <Prefix>ls%2Fsub%2F</Prefix>
        </CommonPrefixes>
        <Prefix>ls%2F</Prefix>
        <Delimiter>%2F</Delimiter>
        <StartAfter>ls%2F%2B</StartAfter>
        <ContinuationToken>t1</ContinuationToken>
        <NextContinuationToken>t+/=</NextContinuationToken>
        <MaxKeys>2</MaxKeys>
        <KeyCount>2</KeyCount>
        <EncodingType>url</EncodingType>
        </ListBucketResult>"#]],
    );
}

#[test]
fn list_v1() {
    let page = ListObjectsV1Result {
        name: "b".into(),
        contents: vec![object("a\r\u{1}")],
        is_truncated: true,
        next_marker: Some("a\r\u{1}".into()),
        max_keys: Some(1000),
        ..ListObjectsV1Result::default()
    };
    check(
        &page,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Name>b</Name>
        <Contents>
        <Key>a&#xD;&#x1;</Key>
        <Size>3</Size>
        <LastModified>2026-08-17T09:30:00.250Z</LastModified>
        <ETag>&quot;acbd18db4cc2f85cedef654fccc4a4d8&quot;</ETag>
        <StorageClass>STANDARD</StorageClass>
        </Contents>
        <IsTruncated>true</IsTruncated>
        <Prefix>
        </Prefix>
        <Marker>
        </Marker>
        <NextMarker>a&#xD;&#x1;</NextMarker>
        <MaxKeys>1000</MaxKeys>
        </ListBucketResult>"#]],
    );
}

#[test]
fn list_buckets() {
    let page = ListBucketsResult {
        buckets: vec![Bucket {
            name: "b".into(),
            creation_date: Some(Timestamp::from_unix(0, 0)),
            bucket_region: None,
        }],
        owner: Some(Owner::account("ab12")),
        is_truncated: Some(false),
        key_count: Some(1),
        max_keys: Some(1000),
        ..ListBucketsResult::default()
    };
    check(
        &page,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Buckets>
        <Bucket>
        <Name>b</Name>
        <CreationDate>1970-01-01T00:00:00.000Z</CreationDate>
        </Bucket>
        </Buckets>
        <Owner>
        <ID>ab12</ID>
        <DisplayName>ab12</DisplayName>
        </Owner>
        <IsTruncated>false</IsTruncated>
        <KeyCount>1</KeyCount>
        <MaxKeys>1000</MaxKeys>
        </ListAllMyBucketsResult>"#]],
    );
}

#[test]
fn list_parts() {
    let page = ListPartsResult {
        bucket: "b".into(),
        key: "k".into(),
        upload_id: "u".into(),
        part_number_marker: Some(0),
        next_part_number_marker: Some(1),
        max_parts: Some(1),
        is_truncated: true,
        parts: vec![Part {
            part_number: 1,
            last_modified: Some(Timestamp::from_unix(0, 1)),
            etag: "\"aa\"".into(),
            size: 5_242_880,
            checksums: Checksums { crc32: Some("AAAAAA==".into()), ..Checksums::default() },
        }],
        initiator: Some(Owner::account("ab12")),
        owner: Some(Owner::account("ab12")),
        storage_class: Some("STANDARD".into()),
        checksum_algorithm: None,
        checksum_type: None,
    };
    check(
        &page,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Bucket>b</Bucket>
        <Key>k</Key>
        <UploadId>u</UploadId>
        <PartNumberMarker>0</PartNumberMarker>
        <NextPartNumberMarker>1</NextPartNumberMarker>
        <MaxParts>1</MaxParts>
        <IsTruncated>true</IsTruncated>
        <Part>
        <PartNumber>1</PartNumber>
        <LastModified>1970-01-01T00:00:00.001Z</LastModified>
        <ETag>&quot;aa&quot;</ETag>
        <Size>5242880</Size>
        <ChecksumCRC32>AAAAAA==</ChecksumCRC32>
        </Part>
        <Initiator>
        <ID>ab12</ID>
        <DisplayName>ab12</DisplayName>
        </Initiator>
        <Owner>
        <ID>ab12</ID>
        <DisplayName>ab12</DisplayName>
        </Owner>
        <StorageClass>STANDARD</StorageClass>
        </ListPartsResult>"#]],
    );
}

#[test]
fn list_uploads() {
    let page = ListMultipartUploadsResult {
        bucket: "b".into(),
        prefix: "a/".into(),
        max_uploads: Some(1000),
        uploads: vec![Upload {
            key: "a/k".into(),
            upload_id: "u".into(),
            storage_class: Some("STANDARD".into()),
            initiated: Some(Timestamp::from_unix(0, 0)),
            ..Upload::default()
        }],
        ..ListMultipartUploadsResult::default()
    };
    check(
        &page,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Bucket>b</Bucket>
        <KeyMarker>
        </KeyMarker>
        <Prefix>a/</Prefix>
        <MaxUploads>1000</MaxUploads>
        <IsTruncated>false</IsTruncated>
        <Upload>
        <Key>a/k</Key>
        <UploadId>u</UploadId>
        <StorageClass>STANDARD</StorageClass>
        <Initiated>1970-01-01T00:00:00.000Z</Initiated>
        </Upload>
        </ListMultipartUploadsResult>"#]],
    );
}

#[test]
fn multipart() {
    let initiated = InitiateMultipartUploadResult {
        upload_id: "A+/=".into(),
        bucket: "b".into(),
        key: "k".into(),
    };
    check(
        &initiated,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <InitiateMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <UploadId>A+/=</UploadId>
        <Bucket>b</Bucket>
        <Key>k</Key>
        </InitiateMultipartUploadResult>"#]],
    );
    let part = CompletedPart { part_number: 1, etag: "\"aa\"".into(), ..CompletedPart::default() };
    check(
        &CompleteMultipartUpload { parts: vec![part] },
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Part>
        <PartNumber>1</PartNumber>
        <ETag>&quot;aa&quot;</ETag>
        </Part>
        </CompleteMultipartUpload>"#]],
    );
    let completed = CompleteMultipartUploadResult {
        bucket: "b".into(),
        key: "k".into(),
        etag: "\"aa-1\"".into(),
        location: Some("https://example.com/b/k".into()),
        checksums: Checksums { crc64nvme: Some("AAAAAAAAAAA=".into()), ..Checksums::default() },
        checksum_type: Some("FULL_OBJECT".into()),
    };
    check(
        &completed,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Bucket>b</Bucket>
        <Key>k</Key>
        <ETag>&quot;aa-1&quot;</ETag>
        <Location>https://example.com/b/k</Location>
        <ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>
        <ChecksumType>FULL_OBJECT</ChecksumType>
        </CompleteMultipartUploadResult>"#]],
    );
}

#[test]
fn deletes() {
    let delete = Delete { quiet: Some(true), ..Delete::of([" a", "b"]) };
    check(
        &delete,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Object>
        <Key> a</Key>
        </Object>
        <Object>
        <Key>b</Key>
        </Object>
        <Quiet>true</Quiet>
        </Delete>"#]],
    );
    let result = DeleteResult {
        deleted: vec![DeletedObject { key: " a".into(), ..DeletedObject::default() }],
        errors: vec![DeleteError {
            key: "b".into(),
            version_id: None,
            code: ErrorCode::ObjectLockedByBucketPolicy,
            message: "locked".into(),
        }],
    };
    check(
        &result,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Deleted>
        <Key> a</Key>
        </Deleted>
        <Error>
        <Key>b</Key>
        <Code>ObjectLockedByBucketPolicy</Code>
        <Message>locked</Message>
        </Error>
        </DeleteResult>"#]],
    );
}

#[test]
fn cors() {
    let cors = CorsConfiguration {
        rules: vec![CorsRule {
            id: Some("web".into()),
            allowed_origins: vec!["https://example.com".into(), "*".into()],
            allowed_methods: vec!["GET".into()],
            allowed_headers: vec!["*".into()],
            expose_headers: vec!["ETag".into()],
            max_age_seconds: Some(300),
        }],
    };
    check(
        &cors,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <CORSRule>
        <ID>web</ID>
        <AllowedOrigin>https://example.com</AllowedOrigin>
        <AllowedOrigin>*</AllowedOrigin>
        <AllowedMethod>GET</AllowedMethod>
        <AllowedHeader>*</AllowedHeader>
        <ExposeHeader>ETag</ExposeHeader>
        <MaxAgeSeconds>300</MaxAgeSeconds>
        </CORSRule>
        </CORSConfiguration>"#]],
    );
}

#[test]
fn lifecycle() {
    let lifecycle = LifecycleConfiguration {
        rules: vec![
            LifecycleRule {
                id: Some("logs".into()),
                filter: LifecycleFilter::Filter(Some("logs/".into())),
                expiration: Some(LifecycleTime::Days(90)),
                transitions: vec![LifecycleTransition {
                    time: LifecycleTime::Days(30),
                    storage_class: "STANDARD_IA".into(),
                }],
                ..LifecycleRule::default()
            },
            LifecycleRule {
                status: RuleStatus::Disabled,
                filter: LifecycleFilter::Filter(None),
                abort_incomplete_multipart_upload_days: Some(7),
                ..LifecycleRule::default()
            },
        ],
    };
    check(
        &lifecycle,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Rule>
        <ID>logs</ID>
        <Filter>
        <Prefix>logs/</Prefix>
        </Filter>
        <Status>Enabled</Status>
        <Expiration>
        <Days>90</Days>
        </Expiration>
        <Transition>
        <Days>30</Days>
        <StorageClass>STANDARD_IA</StorageClass>
        </Transition>
        </Rule>
        <Rule>
        <Filter>
        </Filter>
        <Status>Disabled</Status>
        <AbortIncompleteMultipartUpload>
        <DaysAfterInitiation>7</DaysAfterInitiation>
        </AbortIncompleteMultipartUpload>
        </Rule>
        </LifecycleConfiguration>"#]],
    );
}

#[test]
fn acl() {
    check(
        &AccessControlPolicy::private(Owner::account("ab12")),
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Owner>
        <ID>ab12</ID>
        <DisplayName>ab12</DisplayName>
        </Owner>
        <AccessControlList>
        <Grant>
        <Grantee>
        <ID>ab12</ID>
        <DisplayName>ab12</DisplayName>
        </Grantee>
        <Permission>FULL_CONTROL</Permission>
        </Grant>
        </AccessControlList>
        </AccessControlPolicy>"#]],
    );
}
