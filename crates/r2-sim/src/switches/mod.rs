//! Where R2 differs from place to place or from year to year, or is not known: one switch each.

mod kinds;
mod named;
mod table;
mod value;

pub use kinds::{
    ChecksumEra, CrowdRefusal, ExpiredStatus, HeadRange, KeyIdentity, LocationAnswer,
    MetadataCount, MultipartEtag, Presence, Support, TrailerRefusal, UnequalParts,
};
pub use named::Switch;
pub use table::{SWITCHES, Switches};
