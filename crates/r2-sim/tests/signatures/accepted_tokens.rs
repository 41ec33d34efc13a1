//! Temporary credentials: what each scope, action, prefix and object lets its holder do.

use super::ask::{Ask, ask};
use super::table::{Row, row, run, world};
use super::token::{by, token};

const DENIED: &str = "403 AccessDenied";

fn scopes() -> Vec<Row> {
    let lines = [
        ("GET /b-one/k", ["200", "200", "200", "200"]),
        ("HEAD /b-one/k", ["200", "200", "200", "200"]),
        ("GET /b-one?list-type=2", ["200", "200", "200", "200"]),
        ("GET /b-one?location", ["200", "200", "200", "200"]),
        ("PUT /b-one/new", [DENIED, "200", DENIED, "200"]),
        ("DELETE /b-one/new", [DENIED, "204", DENIED, "204"]),
        ("POST /b-one/new?uploads", [DENIED, "200", DENIED, "200"]),
        ("GET /b-one?lifecycle", [DENIED, DENIED, "200", "200"]),
        ("DELETE /b-one?cors", [DENIED, DENIED, DENIED, "204"]),
        ("GET /", [DENIED, DENIED, DENIED, DENIED]),
        ("GET /b-two/k", [DENIED, DENIED, DENIED, DENIED]),
    ];
    let scopes = ["object-read-only", "object-read-write", "admin-read-only", "admin-read-write"];
    let mut rows = Vec::new();
    for (n, scope) in scopes.into_iter().enumerate() {
        let jwt = token(&format!(r#""scope":"{scope}""#)).jwt();
        for (line, said) in lines {
            let name = format!("{scope}: {line}");
            rows.push(row(name, said[n], by(&jwt, ask(line)).signed()));
        }
        let presigned = by(&jwt, ask("GET /b-one/k")).presigned(60);
        rows.push(row(format!("{scope}, presigned"), "200", presigned));
    }
    rows
}

fn actions() -> Vec<Row> {
    let copy = |ask: Ask| ask.header("x-amz-copy-source", "/b-one/k");
    let asks = [
        ("HeadObject", ask("HEAD /b-one/k")),
        ("GetObject", ask("GET /b-one/k")),
        ("GetBucketLocation", ask("GET /b-one?location")),
        ("ListObjectsV1", ask("GET /b-one")),
        ("ListObjectsV2", ask("GET /b-one?list-type=2")),
        ("ListMultipartUploads", ask("GET /b-one?uploads")),
        ("PutObject", ask("PUT /b-one/new").body("x")),
        ("DeleteObject", ask("DELETE /b-one/none")),
        ("DeleteObjects", {
            ask("POST /b-one?delete").body("<Delete><Object><Key>none</Key></Object></Delete>")
        }),
        ("CreateMultipartUpload", ask("POST /b-one/new?uploads")),
        ("ListParts", ask("GET /b-one/k?uploadId=x")),
        ("UploadPart", ask("PUT /b-one/k?uploadId=x&partNumber=1").body("x")),
        ("UploadPartCopy", copy(ask("PUT /b-one/k?uploadId=x&partNumber=1"))),
        ("AbortMultipartUpload", ask("DELETE /b-one/k?uploadId=x")),
        ("CompleteMultipartUpload", {
            let part = "<Part><PartNumber>1</PartNumber><ETag>e</ETag></Part>";
            ask("POST /b-one/k?uploadId=x")
                .body(&format!("<CompleteMultipartUpload>{part}</CompleteMultipartUpload>"))
        }),
    ];
    let mut rows = Vec::new();
    for (n, (action, ask)) in asks.iter().enumerate() {
        let mut named = vec![format!("\"{action}\"")];
        if action.ends_with("Copy") {
            named.push("\"GetObject\"".to_owned());
        }
        let jwt = token(&format!(r#""actions":[{}]"#, named.join(","))).jwt();
        let said = match *action {
            "DeleteObject" => "204",
            "UploadPart"
            | "UploadPartCopy"
            | "ListParts"
            | "AbortMultipartUpload"
            | "CompleteMultipartUpload" => "404 NoSuchUpload",
            _ => "200",
        };
        rows.push(row(format!("action {action}"), said, by(&jwt, ask.clone()).signed()));
        // No action allows its neighbour.
        let (other, next) = &asks[(n + 1) % asks.len()];
        if !(action.ends_with("Copy") && *other == "GetObject") {
            let denied = by(&jwt, next.clone()).signed();
            // An answer to HEAD has no body, so no code.
            let said = if *other == "HeadObject" { "403" } else { DENIED };
            rows.push(row(format!("{other} by {action}"), said, denied));
        }
    }
    let both = r#""scope":"object-read-only","actions":["PutObject","GetObject"]"#;
    let jwt = token(both).jwt();
    rows.push(row("what both allow", "200", by(&jwt, ask("GET /b-one/k")).signed()));
    rows.push(row("what the action allows", DENIED, by(&jwt, ask("PUT /b-one/k")).signed()));
    rows.push(row("what the scope allows", "403", by(&jwt, ask("HEAD /b-one/k")).signed()));
    rows
}

fn paths() -> Vec<Row> {
    let paths = r#""scope":"object-read-write",
        "paths":{"prefixPaths":["in/","se"],"objectPaths":["k","caf\u00e9"]}"#;
    let jwt = token(paths).jwt();
    let source = |ask: Ask, from: &str| ask.header("x-amz-copy-source", from);
    let put = || ask("PUT /b-one/in/copy");
    vec![
        row("below the prefix", "200", by(&jwt, ask("PUT /b-one/in/x")).signed()),
        row("the prefix itself", "200", by(&jwt, ask("PUT /b-one/in/")).signed()),
        row("the object", "200", by(&jwt, ask("GET /b-one/k")).signed()),
        row("the object in another spelling", "404 NoSuchKey", {
            by(&jwt, ask("GET /b-one/cafe%CC%81")).signed()
        }),
        row("dots are part of a name", "200", by(&jwt, ask("PUT /b-one/in/../x")).signed()),
        row("beside the prefix", DENIED, by(&jwt, ask("PUT /b-one/in")).signed()),
        row("beside the object", DENIED, by(&jwt, ask("GET /b-one/k2")).signed()),
        row("out by dots", DENIED, by(&jwt, ask("GET /b-one/./in/x")).signed()),
        row("out by a slash", DENIED, by(&jwt, ask("GET /b-one//in/x")).signed()),
        row("out by an accent", DENIED, by(&jwt, ask("PUT /b-one/se%CC%81")).signed()),
        row("a list below", "200", by(&jwt, ask("GET /b-one?list-type=2&prefix=in/")).signed()),
        row("a list above", DENIED, by(&jwt, ask("GET /b-one?list-type=2&prefix=i")).signed()),
        row("a list of all", DENIED, by(&jwt, ask("GET /b-one?list-type=2")).signed()),
        row("a list by another prefix later", DENIED, {
            by(&jwt, ask("GET /b-one?list-type=2&prefix=&prefix=in/")).signed()
        }),
        row("uploads of all", DENIED, by(&jwt, ask("GET /b-one?uploads")).signed()),
        row("a copy inside", "200", by(&jwt, source(put(), "/b-one/in/x")).signed()),
        row("a copy from outside", DENIED, by(&jwt, source(put(), "/b-one/out")).signed()),
        row("a copy from elsewhere", DENIED, by(&jwt, source(put(), "/b-two/in/x")).signed()),
        row("another upload's part", DENIED, {
            by(&jwt, ask("PUT /b-one/out?uploadId=x&partNumber=1")).signed()
        }),
    ]
}

/// Rows: auth.temporary.
#[tokio::test]
async fn temporary_credentials() {
    let rows = [scopes(), actions(), paths()].concat();
    assert!(rows.len() >= 80, "{}", rows.len());
    run(&world([]).await, &rows).await;
}
