//! Large objects in parts, both ways: plans, uploads, downloads, resume.

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
