//! Requests as real clients send them, and the rules that R2 checks.

use r2_xml::*;

/// Reads a request that a client sent, as strictly as R2 does.
fn fixture<D: RequestDocument>(name: &str) -> D {
    let path = format!("{}/tests/fixtures/requests/{name}.xml", env!("CARGO_MANIFEST_DIR"));
    let body = std::fs::read(&path).expect(&path);
    let strict = D::decode_strict(&body).expect(name);
    D::decode(&body).expect(name);
    strict
}

#[test]
fn completions() {
    let cases = [
        (
            "boto3",
            vec![
                (1, "\"4f08eef4096726bff1125e1b1b734644\""),
                (2, "\"69a41dff505e8c36b0373e700e2c875d\""),
            ],
        ),
        ("aws-sdk-js", vec![(1, "\"5f363e0e58a95f06cbe9bbc662c5dfb6\"")]),
        (
            "opendal",
            vec![
                (1, "\"10dfbb05d24d2fefb96b12c59c62a465\""),
                (2, "\"e70fcf494f040a1835ea22af28c33313\""),
            ],
        ),
    ];
    for (client, expected) in cases {
        let request: CompleteMultipartUpload = fixture(&format!("{client}-complete"));
        let parts = request.parts.iter().map(|part| (part.part_number, part.etag.as_str()));
        assert_eq!(parts.collect::<Vec<_>>(), expected, "{client}");
    }
    let etags = [
        "db564168b8d8216d2415042e6e5983d4",
        "e73a9ceb16f7c97647976bc36b631a99",
        "cdfe33ce2ef467d63b89b92572377fcf",
    ];
    for client in ["minio-py", "minio-js", "object_store", "rclone", "s5cmd"] {
        let request: CompleteMultipartUpload = fixture(&format!("{client}-complete"));
        let bare = request.parts.iter().map(|part| bare_etag(&part.etag));
        assert_eq!(bare.collect::<Vec<_>>(), etags, "{client}");
    }
    let request: CompleteMultipartUpload = fixture("boto3-complete");
    assert_eq!(request.parts[0].checksums.crc32.as_deref(), Some("BwQzxA=="));
}

#[test]
fn deletes() {
    let cases: [(&str, &[&str], Option<bool>); 7] = [
        ("boto3-delete", &[" lead", "dir/quote'\"&<>.txt", "plain"], Some(false)),
        ("boto3-delete-quiet", &["copy", "absent"], Some(true)),
        ("aws-sdk-js-delete", &["js mp", "a\r'\"&<"], Some(true)),
        ("minio-py-delete", &["mpy", "a&b"], Some(true)),
        ("minio-js-delete", &["mjs", "x&y"], Some(true)),
        ("object_store-delete", &["obs", "a<b"], None),
        ("s5cmd-delete", &["s5/big.bin", "s5/small.txt"], None),
    ];
    for (name, expected, quiet) in cases {
        let request: Delete = fixture(name);
        let keys = request.objects.iter().map(|object| object.key.as_str());
        assert_eq!(keys.collect::<Vec<_>>(), expected, "{name}");
        assert_eq!(request.quiet, quiet, "{name}");
    }
    let request: Delete = fixture("boto3-delete");
    assert_eq!(request.objects[2].version_id.as_deref(), Some("null"));
}

#[test]
fn bucket_requests() {
    let create: CreateBucketConfiguration = fixture("boto3-create-bucket");
    assert_eq!(create.location_constraint.as_deref(), Some("eu-west-1"));
    let create: CreateBucketConfiguration = fixture("aws-sdk-js-create-bucket");
    assert_eq!(create.location_constraint.as_deref(), Some("weur"));
    for (body, expected) in [
        ("<CreateBucketConfiguration/>", None),
        ("<CreateBucketConfiguration><LocationConstraint/></CreateBucketConfiguration>", Some("")),
    ] {
        let create = CreateBucketConfiguration::decode_strict(body.as_bytes()).unwrap();
        assert_eq!(create.location_constraint.as_deref(), expected);
    }
    let cors: CorsConfiguration = fixture("boto3-put-cors");
    assert_eq!(cors.rules[0].allowed_origins, ["https://example.com", "*"]);
    let lifecycle: LifecycleConfiguration = fixture("boto3-put-lifecycle");
    assert_eq!(lifecycle.rules[0].filter.prefix(), "logs/");
    assert_eq!(lifecycle.rules[1].filter, LifecycleFilter::Filter(Some(String::new())));
    let encryption: ServerSideEncryptionConfiguration = fixture("boto3-put-encryption");
    assert_eq!(encryption, ServerSideEncryptionConfiguration::aes256());
}

