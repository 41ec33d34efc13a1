//! The requests of uploads in parts, one a file: plain data for [`r2_objects::Client::send`].

mod abort;
mod complete;
mod create;
mod facade;
mod headers;
mod list_parts;
mod list_uploads;
mod upload_part;
mod upload_part_copy;

pub use abort::AbortMultipartUpload;
pub use complete::{CompleteMultipartUpload, CompletedPart, CompletedUpload};
pub use create::{CreateMultipartUpload, CreatedUpload};
pub use facade::{Multipart, MultipartExt, OpenUpload, multipart};
pub use list_parts::{ListParts, ListedPart, PartsPage};
pub use list_uploads::{ListMultipartUploads, UnfinishedUpload, UploadsMarker, UploadsPage};
pub use upload_part::{UploadPart, UploadedPart};
pub use upload_part_copy::UploadPartCopy;
