//! Conditions of reads and writes.

use crate::table::{Case, case, run};

const FAILED: &str = "412 PreconditionFailed: At least one of the pre-conditions you specified did \
                      not hold.";
const PAST: &str = "Sat, 01 Jan 2000 00:00:00 GMT";
const FUTURE: &str = "Fri, 01 Jan 2100 00:00:00 GMT";
const OTHER: &str = "\"0123456789abcdef0123456789abcdef\"";

fn object() -> Case {
    case("an object", "PUT /bucket/a", "200").body("0123456789")
}

/// Rows: condition.tags, condition.precedence, condition.empty, condition.garbage-date,
/// checksum.not-modified.
#[tokio::test]
async fn reading() {
    let get = |name, header, value, said| case(name, "GET /bucket/a", said).with(header, value);
    let unchanged = ["=", "-content-length", "accept-ranges: bytes"];
    run(vec![
        object(),
        get("its tag", "if-match", "{etag}", "200"),
        get("any tag", "if-match", "*", "200"),
        get("one of a list", "if-match", "\"x\", {etag}", "200"),
        get("another tag", "if-match", OTHER, FAILED),
        get("its tag, but weak", "if-match", "W/{etag}", FAILED),
        get("a tag without quotes", "if-match", "781e5e245d69b566979b86e28d23f2c7", "200"),
        get("an empty condition is none", "if-match", "", "200"),
        get("not its tag", "if-none-match", "{etag}", "304").shows(&unchanged),
        get("not its tag, weakly", "if-none-match", "W/{etag}", "304").shows(&unchanged),
        get("not any", "if-none-match", "*", "304").shows(&unchanged),
        get("not another", "if-none-match", OTHER, "200"),
        get("changed since long ago", "if-modified-since", PAST, "200"),
        get("not changed since", "if-modified-since", FUTURE, "304").shows(&unchanged),
        get("unchanged until", "if-unmodified-since", FUTURE, "200"),
        get("changed after", "if-unmodified-since", PAST, FAILED),
        get("a date that is none guards", "if-unmodified-since", "nonsense", FAILED),
        get("a date that is none is long ago", "if-modified-since", "nonsense", "200"),
        get("a date of another form", "if-unmodified-since", "2100-01-01T00:00:00Z", "200"),
        get("an empty date is none", "if-unmodified-since", "", "200"),
        get("a match beats the date", "if-match", "{etag}", "200")
            .with("if-unmodified-since", PAST),
        get("a tag that differs beats the date", "if-none-match", OTHER, "200")
            .with("if-modified-since", FUTURE),
        get("a guard comes before a cache", "if-none-match", "{etag}", FAILED)
            .with("if-unmodified-since", PAST),
        get("a tag that is the same and a date", "if-none-match", "{etag}", "304")
            .with("if-modified-since", PAST),
        case("a head", "HEAD /bucket/a", "304").with("if-none-match", "*"),
        case("a head that fails", "HEAD /bucket/a", "412").with("if-match", OTHER).shows(&["="]),
        case("conditions before the range", "GET /bucket/a", FAILED)
            .with("if-match", OTHER)
            .with("range", "bytes=99-"),
        case("conditions of nothing", "GET /bucket/missing", "404 NoSuchKey").with("if-match", "*"),
    ])
    .await;
}

/// Rows: condition.put, condition.missing-key, condition.unmodified-create.
#[tokio::test]
async fn writing() {
    let put = |name, header, value, said| {
        case(name, "PUT /bucket/a", said).with(header, value).body("0123456789")
    };
    let create =
        |name, header, value, said| case(name, "PUT /bucket/new", said).with(header, value);
    let gone = || case("and away", "DELETE /bucket/new", "204");
    run(vec![
        object(),
        put("create only", "if-none-match", "*", FAILED),
        put("its tag", "if-match", "{etag}", "200"),
        put("another tag", "if-match", OTHER, FAILED),
        put("not its tag", "if-none-match", "{etag}", FAILED),
        put("not another", "if-none-match", OTHER, "200"),
        put("unchanged until", "if-unmodified-since", FUTURE, "200"),
        put("changed after", "if-unmodified-since", PAST, FAILED),
        put("changed since", "if-modified-since", PAST, "200"),
        put("not changed since", "if-modified-since", FUTURE, FAILED),
        put("no date", "if-unmodified-since", "soon", FAILED),
        create("a tag of nothing", "if-match", OTHER, FAILED),
        create("any tag of nothing", "if-match", "*", FAILED),
        create("changes of nothing", "if-modified-since", PAST, FAILED),
        create("what is not there", "if-none-match", "*", "200"),
        gone(),
        create("unchanged, as there is nothing", "if-unmodified-since", PAST, "200"),
        gone(),
        create("not a tag", "if-none-match", OTHER, "200"),
    ])
    .await;
}
