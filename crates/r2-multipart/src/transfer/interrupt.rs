//! What ends a transfer from outside: its stop signal and its deadline.

use tokio::time::{Instant, sleep_until};

use super::{Stop, TransferOptions};
use crate::error::{Error, ErrorKind};

/// Waits for the first of the two, once.
pub(crate) struct Interrupt {
    stop: Option<Stop>,
    deadline: Option<Instant>,
    over: bool,
}

impl Interrupt {
    pub(crate) fn new(options: &TransferOptions) -> Self {
        Self { stop: options.stop.clone(), deadline: options.deadline, over: false }
    }

    /// Fails when there is no point in beginning.
    pub(crate) fn check(options: &TransferOptions) -> Result<(), Error> {
        match &options.stop {
            Some(stop) if stop.is_stopped() => Err(Error::new(ErrorKind::Stopped)),
            _ => Ok(()),
        }
    }

    /// Comes once; afterwards the transfer is busy ending, and nothing ends it faster.
    pub(crate) async fn came(&mut self) -> ErrorKind {
        if self.over {
            return std::future::pending().await;
        }
        let deadline = async {
            match self.deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let kind = tokio::select! {
            biased;
            () = Stop::wait(self.stop.as_ref()) => ErrorKind::Stopped,
            () = deadline => ErrorKind::Deadline,
        };
        self.over = true;
        kind
    }
}
