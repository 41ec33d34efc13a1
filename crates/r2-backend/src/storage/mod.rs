//! One interface for storage: what an application asks for, wherever the bytes are.
//!
//! [`StorageBackend`] is what an implementation writes: some ten methods. [`StorageBackendExt`] is
//! what a caller has on top of any of them. What an implementation can do is data,
//! [`Capabilities`], and each promise of the trait is a check of the conformance suite.

mod backend;
mod capabilities;
mod condition;
mod error;
mod extension;
mod listing;
mod object;
mod operation;
mod options;
mod ordered;
mod pages;
mod parts;
mod pointer;

pub use backend::StorageBackend;
pub(crate) use backend::open_body;
pub use capabilities::{Capabilities, Capability};
pub use condition::{PutCondition, check_put, check_read};
pub use error::{StorageError, StorageErrorKind};
pub use extension::StorageBackendExt;
pub use listing::{Entry, ListOptions, ListedObject, Page, PageToken};
pub use object::{Fetched, ObjectMeta, Stored};
pub use operation::StorageOperation;
pub use options::{CopyOptions, GetOptions, HeadOptions, PresignMethod, PutOptions};
pub(crate) use ordered::{Offer, PageBuilder};
#[cfg(feature = "object_store")]
pub(crate) use pages::owned_pages;
pub use parts::{PartsUpload, begin_parts};
