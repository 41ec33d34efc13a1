//! A local R2 that behaves like R2, in memory or in a directory.

mod access;
mod checksum;
mod clock;
mod emulator;
mod error;
mod faulty;
mod journal;
mod limits;
mod protocol;
mod semantics;
mod service;
mod store;
mod switches;

pub use access::{AccessKey, Permission};
pub use clock::ManualClock;
pub use emulator::{Emulator, EmulatorBuilder};
pub use error::{Error, ErrorKind};
pub use faulty::{Fault, Faulty, Plan};
pub use journal::{Exchange, Journal};
pub use semantics::{Behaviour, Provenance, SEMANTICS};
pub use store::Durability;
pub use switches::{
    ChecksumEra, ExpiredStatus, HeadRange, KeyIdentity, LocationAnswer, Presence, Support,
    Switches, UnequalParts,
};
