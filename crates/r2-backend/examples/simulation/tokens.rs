//! Where the tokens of interrupted uploads are kept: it survives the client, as a disk does.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use r2_multipart::{ResumeStore, ResumeToken, TransferId};
use r2_objects::BoxFuture;

/// Tokens in memory, to be counted.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<HashMap<TransferId, ResumeToken>>);

impl Tokens {
    fn kept(&self) -> MutexGuard<'_, HashMap<TransferId, ResumeToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many uploads can be gone on with.
    pub(crate) fn count(&self) -> u64 {
        self.kept().len() as u64
    }

    pub(crate) fn has(&self, transfer: &TransferId) -> bool {
        self.kept().contains_key(transfer)
    }
}

impl ResumeStore for Tokens {
    fn load<'a>(
        &'a self,
        transfer: &'a TransferId,
    ) -> BoxFuture<'a, io::Result<Option<ResumeToken>>> {
        Box::pin(async move { Ok(self.kept().get(transfer).cloned()) })
    }

    fn save<'a>(&'a self, token: &'a ResumeToken) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move {
            self.kept().insert(token.transfer.clone(), token.clone());
            Ok(())
        })
    }

    fn remove<'a>(&'a self, transfer: &'a TransferId) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move {
            self.kept().remove(transfer);
            Ok(())
        })
    }
}
