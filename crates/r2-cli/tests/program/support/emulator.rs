//! The local R2 inside the test, and a client of it that has nothing to do with the program.

use r2_objects::{Client, Credentials};
use r2_sim::{Emulator, EmulatorBuilder};
use r2_transport::Transport;

/// The key pair that the tests' emulators know.
pub(crate) const ACCESS_KEY_ID: &str = "0123456789abcdef0123456789abcdef";
/// The secret that belongs to [`ACCESS_KEY_ID`].
pub(crate) const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// An emulator that checks signatures, to be finished with `memory()` or `directory()`.
pub(crate) fn emulator_that_checks() -> EmulatorBuilder {
    Emulator::builder().credentials(Credentials::new(ACCESS_KEY_ID, SECRET))
}

/// A client in this process.
pub(crate) fn client_of(transport: impl Transport) -> Client {
    let credentials = Credentials::new(ACCESS_KEY_ID, SECRET);
    let builder = Client::builder().endpoint("http://r2.local").credentials(credentials);
    builder.transport(transport).build().expect("a client")
}
