//! Certificates, names and trust.

use std::sync::Arc;

use http::Response;
use http::uri::Scheme;
use r2_transport::{
    Body, ErrorKind, HttpClient, HttpClientBuilder, Peer, ServeOptions, Transport, serve,
};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::join;
use tokio::sync::oneshot;
use tokio_rustls::LazyConfigAcceptor;

use crate::script::{OK, Stage, build, get, put, service, text};

/// A certificate authority: its certificate as PEM, and what it signs with.
pub(crate) fn authority(name: &str) -> (String, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).expect("a certificate");
    (certificate.pem(), Issuer::new(params, key))
}

/// Certificate and key for these names, as PEM.
pub(crate) fn identity(
    issuer: &Issuer<'static, KeyPair>,
    names: &[&str],
    expired: bool,
) -> (String, String) {
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).expect("good names");
    if expired {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    }
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, issuer).expect("a certificate");
    (certificate.pem(), key.serialize_pem())
}

fn trusting(pem: &str) -> HttpClientBuilder {
    HttpClient::builder().without_system_roots().add_root_pem(pem)
}

/// Serves one name over TLS and asks `client` for `host`.
async fn ask(
    identity: &(String, String),
    client: &HttpClient,
    host: &str,
) -> Result<String, ErrorKind> {
    let stage = Stage::new().await;
    let url = format!("https://{host}:{}/x", stage.address().port());
    let options = ServeOptions::new();
    let options = options.tls(identity.0.as_bytes(), identity.1.as_bytes()).expect("good pems");
    let hello = service(async |request| {
        let peer = request.extensions().get::<Peer>().expect("serve sets it").clone();
        assert_eq!(peer.scheme(), &Scheme::HTTPS);
        assert!(peer.address().ip().is_loopback());
        let body = request.into_body().collect(1 << 24).await?;
        Ok(Response::new(Body::from(body)))
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let server = serve(stage.into_listener(), hello, options, async {
        stopped.await.ok();
    });
    let exchange = async {
        let sent = client.send(put(url, "secret")).await;
        client.close_idle();
        drop(stop);
        let response = sent.map_err(|error| {
            assert!(!error.may_have_applied(), "{error:?}");
            error.kind()
        })?;
        Ok(text(response).await)
    };
    let (served, outcome) = join!(server, exchange);
    served.expect("a good listener");
    outcome
}

#[tokio::test]
async fn who_is_trusted() {
    let (root, issuer) = authority("ours");
    let (other_root, _) = authority("theirs");
    let good = identity(&issuer, &["localhost", "127.0.0.1"], false);
    let client = build(trusting(&root));
    assert_eq!(ask(&good, &client, "localhost").await, Ok("secret".into()));
    assert_eq!(ask(&good, &client, "127.0.0.1").await, Ok("secret".into()));

    let both = build(trusting(&other_root).add_root_pem(root.clone()));
    assert_eq!(ask(&good, &both, "localhost").await, Ok("secret".into()));

    let stranger = build(trusting(&other_root));
    assert_eq!(ask(&good, &stranger, "localhost").await, Err(ErrorKind::Tls));
    let expired = identity(&issuer, &["localhost"], true);
    assert_eq!(ask(&expired, &client, "localhost").await, Err(ErrorKind::Tls));
    let misnamed = identity(&issuer, &["example.com"], false);
    assert_eq!(ask(&misnamed, &client, "localhost").await, Err(ErrorKind::Tls));

    let default = rustls::crypto::CryptoProvider::get_default();
    assert!(default.is_none(), "a library must not choose for the whole process");
}

#[tokio::test]
async fn what_the_client_says_in_its_hello() {
    let (root, issuer) = authority("ours");
    let (chain, key) = identity(&issuer, &["localhost"], false);
    let versions: [&[&rustls::SupportedProtocolVersion]; 2] =
        [&[&rustls::version::TLS12], &[&rustls::version::TLS13]];
    for version in versions {
        let stage = Stage::new().await;
        let url = format!("https://localhost:{}/", stage.address().port());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(version)
            .expect("a version")
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from_pem_slice(chain.as_bytes()).expect("pem")],
                PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("pem"),
            )
            .expect("a pair");
        let client = build(trusting(&root).crypto_provider(provider));
        let (response, ()) = join!(client.send(get(url)), async {
            let (stream, _) = stage.into_listener().accept().await.expect("a connection");
            let hello = LazyConfigAcceptor::new(Default::default(), stream).await.expect("hello");
            assert_eq!(hello.client_hello().server_name(), Some("localhost"));
            let alpn: Vec<_> = hello.client_hello().alpn().into_iter().flatten().collect();
            assert_eq!(alpn, [b"http/1.1"]);
            let mut stream = hello.into_stream(Arc::new(config)).await.expect("a handshake");
            let mut head = [0; 4096];
            assert!(stream.read(&mut head).await.expect("a request") > 0);
            stream.write_all(OK.as_bytes()).await.expect("written");
            stream.shutdown().await.expect("closed");
        });
        assert_eq!(text(response.expect("an answer")).await, "ok");
    }
}

