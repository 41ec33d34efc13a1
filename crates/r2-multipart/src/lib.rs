//! Large objects in parts, both ways: plans, uploads, downloads, resume.

mod blocking;
mod buffers;
mod crc64;
mod disk;
mod error;
pub mod limits;
pub mod machine;
mod plan;
mod resume;

pub use crc64::{Crc64, Crc64Combiner};
pub use disk::Durability;
pub use error::{Error, ErrorKind};
pub use plan::{Part, PartNumber, PartPlan, PartSize};
pub use resume::{
    Fingerprint, ResumeDirectory, ResumeMemory, ResumeStore, ResumeToken, TokenChecksum, TransferId,
};
