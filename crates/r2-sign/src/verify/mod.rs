//! Verification: the same signature read from the other end.
//!
//! A server goes in three steps, in which R2's order of checks is built in:
//!
//! 1. [`Claim::read`]: what the request says of itself, refused where that is not well formed;
//! 2. the server looks up the secret of [`Claim::access_key_id`] (none:
//!    [`Rejection::UnknownAccessKey`]), with a [session token](Claim::session_token) first that of
//!    the token's parent (see [`temporary`](crate::temporary));
//! 3. [`Claim::verify`]: whether the request was signed with that secret, and has not expired.
//!
//! The body is the server's to check, against [`Claim::payload`] or chunk by chunk with
//! [`Claim::chunks`].

mod claim;
mod parse;
mod rejection;
mod rules;

pub use claim::{Carrier, Claim};
pub use rejection::{DateSource, Mismatch, Rejection};
pub use rules::{Received, Rules};

#[cfg(test)]
mod tests;
