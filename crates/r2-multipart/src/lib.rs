//! Large objects in parts, both ways: plans, uploads, downloads, resume.

mod crc64;
mod error;
pub mod limits;
pub mod machine;
mod plan;

pub use crc64::{Crc64, Crc64Combiner};
pub use error::{Error, ErrorKind};
pub use plan::{Part, PartNumber, PartPlan, PartSize};
