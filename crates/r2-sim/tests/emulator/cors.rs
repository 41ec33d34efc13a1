//! CORS: which rules are taken, what browsers are told.

use crate::world::{Reply, World};

const PAGE: &str = "https://a-app.example.com";

/// A rule with everything; `inner` comes first.
fn rule(inner: &str) -> String {
    format!(
        "<CORSConfiguration><CORSRule>{inner}<AllowedOrigin>https://*-app.example.com\
         </AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod>\
         <AllowedHeader>X-Amz-*</AllowedHeader><AllowedHeader>Content-Type</AllowedHeader>\
         </CORSRule></CORSConfiguration>"
    )
}

async fn put(world: &World, body: impl Into<r2_transport::Body>) -> String {
    world.send("PUT /b-one?cors", &[], body).await.said()
}

async fn with_rule(inner: &str) -> World {
    let world = World::memory().await;
    assert_eq!(put(&world, rule(inner)).await, "200");
    world
}

async fn ask(world: &World, origin: &str, method: &str, headers: &str) -> Reply {
    let asks = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", headers),
    ];
    world.send("OPTIONS /b-one/k", &asks, "").await
}

/// Rows: cors.schema, cors.origins, cors.methods, cors.age.
#[tokio::test]
async fn what_is_no_configuration() {
    let world = with_rule("").await;
    let with = |from: &str, to: &str| rule("<MaxAgeSeconds>1</MaxAgeSeconds>").replace(from, to);
    for bad in [
        with("https://*-app.example.com", "http://localhost:*"),
        with("https://*-app.example.com", "https://*.*.example.com"),
        with("https://*-app.example.com", "https://example.com/"),
        with("https://*-app.example.com", "example.com"),
        with("https://*-app.example.com", ""),
        with("<AllowedMethod>PUT</AllowedMethod>", "<AllowedMethod>OPTIONS</AllowedMethod>"),
        with("<AllowedMethod>PUT</AllowedMethod>", "<AllowedMethod>put</AllowedMethod>"),
        with("<AllowedMethod>PUT</AllowedMethod>", "<AllowedMethod>*</AllowedMethod>"),
        with(">Content-Type<", "><"),
        with("<AllowedMethod>PUT</AllowedMethod>", "<Unknown>x</Unknown>"),
        with(">1<", ">86401<"),
        with(">1<", ">-1<"),
        with(">1<", ">soon<"),
        with("</CORSRule>", ""),
        "<CORSConfiguration></CORSConfiguration>".to_owned(),
        "<CORSConfiguration><CORSRule></CORSRule></CORSConfiguration>".to_owned(),
        String::new(),
    ] {
        let said = put(&world, bad.clone()).await;
        assert!(said.starts_with("400 MalformedXML: The XML you provided"), "{bad}: {said}");
    }
    for good in [
        with("https://*-app.example.com", "*"),
        with("https://*-app.example.com", "http://localhost:3000"),
        with("https://*-app.example.com", "capacitor://localhost"),
        with(">1<", ">86400<"),
        with("<AllowedHeader>Content-Type</AllowedHeader>", ""),
    ] {
        assert_eq!(put(&world, good.clone()).await, "200", "{good}");
    }
}

/// Rows: cors.absent, cors.at-once.
#[tokio::test]
async fn rules_are_kept_replaced_and_removed() {
    let world = with_rule("<ID>first</ID>").await;
    let kept = world.get("/b-one?cors").await;
    assert_eq!(kept.elements("AllowedMethod"), ["GET", "PUT"]);
    assert_eq!(kept.element("ID"), Some("first"));
    assert_eq!(put(&world, rule("<ID>second</ID>")).await, "200");
    assert_eq!(world.get("/b-one?cors").await.elements("ID"), ["second"]);
    for _ in 0..2 {
        assert_eq!(world.send("DELETE /b-one?cors", &[], "").await.status, 204);
    }
    let none = world.get("/b-one?cors").await;
    let said = "404 NoSuchCORSConfiguration: The CORS configuration does not exist.";
    assert_eq!(none.said(), said);
    assert_eq!(ask(&world, PAGE, "GET", "").await.status, 403);
}

