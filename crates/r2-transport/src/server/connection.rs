//! One accepted connection, from its first byte to its last.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use http::uri::Scheme;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tracing::debug;

use super::activity::{Activity, Phase, Watch};
use super::exchange::answer;
use super::{Peer, ServeOptions};
use crate::wire::{Metered, Progress, Socket};
use crate::{Transport, limits};

/// What all connections of a server share.
pub(super) struct Server {
    pub(super) service: Arc<dyn Transport>,
    pub(super) options: ServeOptions,
}

/// Serves one connection until the peer leaves, breaks the rules, or `stop` turns true and the
/// exchange under way is complete.
pub(super) async fn run(
    server: Arc<Server>,
    stream: TcpStream,
    address: SocketAddr,
    mut stop: watch::Receiver<bool>,
) {
    let progress = Arc::new(Progress::default());
    let activity = Arc::new(Activity::default());
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%address, %error, "connection lost at once");
        return;
    }
    let stream = Metered::server(stream, Arc::clone(&progress), Arc::clone(activity.unread()));
    let Some((socket, scheme)) = encrypt(&server.options, stream, address, &mut stop).await else {
        return;
    };
    let mut watch = Watch::new(progress, Arc::clone(&activity), &server.options);
    let peer = Peer::new(address, scheme);
    let service = service_fn(|request| {
        let service = Arc::clone(&server.service);
        let (peer, activity) = (peer.clone(), Arc::clone(&activity));
        let answer = answer(service, request, peer, activity, server.options.body_bytes_max);
        async { Ok::<_, Infallible>(answer.await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .header_read_timeout(None)
            .max_headers(limits::REQUEST_HEADERS_MAX)
            .max_header_size(server.options.head_bytes_max)
            .serve_connection(TokioIo::new(socket), service)
    );
    let mut stopping = pin!(async { stop.wait_for(|stop| *stop).await.is_ok() });
    let mut told = false;
    poll_fn(|cx| {
        if !told && stopping.as_mut().poll(cx).is_ready() {
            told = true;
            connection.as_mut().graceful_shutdown();
        }
        if let Poll::Ready(outcome) = connection.as_mut().poll(cx) {
            if let Err(error) = outcome {
                debug!(%address, %error, "connection broken");
            }
            return Poll::Ready(());
        }
        match watch.poll(cx) {
            // The service is told, and may answer before the connection ends.
            Poll::Ready(Phase::Body) if activity.give_up_body() => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            outcome => outcome.map(|phase| debug!(%address, ?phase, "connection too slow, closed")),
        }
    })
    .await;
}

async fn encrypt(
    options: &ServeOptions,
    stream: Metered,
    address: SocketAddr,
    stop: &mut watch::Receiver<bool>,
) -> Option<(Socket, Scheme)> {
    let Some(config) = &options.tls else { return Some((Socket::Plain(stream), Scheme::HTTP)) };
    let handshake = TlsAcceptor::from(Arc::clone(config)).accept(stream);
    let outcome = tokio::select! {
        outcome = timeout(options.head_read_timeout, handshake) => outcome,
        _ = stop.wait_for(|stop| *stop) => return None,
    };
    match outcome {
        Ok(Ok(stream)) => Some((Socket::Tls(Box::new(stream.into())), Scheme::HTTPS)),
        Ok(Err(error)) => {
            debug!(%address, %error, "tls handshake failed");
            None
        }
        Err(_elapsed) => {
            debug!(%address, "tls handshake too slow, closed");
            None
        }
    }
}
