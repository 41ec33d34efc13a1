//! A request body on its way out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::Body;
use crate::body::Guarded;

/// A request body that also says when there is nothing more to send, because only then does the
/// wait for the answer begin.
pub(super) type Outgoing = Guarded<Pending>;

/// Keeps a flag true for as long as there is more to send.
pub(super) struct Pending(Option<Arc<AtomicBool>>);

/// A body that reports to nobody yet.
pub(super) fn outgoing(body: Body) -> Outgoing {
    Guarded::new(body, Pending(None))
}

/// Lets the body report to the connection that it goes out on.
pub(super) fn report(body: &mut Outgoing, pending: &Arc<AtomicBool>) {
    let any = !http_body::Body::is_end_stream(body);
    body.guard = Pending(any.then(|| Arc::clone(pending)));
    // Last, because the guard that has just been replaced may have cleared it.
    pending.store(any, Ordering::Relaxed);
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(pending) = &self.0 {
            pending.store(false, Ordering::Relaxed);
        }
    }
}
