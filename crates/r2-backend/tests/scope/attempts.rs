//! Every known way out, one by one.

use r2_backend::scope::{RefusalKind, Scope, ScopeSeal, Sealed};

use RefusalKind::{Absolute, DotSegment, Empty, Encoding, Nul, TooLong};

fn scope() -> Scope {
    Scope::new("enterprise/").expect("a plain name")
}

/// What is refused, and why.
const REFUSED: [(&str, RefusalKind); 58] = [
    ("", Empty),
    (".", DotSegment),
    ("..", DotSegment),
    ("../development/a", DotSegment),
    ("a/../../development/a", DotSegment),
    ("a/..", DotSegment),
    ("./a", DotSegment),
    ("a/./b", DotSegment),
    ("a/.", DotSegment),
    ("...", DotSegment),
    ("a/.. /b", DotSegment),
    ("a/..\t/b", DotSegment),
    ("..;/a", DotSegment),
    ("a/..;x=1/b", DotSegment),
    // absolute
    ("/", Absolute),
    ("//", Absolute),
    ("/development/a", Absolute),
    ("//development/a", Absolute),
    ("\\development\\a", Absolute),
    ("\\\\server\\share", Absolute),
    ("C:\\a", Absolute),
    ("c:/a", Absolute),
    // backslashes
    ("..\\development\\a", DotSegment),
    ("a\\..\\..\\b", DotSegment),
    ("a/..\\b", DotSegment),
    // percent-encoding, once and more often
    ("%2e%2e/a", DotSegment),
    ("%2E%2E%2Fa", DotSegment),
    (".%2e/a", DotSegment),
    ("a%2f..%2fb", DotSegment),
    ("a/%2e./b", DotSegment),
    ("%252e%252e/a", DotSegment),
    ("%25252e%25252e%25252fa", DotSegment),
    ("%25%32%65%25%32%65/a", DotSegment),
    ("..%5ca", DotSegment),
    ("%2Fdevelopment/a", Absolute),
    ("%252Fdevelopment/a", Absolute),
    ("%5cdevelopment", Absolute),
    ("%43%3a/a", Absolute),
    // bytes that are no text: overlong forms of . and /
    ("%c0%ae%c0%ae/a", Encoding),
    ("%e0%80%ae./a", Encoding),
    ("a%c0%afb", Encoding),
    ("%ff", Encoding),
    // NUL
    ("a\0", Nul),
    ("a\0/../b", Nul),
    ("a%00", Nul),
    ("a%2500.txt", Nul),
    // look-alikes
    ("\u{2025}/a", DotSegment),
    ("a/\u{2026}/b", DotSegment),
    ("\u{2024}\u{2024}/a", DotSegment),
    ("\u{ff0e}\u{ff0e}/a", DotSegment),
    ("\u{ff0e}\u{ff0e}\u{ff0f}a", DotSegment),
    ("..\u{2215}a", DotSegment),
    ("..\u{2044}a", DotSegment),
    ("..\u{ff3c}a", DotSegment),
    ("\u{ff0f}a", Absolute),
    // what is not seen, and what only looks like a percent sign
    (".\u{200b}./a", DotSegment),
    ("\u{feff}../a", DotSegment),
    ("\u{ff05}2e\u{ff05}2e/a", DotSegment),
];

/// What looks odd, and stays inside for every reader.
const LET_IN: [&str; 18] = [
    "a",
    "a/b/c.txt",
    "a//b",
    "a/",
    "a///",
    ".hidden",
    "a..b",
    "..a",
    "a/..b/c..",
    "100%",
    "50%25",
    "a%20b",
    "a b+c",
    "e\u{301}",
    "\u{e9}",
    "development/a",
    "enterprise/a",
    "\u{1f980}",
];

#[test]
fn every_way_out_is_refused() {
    let scope = scope();
    for (name, kind) in REFUSED {
        let refusal = scope.key(name).unwrap_err();
        assert_eq!(refusal.kind(), kind, "{name:?}: {refusal}");
        // and by all the other doors
        if kind == Empty {
            continue;
        }
        assert_eq!(scope.list_prefix(name).unwrap_err().kind(), kind, "prefix {name:?}");
        assert_eq!(scope.marker(name).unwrap_err().kind(), kind, "marker {name:?}");
        // a listing that holds it does not show it
        assert_eq!(scope.show(&format!("enterprise/{name}")), None, "{name:?}");
    }
    assert_eq!(scope.key(&"x".repeat(1_014)).unwrap_err().kind(), TooLong);
}

#[test]
fn what_stays_inside_is_let_in_as_it_is() {
    let scope = scope();
    for name in LET_IN {
        let inside = format!("enterprise/{name}");
        assert_eq!(scope.key(name).unwrap().as_str(), inside, "{name:?}");
        assert_eq!(scope.list_prefix(name).unwrap(), inside);
        assert_eq!(scope.marker(name).unwrap().as_deref(), Some(inside.as_str()));
        assert_eq!(scope.show(&inside).as_deref(), Some(name));
    }
    assert_eq!(scope.key(&"x".repeat(1_013)).unwrap().as_str().len(), 1_024);
    assert_eq!(scope.list_prefix("").unwrap(), "enterprise/");
    assert_eq!(scope.marker("").unwrap(), None);
}

