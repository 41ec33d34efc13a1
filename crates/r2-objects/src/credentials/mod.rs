//! Where access keys come from.
//!
//! | source | type |
//! |---|---|
//! | the same all along | [`Credentials`](r2_sign::Credentials) itself |
//! | a file, by profile, read again when it changes | [`ProfileFile`] in [`Refreshing`] |
//! | minted here for a part of a bucket | [`Minted`] in [`Refreshing`] |
//! | anything else that gives keys with an end | a [`CredentialsSource`] in [`Refreshing`] |

mod minted;
mod profile;
mod provider;
mod refreshing;

pub use minted::Minted;
pub use profile::ProfileFile;
pub use provider::CredentialsProvider;
pub(crate) use provider::check;
pub(crate) use refreshing::same;
pub use refreshing::{CredentialsSource, Lease, Refreshing};
