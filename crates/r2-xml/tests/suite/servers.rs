//! Replies of real servers: Ceph 16, Swift 2.38, moto 5.2 and Cloudflare's local R2 as captured,
//! AWS, MinIO and Garage as their documentation and source show them.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use r2_xml::*;

fn body(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/{name}.xml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).expect(&path)
}

fn read<D: Document>(name: &str) -> D {
    D::decode(&body(name)).expect(name)
}

/// What Cloudflare's own code wrote is what we write.
#[test]
fn local_r2_to_the_byte() {
    fn check<D: Document>(name: &str) {
        let name = format!("r2/{name}");
        assert_eq!(read::<D>(&name).encode().as_bytes(), body(&name), "{name}");
    }
    check::<ListObjectsV1Result>("v1");
    check::<ListObjectsV2Result>("v2");
    check::<ListObjectsV2Result>("v2-url");
    check::<ListObjectsV2Result>("v2-empty");
    check::<ListBucketsResult>("list-buckets");
    check::<InitiateMultipartUploadResult>("initiate");
    check::<CompleteMultipartUploadResult>("complete");
    check::<CopyObjectResult>("copy");
    check::<CopyPartResult>("part-copy");
    check::<DeleteResult>("delete");
    check::<LocationConstraint>("location");
    check::<VersioningConfiguration>("versioning");
    check::<ServerSideEncryptionConfiguration>("encryption");
    check::<ErrorDocument>("no-such-key");
    check::<ErrorDocument>("range");
}

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(text);
}

/// A page in a few short lines.
fn shown(page: &ListObjectsV2Result) -> String {
    let mut out = format!(
        "{} prefix {:?} delimiter {:?} truncated {} count {:?} of {:?}\n",
        page.name, page.prefix, page.delimiter, page.is_truncated, page.key_count, page.max_keys
    );
    for object in &page.contents {
        let owner =
            object.owner.as_ref().map_or("-", |owner| owner.display_name.as_deref().unwrap());
        let etag = object.etag.as_deref().map_or("-", |etag| &bare_etag(etag)[..4]);
        let Object { key, size, last_modified, .. } = object;
        let class = object.storage_class.as_deref().unwrap_or("-");
        writeln!(out, "{key:?} {size} {last_modified} {etag} {class} {owner}").unwrap();
    }
    writeln!(out, "{:?} next {:?}", page.common_prefixes, page.next_page()).unwrap();
    out
}