#[test]
fn quiet_is_taken_to_the_letter_when_strict() {
    let body = |quiet: &str| {
        format!("<Delete><Object><Key>k</Key></Object><Quiet>{quiet}</Quiet></Delete>")
    };
    for (quiet, lenient) in [("true", true), ("false", true), ("True", true), (" true", true)] {
        assert_eq!(Delete::decode(body(quiet).as_bytes()).is_ok(), lenient, "{quiet}");
    }
    for (quiet, strict) in [("true", true), ("false", true), ("True", false), (" true", false)] {
        assert_eq!(Delete::decode_strict(body(quiet).as_bytes()).is_ok(), strict, "{quiet}");
    }
    for quiet in ["", "yes", "TRUE1"] {
        let error = Delete::decode(body(quiet).as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value, "{quiet}");
    }
}

#[test]
fn delete_counts() {
    assert_eq!(Delete::default().validate(), Err(Invalid::DeleteKeyCount(0)));
    let keys = |count: usize| Delete::of((0..count).map(|n| n.to_string()));
    assert_eq!(keys(1_000).validate(), Ok(()));
    assert_eq!(keys(1_001).validate(), Err(Invalid::DeleteKeyCount(1_001)));
    assert_eq!(Delete::of(["a", ""]).validate(), Err(Invalid::EmptyKey(1)));
    let error = Delete::decode_strict(b"<Delete/>").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.invalid(), Some(&Invalid::DeleteKeyCount(0)));
    assert_eq!(error.to_string(), "0 keys in one delete, 1 to 1000 are allowed");
    assert_eq!(CompleteMultipartUpload::default().validate(), Err(Invalid::NoParts));
}

fn cors(change: impl FnOnce(&mut CorsRule)) -> Result<(), Invalid> {
    let mut rule = CorsRule {
        allowed_origins: vec!["https://example.com".into()],
        allowed_methods: vec!["GET".into()],
        ..CorsRule::default()
    };
    change(&mut rule);
    CorsConfiguration { rules: vec![rule] }.validate()
}

#[test]
fn cors_rules() {
    assert_eq!(cors(|_| ()), Ok(()));
    assert_eq!(CorsConfiguration::default().validate(), Err(Invalid::RuleCount(0)));
    assert_eq!(cors(|rule| rule.allowed_origins.clear()), Err(Invalid::CorsNoOrigin(0)));
    assert_eq!(cors(|rule| rule.allowed_methods.clear()), Err(Invalid::CorsNoMethod(0)));
    assert_eq!(cors(|rule| rule.max_age_seconds = Some(86_400)), Ok(()));
    assert_eq!(cors(|rule| rule.max_age_seconds = Some(86_401)), Err(Invalid::CorsMaxAge(86_401)));
    let header = |text: &str| {
        let text = text.to_owned();
        cors(move |rule| rule.allowed_headers.push(text))
    };
    assert_eq!(header("*"), Ok(()));
    assert_eq!(header(""), Err(Invalid::CorsEmptyHeader(0)));
    let method = |text: &str| {
        let text = text.to_owned();
        cors(move |rule| rule.allowed_methods.push(text))
    };
    assert_eq!(method("DELETE"), Ok(()));
    assert_eq!(method("OPTIONS"), Err(Invalid::CorsMethod("OPTIONS".into())));
    assert_eq!(method("get"), Err(Invalid::CorsMethod("get".into())));
}

#[test]
fn cors_origins() {
    let check = |origin: &str| {
        let origin = origin.to_owned();
        cors(move |rule| rule.allowed_origins.push(origin))
    };
    let fine = [
        "*",
        "http://localhost",
        "http://localhost:3000",
        "https://*-app.example.com",
        "https://*.example.com:8443",
        "http://[::1]:3000",
        "http://[::1]",
        "capacitor://localhost",
        "https://x_y.example",
    ];
    for origin in fine {
        assert_eq!(check(origin), Ok(()), "{origin}");
    }
    let refused = [
        "",
        "example.com",
        "https://",
        "https://example.com/",
        "https://example.com/path",
        "http://localhost:*",
        "http://localhost:",
        "http://localhost:99999",
        "null",
        "://x",
        "https://a.*.b.*",
        "https://exa mple.com",
        "1http://x",
        "https://[::1",
        "https://[::1]x",
        "https://user@example.com",
        "**",
        "https://example.com?x",
        "https://a:b:1",
    ];
    for origin in refused {
        assert_eq!(check(origin), Err(Invalid::CorsOrigin(origin.into())), "{origin}");
    }
}

