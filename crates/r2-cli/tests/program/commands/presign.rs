//! A presigned URL works for those who have no key.

use std::time::Duration;

use http::{Method, Request};
use r2_sim::ManualClock;
use r2_transport::{Body, HttpClient, Transport as _};

use crate::support::{Place, R2, Served, Server, emulator_that_checks, runtime};

/// Sends a request without credentials.
pub(super) fn fetch(
    method: Method,
    url: &str,
    body: &'static str,
    content_type: Option<&str>,
) -> (u16, String) {
    let client = HttpClient::builder().build().expect("a client");
    let mut request = Request::builder().method(method).uri(url);
    if let Some(content_type) = content_type {
        request = request.header(http::header::CONTENT_TYPE, content_type);
    }
    let request = request.body(Body::from(body)).expect("a request");
    runtime().block_on(async {
        let response = client.send(request).await.expect("an answer");
        let status = response.status().as_u16();
        let body = response.into_body().collect(1 << 20).await.expect("a body");
        (status, String::from_utf8(body.to_vec()).expect("text"))
    })
}

fn url(r2: &R2, words: &[&str]) -> String {
    let ran = r2.run([&["presign"], words].concat()).ok();
    ran.text().trim_end().to_owned()
}

#[test]
fn each_verb_against_the_served_emulator() {
    let place = Place::new();
    let served = Served::start(&place.local());
    let r2 = served.client(&place);
    let address = "r2://test/a folder/caf\u{e9} +%&?#.txt";
    let put = url(&r2, &["--method", "put", "--content-type", "text/plain", address]);
    assert_eq!(fetch(Method::PUT, &put, "by url", Some("text/plain")).0, 200);
    assert_eq!(fetch(Method::PUT, &put, "other", Some("text/html")).0, 403);
    r2.run(["cat", address]).ok().prints(["by url"]);

    let get = url(&r2, &[address]);
    assert_eq!(fetch(Method::GET, &get, "", None), (200, "by url".to_owned()));
    assert_eq!(fetch(Method::PUT, &get, "no", None).0, 403);
    assert_eq!(
        fetch(Method::GET, &get.replace("X-Amz-Expires=3600", "X-Amz-Expires=3601"), "", None).0,
        403
    );
    assert_eq!(fetch(Method::HEAD, &url(&r2, &["--method", "head", address]), "", None).0, 200);
    let delete = url(&r2, &["--method", "delete", address]);
    assert_eq!(fetch(Method::DELETE, &delete, "", None).0, 204);
    assert_eq!(fetch(Method::GET, &get, "", None).0, 404);
    let secret = served.key().1;
    assert!(!get.contains(secret));
}

#[test]
fn a_url_of_the_local_folder_is_for_whoever_serves_it() {
    let place = Place::new();
    let served = Served::start(&place.r2());
    let made = place.local().run(["presign", "r2://test/key", "--endpoint", served.url()]);
    // Either form of the endpoint works: the flag names the server.
    let made = made.ok();
    let url = made.text().trim_end();
    assert!(url.starts_with(served.url()), "{url}");
    assert_eq!(
        fetch(Method::GET, url, "", None).0,
        404,
        "the signature is good, the key is not there"
    );
}

#[test]
fn an_expired_url_says_so() {
    let now = r2_transport::Clock::now(&r2_transport::SystemClock);
    let clock = ManualClock::at_unix(0);
    clock.set(now);
    let emulator = emulator_that_checks().clock(std::sync::Arc::new(clock.clone())).memory();
    let server = Server::start(emulator);
    let place = Place::new();
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://test"]).ok();
    r2.run_with(["cp", "-", "r2://test/key"], b"x").ok();
    let get = url(&r2, &["--expires", "60s", "r2://test/key"]);
    assert_eq!(fetch(Method::GET, &get, "", None).0, 200);
    clock.advance(Duration::from_secs(120));
    let (status, body) = fetch(Method::GET, &get, "", None);
    assert_eq!(status, 403);
    assert!(body.contains("ExpiredRequest") && body.contains("expired"), "{body}");
}

#[test]
fn lifetimes_out_of_range_are_refused() {
    let place = Place::new();
    let r2 = place.local();
    for expires in ["0s", "8d", "604801"] {
        r2.run(["presign", "--expires", expires, "r2://test/key"]).ends(2).says(["error:"]);
    }
    url(&r2, &["--expires", "7d", "r2://test/key"]);
    r2.run(["presign", "r2://test"]).ends(2).says(["names a bucket"]);
    r2.run(["presign", "--content-type", "a/b", "r2://test/key"]).ends(2).says(["--method put"]);
    assert!(!place.has("store/blobs/00"), "a URL is made without the store");
}

#[test]
fn json_has_all_of_it() {
    let place = Place::new();
    let made = place.local().run(["--json", "presign", "--method", "put", "r2://test/key"]).ok();
    let made = &made.json_of("url")[0];
    assert_eq!(made["method"], "PUT");
    assert!(made["url"].as_str().is_some_and(|url| url.contains("X-Amz-Signature=")), "{made}");
    assert!(made["expires"].is_string(), "{made}");
}
