//! One store for memory and for a directory: rows in an ordered index, bodies as blobs.
//!
//! `docs/decisions/local-store.md` says why it is built so, `docs/local-store-format.md` what lies
//! in the directory.

mod blobs;
mod check;
mod commit;
mod copy;
mod disk;
mod failure;
mod folder;
mod index;
mod pages;
mod reader;
mod record;
mod reserve;
mod seal;
mod sealed;
mod shared;
mod sink;
mod snapshot;
mod tables;
mod txn;

#[cfg(test)]
mod tests;

pub use blobs::Durability;
pub(crate) use blobs::{Blobs, Claim};
pub use check::StoreReport;
pub(crate) use copy::{Kept, copy_closed};
#[cfg(test)]
pub(crate) use disk::Disk;
pub(crate) use failure::{Halt, StoreError, StoreErrorKind};
pub(crate) use reader::Content;
pub(crate) use record::{
    BucketRecord, ChecksumRecord, Headers, LockRecord, ObjectRecord, PartRecord, Segment,
    UploadRecord, decode_object,
};
pub(crate) use seal::SealKey;
pub(crate) use shared::{Store, locked};
pub(crate) use sink::{NewBody, Sink};
pub(crate) use snapshot::Snapshot;
pub(crate) use tables::{Counter, Step, Visit};
pub(crate) use txn::Txn;
