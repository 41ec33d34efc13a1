//! PutObject, GetObject, HeadObject, DeleteObject, and ranges.

use crate::table::{case, run};

const MISSING: &str = "404 NoSuchKey: The specified key does not exist.";

/// Rows: answer.error-form, answer.head-error, answer.class, metadata.type, key.length,
/// route.post-object, answer.version-id.
#[tokio::test]
async fn writing_and_reading() {
    run(vec![
        case("a put names the MD5 and a version", "PUT /bucket/a", "200")
            .body("0123456789")
            .shows(&["etag: \"781e5e245d69b566979b86e28d23f2c7\"", "content-length: 0", "="]),
        case("a get", "GET /bucket/a", "200").shows(&[
            "=0123456789",
            "content-type: application/octet-stream",
            "content-length: 10",
            "accept-ranges: bytes",
            "etag: \"781e5e245d69b566979b86e28d23f2c7\"",
            "-x-amz-storage-class",
            "-x-amz-version-id",
            "-x-amz-request-id",
            "server: cloudflare",
        ]),
        case("a head", "HEAD /bucket/a", "200").shows(&["content-length: 10", "="]),
        case("headers and metadata", "PUT /bucket/h", "200")
            .with("content-type", "text/markdown")
            .with("cache-control", "max-age=60")
            .with("content-disposition", "inline")
            .with("content-encoding", "x")
            .with("content-language", "de")
            .with("expires", "Fri, 01 Jan 2100 00:00:00 GMT")
            .with("x-amz-meta-hello", "world")
            .with("X-Amz-Meta-Empty", ""),
        case("come back", "GET /bucket/h", "200").shows(&[
            "content-type: text/markdown",
            "cache-control: max-age=60",
            "content-disposition: inline",
            "content-encoding: x",
            "content-language: de",
            "expires: Fri, 01 Jan 2100 00:00:00 GMT",
            "x-amz-meta-hello: world",
            "x-amz-meta-empty: ",
        ]),
        case("a key is decoded once", "PUT /bucket/100%25/a%252Bb%20%2B(%27)&", "200").body("p"),
        case("and shown so", "GET /bucket?prefix=100", "200")
            .shows(&["<Key>100%/a%2Bb +(&apos;)&amp;</Key>"]),
        case("post on a key is a put", "POST /bucket/posted", "200").body("posted"),
        case("it is there", "GET /bucket/posted", "200").shows(&["=posted"]),
        case("the body of a post wins", "POST /bucket/posted", "200")
            .with("x-amz-copy-source", "/bucket/a")
            .body("body wins")
            .shows(&["="]),
        case("it won", "GET /bucket/posted", "200").shows(&["=body wins"]),
        case("a missing key", "GET /bucket/missing", MISSING).shows(&[
            "content-type: application/xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>",
            "!xmlns",
            "!RequestId",
        ]),
        case("a missing key's head has no body", "HEAD /bucket/missing", "404").shows(&["="]),
        case("a missing bucket", "GET /nobucket/a", "404 NoSuchBucket"),
        case("its head has no body", "HEAD /nobucket/a", "404").shows(&["="]),
        case("a delete", "DELETE /bucket/a", "204").shows(&["="]),
        case("a delete of nothing", "DELETE /bucket/a", "204"),
        case(
            "a method that nobody has",
            "PATCH /bucket/a",
            "404 RouteNotFound: No route matches this url.",
        ),
    ])
    .await;
}

