//! The accept loop.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use super::ServeOptions;
use super::connection::{Server, run};
use crate::{Transport, limits};

/// Serves a transport on a socket, HTTP/1.1 or with [`ServeOptions::tls`] HTTPS, until `shutdown`
/// completes; then no further connection is accepted, idle ones are closed, and exchanges under way
/// may finish within the drain timeout.
///
/// The service sees header values and the raw path and query exactly as they came, a request body
/// that can be read once, and a [`Peer`](crate::Peer) among the extensions. Heads that can be read
/// in two ways (two hosts, none in HTTP/1.1, an encoding beside chunked) are answered with 400 and
/// the connection is closed; so it is after a request with both a length and chunks, of which the
/// chunks count. `Expect: 100-continue`
/// is answered when the service first reads the body. If the service gives no response, the client
/// gets a 502, or a 500 where the fault is on this side; if it announces more bytes than it gives,
/// the connection is cut, so that the client sees the difference. When a client leaves, the future
/// or body that works for it is dropped.
///
/// Each connection is a task, and all end with this future.
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
    let places = options.connections_max.clamp(1, Semaphore::MAX_PERMITS);
    let places = Arc::new(Semaphore::new(places));
    let drain_timeout = options.drain_timeout;
    let server = Arc::new(Server { service, options });
    let (stop, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(ended) = connections.join_next() => note_end(ended),
            accepted = accept(&listener, &places) => {
                let (stream, address, place) = accepted?;
                let connection = run(Arc::clone(&server), stream, address, stopped.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    stop.send_replace(true);
    let drained = async {
        while let Some(ended) = connections.join_next().await {
            note_end(ended);
        }
    };
    if timeout(drain_timeout, drained).await.is_err() {
        debug!(count = connections.len(), "connections still busy at the end of the drain, cut");
        connections.shutdown().await;
    }
    Ok(())
}

/// Accepts one connection when there is a place for it; until then it waits in the listen queue.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    loop {
        match listener.accept().await {
            Ok((stream, address)) => return Ok((stream, address, place)),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(error),
            Err(error) => {
                // Out of file descriptors, or a peer that left at once. Both pass.
                warn!(%error, "connection not accepted");
                sleep(limits::ACCEPT_PAUSE).await;
            }
        }
    }
}

fn note_end(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        warn!(%error, "the service panicked, its connection is closed");
    }
}
