//! The client itself.

use std::sync::Arc;

use hyper_util::rt::TokioIo;

use super::{HttpClientBuilder, PoolStats};
use crate::{Body, BodyError, BoxFuture, ErrorKind, Transport, TransportError};

/// A pooled HTTP/1.1 client. Clones share the pool and cost one reference count.
#[derive(Clone, Debug)]
pub struct HttpClient {
    settings: Arc<HttpClientBuilder>,
}

impl HttpClient {
    /// Settings with their defaults, see [`HttpClientBuilder`].
    pub fn builder() -> HttpClientBuilder {
        HttpClientBuilder::new()
    }

    pub(super) fn from_settings(settings: HttpClientBuilder) -> Self {
        Self { settings: Arc::new(settings) }
    }

    /// What the pool holds at the moment.
    pub fn stats(&self) -> PoolStats {
        PoolStats::default()
    }

    async fn exchange(
        &self,
        mut request: http::Request<Body>,
    ) -> Result<http::Response<Body>, TransportError> {
        let authority = request
            .uri()
            .authority()
            .cloned()
            .ok_or_else(|| TransportError::from_kind(ErrorKind::InvalidRequest).at("host"))?;
        let host = authority.host().to_owned();
        let port = authority.port_u16().unwrap_or(80);
        let io = tokio::time::timeout(
            self.settings.connect_timeout,
            tokio::net::TcpStream::connect((host, port)),
        )
        .await
        .map_err(|e| TransportError::new(ErrorKind::ConnectTimeout, e))?
        .map_err(|e| TransportError::new(ErrorKind::Connect, e))?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake::<_, Body>(TokioIo::new(io))
                .await
                .map_err(|e| TransportError::new(ErrorKind::Protocol, e))?;
        if !request.headers().contains_key(http::header::HOST) {
            let value = http::HeaderValue::from_str(authority.as_str())
                .map_err(|e| TransportError::new(ErrorKind::InvalidRequest, e))?;
            request.headers_mut().insert(http::header::HOST, value);
        }
        if let Some(path) = request.uri().path_and_query().cloned() {
            *request.uri_mut() = path.into();
        }
        let mut connection = Box::pin(connection);
        let response = {
            let response = sender.send_request(request);
            tokio::pin!(response);
            tokio::select! {
                response = &mut response => response,
                _ = &mut connection => response.await,
            }
        }
        .map_err(|e| TransportError::new(ErrorKind::Reset, e))?;
        let (parts, incoming) = response.into_parts();
        let drive = Box::pin(async move {
            connection.await.ok();
        });
        let stream = futures_util::stream::unfold(
            (incoming, Some(drive), sender),
            |(mut incoming, mut drive, sender)| async move {
                let frame = std::future::poll_fn(|cx| {
                    let poll = http_body::Body::poll_frame(std::pin::Pin::new(&mut incoming), cx);
                    if poll.is_ready() {
                        return poll;
                    }
                    if let Some(running) = &mut drive
                        && running.as_mut().poll(cx).is_ready()
                    {
                        drive = None;
                    }
                    http_body::Body::poll_frame(std::pin::Pin::new(&mut incoming), cx)
                })
                .await?;
                let chunk = match frame {
                    Ok(frame) => Ok(frame.into_data().unwrap_or_default()),
                    Err(error) => Err(BodyError::new(ErrorKind::Reset, error)),
                };
                Some((chunk, (incoming, drive, sender)))
            },
        );
        Ok(http::Response::from_parts(parts, Body::one_shot(stream, None)))
    }
}

impl Transport for HttpClient {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(self.exchange(request))
    }
}
