//! Jurisdictions: namespaces that do not see each other, chosen by the host.

use std::sync::Arc;

use r2_sign::{Credentials, Input, Payload, Scratch, Signer, Timestamp};
use r2_sim::{AccessKey, Emulator, Jurisdiction, ManualClock, Permission};
use r2_transport::{Body, Transport as _};

use crate::world::{Reply, START, World};

const ACCOUNT: &str = "00000000000000000000000000000000";

async fn at(r2: &Emulator, host: &str, line: &str, body: &'static str) -> Reply {
    let (method, path) = line.split_once(' ').unwrap();
    let request = http::Request::builder().method(method).uri(format!("http://{host}{path}"));
    let response = r2.send(request.body(Body::from(body)).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect(1 << 20).await.unwrap();
    Reply { status: parts.status.as_u16(), headers: parts.headers, body }
}

/// Rows: jurisdiction.namespace, jurisdiction.host, jurisdiction.missing.
#[tokio::test]
async fn the_same_name_in_each() {
    for world in World::both().await {
        let r2 = &world.r2;
        let hosts = ["r2.local", "eu.r2.local", "fedramp.r2.local", "us.r2.local"];
        for (host, body) in hosts.into_iter().zip(["none", "eu", "fedramp", "us"]) {
            assert_eq!(at(r2, host, "HEAD /photos", "").await.status, 404, "{host}");
            let put = at(r2, host, "PUT /photos/k", body).await;
            assert_eq!(
                put.said(),
                "404 NoSuchBucket: The specified bucket does not exist.",
                "{host}"
            );
            assert_eq!(at(r2, host, "PUT /photos", "").await.status, 200, "{host}");
            assert_eq!(at(r2, host, "PUT /photos", "").await.status, 409, "{host}");
            assert_eq!(at(r2, host, "PUT /photos/k", body).await.status, 200, "{host}");
        }
        for (host, body) in hosts.into_iter().zip(["none", "eu", "fedramp", "us"]) {
            assert_eq!(at(r2, host, "GET /photos/k", "").await.text(), body);
            let long = host.replace("r2.local", &format!("{ACCOUNT}.r2.local"));
            let long = if host == "r2.local" { long } else { format!("{ACCOUNT}.{host}") };
            assert_eq!(at(r2, &long, "GET /photos/k", "").await.text(), body, "{long}");
            let virtual_host = format!("photos.{host}:9000");
            assert_eq!(at(r2, &virtual_host, "GET /k", "").await.text(), body, "{virtual_host}");
            let listed = at(r2, host, "GET /", "").await;
            let expected = if body == "none" { vec!["b-one", "photos"] } else { vec!["photos"] };
            assert_eq!(listed.elements("Name"), expected, "{host}");
        }
        assert_eq!(at(r2, "eu.r2.local", "GET /b-one", "").await.status, 404);
        // What the index calls it is no name of a bucket.
        for name in ["~eu%2Fphotos", "~eu/photos", "eu%2Fphotos"] {
            assert_eq!(at(r2, "r2.local", &format!("GET /{name}"), "").await.status, 404, "{name}");
        }
        let after = at(r2, "r2.local", "GET /?start-after=~", "").await;
        assert_eq!(after.elements("Name"), Vec::<&str>::new());
        // Emptied and gone in one, untouched in the others.
        assert_eq!(at(r2, "eu.r2.local", "DELETE /photos/k", "").await.status, 204);
        assert_eq!(at(r2, "eu.r2.local", "DELETE /photos", "").await.status, 204);
        assert_eq!(at(r2, "eu.r2.local", "HEAD /photos", "").await.status, 404);
        assert_eq!(at(r2, "us.r2.local", "GET /photos/k", "").await.text(), "us");
    }
}

#[tokio::test]
async fn uploads_and_copies_stay_inside() {
    let world = World::memory().await;
    let r2 = &world.r2;
    for host in ["r2.local", "eu.r2.local"] {
        at(r2, host, "PUT /photos", "").await;
    }
    at(r2, "eu.r2.local", "PUT /photos/k", "europe").await;
    let begun = at(r2, "eu.r2.local", "POST /photos/big?uploads", "").await;
    let id = begun.element("UploadId").unwrap().replace('+', "%2B").replace('/', "%2F");
    let part = format!(
        "PUT /photos/big?partNumber=1&uploadId={}",
        id.replace('+', "%2B").replace('/', "%2F")
    );
    assert_eq!(at(r2, "r2.local", &part, "x").await.status, 404);
    assert_eq!(at(r2, "eu.r2.local", &part, "x").await.status, 200);
    let copy = |host: &str| {
        let request = http::Request::put(format!("http://{host}/photos/copy"));
        let request = request.header("x-amz-copy-source", "/photos/k");
        r2.send(request.body(Body::empty()).unwrap())
    };
    assert_eq!(copy("r2.local").await.unwrap().status(), 404);
    assert_eq!(copy("eu.r2.local").await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_view_needs_no_host() {
    let world = World::memory().await;
    let eu = world.r2.in_jurisdiction(Jurisdiction::Eu);
    assert_eq!(at(&eu, "127.0.0.1:9000", "PUT /photos", "").await.status, 200);
    assert_eq!(at(&world.r2, "eu.r2.local", "HEAD /photos", "").await.status, 200);
    assert_eq!(at(&world.r2, "127.0.0.1:9000", "HEAD /photos", "").await.status, 404);
    assert_eq!(at(&eu, "us.r2.local", "HEAD /photos", "").await.status, 404);
    let site = eu.public_bucket("photos");
    at(&eu, "127.0.0.1:9000", "PUT /photos/k", "europe").await;
    let got = crate::world::send(&site, "GET /k", &[], Body::empty()).await;
    assert_eq!(got.text(), "europe");
}

/// Rows: jurisdiction.scoped.
#[tokio::test]
async fn a_key_of_a_bucket_is_of_its_jurisdiction() {
    let pair = |digit: &str| Credentials::new(digit.repeat(32), digit.repeat(64));
    let r2 = Emulator::builder()
        .clock(Arc::new(ManualClock::at_unix(START)))
        .credentials(pair("a"))
        .access_key(AccessKey::new(pair("b")).permission(Permission::ObjectReadWrite).bucket("one"))
        .access_key(AccessKey::new(pair("c")).bucket_in(Jurisdiction::Eu, "one"))
        .memory();
    let ask = async |who: &str, host: &str, line: &str| {
        let (method, path) = line.split_once(' ').unwrap();
        let (path_only, query) = path.split_once('?').unwrap_or((path, ""));
        let (payload, host_header) = (Payload::of(b""), [("host", host)]);
        let input = Input { method, path: path_only, query, headers: &host_header, payload };
        let at = Timestamp::from_unix(i64::try_from(START).unwrap());
        let mut scratch = Scratch::new();
        let authorization =
            Signer::new("auto").authorization(&input, &pair(who), at, &mut scratch).to_owned();
        let request = http::Request::builder()
            .method(method)
            .uri(format!("http://{host}{path}"))
            .header("host", host)
            .header("x-amz-date", at.as_str())
            .header("x-amz-content-sha256", payload.header_value().to_string())
            .header("authorization", authorization);
        let response = r2.send(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect(1 << 20).await.unwrap();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }.said()
    };
    assert_eq!(ask("a", "eu.r2.local", "PUT /one").await, "200");
    let missing = "404 NoSuchBucket: The specified bucket does not exist.";
    let denied = "403 AccessDenied: Access Denied";
    let list = "GET /one?list-type=2";
    for (who, host, expected) in [
        ("a", "eu.r2.local", "200"),
        ("a", "r2.local", missing),
        ("b", "eu.r2.local", denied),
        ("b", "r2.local", missing),
        ("c", "eu.r2.local", "200"),
        ("c", "r2.local", denied),
        ("c", "us.r2.local", denied),
    ] {
        assert_eq!(ask(who, host, list).await, expected, "{who} at {host}");
    }
}
