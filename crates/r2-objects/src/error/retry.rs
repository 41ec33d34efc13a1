//! What may be tried again: from an error to the words of `r2-resilience`.

use r2_resilience::{Applied, FailureClass, Health, Outcome};

use super::{Error, ErrorKind};

impl Error {
    /// The row of the retry table, if the same attempt may succeed later.
    pub(crate) fn class(&self) -> Option<FailureClass> {
        Some(match self.kind() {
            ErrorKind::TooManyRequests => FailureClass::Throttled,
            ErrorKind::Internal | ErrorKind::Unavailable => FailureClass::Server,
            ErrorKind::Edge => FailureClass::Edge,
            ErrorKind::Timeout => FailureClass::Timeout,
            ErrorKind::Reset | ErrorKind::ClientDisconnect => FailureClass::Reset,
            ErrorKind::Dns | ErrorKind::Connect => FailureClass::Connect,
            // not Tls: a certificate or protocol that does not fit will not fit in a second either
            _ => return None,
        })
    }

    /// What a failed attempt means to the executor.
    pub(crate) fn into_outcome<T>(self) -> Outcome<T, Self> {
        let applied = if self.may_have_applied() { Applied::Maybe } else { Applied::No };
        match self.class() {
            Some(class) => {
                let after = self.retry_after();
                Outcome::Retry { error: self, class, after, applied }
            }
            None => {
                // an answer with a meaning shows a healthy server, whatever it says
                let health =
                    if self.status().is_some() { Health::Healthy } else { Health::Unknown };
                Outcome::Fail { error: self, health }
            }
        }
    }
}