#[test]
fn unknown_elements_in_cors() {
    let body = b"<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin>\
        <AllowedMethod>GET</AllowedMethod><Color>red</Color></CORSRule></CORSConfiguration>";
    assert!(CorsConfiguration::decode(body).is_ok());
    let error = CorsConfiguration::decode_strict(body).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert_eq!(error.to_string(), "element `Color` has no place here, at byte 95");
}

fn lifecycle(change: impl FnOnce(&mut LifecycleRule)) -> Result<(), Invalid> {
    let mut rule =
        LifecycleRule { expiration: Some(LifecycleTime::Days(1)), ..LifecycleRule::default() };
    change(&mut rule);
    LifecycleConfiguration { rules: vec![rule] }.validate()
}

#[test]
fn lifecycle_rules() {
    assert_eq!(lifecycle(|_| ()), Ok(()));
    assert_eq!(LifecycleConfiguration::default().validate(), Err(Invalid::RuleCount(0)));
    assert_eq!(lifecycle(|rule| rule.expiration = None), Err(Invalid::LifecycleNoAction(0)));
    let zero = Err(Invalid::LifecycleZeroDays(0));
    assert_eq!(lifecycle(|rule| rule.expiration = Some(LifecycleTime::Days(0))), zero);
    assert_eq!(lifecycle(|rule| rule.abort_incomplete_multipart_upload_days = Some(0)), zero);
    let long = |length: usize| lifecycle(move |rule| rule.id = Some("ü".repeat(length)));
    assert_eq!(long(255), Ok(()));
    assert_eq!(long(256), Err(Invalid::LifecycleIdLength(256)));
    let class = |class: &str| {
        let storage_class = class.to_owned();
        let time = LifecycleTime::Days(1);
        lifecycle(move |rule| rule.transitions.push(LifecycleTransition { time, storage_class }))
    };
    assert_eq!(class("STANDARD_IA"), Ok(()));
    assert_eq!(class("GLACIER"), Err(Invalid::LifecycleStorageClass("GLACIER".into())));
    let rule = LifecycleRule {
        id: Some("a".into()),
        abort_incomplete_multipart_upload_days: Some(7),
        ..LifecycleRule::default()
    };
    let rules = vec![rule.clone(), LifecycleRule { id: None, ..rule.clone() }, rule];
    let twice = LifecycleConfiguration { rules };
    assert_eq!(twice.validate(), Err(Invalid::LifecycleDuplicateId("a".into())));
}

/// Skipping what narrows a rule would widen it.
#[test]
fn what_r2_does_not_have_in_lifecycle_is_refused() {
    let rule = |inner: &str| {
        format!("<LifecycleConfiguration><Rule>{inner}</Rule></LifecycleConfiguration>")
    };
    let status = "<Status>Enabled</Status>";
    for inner in [
        "<Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter>",
        "<Filter><And><Prefix>a</Prefix></And></Filter>",
        "<Filter><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan></Filter>",
        "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>",
        "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays>\
         </NoncurrentVersionExpiration>",
    ] {
        let body = rule(&format!("{status}{inner}"));
        let error = LifecycleConfiguration::decode(body.as_bytes()).expect_err(inner);
        assert_eq!(error.kind(), ErrorKind::Unexpected, "{inner}: {error}");
    }
    let cases = [
        ("<ID>a</ID>", "`Rule` has no `Status`, at byte 24"),
        ("<Status>On</Status>", "`Status`: `On` is not Enabled or Disabled, at byte 30"),
        ("<Status>Enabled</Status><Expiration/>", "`Expiration` has no `Days`, at byte 54"),
        ("<Prefix>a</Prefix><Filter/>", "`Filter` stands here a second time, at byte 48"),
        (
            "<Expiration><Days>1</Days><Date>2026-01-01</Date></Expiration>",
            "`Date` stands here a second time, at byte 56",
        ),
    ];
    for (inner, message) in cases {
        let error = LifecycleConfiguration::decode(rule(inner).as_bytes()).expect_err(inner);
        assert_eq!(error.to_string(), message);
    }
}
