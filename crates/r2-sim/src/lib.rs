//! A local R2 that behaves like R2, in memory or in a directory.

mod checksum;
mod clock;
mod emulator;
mod error;
mod limits;
mod protocol;
mod store;
mod switches;

pub use clock::ManualClock;
pub use emulator::{Emulator, EmulatorBuilder};
pub use error::{Error, ErrorKind};
pub use store::Durability;
pub use switches::{
    ChecksumEra, ExpiredStatus, HeadRange, KeyIdentity, LocationAnswer, Presence, Support,
    Switches, UnequalParts,
};
