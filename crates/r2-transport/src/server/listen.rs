//! The accept loop.

use std::io;
use std::sync::Arc;

use futures_util::TryStreamExt;
use http::uri::Scheme;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{Peer, ServeOptions};
use crate::{Body, ErrorKind, Transport};

/// Serves a transport on a socket until `shutdown` completes, then lets exchanges under way finish.
///
/// # Errors
///
/// When the listener itself is broken. Trouble with one connection ends that connection only.
///
/// # Cancel safety
///
/// Dropping the future closes every connection at once.
pub async fn serve(
    listener: TcpListener,
    service: Arc<dyn Transport>,
    options: ServeOptions,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let (stream, address) = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted?,
        };
        let service = Arc::clone(&service);
        let _ = &options;
        connections.spawn(async move {
            let handler = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                let service = Arc::clone(&service);
                async move {
                    let (parts, incoming) = request.into_parts();
                    let stream = http_body_stream(incoming);
                    let mut request =
                        http::Request::from_parts(parts, Body::one_shot(stream, None));
                    request.extensions_mut().insert(Peer::new(address, Scheme::HTTP));
                    Ok::<_, std::convert::Infallible>(match service.send(request).await {
                        Ok(response) => response,
                        Err(error) => {
                            let mut response = http::Response::new(Body::from(error.to_string()));
                            *response.status_mut() = match error.kind() {
                                ErrorKind::InvalidRequest | ErrorKind::Other => {
                                    http::StatusCode::INTERNAL_SERVER_ERROR
                                }
                                _ => http::StatusCode::BAD_GATEWAY,
                            };
                            response
                        }
                    })
                }
            });
            hyper::server::conn::http1::Builder::new()
                .timer(hyper_util::rt::TokioTimer::new())
                .serve_connection(TokioIo::new(stream), handler)
                .await
                .ok();
        });
    }
    while connections.join_next().await.is_some() {}
    Ok(())
}

fn http_body_stream(
    mut incoming: hyper::body::Incoming,
) -> impl futures_core::Stream<Item = Result<bytes::Bytes, hyper::Error>> {
    futures_util::stream::poll_fn(move |cx| {
        http_body::Body::poll_frame(std::pin::Pin::new(&mut incoming), cx)
    })
    .map_ok(|frame| frame.into_data().unwrap_or_default())
}