#[tokio::test]
async fn an_end_that_is_not_signed_is_no_end() {
    let (root, issuer) = authority("ours");
    let (chain, key) = identity(&issuer, &["localhost"], false);
    for polite in [true, false] {
        let stage = Stage::new().await;
        let url = format!("https://localhost:{}/", stage.address().port());
        let client = build(trusting(&root));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from_pem_slice(chain.as_bytes()).expect("pem")],
                PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("pem"),
            )
            .expect("a pair");
        let exchange = async {
            let response = client.send(get(url)).await.expect("a head");
            response.into_body().collect(100).await.map_err(|error| error.kind())
        };
        let (outcome, ()) = join!(exchange, async {
            let (stream, _) = stage.into_listener().accept().await.expect("a connection");
            let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
            let mut stream = acceptor.accept(stream).await.expect("a handshake");
            let mut head = [0; 4096];
            assert!(stream.read(&mut head).await.expect("a request") > 0);
            let answer = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nperhaps not all";
            stream.write_all(answer.as_bytes()).await.expect("written");
            stream.flush().await.expect("written");
            if polite {
                stream.shutdown().await.expect("closed");
            }
        });
        assert_eq!(outcome.is_ok(), polite, "a cut connection must not pass for a complete body");
        if !polite {
            assert_eq!(outcome, Err(ErrorKind::Reset));
        }
    }
}

#[tokio::test]
async fn plain_text_where_tls_is_expected() {
    let (root, _) = authority("ours");
    let stage = Stage::new().await;
    let url = format!("https://localhost:{}/", stage.address().port());
    let client = build(trusting(&root));
    let (outcome, ()) = join!(client.send(get(url)), async {
        let mut line = stage.accept().await;
        line.write("HTTP/1.1 400 Bad Request\r\n\r\n").await;
        line.closed().await;
    });
    let error = outcome.expect_err("no tls");
    assert_eq!((error.kind(), error.may_have_applied()), (ErrorKind::Tls, false));
}

#[tokio::test]
async fn trust_that_cannot_be_had() {
    let client = build(HttpClient::builder().without_system_roots());
    let stage = Stage::new().await;
    let url = format!("https://localhost:{}/", stage.address().port());
    let (outcome, ()) = join!(client.send(get(url)), async { stage.accept().await.closed().await });
    let error = outcome.expect_err("trust nobody");
    assert_eq!(error.kind(), ErrorKind::Tls);
    assert!(error.to_string().contains("trust roots"), "{error}");

    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in ["", "no pem at all", garbage] {
        let error = HttpClient::builder().add_root_pem(pem).build().expect_err("no certificate");
        assert_eq!(error.kind(), ErrorKind::Tls, "{pem:?}");
    }
}

#[test]
fn a_server_needs_a_pair_that_belongs_together() {
    let (_, issuer) = authority("ours");
    let (one, two) = (identity(&issuer, &["a"], false), identity(&issuer, &["b"], false));
    let check = |chain: &str, key: &str| {
        ServeOptions::new().tls(chain.as_bytes(), key.as_bytes()).map(drop).map_err(|e| e.kind())
    };
    assert_eq!(check(&one.0, &one.1), Ok(()));
    assert_eq!(check(&one.0, &two.1), Err(ErrorKind::Tls));
    assert_eq!(check("", &one.1), Err(ErrorKind::Tls));
    assert_eq!(check(&one.0, ""), Err(ErrorKind::Tls));
    let shown = format!("{:?}", ServeOptions::new().tls(one.0.as_bytes(), one.1.as_bytes()));
    assert!(!shown.contains("PRIVATE"), "{shown}");
}
