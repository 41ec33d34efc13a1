//! Access keys from outside this process: another program, or a vault.

mod document;
mod process;
mod vault;

pub use process::CredentialProcess;
pub use vault::Vault;
