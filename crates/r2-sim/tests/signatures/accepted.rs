//! Well-formed signatures that must be accepted: methods, regions, keys, queries, headers, times.

use r2_sign::Credentials;
use r2_sim::AccessKey;

use super::ask::{NOW, Shot, UNSIGNED, ask};
use super::table::{Row, row, run, world};

fn methods() -> Vec<Row> {
    let source = ("x-amz-copy-source", "/b-one/k");
    [
        ("service", "200", "GET /"),
        ("list v1", "200", "GET /b-one"),
        ("list v2", "200", "GET /b-one?list-type=2"),
        ("trailing slash", "200", "GET /b-one/?list-type=2"),
        ("head bucket", "200", "HEAD /b-one"),
        ("location", "200", "GET /b-one?location"),
        ("missing bucket", "404 NoSuchBucket", "GET /b-none/k"),
        ("get", "200", "GET /b-one/k"),
        ("get of nothing", "404 NoSuchKey", "GET /b-one/none"),
        ("head", "200", "HEAD /b-one/k"),
        ("post as put", "200", "POST /b-one/posted"),
        ("empty post on a bucket", "200", "POST /b-one"),
        ("delete", "204", "DELETE /b-one/none"),
        ("new upload", "200", "POST /b-one/large?uploads="),
        ("new upload without a value", "200", "POST /b-one/large?uploads"),
        ("a method without a route", "404 RouteNotFound", "PATCH /b-one/k"),
    ]
    .into_iter()
    .map(|(name, said, line)| row(name, said, ask(line).signed()))
    .chain([
        row("copy", "200", ask("PUT /b-one/copy").header(source.0, source.1).signed()),
        row("copy, presigned", "200", {
            ask("PUT /b-one/copy").header(source.0, source.1).presigned(60)
        }),
        row("head, presigned", "200", ask("HEAD /b-one/k").presigned(60)),
        row("list, presigned", "200", ask("GET /b-one?list-type=2").presigned(60)),
        row("delete, presigned", "204", ask("DELETE /b-one/none").presigned(60)),
        row("put, presigned", "200", ask("PUT /b-one/put").body("x").presigned(60)),
        row("service, presigned", "200", ask("GET /").presigned(60)),
    ])
    .collect()
}

fn regions() -> Vec<Row> {
    let regions = ["auto", "", "us-east-1", "wnam", "enam", "weur", "eeur", "apac", "oc"];
    let of = |region: &str| {
        let ask = ask("GET /b-one/k").with(|ask| region.clone_into(&mut ask.region));
        [
            row(format!("region {region:?}"), "200", ask.clone().signed()),
            row(format!("region {region:?}, presigned"), "200", ask.presigned(60)),
        ]
    };
    regions.into_iter().flat_map(of).collect()
}

fn keys() -> Vec<Row> {
    [
        "a//b",
        "//a",
        "a/",
        "./a",
        "../a",
        "a/../b",
        "a/.",
        "a%2Fb",
        "a%25b",
        "a+b",
        "a%2Bb",
        "a%20b",
        "%21%27%28%29%2A~",
        "!'()*~",
        "-._~",
        "a=b&c",
        "@:;,$",
        "%3Fx",
        "%23x",
        "%E6%97%A5%E6%9C%AC",
        "%F0%9F%A6%80",
        "e%CC%81",
        "%01%09%0A%7F",
        "%c3%a9",
        "%41%6a",
        "a|b",
        "%5B%5D%7B%7D%5E%60",
        "%22%3C%3E%5C",
        "100%25%2541",
    ]
    .into_iter()
    .flat_map(|key| {
        let put = ask(&format!("PUT /b-one/{key}")).body("x");
        let get = ask(&format!("GET /b-one/{key}"));
        [
            row(format!("put {key}"), "200", put.signed()),
            row(format!("get {key}, presigned"), "200", get.presigned(60)),
        ]
    })
    .collect()
}

