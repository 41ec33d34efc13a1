//! Objects in a bucket of R2, or of any other S3 service.

mod backend;
mod blame;
mod builder;
mod content;
mod parts;
mod place;
mod service;

pub use backend::S3Backend;
pub use builder::S3BackendBuilder;
pub(crate) use place::{check_base_url, url_of};
pub use service::S3Service;
