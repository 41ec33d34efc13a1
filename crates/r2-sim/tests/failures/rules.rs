//! Rules of buckets: CORS and lifecycle.

use crate::world::World;

const MALFORMED: &str = "400 MalformedXML: The XML you provided was not well formed or did not \
                         validate against our published schema.";

fn cors(origin: &str) -> String {
    format!(
        "<CORSConfiguration><CORSRule><AllowedOrigin>{origin}</AllowedOrigin>\
         <AllowedMethod>PUT</AllowedMethod><AllowedHeader>content-type</AllowedHeader>\
         </CORSRule></CORSConfiguration>"
    )
}

/// cloudflare/cloudflare-docs#8102: a rule without a status.
/// Rows: lifecycle.status.
#[tokio::test]
async fn case_54_cloudflare_docs_8102_a_lifecycle_rule_without_status() {
    let world = World::memory().await;
    let rule = |status: &str| {
        format!(
            "<LifecycleConfiguration><Rule><ID>r</ID>{status}<Filter><Prefix>a/</Prefix></Filter>\
             <Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>"
        )
    };
    let put = async |body| world.send("PUT /b-one?lifecycle", &[], body).await;
    assert_eq!(put(rule("")).await.said(), MALFORMED);
    assert_eq!(put(rule("<Status>Enabled</Status>")).await.status, 200);
}

/// cloudflare/cloudflare-docs#32888: a star for the port.
/// Rows: cors.origins.
#[tokio::test]
async fn case_55_cloudflare_docs_32888_a_star_for_the_port() {
    let world = World::memory().await;
    let put = async |origin| world.send("PUT /b-one?cors", &[], cors(origin)).await;
    assert_eq!(put("http://localhost:*").await.said(), MALFORMED);
    for good in ["http://localhost:3000", "https://*-app.example.com", "*"] {
        assert_eq!(put(good).await.status, 200, "{good}");
    }
}

/// cloudflare/cloudflare-docs#6003, notifuse#9: a browser asks before it uploads, and nothing was
/// configured, or not the header that it wants to send.
/// Rows: cors.preflight.
#[tokio::test]
async fn case_58_cloudflare_docs_6003_a_preflight_is_refused() {
    let world = World::memory().await;
    let asks = |headers| {
        [
            ("origin", "https://app.example.com"),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", headers),
        ]
    };
    let ask = async |headers| world.send("OPTIONS /b-one/k", &asks(headers), "").await;
    let refused = ask("content-type").await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (403, ""));
    world.send("PUT /b-one?cors", &[], cors("https://app.example.com")).await;
    assert_eq!(ask("content-type, x-amz-acl").await.status, 403);
    let allowed = ask("Content-Type").await;
    assert_eq!(allowed.status, 204);
    let origin = allowed.header("access-control-allow-origin");
    assert_eq!(origin, "https://app.example.com");
}
