//! ListObjects, version 1 and 2.

use crate::table::{Case, case, run};

fn keys() -> Vec<Case> {
    vec![
        case("a", "PUT /bucket/ls/a.txt", "200").body("aaa"),
        case("b", "PUT /bucket/ls/b.txt", "200").body("bbbb"),
        case("c", "PUT /bucket/ls/sub/c.txt", "200").body("cc"),
        case("z", "PUT /bucket/ls/z%20%26", "200").body("z"),
    ]
}

async fn list(cases: Vec<Case>) {
    run([keys(), cases].concat()).await;
}

/// Rows: list.form, list.v1-marker, list.encoding, list.start-after.
#[tokio::test]
async fn pages() {
    list(vec![
        case("version 2", "GET /bucket?list-type=2&prefix=ls/", "200").shows(&[
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <Name>bucket</Name>",
            "<Contents><Key>ls/a.txt</Key><Size>3</Size><LastModified>",
            "<ETag>&quot;47bce5c74f589f4867dbd57e9ca9f808&quot;</ETag>",
            "<StorageClass>STANDARD</StorageClass></Contents>",
            "<IsTruncated>false</IsTruncated><Prefix>ls/</Prefix><MaxKeys>1000</MaxKeys>\
             <KeyCount>4</KeyCount></ListBucketResult>",
            "<Key>ls/z &amp;</Key>",
            "!Owner",
        ]),
        case("groups", "GET /bucket?list-type=2&prefix=ls/&delimiter=/", "200").shows(&[
            "<CommonPrefixes><Prefix>ls/sub/</Prefix></CommonPrefixes><Prefix>ls/</Prefix>\
             <Delimiter>/</Delimiter>",
            "<KeyCount>4</KeyCount>",
            "!sub/c.txt",
        ]),
        case("an empty delimiter groups nothing", "GET /bucket?prefix=ls/&delimiter=", "200")
            .shows(&["<Delimiter></Delimiter>", "sub/c.txt"]),
        case("the first page", "GET /bucket?list-type=2&prefix=ls/&max-keys=2", "200").shows(&[
            "<IsTruncated>true</IsTruncated>",
            "<Key>ls/b.txt</Key>",
            "!sub",
            "<MaxKeys>2</MaxKeys><KeyCount>2</KeyCount>",
        ]),
        case("the next", "GET /bucket?list-type=2&prefix=ls/&continuation-token={token}", "200")
            .shows(&["<Key>ls/sub/c.txt</Key>", "!b.txt", "<ContinuationToken>"]),
        case("start after", "GET /bucket?list-type=2&prefix=ls/&start-after=ls/b.txt", "200")
            .shows(&["<StartAfter>ls/b.txt</StartAfter>", "<Key>ls/sub/c.txt</Key>", "!<Key>ls/b"]),
        case("owners, when asked for", "GET /bucket?list-type=2&fetch-owner=true", "200")
            .shows(&["<Owner><ID>"]),
        case("encoded", "GET /bucket?list-type=2&prefix=ls/sub&encoding-type=url", "200").shows(&[
            "<Key>ls%2Fsub%2Fc.txt</Key>",
            "<Prefix>ls%2Fsub</Prefix>",
            "<EncodingType>url</EncodingType>",
        ]),
        case("version 1", "GET /bucket?prefix=ls/&marker=ls/a.txt", "200").shows(&[
            "<Marker>ls/a.txt</Marker>",
            "!<Key>ls/a.txt",
            "<Key>ls/b.txt</Key>",
            "!KeyCount",
            "!NextMarker",
        ]),
        case("its first page", "GET /bucket?prefix=ls/&delimiter=/&max-keys=3", "200")
            .shows(&["<Marker></Marker><NextMarker>ls/sub/</NextMarker><MaxKeys>3</MaxKeys>"]),
        case("its next", "GET /bucket?prefix=ls/&delimiter=/&marker={marker}", "200").shows(&[
            "<Key>ls/z &amp;</Key>",
            "!<CommonPrefixes>",
            "<IsTruncated>false</IsTruncated>",
        ]),
        case("a marker without groups", "GET /bucket?prefix=ls/&max-keys=1", "200")
            .shows(&["<NextMarker>ls/a.txt</NextMarker>"]),
        case("nothing", "GET /bucket?list-type=2&prefix=no/", "200")
            .shows(&["<KeyCount>0</KeyCount>", "!Contents"]),
    ])
    .await;
}

/// Rows: list.max-keys, list.parameters.
#[tokio::test]
async fn parameters() {
    let bad = "400 InvalidMaxKeys: MaxKeys params must be positive integer <= 1000.";
    let keys = |name, line, max| case(name, line, "200").shows(&[max]);
    list(vec![
        keys("none", "GET /bucket?prefix=ls/&max-keys=0", "<MaxKeys>0</MaxKeys>")
            .shows(&["<IsTruncated>true</IsTruncated>", "!<Contents>"]),
        keys("none of none", "GET /bucket?prefix=no/&max-keys=0", "<IsTruncated>false</IsTrunc"),
        keys("a fraction", "GET /bucket?max-keys=1.5", "<MaxKeys>1</MaxKeys>"),
        keys("more than a page", "GET /bucket?max-keys=5000", "<MaxKeys>5000</MaxKeys>"),
        keys("an exponent", "GET /bucket?max-keys=1e2", "<MaxKeys>100</MaxKeys>"),
        case("an empty number", "GET /bucket?max-keys=", bad),
        case("a negative", "GET /bucket?max-keys=-1", bad),
        case("letters", "GET /bucket?max-keys=abc", bad),
        case("infinity", "GET /bucket?max-keys=Infinity", bad),
        case(
            "an encoding nobody has",
            "GET /bucket?encoding-type=weird",
            "501 NotImplemented: Unrecognized encoding-type \"weird\" not implemented",
        ),
        case(
            "a parameter nobody has",
            "GET /bucket?foobar=1",
            "501 NotImplemented: ListObjectsV1 search parameter foobar not implemented",
        ),
        case(
            "a parameter nobody has, in version 2",
            "GET /bucket?list-type=2&foobar=1",
            "501 NotImplemented: ListObjectsV2 search parameter foobar not implemented",
        ),
        case(
            "version 3",
            "GET /bucket?list-type=3",
            "501 NotImplemented: ListObjectsV3 not implemented",
        ),
        case(
            "a token in version 1",
            "GET /bucket?foobar&continuation-token=x",
            "400 InvalidArgument: continuation-token not supported in ListObjects",
        ),
        case("what SDKs add", "GET /bucket?x-id=ListObjects&x-purpose=1&X-Amz-Junk=1", "200"),
        case("a version 1 parameter in 2", "GET /bucket?list-type=2&marker=x", "501"),
        case("no bucket", "GET /nobucket", "404 NoSuchBucket"),
    ])
    .await;
}
