//! What an upload needs to go on in another process, and where that is kept meanwhile.

mod directory;
mod memory;
mod store;
mod token;

pub use directory::ResumeDirectory;
pub use memory::ResumeMemory;
pub use store::ResumeStore;
pub use token::{Fingerprint, ResumeToken, TokenChecksum, TransferId};
