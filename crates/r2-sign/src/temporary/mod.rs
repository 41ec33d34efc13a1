//! R2's temporary credentials: a bucket, or a part of one, for a while.
//!
//! They need no call to Cloudflare: the holder of an access key signs a [`Grant`] with its own
//! secret ([`Grant::mint`]), and R2, which knows that secret too, believes it (Cloudflare's page on
//! temporary credentials). [`Token`] is the other end: what a server does with a session token.

mod grant;
mod json;
mod token;

pub use grant::{Action, Grant, Scope};
pub use token::Token;

#[cfg(test)]
mod tests;
