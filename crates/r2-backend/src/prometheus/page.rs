//! The page that Prometheus asks for.

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use r2_objects::{Body, BoxFuture, Transport};
use r2_transport::TransportError;

use super::recorder::Prometheus;
use super::text;

/// Answers `GET /metrics` with what was recorded. It asks nobody for a name: serve it where only
/// those come who may know the names of the buckets.
///
/// ```
/// use http::Request;
/// use r2_backend::Prometheus;
/// use r2_objects::{Body, Transport as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let page = Prometheus::new().page();
/// let response = page.send(Request::get("/metrics").body(Body::empty())?).await?;
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct MetricsPage(Prometheus);

impl MetricsPage {
    pub(super) fn new(recorder: Prometheus) -> Self {
        Self(recorder)
    }

    fn answer(&self, method: &Method, path: &str) -> Response<Body> {
        let status = match (path, method) {
            ("/metrics", &Method::GET | &Method::HEAD) => StatusCode::OK,
            ("/metrics", _) => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::NOT_FOUND,
        };
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        if status == StatusCode::OK {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(text::CONTENT_TYPE));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            if method == Method::GET {
                *response.body_mut() = Body::from(self.0.render());
            }
        }
        response
    }
}

impl Transport for MetricsPage {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        let response = self.answer(request.method(), request.uri().path());
        Box::pin(std::future::ready(Ok(response)))
    }
}
