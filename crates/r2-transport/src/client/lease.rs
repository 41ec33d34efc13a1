//! The use of one connection, from the pool and back.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::connection::Connection;
use super::origin::Origin;
use super::pool::Pool;

/// One of the connections the pool allows: in use, or being opened.
///
/// Dropping it closes the connection and frees its place, in this order.
pub(super) struct Lease {
    connection: Option<Box<Connection>>,
    pool: Arc<Pool>,
    origin: Arc<Origin>,
    permit: Option<OwnedSemaphorePermit>,
    /// Whether the pool counts a connection as open on behalf of this lease.
    counted: bool,
}

impl Lease {
    pub(super) fn new(
        pool: Arc<Pool>,
        origin: Arc<Origin>,
        permit: OwnedSemaphorePermit,
        connection: Option<Box<Connection>>,
    ) -> Self {
        Self { connection, pool, origin, permit: Some(permit), counted: true }
    }

    /// Puts in the connection that was opened for this lease.
    pub(super) fn fill(&mut self, connection: Box<Connection>) {
        self.pool.note_opened();
        self.connection = Some(connection);
    }

    /// Where the connection leads, for messages.
    pub(super) fn destination(&self) -> String {
        self.origin.authority.clone()
    }

    /// The connection, unless it is still being opened.
    pub(super) fn connection(&mut self) -> Option<&mut Connection> {
        self.connection.as_deref_mut()
    }

    /// Ends the use: the connection goes back to the pool if it can be used again.
    pub(super) fn release(mut self) {
        if let Some(connection) = self.connection.take() {
            self.counted = false;
            self.pool.give_back(&self.origin, connection);
            // The permit goes last: a waiter finds the connection that was just given back.
        }
    }

    /// Closes the connection, but keeps its permit for another.
    pub(super) fn discard(mut self) -> Option<OwnedSemaphorePermit> {
        self.permit.take()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.connection = None;
        if self.counted {
            self.pool.note_closed(1, "given up");
        }
    }
}