fn queries() -> Vec<Row> {
    [
        "prefix=a&list-type=2",
        "list-type=2&prefix=b&prefix=a",
        "list-type=2&prefix=a&prefix=b",
        "list-type=2&prefix=",
        "list-type=2&prefix",
        "list-type=2&&prefix=a&",
        "list-type=2&prefix=a%2Fb%20c",
        "list-type=2&prefix=a%2fb+c",
        "list-type=2&prefix=%7E%41",
        "list-type=2&prefix=a=b",
        "list-type=2&prefix=a%3Db",
        "list-type=2&prefix=!'()*",
        "list-type=2&prefix=%E6%97%A5",
        "list-type=2&prefix=%zz",
        "list-type=2&prefix=%",
        "list%2Dtype=2",
        "list-type=2&x-id=ListObjectsV2",
        "list-type=2&start-after=b&prefix=&delimiter=%2F&max-keys=2&encoding-type=url",
    ]
    .into_iter()
    .flat_map(|query| {
        let ask = ask(&format!("GET /b-one?{query}"));
        [
            row(format!("query {query}"), "200", ask.clone().signed()),
            row(format!("query {query}, presigned"), "200", ask.presigned(60)),
        ]
    })
    .collect()
}

fn headers() -> Vec<Row> {
    let put = || ask("PUT /b-one/h").body("x");
    let meta = |value: &str| put().header("x-amz-meta-a", value);
    [
        ("metadata", meta("plain")),
        ("metadata without a value", meta("")),
        ("blanks inside", meta("a  b   c")),
        ("blanks outside", meta("  a ")),
        ("tabs inside", meta("a\tb\t\tc")),
        ("quotes", meta("\"a  b\"")),
        ("commas", meta("a,b, c ,d")),
        ("utf-8", meta("gr\u{fc}\u{df}e \u{1f980}")),
        ("rfc 2047", meta("=?UTF-8?B?w6Q=?=")),
        ("repeated", meta("one").header("x-amz-meta-a", "two")),
        ("repeated, other order", meta("two").header("x-amz-meta-a", "one")),
        ("repeated with blanks", meta(" one ").header("x-amz-meta-a", "two  three")),
        ("content type", put().header("content-type", "text/plain; charset=utf-8")),
        ("content length", put().header("content-length", "1")),
        ("unsigned content type", put().loose("content-type", "text/plain")),
        ("unsigned user agent", put().loose("user-agent", "x").loose("x-amz-user-agent", "x")),
        ("unsigned checksum", put().loose("x-amz-checksum-crc32", "jNwWgw==")),
        ("unsigned unknown", put().loose("x-amz-foobar", "1")),
        ("accept-encoding", put().header("accept-encoding", "identity, gzip")),
        ("accept, cache-control, te", {
            put().header("accept", "*/*").header("cache-control", "no-cache").header("te", "x")
        }),
        ("every canned kind", {
            put().header("x-amz-acl", "private").header("x-amz-storage-class", "STANDARD")
        }),
        ("names out of order", {
            put().header("zebra", "1").with(|ask| {
                ask.arrange = |names| names.into_iter().rev().collect();
            })
        }),
        ("names in upper case", {
            put().with(|ask| {
                ask.arrange = |names| names.iter().map(|n| n.to_ascii_uppercase()).collect();
            })
        }),
    ]
    .into_iter()
    .flat_map(|(name, ask)| {
        [
            row(name, "200", ask.clone().signed()),
            row(format!("{name}, presigned"), "200", ask.presigned(60)),
        ]
    })
    .collect()
}

fn hosts() -> Vec<Row> {
    let at = |line: &str, host: &str| ask(line).with(|ask| host.clone_into(&mut ask.host));
    [
        ("port in the host", "GET /b-one/k", "r2.local:9000"),
        ("an address", "GET /b-one/k", "127.0.0.1:80"),
        ("an address of version 6", "GET /b-one/k", "[::1]:9000"),
        ("another name", "GET /b-one/k", "0123.r2.cloudflarestorage.com"),
        ("virtual-hosted", "GET /k", "b-one.r2.local"),
        ("virtual-hosted with a port", "GET /k", "b-one.r2.local:9000"),
        ("virtual-hosted list", "GET /?list-type=2", "b-one.r2.local"),
        ("virtual-hosted in upper case", "GET /k", "B-One.R2.LOCAL"),
    ]
    .into_iter()
    .flat_map(|(name, line, host)| {
        [
            row(name, "200", at(line, host).signed()),
            row(format!("{name}, presigned"), "200", at(line, host).presigned(60)),
        ]
    })
    .collect()
}

