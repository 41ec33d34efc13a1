//! Keys, buckets and queries that cannot be.

use super::arena::{Case, Verdict, case, open, request, with_arena};
use Verdict::{Any, Refused};

const VERBS: [&str; 5] = ["PUT", "GET", "HEAD", "DELETE", "POST"];

fn keys() -> Vec<Case> {
    let long = "k".repeat(1_025);
    let wide = "%F0%9F%A6%80".repeat(257);
    let mut cases = Vec::new();
    for key in [
        "%",
        "%4",
        "%zz",
        "a%",
        "a%2",
        "%%",
        "%25%",
        "%u0041",
        "%00",
        "a%00b",
        "%ff",
        "%c0%af",
        "%c0%80",
        "%e0%80%af",
        "%ed%a0%80",
        "%f4%90%80%80",
        "%f8%88%80%80%80",
        "%fe",
        "%80",
        "%c3",
        "%C3%28",
        &long,
        &wide,
    ] {
        for verb in VERBS {
            let line = format!("{verb} /b-one/{key}");
            let name: String = line.chars().take(60).collect();
            cases.push(case(name, Refused, request(&line, "", "")));
        }
        let line = "PUT /b-one/copy";
        let source = format!("x-amz-copy-source: /b-one/{key}\r\n");
        let name: String = source.chars().take(60).collect();
        cases.push(case(name, Refused, request(line, &source, "")));
    }
    for target in
        ["//", "//k", "///", "//b-one/k", "/../b-one/k", "/%2e%2e/k", "/b%2Done", "/.", "/*"]
    {
        for verb in ["PUT", "DELETE", "POST"] {
            let line = format!("{verb} {target}");
            let verdict = if target == "/b%2Done" { Any } else { Refused };
            // The escaped name of the bucket is its name.
            let headers = if verdict == Any { "x-amz-mfa: 1\r\nx-amz-tagging: 1\r\n" } else { "" };
            cases.push(case(line.clone(), verdict, request(&line, headers, "x")));
        }
    }
    cases
}

fn buckets() -> Vec<Case> {
    let long = "b".repeat(64);
    let mut cases = Vec::new();
    for bucket in [
        "b",
        "bb",
        &long,
        "B-ONE",
        "b_one",
        "b.one",
        "-bone",
        "bone-",
        "%62%00",
        "b%ff",
        "b%2Fk",
        "b%20",
        "xn--%c3%a9",
        "..",
        ".",
        "%2e%2e",
        "b:one",
        "b@one",
        "b;one",
        "b,one",
        "b'one",
    ] {
        for line in [format!("PUT /{bucket}"), format!("PUT /{bucket}/k"), format!("GET /{bucket}")]
        {
            cases.push(case(line.clone(), Refused, request(&line, "", "")));
        }
    }
    cases
}

fn copies() -> Vec<Case> {
    [
        "",
        "/",
        "//",
        "k",
        "/b-one",
        "/b-one/",
        "b-one/",
        "/none/k",
        "/b-one/none",
        "http://x/b/k",
        "/b-one/k?versionId=x%00",
        "arn:aws:s3:::b-one/k",
        "/../k",
        "%2Fb-one%2F",
        "/b-one/k#x",
    ]
    .into_iter()
    .map(|source| {
        let verdict = if source.starts_with("/b-one/k?") { Any } else { Refused };
        let headers = format!("x-amz-copy-source: {source}\r\nx-amz-tagging: 1\r\n");
        case(format!("copy of {source:?}"), verdict, request("PUT /b-one/copy", &headers, ""))
    })
    .collect()
}

fn queries() -> Vec<Case> {
    let mut cases = Vec::new();
    for query in [
        "list-type=2&max-keys=-1",
        "list-type=2&max-keys=x",
        "list-type=2&max-keys=",
        "list-type=2&max-keys=NaN",
        "list-type=2&max-keys=Infinity",
        "list-type=2&encoding-type=x",
        "list-type=3",
        "list-type=",
        "list-type=2&continuation-token=x",
        "continuation-token=x",
        "list-type=2&continuation-token=a2s%3D%3D%3D",
        "list-type=2&continuation-token=%00",
        "uploads&max-uploads=x",
        "uploads&max-uploads=-1",
        "versions",
        "policy",
        "acl&x=y&policy",
        "location&x=y",
        "junk",
        "list-type=2&junk",
        "delete&junk",
        "\u{0}",
    ] {
        if query == "acl&x=y&policy" || query == "delete&junk" || query.starts_with('\0') {
            let line = format!("GET /b-one?{query}");
            cases.push(case(line.escape_debug().to_string(), Any, request(&line, "", "")));
        } else {
            let line = format!("GET /b-one?{query}");
            cases.push(case(line.clone(), Refused, request(&line, "", "")));
        }
    }
    let pairs = |count: usize| (0..count).map(|n| format!("&p{n}=v")).collect::<String>();
    for (name, query) in [
        ("ampersands", "&".repeat(60_000)),
        ("equals", "=".repeat(60_000)),
        ("percents", "%".repeat(60_000)),
        ("a prefix of 60,000", format!("list-type=2&prefix={}", "p".repeat(60_000))),
        ("a delimiter of 60,000", format!("list-type=2&delimiter={}", "p".repeat(60_000))),
        ("huge max-keys", format!("list-type=2&max-keys={}", "9".repeat(5_000))),
        (
            "one parameter 10,000 times",
            "list-type=2&prefix=p".to_owned() + &"&prefix=p".repeat(6_000),
        ),
        ("pluses", "list-type=2&prefix=".to_owned() + &"+".repeat(60_000)),
    ] {
        let line = format!("GET /b-one?{query}");
        cases.push(case(format!("query of {name}"), Any, request(&line, "", "")));
    }
    for line in ["PUT /b-one", "DELETE /b-one"] {
        let line = format!("{line}?junk{}", pairs(5_000));
        cases.push(case("many parameters", Refused, request(&line, "", "")));
    }
    for upload in ["x", "", "%00", "AAAA", &"A".repeat(20_000), "..%2F..", "%ff"] {
        for line in [
            format!("GET /b-one/k?uploadId={upload}"),
            format!("DELETE /b-one/k?uploadId={upload}"),
            format!("PUT /b-one/k?partNumber=1&uploadId={upload}"),
        ] {
            let name: String = line.chars().take(60).collect();
            cases.push(case(name, Refused, request(&line, "", "x")));
        }
    }
    cases
}

/// Rows: key.unreadable, key.length, route.nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_cannot_be() {
    let cases = [keys(), buckets(), copies(), queries()].concat();
    assert!(cases.len() >= 280, "{}", cases.len());
    with_arena(open().memory(), async |arena| {
        arena.furnish().await;
        arena.refuses(&cases).await;
    })
    .await;
}
