//! `r2 serve emulator` as others meet it: over HTTPS, and as a site that anybody may read.

use http::Request;
use r2_transport::{Body, HttpClient, Transport as _};
use rcgen::generate_simple_self_signed;

use crate::support::{Place, Served, runtime};

#[test]
fn https_with_a_certificate_of_ones_own() {
    let place = Place::new();
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let made = generate_simple_self_signed(names).expect("a certificate");
    let certificate = place.write("cert.pem", made.cert.pem());
    let key = place.write("key.pem", made.signing_key.serialize_pem());
    let [certificate, key] = [certificate, key].map(|path| path.display().to_string());
    let flags = ["--tls-cert", &certificate, "--tls-key", &key];
    let served = Served::start_with(&place.local(), &flags);
    assert!(served.url().starts_with("https://127.0.0.1:"), "{}", served.url());

    place.write("file", "over TLS");
    let knows = served.client(&place).with("AWS_CA_BUNDLE", &certificate);
    knows.run(["cp", "file", "r2://test/file"]).ok();
    knows.run(["cat", "r2://test/file"]).ok().prints(["over TLS"]);
    // Nobody else vouches for it, and it is not spoken to in the clear.
    let stranger = served.client(&place).run(["cat", "r2://test/file"]);
    assert!(stranger.text().is_empty() && !stranger.errors().is_empty(), "{stranger:?}");
    let plain = served.url().replace("https://", "http://");
    let plain = knows.with("AWS_ENDPOINT_URL_S3", plain).run(["cat", "r2://test/file"]);
    assert!(plain.text().is_empty() && !plain.errors().is_empty(), "{plain:?}");
}

#[test]
fn half_a_certificate_is_refused() {
    let place = Place::new();
    place.write("cert.pem", "no certificate");
    let r2 = place.local();
    r2.run(["serve", "emulator", "--tls-cert", "cert.pem"]).ends(2);
    let both = ["--tls-cert", "cert.pem", "--tls-key", "cert.pem"];
    r2.run([&["serve", "emulator", "--listen", "127.0.0.1:0"], &both[..]].concat())
        .ends(2)
        .says(["the certificate and key cannot be used"]);
}

#[test]
fn a_bucket_that_anybody_may_read() {
    let place = Place::new();
    let flags = ["--public", "test", "--public", "test=cats.example"];
    let served = Served::start_with(&place.local(), &flags);
    place.write("cat", "meow");
    served.client(&place).run(["cp", "cat", "r2://test/cat"]).ok();
    let url = format!("{}/cdn-cgi/local/r2/public/test/", served.url());
    assert_eq!(get(&format!("{url}cat"), None), (200, "meow".to_owned()));
    let (status, page) = get(&format!("{url}dog"), None);
    assert!(status == 404 && page.starts_with("<!DOCTYPE html>"), "{status}: {page}");
    let at_host = get(&format!("{}/cat", served.url()), Some("cats.example"));
    assert_eq!(at_host, (200, "meow".to_owned()));
    // Elsewhere a signature is asked for as before.
    assert_eq!(get(&format!("{}/test/cat", served.url()), None).0, 400);
}

/// Status and body, without a signature.
fn get(url: &str, host: Option<&str>) -> (u16, String) {
    let mut request = Request::get(url);
    if let Some(host) = host {
        request = request.header("host", host);
    }
    let request = request.body(Body::empty()).expect("a request");
    runtime().block_on(async {
        let client = HttpClient::builder().build().expect("a client");
        let response = client.send(request).await.expect("an answer");
        let status = response.status().as_u16();
        let body = response.into_body().collect(1 << 20).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    })
}
