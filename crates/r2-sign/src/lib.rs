//! AWS Signature Version 4 as Cloudflare R2 speaks it: sign, presign, verify, mint.
//!
//! Everything here is a function of its arguments. A request is five strings ([`Input`]), a moment
//! is a [`Timestamp`] that the caller brings, and the answer is the text to send:
//!
//! | to | use |
//! |---|---|
//! | sign a request | [`Signer::authorization`] |
//! | make a URL that needs no key | [`Signer::presign`] |
//! | sign the chunks of an aws-chunked body | [`Signer::chunks`] |
//! | check any of these, as a server | [`verify::Claim`] |
//! | hand out a bucket or a part of one for a while | [`temporary::Grant`] |
//! | turn an API token into a key pair | [`derive_r2_credentials`] |
//! | encode keys for paths and queries | [`encode`] |
//!
//! # A signed request
//!
//! ```
//! use r2_sign::{Credentials, Input, Payload, Scratch, Signer, Timestamp, encode};
//!
//! let credentials = Credentials::new("0123456789abcdef0123456789abcdef", "secret");
//! let signer = Signer::new("auto"); // one for the process: it caches the key of the day
//! let mut scratch = Scratch::new(); // one for each worker: it keeps the buffers
//!
//! let path = format!("/bucket/{}", encode::path("holiday photos/cat (1).jpg"));
//! let payload = Payload::of(b"the picture");
//! let at = Timestamp::from_unix(1_700_000_000);
//! let input = Input {
//!     method: "PUT",
//!     path: &path,
//!     query: "",
//!     headers: &[("content-type", "image/jpeg"), ("host", "account.r2.cloudflarestorage.com")],
//!     payload,
//! };
//! let authorization = signer.authorization(&input, &credentials, at, &mut scratch);
//! assert!(authorization.contains("/20231114/auto/s3/aws4_request, "));
//! assert!(authorization.contains("SignedHeaders=content-type;host;"));
//!
//! // To be sent beside it, because it is signed as well:
//! assert_eq!(at.as_str(), "20231114T221320Z"); // x-amz-date
//! assert_eq!(payload.header_value().len(), 64); // x-amz-content-sha256
//! ```
//!
//! # What this crate must not know
//!
//! - **The clock.** Whoever signs or verifies says what time it is.
//! - **HTTP clients and servers.** No `http` types; a request is strings as they stand on the wire.
//! - **Buckets, keys, XML.** Which status and words a refusal gets is the server's business; this
//!   crate says which rule was broken, in R2's order ([`verify::Rejection`]).
//! - **Files, sockets, environment.** There is no I/O of any kind.
//!
//! # Secrets
//!
//! Secrets and session tokens are wiped when they are dropped and left out of every `Debug`. The
//! key cache holds derived keys and the hashes of secrets, no secrets. Signatures are compared in
//! constant time. Wiping is a best effort: moves by the compiler and the inside of `ring` are out
//! of reach.
//!
//! # Cost
//!
//! Signing allocates nothing once the [`Scratch`] has grown and the key of the day is cached; then
//! its price is two hashes. On wasm32 the hashes come from `sha2` and `hmac`, on every other target
//! from `ring` (`ring` needs a C compiler and JavaScript for wasm32-unknown-unknown).

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
