//! The one error of this crate: what happened, to what, and what can be done about it.

mod hint;
mod kind;
mod opaque;
mod reply;
mod retry;
mod wire;

pub use kind::ErrorKind;
pub use opaque::Error;
pub use r2_transport::BoxError;

pub(crate) use reply::{ReplyFacts, from_document, from_reply};
pub(crate) use wire::{budget_spent, from_failure, from_reply_body, from_transport};

#[cfg(test)]
mod tests;