/// Rows: range.partial, range.unsatisfiable, range.backwards, range.garbage, range.head.
#[tokio::test]
async fn ranges() {
    let garbage = "400 InvalidArgument: range must be in format 'bytes=start-end', 'bytes=start-' \
                   or 'bytes=-suffix'.'";
    let never = "416 InvalidRange: The requested range is not satisfiable";
    let get = |name, range, said| case(name, "GET /bucket/ten", said).with("range", range);
    run(vec![
        case("ten bytes", "PUT /bucket/ten", "200").body("0123456789"),
        case("no bytes", "PUT /bucket/none", "200"),
        get("a range", "bytes=2-4", "206").shows(&[
            "=234",
            "content-range: bytes 2-4/10",
            "content-length: 3",
        ]),
        get("a start", "bytes=7-", "206").shows(&["=789", "content-range: bytes 7-9/10"]),
        get("a suffix", "bytes=-3", "206").shows(&["=789", "content-range: bytes 7-9/10"]),
        get("everything", "bytes=0-9", "206").shows(&["content-range: bytes 0-9/10"]),
        get("an end past the end", "bytes=8-99", "206").shows(&["=89"]),
        get("a suffix longer than all", "bytes=-99", "206").shows(&["=0123456789"]),
        get("a start past the end", "bytes=99999-", never),
        get("a start at the end", "bytes=10-", never),
        get("no suffix", "bytes=-0", never),
        get("backwards", "bytes=5-2", "400 InvalidArgument: range must be positive."),
        get("letters", "bytes=zzz", garbage),
        get("two ranges", "bytes=0-1,4-5", garbage),
        get("another unit", "items=0-1", garbage),
        get("a unit in capitals", "BYTES=0-1", garbage),
        get("a blank inside", "bytes=1 -2", garbage),
        case("any range of nothing", "GET /bucket/none", never).with("range", "bytes=0-"),
        case("no suffix of no object", "GET /bucket/missing", never).with("range", "bytes=-0"),
        case("garbage of no object", "GET /bucket/missing", garbage).with("range", "bytes=x"),
        case("a head honours it", "HEAD /bucket/ten", "206").with("range", "bytes=0-4").shows(&[
            "=",
            "content-range: bytes 0-4/10",
            "content-length: 5",
        ]),
        case("a head that cannot", "HEAD /bucket/ten", "416").with("range", "bytes=99-"),
    ])
    .await;
}

/// Rows: checksum.mismatch, checksum.md5.
#[tokio::test]
async fn content_md5() {
    let invalid = "400 InvalidDigest: The checksum or Content-MD5 you specified is not valid.";
    let put =
        |name, md5, said| case(name, "PUT /bucket/md5", said).with("content-md5", md5).body("data");
    let wrong = "400 BadDigest: The MD5 checksum you specified did not match what we received.\n\
                 You provided a MD5 checksum with value: 795f3202b17cb6bc3d4b771d8c6c9eaf\n\
                 Actual MD5 was: 8d777f385d3dfec8815d20f7496026dc";
    run(vec![
        put("right", "jXd/OF09/siBXSD3SWAm3A==", "200"),
        put("right, without padding", "jXd/OF09/siBXSD3SWAm3A", "200"),
        put("another's", "eV8yArF8trw9S3cdjGyerw==", wrong),
        put("no base64", "not-base64!!!", invalid),
        put("too short", "AAAA", invalid),
    ])
    .await;
}

/// Rows: answer.overrides.
#[tokio::test]
async fn overrides() {
    run(vec![
        case("an object", "PUT /bucket/a", "200").with("content-type", "text/x").body("0123456789"),
        case(
            "on get",
            "GET /bucket/a?response-content-type=text%2Fy&response-cache-control=no-store\
             &response-content-disposition=inline&response-content-language=de\
             &response-content-encoding=x&response-expires=never",
            "200",
        )
        .shows(&[
            "content-type: text/y",
            "cache-control: no-store",
            "content-disposition: inline",
            "content-language: de",
            "content-encoding: x",
            "expires: never",
        ]),
        case("not on head", "HEAD /bucket/a?response-content-type=text%2Fy", "200")
            .shows(&["content-type: text/x"]),
        case("a part of one piece", "GET /bucket/a?partNumber=1", "206")
            .shows(&["=0123456789", "content-range: bytes 0-9/10"]),
    ])
    .await;
}