#[test]
fn what_lies_outside_is_not_shown() {
    for key in
        ["", "a", "enterprise", "enterprise/", "enterprise2/a", "Enterprise/a", "/enterprise/a"]
    {
        assert_eq!(scope().show(key), None, "{key:?}");
    }
}

#[test]
fn the_entries_of_a_batch_are_refused_one_by_one() {
    let scope = scope();
    let keys: Vec<_> = scope.keys(["a", "../b", "c"]).collect();
    assert!(keys[0].is_ok() && keys[1].is_err() && keys[2].is_ok());
}

/// The path of a request comes encoded once; what S3 decodes once is what counts.
#[test]
fn paths_of_requests() {
    let scope = scope();
    let path = scope.path("/photos/a%20b/%C3%BC").unwrap();
    assert_eq!(path.bucket, "photos");
    assert_eq!(path.key.unwrap().as_str(), "enterprise/a b/ü");
    assert_eq!(path.shown.as_deref(), Some("a b/ü"));
    for bucket_only in ["/", "/photos", "/photos/"] {
        assert_eq!(scope.path(bucket_only).unwrap().key, None);
    }
    // the key "a%2e" is a key; what its once more decoded form would be does not lead out
    assert_eq!(scope.path("/photos/a%252e").unwrap().key.unwrap().as_str(), "enterprise/a%2e");
    let refused = [
        ("photos/a", Encoding),
        ("/photos/../development/a", DotSegment),
        ("/photos/%2e%2e/a", DotSegment),
        ("/photos/%252e%252e/a", DotSegment),
        ("/photos//development/a", Absolute),
        ("/photos/%2fdevelopment/a", Absolute),
        ("/photos/a%", Encoding),
        ("/photos/a%2", Encoding),
        ("/photos/a%zz", Encoding),
        ("/photos/%c0%ae%c0%ae/a", Encoding),
        ("/photos/a%00", Nul),
        ("/photos%2fother/a", RefusalKind::OtherBucket),
        ("/../photos/a", RefusalKind::OtherBucket),
    ];
    for (path, kind) in refused {
        assert_eq!(scope.path(path).unwrap_err().kind(), kind, "{path}");
    }
}

#[test]
fn sources_of_copies() {
    let scope = scope();
    for header in ["photos/a%20b", "/photos/a%20b", "photos/a b"] {
        assert_eq!(scope.copy_source(header, "photos").unwrap().as_str(), "enterprise/a b");
    }
    let refused = [
        ("photos", Empty),
        ("photos/", Empty),
        ("other/a", RefusalKind::OtherBucket),
        ("photos2/a", RefusalKind::OtherBucket),
        ("//photos/a", RefusalKind::OtherBucket),
        ("photos/../development/a", DotSegment),
        ("photos/%2e%2e/development/a", DotSegment),
        ("photos%2f%2e%2e%2fdevelopment", DotSegment),
        ("photos//development/a", Absolute),
        ("photos/a?versionId=1", RefusalKind::Version),
        ("arn:aws:s3:::photos/a", RefusalKind::OtherBucket),
        ("photos/a%", Encoding),
    ];
    for (header, kind) in refused {
        assert_eq!(scope.copy_source(header, "photos").unwrap_err().kind(), kind, "{header}");
    }
}

#[test]
fn opaque_values_are_bound() {
    let (seal, other_seal) = (ScopeSeal::new(&[1; 32]), ScopeSeal::new(&[2; 32]));
    let (ours, theirs) = (scope(), Scope::new("development").unwrap());
    let kinds = [
        Sealed::UploadId { key: "a" },
        Sealed::UploadId { key: "b" },
        Sealed::PageToken { prefix: "a" },
        Sealed::PageToken { prefix: "" },
        Sealed::UploadMarker,
    ];
    for value in ["", "x", "id.with.dots", "ü/enterprise"] {
        for (at, kind) in kinds.into_iter().enumerate() {
            let sealed = seal.seal(&ours, kind, value);
            assert_eq!(seal.open(&ours, kind, &sealed).unwrap(), value);
            assert!(seal.open(&theirs, kind, &sealed).is_err());
            assert!(other_seal.open(&ours, kind, &sealed).is_err());
            for (other, kind) in kinds.into_iter().enumerate().filter(|(other, _)| *other != at) {
                assert!(seal.open(&ours, kind, &sealed).is_err(), "{at} as {other}");
            }
            let edited =
                [format!("{sealed}x"), sealed.replacen('.', "", 1), sealed[1..].to_owned()];
            for edited in edited {
                assert!(seal.open(&ours, kind, &edited).is_err(), "{edited}");
            }
            assert!(seal.open(&ours, kind, value).is_err(), "a value that was not sealed");
        }
    }
    assert!(!format!("{seal:?}").contains('1'));
}
