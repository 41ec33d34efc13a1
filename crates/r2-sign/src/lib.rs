//! AWS Signature Version 4 for R2: sign, presign, verify, mint; no I/O, no clock.

mod canonical;
mod chunk;
mod credentials;
pub mod encode;
mod error;
mod hash;
pub mod hex;
mod keys;
mod payload;
mod presign;
mod scratch;
mod signer;
pub mod temporary;
mod text;
mod timestamp;
pub mod verify;

pub use chunk::{ChunkSigner, Signature};
pub use credentials::{Credentials, derive_r2_credentials};
pub use error::{Error, ErrorKind};
pub use hash::{Sha256, sha256};
pub use keys::KeyCache;
pub use payload::{Payload, PayloadValue};
pub use scratch::Scratch;
pub use signer::{Input, Signer};
pub use timestamp::Timestamp;
