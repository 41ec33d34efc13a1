//! Large objects in parts, both ways: plans, uploads, downloads, copies, resume.
//!
//! - [`upload()`] takes bytes, a file or a stream: one PUT below a threshold, equal parts above.
//! - [`download()`] reads ranges side by side into a file, a writer or memory.
//! - [`copy()`] copies inside the service, whatever the size.
//! - [`MultipartExt`] adds `client.multipart()`, the requests one by one; each is also an
//!   [`Operation`](r2_objects::Operation) of its own.
//! - [`machine`] holds the decisions, without I/O.
//!
//! Every transfer is bounded in memory by part size times requests in flight, ends at a
//! [`Stop`] or a deadline, can be watched ([`Progress`]), and says in its result whether the
//! content was verified. Uploads of files go on after a death with [`UploadOptions::resume`],
//! downloads into files do by themselves.
//!
//! What this crate must not know: archives, terminals, other back ends.
//!
//! ```
//! # use r2_objects::Client;
//! use std::sync::Arc;
//! use r2_multipart::{ResumeDirectory, Sink, Source, UploadOptions, download, upload};
//! use r2_objects::{BucketName, ObjectKey};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let local = r2_sim::Emulator::memory();
//! # let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
//! # client.buckets().create("backups").await?;
//! # let directory = tempfile::tempdir()?;
//! # let (path, tokens) = (directory.path().join("in"), directory.path().join("tokens"));
//! # std::fs::File::create(&path)?.set_len(12 << 20)?;
//! let (bucket, key) = (BucketName::new("backups")?, ObjectKey::new("disk.img")?);
//! let options = UploadOptions::new()
//!     .threshold_bytes(8 * 1024 * 1024)
//!     .resume(Arc::new(ResumeDirectory::new(tokens)));
//! let uploaded = upload(&client, &bucket, &key, Source::file(&path), options).await?;
//! assert_eq!(uploaded.parts, 2);
//!
//! let back = directory.path().join("out");
//! let downloaded = download(&client, &bucket, &key, Sink::file(&back), Default::default()).await?;
//! assert_eq!(downloaded.crc64, uploaded.crc64.expect("R2 gets checksums"));
//! # Ok(())
//! # }
//! ```

mod blocking;
mod buffers;
mod copy;
mod crc64;
mod disk;
mod download;
mod error;
pub mod limits;
pub mod machine;
mod operations;
mod place;
mod plan;
mod resume;
mod transfer;
mod upload;

pub use copy::{Copied, CopyOptions, copy};
pub use crc64::{Crc64, Crc64Combiner};
pub use disk::Durability;
pub use download::{DownloadOptions, Downloaded, OnObjectChange, Sink, download};
pub use error::{Error, ErrorKind};
pub use operations::{
    AbortMultipartUpload, CompleteMultipartUpload, CompletedPart, CompletedUpload,
    CreateMultipartUpload, CreatedUpload, ListMultipartUploads, ListParts, ListedPart, Multipart,
    MultipartExt, OpenUpload, PartsPage, UnfinishedUpload, UploadPart, UploadPartCopy,
    UploadedPart, UploadsMarker, UploadsPage, multipart,
};
pub use plan::{Part, PartNumber, PartPlan, PartSize};
pub use resume::{
    Fingerprint, ResumeDirectory, ResumeMemory, ResumeStore, ResumeToken, TokenChecksum, TransferId,
};
pub use transfer::{
    ClientBuilderExt, MultipartDefaults, Progress, ProgressUpdate, Stop, TransferOptions,
};
pub use upload::{OnSourceChange, Source, UploadOptions, UploadVerdict, Uploaded, upload};