#[test]
fn list_v2() {
    let page = |name| shown(&read::<ListObjectsV2Result>(name).decode_url().unwrap());
    check(
        &page("ceph/v2"),
        &expect![[r#"
        bkt prefix "" delimiter Some("/") truncated false count Some(5) of Some(1000)
        " lead" 3 2026-11-20T18:52:10.810Z acbd STANDARD ci
        "a b+c%.txt" 3 2026-11-20T18:52:10.772Z acbd STANDARD ci
        "ctl\u{1}\r\n" 3 2026-11-20T18:52:10.823Z acbd STANDARD ci
        "plain" 3 2026-11-20T18:52:10.818Z acbd STANDARD ci
        ["dir/"] next None
    "#]],
    );
    check(
        &page("ceph/v2-url"),
        &expect![[r#"
        bkt prefix "" delimiter None truncated true count Some(2) of Some(2)
        " lead" 3 2026-11-20T18:52:10.810Z acbd STANDARD -
        "a b+c%.txt" 3 2026-11-20T18:52:10.772Z acbd STANDARD -
        [] next Some("a b+c%.txt")
    "#]],
    );
    check(
        &page("swift/v2"),
        &expect![[r#"
        bkt prefix "" delimiter Some("/") truncated false count Some(5) of Some(1000)
        " lead" 3 2026-11-20T18:52:15.000Z acbd STANDARD test:tester
        "a b+c%.txt" 3 2026-11-20T18:52:15.000Z acbd STANDARD test:tester
        "ctl\u{1}\r\n" 3 2026-11-20T18:52:15.000Z acbd STANDARD test:tester
        "plain" 3 2026-11-20T18:52:15.000Z acbd STANDARD test:tester
        ["dir/"] next None
    "#]],
    );
    check(
        &page("moto/v2"),
        &expect![[r#"
        bkt prefix "" delimiter Some("/") truncated false count Some(4) of Some(1000)
        " lead" 3 2026-11-20T18:51:00.000Z acbd STANDARD webfile
        "a b+c%.txt" 3 2026-11-20T18:51:00.000Z acbd STANDARD webfile
        "plain" 3 2026-11-20T18:51:00.000Z acbd STANDARD webfile
        ["dir/"] next None
    "#]],
    );
    check(
        &page("r2/v2"),
        &expect![[r#"
        bkt prefix "" delimiter Some("/") truncated false count Some(4) of Some(1000)
        " lead" 3 2026-11-20T18:52:20.578Z acbd STANDARD -
        "a b+c%.txt" 3 2026-11-20T18:52:17.553Z acbd STANDARD -
        "plain" 3 2026-11-20T18:52:21.587Z acbd STANDARD -
        ["dir/"] next None
    "#]],
    );
}

/// Every server must lead to the same next page, however it writes the marker.
#[test]
fn list_v1() {
    for server in ["ceph", "swift", "moto", "r2"] {
        let page: ListObjectsV1Result = read(&format!("{server}/v1"));
        let page = page.decode_url().unwrap();
        let keys: Vec<_> = page.contents.iter().map(|object| object.key.as_str()).collect();
        assert_eq!(keys, [" lead", "a b+c%.txt"], "{server}");
        // Moto's marker is a token of its own.
        let next = if server == "moto" { "956be872166db4905be1ba34215d2a97" } else { keys[1] };
        assert_eq!(page.next_page(), Some(next), "{server}");
        assert_eq!(page.delimiter.as_deref(), Some("/"), "{server}");
    }
    let all: ListObjectsV1Result = read("ceph/v1-url");
    let all = all.decode_url().unwrap();
    assert_eq!(all.contents[2].key, "ctl\u{1}\r\n");
    assert_eq!(all.contents[3].key, "dir/quote'\"&<>.txt");
    assert_eq!(all.contents[4].key, "dir/sub/ü.txt");
    assert_eq!(all.next_page(), None);
}

/// Ceph repeats the request's start-after without encoding it, though it says that it does.
#[test]
fn plain_echoes_in_an_encoded_page() {
    let page: ListObjectsV2Result = read("ceph/v2-url");
    assert_eq!(page.start_after.as_deref(), Some(" "));
    let odd = ListObjectsV2Result { start_after: Some("100%".into()), ..page };
    assert_eq!(odd.decode_url().unwrap().start_after.as_deref(), Some("100%"));
}

#[test]
fn list_buckets() {
    for (server, owner, created) in [
        ("ceph", "ci", "2026-11-20T18:52:06.687Z"),
        ("swift", "test:tester", "2009-02-03T16:45:09.000Z"),
        ("moto", "webfile", "2026-11-20T18:51:00.000Z"),
    ] {
        let page: ListBucketsResult = read(&format!("{server}/list-buckets"));
        let name = page.owner.unwrap().display_name;
        assert_eq!(name.as_deref(), Some(owner));
        assert_eq!(page.buckets[0].name, "bkt");
        assert_eq!(page.buckets[0].creation_date.unwrap().to_string(), created);
    }
}

#[test]
fn list_parts() {
    let page: ListPartsResult = read("ceph/list-parts");
    assert_eq!(page.parts.len(), 2);
    assert_eq!(page.next_page(), None);
    // Swift forgets the ETag of a copied part.
    let page: ListPartsResult = read("swift/list-parts");
    assert_eq!(page.parts[1].etag, "\"\"");
    let page: ListPartsResult = read("moto/list-parts-1");
    assert_eq!((page.parts[0].size, page.next_page()), (5_242_880, Some(1)));
}

#[test]
fn list_uploads() {
    for name in ["ceph/list-uploads", "swift/list-uploads-url", "moto/list-uploads"] {
        let page: ListMultipartUploadsResult = read(name);
        let page = page.decode_url().unwrap();
        assert_eq!(page.uploads[0].key, "mp u", "{name}");
        assert!(page.uploads[0].initiated.is_some(), "{name}");
        assert_eq!(page.next_page(), None, "{name}");
    }
}

#[test]
fn multipart_and_copy() {
    for (server, etag) in [
        ("ceph", ""),
        ("swift", "8a9edcdf80f032811a47ce6743ae3635-2"),
        ("moto", "8a9edcdf80f032811a47ce6743ae3635-2"),
    ] {
        let body = body(&format!("{server}/complete"));
        let reply = Reply::<CompleteMultipartUploadResult>::decode(&body).unwrap();
        let Reply::Document(result) = reply else { panic!("{server}") };
        assert_eq!((result.key.as_str(), bare_etag(&result.etag)), ("mp u", etag), "{server}");
        let copied: CopyObjectResult = read(&format!("{server}/copy"));
        assert_eq!(bare_etag(&copied.etag), "acbd18db4cc2f85cedef654fccc4a4d8", "{server}");
        assert!(copied.last_modified.is_some(), "{server}");
    }
    for server in ["ceph", "moto"] {
        let copied: CopyPartResult = read(&format!("{server}/part-copy"));
        assert_eq!(bare_etag(&copied.etag), "69a41dff505e8c36b0373e700e2c875d", "{server}");
        let initiated: InitiateMultipartUploadResult = read(&format!("{server}/initiate"));
        assert_eq!((&*initiated.bucket, &*initiated.key), ("bkt", "mp u"), "{server}");
        assert!(!initiated.upload_id.is_empty(), "{server}");
    }
}

#[test]
fn deletes() {
    for server in ["ceph", "swift", "moto"] {
        let result: DeleteResult = read(&format!("{server}/delete"));
        let keys: Vec<_> = result.deleted.iter().map(|deleted| deleted.key.as_str()).collect();
        assert_eq!(keys, [" lead", "dir/quote'\"&<>.txt", "plain"], "{server}");
        assert_eq!(result.errors, [], "{server}");
    }
    assert_eq!(read::<DeleteResult>("swift/delete-quiet"), DeleteResult::default());
}

#[test]
fn bucket_properties() {
    for (server, location) in [("ceph", "default"), ("swift", ""), ("moto", "eu-west-1")] {
        let found: LocationConstraint = read(&format!("{server}/location"));
        assert_eq!(found.location, location, "{server}");
        let versioning: VersioningConfiguration = read(&format!("{server}/versioning"));
        assert_eq!(versioning, VersioningConfiguration::default(), "{server}");
        let acl: AccessControlPolicy = read(&format!("{server}/acl"));
        assert_eq!(acl.grants[0].grantee.as_ref().unwrap().id, acl.owner.id, "{server}");
        assert_eq!(acl.grants[0].permission, "FULL_CONTROL", "{server}");
    }
    for server in ["ceph", "moto"] {
        let cors: CorsConfiguration = read(&format!("{server}/cors"));
        assert_eq!(cors.rules[0].allowed_methods, ["GET", "PUT"], "{server}");
        assert_eq!(cors.rules[0].max_age_seconds, Some(300), "{server}");
        let lifecycle: LifecycleConfiguration = read(&format!("{server}/lifecycle"));
        assert_eq!(lifecycle.rules[0].filter.prefix(), "logs/", "{server}");
        assert_eq!(lifecycle.rules[1].filter.prefix(), "", "{server}");
        let transition = &lifecycle.rules[1].transitions[0];
        assert_eq!(transition.time, LifecycleTime::Days(30), "{server}");
    }
    let encryption: ServerSideEncryptionConfiguration = read("moto/encryption");
    assert_eq!(encryption.rules[0].default.as_ref().unwrap().algorithm, "AES256");
}

#[test]
fn errors() {
    for (server, message, extra) in [
        ("ceph", "", ("BucketName", "bkt")),
        ("swift", "The specified key does not exist.", ("Key", "absent")),
        ("moto", "The specified key does not exist.", ("Key", "absent")),
        ("r2", "The specified key does not exist.", ("Code", "")),
    ] {
        let error: ErrorDocument = read(&format!("{server}/no-such-key"));
        assert_eq!(error.code, ErrorCode::NoSuchKey, "{server}");
        assert_eq!(error.message, message, "{server}");
        assert_eq!(error.extra(extra.0).unwrap_or_default(), extra.1, "{server}");
    }
}

/// AWS keeps the connection of a slow completion alive with blanks after the declaration.
#[test]
fn aws_error_in_a_success() {
    let body = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n   \n\
        <Error><Code>InternalError</Code><Message>We encountered an internal error. Please try \
        again.</Message><RequestId>656c76696e6727</RequestId><HostId>Uuag1LuB</HostId></Error>\n";
    let Reply::Error(error) = Reply::<CompleteMultipartUploadResult>::decode(body).unwrap() else {
        panic!("an error was read as a result");
    };
    assert_eq!(error.code, ErrorCode::InternalError);
    assert_eq!(error.extra("HostId"), Some("Uuag1LuB"));
    let early = [b"\n  ".as_slice(), body].concat();
    assert_eq!(ErrorDocument::decode(&early).unwrap(), error);
}

#[test]
fn aws_listings() {
    let v2 = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult \
        xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name><Prefix></Prefix>\
        <KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><Delimiter>/</Delimiter><EncodingType>url\
        </EncodingType><IsTruncated>false</IsTruncated><Contents><Key>a+b%2B%C3%BC</Key>\
        <LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>&quot;fba9dede5f27731c9771645a\
        39863328&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJ\
        ECT</ChecksumType><Size>434234</Size><StorageClass>STANDARD</StorageClass><RestoreStatus>\
        <IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus></Contents>\
        </ListBucketResult>";
    let page = ListObjectsV2Result::decode(v2).unwrap().decode_url().unwrap();
    assert_eq!(page.contents[0].key, "a b+ü");
    assert_eq!(page.contents[0].checksum_algorithms, ["CRC64NVME"]);
    assert_eq!(page.contents[0].checksum_type.as_deref(), Some("FULL_OBJECT"));

    // Without `encoding-type` AWS writes control characters as references.
    let v1 = b"<ListBucketResult><Name>b</Name><Prefix/><Marker/><MaxKeys>1000</MaxKeys>\
        <IsTruncated>false</IsTruncated><Contents><Key>a&#x1;&#13;</Key>\
        <LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>&#34;aa&#34;</ETag><Size>0\
        </Size><Owner><ID>o</ID></Owner></Contents></ListBucketResult>";
    let page = ListObjectsV1Result::decode(v1).unwrap();
    assert_eq!(page.contents[0].key, "a\u{1}\r");
    assert_eq!(page.contents[0].etag.as_deref(), Some("\"aa\""));
    assert_eq!(page.contents[0].owner.as_ref().unwrap().display_name, None);
}

#[test]
fn aws_buckets_page() {
    let body = b"<ListAllMyBucketsResult><Buckets><Bucket><BucketRegion>eu-west-1</BucketRegion>\
        <CreationDate>2019-12-11T23:32:47+00:00</CreationDate><Name>b</Name></Bucket></Buckets>\
        <Owner><ID>o</ID></Owner><ContinuationToken>t</ContinuationToken><Prefix>b</Prefix>\
        </ListAllMyBucketsResult>";
    let page = ListBucketsResult::decode(body).unwrap();
    assert_eq!(page.buckets[0].bucket_region.as_deref(), Some("eu-west-1"));
    assert_eq!(page.buckets[0].creation_date, Some(Timestamp::from_unix(1_576_107_167, 0)));
    assert_eq!(page.next_page(), None);
    assert_eq!(page.continuation_token.as_deref(), Some("t"));
}

#[test]
fn minio() {
    // Prefixes without a date of their own get year 1; metadata may be listed as an extension.
    let body = br#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix></Prefix>
<KeyCount>1</KeyCount><MaxKeys>4500</MaxKeys><Delimiter></Delimiter><IsTruncated>false</IsTruncated>
<Contents><Key>a/</Key><LastModified>0001-01-01T00:00:00Z</LastModified><ETag></ETag><Size>0</Size>
<Owner><ID></ID><DisplayName></DisplayName></Owner><StorageClass></StorageClass>
<UserMetadata><content-type>text/plain</content-type><X-Amz-Meta-a>1</X-Amz-Meta-a></UserMetadata>
<Internal><K>1</K><M>0</M></Internal></Contents><EncodingType></EncodingType></ListBucketResult>"#;
    let page = ListObjectsV2Result::decode(body).unwrap();
    assert_eq!(page.contents[0].last_modified.to_string(), "0001-01-01T00:00:00.000Z");
    assert_eq!(page.encoding_type, None);

    let lifecycle = b"<LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status><Filter>\
        <Prefix>x/</Prefix></Filter><Expiration><Date>2026-01-01T00:00:00Z</Date></Expiration>\
        </Rule><ExpiryUpdatedAt>2026-01-01T00:00:00Z</ExpiryUpdatedAt></LifecycleConfiguration>";
    let lifecycle = LifecycleConfiguration::decode(lifecycle).unwrap();
    let date = LifecycleTime::Date(Timestamp::from_unix(1_767_225_600, 0));
    assert_eq!(lifecycle.rules[0].expiration, Some(date));

    let error = b"<Error><Code>XMinioStorageFull</Code><Message>Storage backend has reached its \
        minimum free drive threshold.</Message><Key>k</Key><BucketName>b</BucketName>\
        <Resource>/b/k</Resource><RequestId>17</RequestId><HostId>d</HostId></Error>";
    let error = ErrorDocument::decode(error).unwrap();
    assert_eq!(error.code, ErrorCode::Other("XMinioStorageFull".into()));
    assert_eq!(error.extra("Resource"), Some("/b/k"));
}

#[test]
fn garage() {
    let body = br#"<?xml version="1.0" encoding="UTF-8"?>
        <ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b</Bucket>
        <Key>k</Key><UploadId>cfbf</UploadId><PartNumberMarker/><MaxParts>1000</MaxParts>
        <IsTruncated>false</IsTruncated><Part><ETag>&quot;aa&quot;</ETag>
        <LastModified>2021-01-27T16:45:44.000Z</LastModified><PartNumber>1</PartNumber>
        <Size>5242880</Size></Part><Initiator><DisplayName>gk</DisplayName><ID>gk</ID></Initiator>
        <Owner><DisplayName>gk</DisplayName><ID>gk</ID></Owner>
        <StorageClass>STANDARD</StorageClass></ListPartsResult>"#;
    let page = ListPartsResult::decode(body).unwrap();
    assert_eq!(page.part_number_marker, None);
    assert_eq!(page.parts[0].part_number, 1);

    let error = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>AccessDenied</Code>\
        <Message>Forbidden: Invalid signature</Message><Resource>/b</Resource>\
        <Region>garage</Region></Error>";
    assert_eq!(ErrorDocument::decode(error).unwrap().extra("Region"), Some("garage"));
}

/// XML that no server is known to write, but may.
#[test]
fn other_ways_to_write_the_same() {
    let expected = Delete {
        objects: vec![ObjectIdentifier { key: " <a>\n".into(), version_id: None }],
        quiet: Some(false),
    };
    let spellings = [
        "<Delete><Quiet>false</Quiet><Object><Key> &lt;a&gt;\n</Key></Object></Delete>",
        "\u{FEFF}<Delete><Object><Key> <![CDATA[<a>]]>&#10;</Key></Object>\
         <Quiet>0</Quiet></Delete>",
        "<s3:Delete xmlns:s3='urn:x'><s3:Object><s3:Key> &#60;a&#x3E;\r\n</s3:Key></s3:Object>\
         <s3:Quiet> False\n</s3:Quiet></s3:Delete>",
        "<?xml version='1.0'?><!-- <x> --><?pi x?><Delete ><!-- --><Object a='1' b=\"2\">\
         <Key > &lt;<!-- no text -->a&gt;\r</Key ><New><Deep><Deeper/></Deep>&amp;</New></Object>\
         <Quiet>FALSE</Quiet></Delete>\n<!-- end --><?pi?>\n",
    ];
    for spelling in spellings {
        assert_eq!(Delete::decode(spelling.as_bytes()).expect(spelling), expected, "{spelling}");
    }
}

/// An unknown element costs nothing; an error with structure inside keeps its code.
#[test]
fn errors_with_structure() {
    let body = b"<Error xmlns='urn:x'><Type>Sender</Type><Detail><Key>k</Key></Detail>\
        <Code>SlowDown</Code><Message>a <b>bold</b> word</Message></Error>";
    let error = ErrorDocument::decode(body).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    let body = b"<Error xmlns='urn:x'><Type>Sender</Type><Detail><Key>k</Key></Detail>\
        <Code>SlowDown</Code></Error>";
    let error = ErrorDocument::decode(body).unwrap();
    assert_eq!(error, ErrorDocument::new(ErrorCode::SlowDown, "").with("Type", "Sender"));
}

#[test]
fn codes() {
    for code in ErrorCode::ALL {
        assert_eq!(ErrorCode::from(code.as_str()), *code);
        assert_eq!(code.to_string(), code.as_str());
        if let Some(status) = code.default_status() {
            assert!((400..=503).contains(&status), "{code}");
        }
    }
    assert_eq!(ErrorCode::from("nosuchkey"), ErrorCode::Other("nosuchkey".into()));
    assert_eq!(ErrorCode::InvalidPart.default_status(), Some(400));
    assert_eq!(ErrorCode::TooManyRequests.default_status(), Some(429));
    assert_eq!(ErrorCode::SlowDown.default_status(), None);
}
