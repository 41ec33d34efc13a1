//! A public bucket as a transport.

use std::sync::Arc;

use http::{Request, Response};
use r2_transport::{Body, BoxFuture, Transport, TransportError};

use super::face::Face;
use crate::service::Service;

/// Which pages of other sites may read a public bucket.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum PublicCors {
    /// Those that the CORS rules of the bucket allow, as on R2.
    #[default]
    Rules,
    /// All of them, as with Cloudflare's tools for local development.
    Everyone,
}

/// What the world sees of a bucket with a custom domain or an `r2.dev` address: GET and HEAD of
/// objects whose keys one knows, and nothing else.
///
/// No signature is asked for and none helps. There are no listings, errors are pages of HTML, and
/// `x-amz-meta-*` and the other headers of S3 are left out (Cloudflare's page on public buckets).
/// An object is sent as it was stored: one with a `Content-Encoding` is not decompressed for a
/// client that does not accept it, which Cloudflare's edge does, and nothing is kept in a cache.
/// Objects under customers' keys cannot be read.
///
/// ```
/// use http::Request;
/// use r2_sim::Emulator;
/// use r2_transport::{Body, Transport as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let r2 = Emulator::memory();
/// r2.send(Request::put("http://r2.local/photos").body(Body::empty())?).await?;
/// r2.send(Request::put("http://r2.local/photos/cat").body(Body::from("meow"))?).await?;
///
/// let site = r2.public_bucket("photos");
/// let cat = Request::get("https://cats.example/cat").body(Body::empty())?;
/// assert_eq!(site.send(cat).await?.into_body().collect(16).await?, "meow");
/// let dog = Request::get("https://cats.example/dog").body(Body::empty())?;
/// let missing = site.send(dog).await?;
/// assert_eq!(missing.status(), 404);
/// assert_eq!(missing.headers()["content-type"], "text/html; charset=utf-8");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PublicBucket {
    service: Arc<Service>,
    face: Face,
}

impl PublicBucket {
    pub(crate) fn new(service: Arc<Service>, bucket: impl Into<String>) -> PublicBucket {
        PublicBucket { service, face: Face::new(bucket) }
    }

    /// Who may read it from pages of other sites. Default: [`PublicCors::Rules`].
    #[must_use]
    pub fn cors(mut self, cors: PublicCors) -> PublicBucket {
        self.face.cors = cors;
        self
    }

    /// How many requests it takes in one second of the emulator's clock; more are answered with
    /// 429, as `r2.dev` does at a few hundred. Clones count together. Default: no limit.
    #[must_use]
    pub fn requests_per_second_max(mut self, requests: Option<u32>) -> PublicBucket {
        self.face.requests_per_second_max = requests;
        self
    }
}

impl Transport for PublicBucket {
    /// The host of the URI does not matter; its whole path is the key. Never fails.
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async {
            let (parts, _) = request.into_parts();
            let path = parts.uri.path();
            let raw_key = path.strip_prefix('/').unwrap_or(path).to_owned();
            Ok(self.service.answer_public(&self.face, raw_key, parts).await)
        })
    }
}
