//! A key from a vault, over HTTP, and its successor.

use std::sync::{Arc, Mutex};

use http::{Method, Request, Response};
use r2_objects::{Body, BoxFuture, Client, Credentials, Transport};
use r2_sim::Emulator;
use r2_transport::{ServeOptions, TransportError, serve};
use tokio::net::TcpListener;

use crate::World;

const OLD: &str = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";
const NEW: &str = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";

/// Answers as the key-value engine, version 2, of HashiCorp Vault does (Vault's API documentation:
/// KV secrets engine, version 2): one secret with versions, behind a token.
#[derive(Clone, Debug)]
struct Engine {
    versions: Arc<Mutex<Vec<Option<String>>>>,
}

impl Engine {
    fn write(&self, id: &str) {
        let data = format!("{{\"access_key_id\":\"{id}\",\"secret_access_key\":\"{id}{id}\"}}");
        self.versions.lock().unwrap().push(Some(data));
    }

    fn answer(&self, request: &Request<Body>) -> (u16, String) {
        let header = |name: &str| {
            request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        if header("x-vault-token") != "hvs.right" || header("x-vault-namespace") != "europe" {
            return (403, "{\"errors\":[\"permission denied\"]}".to_owned());
        }
        if request.method() != Method::GET || request.uri().path() != "/v1/kv/data/teams/my%20key" {
            return (404, "{\"errors\":[]}".to_owned());
        }
        let versions = self.versions.lock().unwrap();
        let version = versions.len();
        match versions.last() {
            Some(Some(data)) => (
                200,
                format!(
                    "{{\"request_id\":\"x\",\"lease_duration\":0,\"data\":{{\"data\":{data},\
                     \"metadata\":{{\"version\":{version},\"destroyed\":false}}}}}}"
                ),
            ),
            _ => (404, "{\"data\":{\"data\":null,\"metadata\":{\"version\":1}}}".to_owned()),
        }
    }
}

impl Transport for Engine {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let (status, text) = self.answer(&request);
            let response = Response::builder().status(status).body(Body::from(text));
            Ok(response.expect("a response of constants"))
        })
    }
}

fn config(address: &str, token: &str) -> String {
    format!(
        "cloudflare_r2:\n  endpoint: http://r2.local\n  credentials:\n    source: vault\n    \
         vault:\n      address: {address}\n      mount: kv\n      path: /teams/my key\n      \
         namespace: europe\n      token: {token}\n"
    )
}

fn client(text: &str, r2: &Emulator) -> Client {
    let config = World::new().project("r2.yaml", text).load().unwrap();
    config.apply(Client::builder()).unwrap().transport(r2.clone()).build().unwrap()
}

#[tokio::test]
async fn a_key_comes_from_the_vault_and_its_successor_is_found_when_it_is_refused() {
    let engine = Engine { versions: Arc::default() };
    engine.write(OLD);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let serving = serve(listener, Arc::new(engine.clone()), ServeOptions::new(), async {
        std::future::pending::<()>().await;
    });
    let with_key =
        |id: &str| Emulator::builder().credentials(Credentials::new(id, id.repeat(2))).memory();
    let work = async {
        let old = with_key(OLD);
        let text = config(&address, "hvs.right");
        let first = client(&text, &old);
        first.buckets().create("bucket").await.unwrap();

        // an R2 without the old key: it is read again, and is the same until it is replaced
        let new = with_key(NEW);
        let moved = client(&text, &new);
        assert!(moved.buckets().create("bucket").await.is_err());
        engine.write(NEW);
        moved.buckets().create("bucket").await.unwrap();

        let refused = client(&config(&address, "hvs.hush"), &old);
        let error = refused.objects().get("bucket", "key").await.unwrap_err();
        let told = format!("{error} {:?}", std::error::Error::source(&error));
        assert!(told.contains("403: the token may not read it"), "{told}");
        assert!(!told.contains("hvs.hush"), "{told}");
    };
    tokio::select! {
        _ = serving => unreachable!("the vault serves until the end"),
        () = work => {}
    }
}

#[test]
fn what_a_source_needs_is_told() {
    for (text, told) in [
        ("source: vault", "the source \"vault\" needs `cloudflare_r2.credentials.vault.address`"),
        ("source: process", "the source \"process\" needs `cloudflare_r2.credentials.command`"),
        ("source: profile", "the source \"profile\" needs `cloudflare_r2.credentials.path`"),
        ("{source: process, command: 'a \"b'}", "a quote of the command has no end"),
    ] {
        let text = format!("cloudflare_r2:\n  credentials:\n    {text}\n").replace("    {", "   {");
        let config = World::new().project("r2.yaml", text.as_str()).load().unwrap();
        let error = config.apply(Client::builder()).unwrap_err().to_string();
        assert!(error.contains(told) && error.contains("r2.yaml:3:"), "{error}");
    }
}