fn times() -> Vec<Row> {
    let at = |seconds: i64| ask("GET /b-one/k").with(|ask| ask.at = NOW + seconds);
    let mut rows = vec![
        row("14:59 late", "200", at(-899).signed()),
        row("15:00 late", "200", at(-900).signed()),
        row("14:59 early", "200", at(899).signed()),
        row("15:00 early", "200", at(900).signed()),
        row("14:59 early, presigned", "200", at(899).presigned(60)),
        row("yesterday, presigned for a week", "200", at(-86_400).presigned(604_800)),
        row("the last second", "200", at(-60).presigned(60)),
        row("a life of one second", "200", at(0).presigned(1)),
        row("a life of a week", "200", at(0).presigned(604_800)),
        row("a life with a blank", "200", at(0).presigned("%2060")),
        row("a date header", "200", at(0).signed_with("date").0),
    ];
    // The newer of the two dates counts, wherever the other comes from.
    rows.push(row("two dates", "200", at(0).header("date", "yesterday").signed()));
    rows
}

fn shapes() -> Vec<Row> {
    let get = || ask("GET /b-one/k").signed();
    let fields = |shot: Shot, change: fn(&str) -> String| {
        let value =
            shot.headers.iter().find(|(name, _)| name == "authorization").unwrap().1.clone();
        shot.set("authorization", &change(&value))
    };
    vec![
        row("fields without blanks", "200", fields(get(), |v| v.replace(", ", ","))),
        row("fields with more blanks", "200", fields(get(), |v| v.replace(", ", " ,   "))),
        row("fields in another order", "200", {
            fields(get(), |value| {
                let value = value.strip_prefix("AWS4-HMAC-SHA256 ").unwrap();
                let mut fields: Vec<_> = value.split(", ").collect();
                fields.reverse();
                format!("AWS4-HMAC-SHA256 {}", fields.join(", "))
            })
        }),
        row("a field too many", "200", fields(get(), |value| format!("{value}, Note=1"))),
        row("header beside query", "200", {
            ask("GET /b-one/k?X-Amz-Credential=x&X-Amz-Signature=y").signed()
        }),
        row("response header asked for", "200", {
            ask("GET /b-one/k?response-content-type=text%2Fplain").presigned(60)
        }),
        row("parameters after the signature's", "200", {
            ask("GET /b-one/k?x-id=GetObject").presigned(60).with(|shot| {
                let (id, rest) = shot.query.split_once('&').unwrap();
                shot.query = format!("{rest}&{id}");
            })
        }),
        row("hoisted headers", "200", {
            ask("PUT /b-one/h?x-amz-meta-a=1&x-amz-checksum-crc32=jNwWgw%3D%3D")
                .body("x")
                .presigned(60)
        }),
        row("UNSIGNED-PAYLOAD in the query", "200", {
            ask("PUT /b-one/h?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD").body("x").presigned(60)
        }),
        row("unsigned payload on get", "200", ask("GET /b-one/k").payload(UNSIGNED).signed()),
        row("nothing signed but host", "200", {
            ask("GET /b-one/k").with(|ask| ask.arrange = |_| vec!["host".to_owned()]).signed()
        }),
    ]
}

/// Rows: auth.presign-headers, auth.presign-life.
#[tokio::test]
async fn signatures_of_every_client() {
    let rows: Vec<_> =
        [methods(), regions(), keys(), queries(), headers(), hosts(), times(), shapes()].concat();
    assert!(rows.len() >= 90, "{}", rows.len());
    run(&world([]).await, &rows).await;
}

#[tokio::test]
async fn key_ids_of_any_form() {
    for id in ["team/a", "a/b/c//", "AKIAIOSFODNN7EXAMPLE", "x"] {
        let r2 = world([AccessKey::new(Credentials::new(id, "s"))]).await;
        let ask = ask("GET /b-one/k").with(|ask| {
            id.clone_into(&mut ask.id);
            "s".clone_into(&mut ask.secret);
        });
        let rows = [
            row(id, "200", ask.clone().signed()),
            row(format!("{id}, presigned"), "200", ask.presigned(60)),
        ];
        run(&r2, &rows).await;
    }
}
