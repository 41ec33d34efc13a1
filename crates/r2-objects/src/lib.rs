//! A client for Cloudflare R2: objects, buckets, presigned URLs, cost.
//!
//! A call is an [`Operation`]: plain data that says what to send and what the answer means. One
//! loop in the [`Client`] signs it afresh for each attempt, sends it through any [`Transport`],
//! tries again as the policy says, counts it, and hands the answer back. The same value can be
//! sent, presigned and priced.
//!
//! ```
//! use r2_objects::{BucketName, Client, ObjectKey, Precondition, PutObject, PutOutcome};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), r2_objects::Error> {
//! let local = r2_sim::Emulator::memory();
//! let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
//! client.buckets().create("photos").await?;
//!
//! // by name
//! client.objects().put("photos", "a.txt", "hello").await?;
//!
//! // as an operation, with all its options
//! let bucket = BucketName::new("photos")?;
//! let create = PutObject::new(bucket, ObjectKey::new("a.txt")?, "other")
//!     .content_type("text/plain")
//!     .condition(Precondition::absent());
//! assert_eq!(client.send(create).await?, PutOutcome::AlreadyExists);
//!
//! // what it cost
//! assert_eq!(client.usage().class_a, 3);
//! # Ok(())
//! # }
//! ```
//!
//! Dropping a future of this crate leaves nothing running. Nothing here knows of files, of uploads
//! in parts, or of a command line.

pub mod limits;

mod buckets;
mod client;
mod cost;
mod credentials;
mod delete_many;
mod endpoint;
mod env;
mod error;
mod named;
mod names;

mod objects;
mod operation;
mod ops;
mod paging;
mod parallel;
mod payload;
mod presign;
mod reply;
mod stream;
#[cfg(test)]
mod testing;
mod values;

pub use buckets::Buckets;
pub use client::{CallOptions, ChecksumPolicy, Client, ClientBuilder, describe_metrics};
pub use cost::{ClassPrices, CostCap, CostClass, FreeTier, Money, Month, PriceList, Usage};
pub use credentials::{
    CredentialsProvider, CredentialsSource, Lease, Minted, ProfileFile, Refreshing,
};
pub use endpoint::{Addressing, Endpoint, Jurisdiction};
pub use error::{BoxError, Error, ErrorKind};
pub use named::{IntoBucketName, IntoObjectKey};
pub use names::{
    BucketName, ByteRange, ContentRange, ETag, KeyCollision, NameError, ObjectKey, key_collisions,
};

pub use objects::{Object, Objects};
pub use operation::{Integrity, Operation, ReplyMode, RequestParts, Target};
pub use ops::*;
pub use parallel::ParallelListing;
pub use payload::Payload;
pub use presign::{PresignedRequest, Presigner};
pub use reply::Reply;
pub use stream::{NotVerified, ObjectStream, Verdict};
pub use values::{
    Checksum, ChecksumAlgorithm, Crc64Nvme, ETagMatch, LastModified, Metadata, Precondition,
    SseCustomerKey, StorageClass,
};

/// Types of the crates below that stand in this crate's signatures.
pub use r2_resilience::{
    Backoff, BreakerPolicy, CircuitState, Hedge, KeyPacing, Policy, RatePolicy, RetryPolicy, Safety,
};
pub use r2_sign::{Credentials, derive_r2_credentials};
pub use r2_transport::{Body, BoxFuture, Clock, HttpClientBuilder, Proxy, Transport};
pub use r2_xml::{
    CorsConfiguration, CorsRule, LifecycleConfiguration, LifecycleFilter, LifecycleRule,
    LifecycleTime, LifecycleTransition, RuleStatus, ServerSideEncryptionConfiguration,
};

/// The page's examples are compiled and run with those of this crate, whose client they use.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/testing-with-r2-sim.md")]
pub struct TestingPage;
