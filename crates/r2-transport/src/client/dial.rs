//! Opening a connection: name, address, proxy, TLS, within one timeout.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use tracing::debug;

use super::connection::Connection;
use super::origin::Origin;
use super::patience::within;
use super::tls::Tls;
use super::watch::Timeouts;
use super::{Proxy, addresses, tunnel};
use crate::wire::{Metered, Progress, Socket};
use crate::{ErrorKind, TransportError};

/// Opens connections.
#[derive(Debug)]
pub(super) struct Dialer {
    pub(super) connect_timeout: Duration,
    pub(super) timeouts: Timeouts,
    pub(super) proxy: Option<Proxy>,
    pub(super) tls: Tls,
    pub(super) turn: AtomicUsize,
}

impl Dialer {
    /// Opens a connection to an origin.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes what was opened. Only a look-up of the host name that has begun
    /// runs to its end, on the blocking pool.
    pub(super) async fn dial(
        &self,
        origin: &Origin,
        deadline: Option<Instant>,
    ) -> Result<Box<Connection>, TransportError> {
        let progress = Arc::new(Progress::default());
        let open = self.open(origin, &progress);
        let socket = within(self.connect_timeout, deadline, ErrorKind::ConnectTimeout, open)
            .await
            .map_err(|late| late.at(origin.authority.clone()))?
            .map_err(TransportError::unsent)?;
        let connection = Connection::new(socket, progress, self.timeouts).await?;
        debug!(host = %origin.host, port = origin.port, tls = origin.https, "connection opened");
        Ok(connection)
    }

    async fn open(
        &self,
        origin: &Origin,
        progress: &Arc<Progress>,
    ) -> Result<Socket, TransportError> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let stream = match self.proxy.as_ref().filter(|_| origin.proxied) {
            None => addresses::connect(&origin.host, origin.port, turn).await?,
            Some(proxy) => {
                let mut stream = addresses::connect(&proxy.host, proxy.port, turn).await?;
                if origin.https {
                    let authorization = proxy.authorization.as_ref();
                    tunnel::open(&mut stream, &origin.host, origin.port, authorization).await?;
                }
                stream
            }
        };
        let stream = Metered::client(stream, Arc::clone(progress));
        if origin.https {
            self.tls.wrap(stream, &origin.host).await
        } else {
            Ok(Socket::Plain(stream))
        }
    }
}
