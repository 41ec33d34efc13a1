//! A peer that does exactly what a test tells it to: the other end of a socket, by hand.

use std::net::SocketAddr;
use std::sync::Arc;

use http::{Request, Response};
use r2_transport::{Body, HttpClient, HttpClientBuilder, Transport, TransportError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A listening socket on loopback.
pub(crate) struct Stage {
    listener: TcpListener,
    address: SocketAddr,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        Self { listener, address }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next connection on which somebody asks something; those that are closed before are not
    /// counted.
    pub(crate) async fn accept_request(&self) -> Line {
        loop {
            let mut line = self.accept().await;
            if line.has_more().await && line.try_read_head().await {
                return line;
            }
        }
    }

    /// A connection as a stream, after its first message head.
    pub(crate) async fn accept_raw(&self) -> (String, TcpStream) {
        let mut line = self.accept().await;
        let head = line.read_head().await;
        assert!(line.seen.is_empty(), "nothing may follow before we answer");
        (head, line.stream)
    }

    pub(crate) fn into_listener(self) -> TcpListener {
        self.listener
    }

    pub(crate) async fn accept(&self) -> Line {
        let (stream, _) = self.listener.accept().await.expect("a connection");
        Line { stream, seen: Vec::new() }
    }
}

/// One connection, seen from the side of the test.
pub(crate) struct Line {
    stream: TcpStream,
    seen: Vec<u8>,
}

impl Line {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("somebody listens");
        Self { stream, seen: Vec::new() }
    }

    /// Everything up to and including `mark`.
    pub(crate) async fn read_until(&mut self, mark: &str) -> String {
        loop {
            let found = self.seen.windows(mark.len()).position(|part| part == mark.as_bytes());
            if let Some(at) = found {
                let rest = self.seen.split_off(at + mark.len());
                let text = std::mem::replace(&mut self.seen, rest);
                return String::from_utf8_lossy(&text).into_owned();
            }
            let got = self.stream.read_buf(&mut self.seen).await.expect("peer is there");
            let seen = String::from_utf8_lossy(&self.seen).into_owned();
            assert!(got > 0, "closed before {mark:?}, after {seen:?}");
        }
    }

    /// A whole message head.
    pub(crate) async fn read_head(&mut self) -> String {
        self.read_until("\r\n\r\n").await
    }

    /// A whole message head, unless the peer closes first.
    pub(crate) async fn try_read_head(&mut self) -> bool {
        while !self.seen.windows(4).any(|part| part == b"\r\n\r\n") {
            match self.stream.read_buf(&mut self.seen).await {
                Ok(0) | Err(_) => return false,
                Ok(_) => {}
            }
        }
        self.read_head().await;
        true
    }

    /// Whether the peer says anything more before it closes.
    pub(crate) async fn has_more(&mut self) -> bool {
        !self.seen.is_empty() || matches!(self.stream.read_buf(&mut self.seen).await, Ok(1..))
    }

    pub(crate) async fn read_exactly(&mut self, count: usize) -> Vec<u8> {
        while self.seen.len() < count {
            assert!(self.stream.read_buf(&mut self.seen).await.expect("peer is there") > 0);
        }
        let rest = self.seen.split_off(count);
        std::mem::replace(&mut self.seen, rest)
    }

    pub(crate) async fn write(&mut self, text: impl AsRef<[u8]>) {
        self.stream.write_all(text.as_ref()).await.expect("peer is there");
    }

    /// Writes, and does not mind if the peer is gone.
    pub(crate) async fn try_write(&mut self, text: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(text.as_ref()).await.is_ok()
    }

    /// Bytes until the peer closes its end; `None` if it resets the connection instead.
    pub(crate) async fn read_to_end(mut self) -> Option<Vec<u8>> {
        match self.stream.read_to_end(&mut self.seen).await {
            Ok(_) => Some(self.seen),
            Err(_) => None,
        }
    }

    /// Waits until the peer has closed, whichever way; what it still sent is thrown away.
    pub(crate) async fn closed(self) {
        self.read_to_end().await;
    }

    /// Closes with a reset instead of an end.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().expect("an open socket");
    }

    pub(crate) async fn close_write(&mut self) {
        self.stream.shutdown().await.expect("an open socket");
    }
}

pub(crate) fn client() -> HttpClient {
    build(HttpClient::builder())
}

pub(crate) fn build(builder: HttpClientBuilder) -> HttpClient {
    builder.build().expect("good settings")
}

pub(crate) fn get(url: impl AsRef<str>) -> Request<Body> {
    Request::get(url.as_ref()).body(Body::empty()).expect("a good request")
}

pub(crate) fn put(url: impl AsRef<str>, body: impl Into<Body>) -> Request<Body> {
    Request::put(url.as_ref()).body(body.into()).expect("a good request")
}

pub(crate) async fn text(response: Response<Body>) -> String {
    let bytes = response.into_body().collect(1 << 20).await.expect("a good body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A service made of a function.
pub(crate) struct Service<F>(pub(crate) F);

impl<F> std::fmt::Debug for Service<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}

impl<F, R> Transport for Service<F>
where
    F: Fn(Request<Body>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Response<Body>, TransportError>> + Send + 'static,
{
    fn send(
        &self,
        request: Request<Body>,
    ) -> r2_transport::BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin((self.0)(request))
    }
}

pub(crate) fn service<F, R>(function: F) -> Arc<dyn Transport>
where
    F: Fn(Request<Body>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Response<Body>, TransportError>> + Send + 'static,
{
    Arc::new(Service(function))
}
