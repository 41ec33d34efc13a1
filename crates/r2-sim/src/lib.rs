//! A local R2 that behaves like R2, in memory or in a directory, and trouble on the way to it.
//!
//! Everything here is a [`Transport`](r2_transport::Transport): it turns an HTTP request into an
//! HTTP response, so a client cannot tell it from the real service, and the pieces nest.
//!
//! | to | use |
//! |---|---|
//! | run code against R2 without an account | [`Emulator::memory`] |
//! | keep the objects: on disk, through `kill -9` | [`Emulator::builder`] and `.directory(path)` |
//! | serve it to any S3 client | [`r2_transport::serve`] with an emulator |
//! | check signatures, tokens, temporary credentials | [`EmulatorBuilder::access_key`] |
//! | read a bucket as the world does, without keys | [`Emulator::public_bucket`] |
//! | have buckets in a jurisdiction | [`Emulator::in_jurisdiction`], or the host `eu.r2.local` |
//! | keep objects from being deleted | [`Emulator::lock_bucket`] |
//! | let a week pass in a test, or set a clock wrong | [`ManualClock`] |
//! | choose where R2 varies, by value or by name | [`Switches`] |
//! | make requests fail, by a seed | [`Faulty`] with a [`Plan`] |
//! | assert on what was sent | [`Journal`] |
//! | assert on what it would cost | [`Invoice`], [`Meter`] |
//! | give answers that are made up | [`Mock`] with [`Canned`] |
//! | record a client's traffic, and play it again without a server | [`Recorder`], [`Replayer`] |
//! | know how we know | [`SEMANTICS`] |
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use http::Request;
//! use r2_sim::{Emulator, Fault, Faulty, Journal, ManualClock, Plan};
//! use r2_transport::{Body, Transport as _};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = ManualClock::at_unix(1_700_000_000);
//! let r2 = Emulator::builder().clock(Arc::new(clock.clone())).memory();
//! let plan = Plan::script([None, Some(Fault::Unavailable)]);
//! let journal = Journal::new(Faulty::new(r2, plan));
//!
//! let make = || Request::put("http://r2.local/bucket").body(Body::empty());
//! let start = || Request::post("http://r2.local/bucket/key?uploads").body(Body::empty());
//! assert_eq!(journal.send(make()?).await?.status(), 200);
//! assert_eq!(journal.send(start()?).await?.status(), 503);
//! assert_eq!(journal.send(start()?).await?.status(), 200);
//! assert_eq!(journal.count("CreateMultipartUpload"), 2);
//!
//! // R2 gives an unfinished upload up after seven days.
//! let uploads = || Request::get("http://r2.local/bucket?uploads").body(Body::empty());
//! let listed = journal.send(uploads()?).await?.into_body().collect(4096).await?;
//! assert!(listed.windows(8).any(|bytes| bytes == b"<Upload>"));
//! clock.advance(Duration::from_secs(7 * 86_400));
//! let listed = journal.send(uploads()?).await?.into_body().collect(4096).await?;
//! assert!(!listed.windows(8).any(|bytes| bytes == b"<Upload>"));
//! # Ok(())
//! # }
//! ```
//!
//! # What it is not
//!
//! Event notifications are not there.
//!
//! # What this crate must not know
//!
//! - **The clients above it**: it is what they are tested against, so it must be able to disagree
//!   with them. It shares signatures, documents and the transport with them, no rule of R2.
//! - **The ambient clock and the environment.** Time comes from a
//!   [`Clock`](r2_transport::Clock), chance from a seed.
//! - **The network**: an emulator in process opens no socket.

mod access;
mod assertions;
mod cassette;
mod checksum;
mod clock;
mod emulator;
mod error;
mod faulty;
mod invoice;
mod journal;
mod jurisdiction;
mod limits;
mod locks;
mod mock;
mod noise;
mod protocol;
mod public;
mod recorder;
mod replayer;
mod semantics;
mod service;
mod store;
mod switches;

pub use access::{AccessKey, Permission};
pub use cassette::Cassette;
pub use clock::ManualClock;
pub use emulator::{Emulator, EmulatorBuilder, SavedState};
pub use error::{Error, ErrorKind};
pub use faulty::{Fault, Faulty, Plan, Storm};
pub use invoice::{BillingClass, FreeAmounts, Invoice, Meter, StorageTier};
pub use journal::{Exchange, Journal};
pub use jurisdiction::Jurisdiction;
pub use locks::{LockRule, LockUntil};
pub use mock::{Canned, Mock};
pub use noise::Noise;
pub use public::{PublicBucket, PublicCors};
pub use recorder::{RecordOptions, Recorder, Values};
pub use replayer::{Playback, Replayer};
pub use semantics::{Behaviour, Provenance, SEMANTICS};
pub use store::{Durability, StoreReport};
pub use switches::{
    ChecksumEra, CrowdRefusal, ExpiredStatus, HeadRange, KeyIdentity, LocationAnswer,
    MetadataCount, MultipartEtag, Presence, SWITCHES, Support, Switch, Switches, TrailerRefusal,
    UnequalParts,
};