/// Rows: cors.preflight, cors.headers, cors.vary, cors.expose.
#[tokio::test]
async fn a_preflight_that_is_allowed() {
    let more = "<MaxAgeSeconds>60</MaxAgeSeconds><ExposeHeader>ETag</ExposeHeader>";
    let world = with_rule(more).await;
    let reply = ask(&world, PAGE, "PUT", "content-TYPE, X-AMZ-DATE").await;
    assert_eq!((reply.status, reply.body.len()), (204, 0));
    for (name, value) in [
        ("access-control-allow-origin", PAGE),
        ("access-control-allow-methods", "GET, PUT"),
        ("access-control-allow-headers", "content-type, x-amz-date"),
        ("access-control-max-age", "60"),
        ("access-control-expose-headers", ""),
        ("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
    ] {
        assert_eq!(reply.header(name), value, "{name}");
    }
    assert_eq!(put(&world, rule("").replace("https://*-app.example.com", "*")).await, "200");
    let any = ask(&world, "https://anything.test", "GET", "").await;
    assert_eq!(any.header("access-control-allow-origin"), "*");
    assert_eq!(any.header("access-control-max-age"), "");
}

/// Rows: cors.preflight-refused.
#[tokio::test]
async fn a_preflight_that_is_not() {
    let said = "403 Unauthorized: CORS not configured for this bucket";
    let world = with_rule("").await;
    for (origin, method, headers) in [
        ("https://example.com", "GET", ""),
        ("http://a-app.example.com", "GET", ""),
        ("https://a-app.example.com.evil.test", "GET", ""),
        (PAGE, "DELETE", ""),
        (PAGE, "get", ""),
        (PAGE, "", ""),
        (PAGE, "GET", "authorization"),
        (PAGE, "GET", "content-type, authorization"),
    ] {
        let reply = ask(&world, origin, method, headers).await;
        assert_eq!(reply.said(), said, "{origin} {method} {headers}");
        assert_eq!(reply.header("access-control-allow-origin"), "");
    }
    let elsewhere = [("origin", PAGE), ("access-control-request-method", "GET")];
    assert_eq!(world.send("OPTIONS /b-none/k", &elsewhere, "").await.said(), said);
    world.send("PUT /b-two", &[], "").await;
    assert_eq!(world.send("OPTIONS /b-two/k", &elsewhere, "").await.said(), said);
}

/// Rows: cors.marks, cors.expose, cors.vary.
#[tokio::test]
async fn answers_are_marked() {
    let exposing = "<ExposeHeader>ETag</ExposeHeader><ExposeHeader>x-amz-meta-a</ExposeHeader>";
    let world = with_rule(exposing).await;
    world.put("/b-one/k", "x").await;
    let origin = ("origin", PAGE);
    for (line, headers, status, vary) in [
        ("GET /b-one/k", &[origin][..], 200, "Origin, Accept-Encoding"),
        ("GET /b-one/k", &[origin, ("if-none-match", "*")], 304, "Origin, Accept-Encoding"),
        ("GET /b-one/none", &[origin], 404, "Origin"),
        ("GET /b-one?list-type=2", &[origin], 200, "Origin"),
        ("PUT /b-one/new", &[origin, ("x-amz-tagging", "a=b")], 501, "Origin"),
        // What the page will send is of no interest any more.
        ("GET /b-one/k", &[origin, ("access-control-request-method", "DELETE")], 200, "Origin"),
    ] {
        let reply = world.send(line, headers, "").await;
        assert_eq!(reply.status, status, "{line}");
        assert_eq!(reply.header("access-control-allow-origin"), PAGE, "{line}");
        assert_eq!(reply.header("access-control-expose-headers"), "ETag, x-amz-meta-a");
        assert_eq!(reply.header("access-control-allow-methods"), "");
        assert!(reply.header("vary").starts_with(vary), "{line}: {}", reply.header("vary"));
    }
    for (line, headers) in [
        ("GET /b-one/k", &[][..]),
        ("GET /b-one/k", &[("origin", "https://example.com")]),
        ("DELETE /b-one/none", &[origin]),
    ] {
        let reply = world.send(line, headers, "").await;
        assert_eq!(reply.header("access-control-allow-origin"), "", "{line} {headers:?}");
        assert_eq!(reply.header("access-control-expose-headers"), "");
    }
    assert_eq!(put(&world, rule("")).await, "200");
    let reply = world.send("GET /b-one/k", &[origin], "").await;
    assert_eq!(reply.header("access-control-allow-origin"), PAGE);
    assert_eq!(reply.header("access-control-expose-headers"), "");
}

#[tokio::test]
async fn the_first_rule_that_fits_decides() {
    let two = rule("<MaxAgeSeconds>1</MaxAgeSeconds>").replace(
        "</CORSConfiguration>",
        "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>\
         <AllowedMethod>DELETE</AllowedMethod><MaxAgeSeconds>2</MaxAgeSeconds></CORSRule>\
         </CORSConfiguration>",
    );
    let world = World::memory().await;
    assert_eq!(put(&world, two).await, "200");
    for (origin, method, age) in
        [(PAGE, "GET", "1"), (PAGE, "DELETE", "2"), ("https://example.com", "GET", "2")]
    {
        let reply = ask(&world, origin, method, "").await;
        assert_eq!(reply.header("access-control-max-age"), age, "{origin} {method}");
    }
}
