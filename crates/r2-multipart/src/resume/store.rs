//! Where tokens are kept: a trait of three functions.

use std::fmt;
use std::io;

use r2_transport::BoxFuture;

use super::{ResumeToken, TransferId};

/// Keeps the token of an upload from before its first part until it is completed or aborted.
///
/// An upload whose token is saved is never left without a trace: whatever happens to the process,
/// the next one finds the token, and with it the parts that are on the server.
pub trait ResumeStore: fmt::Debug + Send + Sync + 'static {
    /// The token of an earlier run, if there is one.
    ///
    /// # Errors
    ///
    /// When the store cannot be read. What is there but is no token (anything damaged) should be
    /// treated as no token.
    fn load<'a>(
        &'a self,
        transfer: &'a TransferId,
    ) -> BoxFuture<'a, io::Result<Option<ResumeToken>>>;

    /// Keeps a token, in place of any other for the same transfer. When this returns, the token
    /// must survive the death of the process.
    ///
    /// # Errors
    ///
    /// When it could not be kept; the upload is aborted then.
    fn save<'a>(&'a self, token: &'a ResumeToken) -> BoxFuture<'a, io::Result<()>>;

    /// Forgets the token of a transfer. That there is none is not an error.
    ///
    /// # Errors
    ///
    /// When it could not be removed; a later run then finds an upload that is gone, and starts
    /// anew.
    fn remove<'a>(&'a self, transfer: &'a TransferId) -> BoxFuture<'a, io::Result<()>>;
}
