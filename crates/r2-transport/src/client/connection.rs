//! One HTTP/1.1 connection, driven by whoever uses it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::failure;
use super::outgoing::{Outgoing, report};
use super::watch::{Timeouts, Watch};
use crate::wire::{Progress, Socket};
use crate::{ErrorKind, TransportError, limits};

type Driver = http1::Connection<TokioIo<Socket>, Outgoing>;
type Answer = Result<Response<Incoming>, TrySendError<Request<Outgoing>>>;

/// A connection and the one exchange on it.
///
/// hyper splits a connection into a handle and a driver that is meant to be spawned. Here the
/// driver is polled by the request's future, and then by the response's body, so that dropping
/// either closes the socket, and no task is paid for. Everything the driver does for the handle it
/// does inside our own poll; that is why the handle is polled after it, with a waker that does
/// nothing.
pub(super) struct Connection {
    driver: Option<Driver>,
    sender: SendRequest<Outgoing>,
    pub(super) watch: Watch,
    pub(super) born: Instant,
    pub(super) idle_since: Instant,
}

/// No answer, and perhaps the request back, if not one byte of it was written.
pub(super) struct Unanswered {
    pub(super) error: TransportError,
    pub(super) request: Option<Request<Outgoing>>,
}

impl Connection {
    pub(super) async fn new(
        socket: Socket,
        progress: Arc<Progress>,
        timeouts: Timeouts,
    ) -> Result<Box<Self>, TransportError> {
        let (sender, driver) = http1::Builder::new()
            .max_headers(limits::RESPONSE_HEADERS_MAX)
            .max_header_size(limits::RESPONSE_HEAD_BYTES_MAX)
            .handshake(TokioIo::new(socket))
            .await
            .map_err(|error| failure::of_request(error).unsent())?;
        let now = Instant::now();
        let watch = Watch::new(progress, timeouts, now);
        Ok(Box::new(Self { driver: Some(driver), sender, watch, born: now, idle_since: now }))
    }

    /// Sends a request and waits for the head of its response.
    pub(super) async fn send(
        &mut self,
        mut request: Request<Outgoing>,
        deadline: Option<Instant>,
    ) -> Result<Response<Incoming>, Box<Unanswered>> {
        let pending = self.watch.begin(deadline);
        report(request.body_mut(), pending);
        let mut answer = pin!(self.sender.try_send_request(request));
        let outcome =
            poll_fn(|cx| poll_answer(&mut self.driver, &mut self.watch, answer.as_mut(), cx));
        outcome.await.map_err(|mut unanswered| {
            if self.watch.nothing_written() {
                unanswered.error = unanswered.error.unsent();
            }
            unanswered
        })
    }

    /// Lets the connection read and write; afterwards there may be news for its handles.
    pub(super) fn drive(&mut self, cx: &mut Context<'_>) {
        drive(&mut self.driver, cx);
    }

    /// Whether the peer has neither closed this idle connection nor said anything on it.
    pub(super) fn is_alive(&mut self) -> bool {
        self.drive(&mut Context::from_waker(Waker::noop()));
        self.is_idle()
    }

    /// Whether both messages of the exchange are complete and another one may follow.
    pub(super) fn is_idle(&self) -> bool {
        self.driver.is_some() && self.sender.is_ready()
    }
}

/// A driver that is done is dropped: it hands back what it did not send, and closes the socket.
fn drive(driver: &mut Option<Driver>, cx: &mut Context<'_>) {
    if let Some(running) = driver
        && Pin::new(running).poll(cx).is_ready()
    {
        *driver = None;
    }
}

fn poll_answer(
    driver: &mut Option<Driver>,
    watch: &mut Watch,
    answer: Pin<&mut impl Future<Output = Answer>>,
    cx: &mut Context<'_>,
) -> Poll<Result<Response<Incoming>, Box<Unanswered>>> {
    drive(driver, cx);
    let error = match answer.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(response)) => return Poll::Ready(Ok(response)),
        Poll::Ready(Err(mut refused)) => {
            let request = refused.take_message();
            let error = failure::of_request(refused.into_error());
            return Poll::Ready(Err(Box::new(Unanswered { error, request })));
        }
        Poll::Pending if watch.bytes_read() > limits::RESPONSE_HEAD_BYTES_MAX as u64 => {
            TransportError::new(ErrorKind::Protocol, "the response head does not end")
        }
        Poll::Pending => match watch.poll_answer(cx) {
            Poll::Ready(kind) => TransportError::from_kind(kind),
            Poll::Pending => return Poll::Pending,
        },
    };
    Poll::Ready(Err(Box::new(Unanswered { error, request: None })))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncWriteExt;
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::Body;
    use crate::client::outgoing::outgoing;
    use crate::wire::Metered;

    async fn connected() -> (Box<Connection>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        let (near, far) = tokio::join!(TcpStream::connect(address), listener.accept());
        let progress = Arc::new(Progress::default());
        let socket = Socket::Plain(Metered::client(near.expect("up"), Arc::clone(&progress)));
        let minute = Duration::from_secs(60);
        let timeouts = Timeouts { first_byte: minute, stall: minute };
        let connection = Connection::new(socket, progress, timeouts).await.expect("http");
        (connection, far.expect("up").0)
    }

    fn request() -> Request<Outgoing> {
        Request::put("/").body(outgoing(Body::from("body"))).expect("a good request")
    }

    #[tokio::test]
    async fn a_dead_connection_gives_the_request_back() {
        for last_words in ["", "HTTP/1.1 408 Request Timeout\r\n\r\n"] {
            let (mut connection, mut far) = connected().await;
            assert!(connection.is_alive());
            far.write_all(last_words.as_bytes()).await.expect("taken");
            drop(far);
            // Time for the news to arrive, which nobody looks at before the request is sent.
            tokio::time::sleep(Duration::from_millis(20)).await;
            let unanswered = connection.send(request(), None).await.map(drop).expect_err("dead");
            assert!(!unanswered.error.may_have_applied(), "{:?}", unanswered.error);
            let request = unanswered.request.expect("not one byte was sent");
            assert_eq!(http_body::Body::size_hint(request.body()).exact(), Some(4));
            assert!(!connection.is_alive());
        }
    }
}
