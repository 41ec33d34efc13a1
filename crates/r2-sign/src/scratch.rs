//! Buffers that live from one signature to the next.

use crate::canonical::Query;
use std::fmt;
use zeroize::Zeroize as _;

/// Working memory of [`Signer::authorization`](crate::Signer::authorization): after the first few
/// requests it has grown as far as it must, and signing allocates nothing.
///
/// Keep one for each worker or each connection. Wiped when dropped, since a session token passes
/// through it.
#[derive(Default)]
pub struct Scratch {
    /// The canonical request.
    pub(crate) canonical: Vec<u8>,
    /// The string to sign.
    pub(crate) message: Vec<u8>,
    /// The value of `Authorization`.
    pub(crate) out: String,
    pub(crate) query: Query,
    pub(crate) order: Vec<usize>,
}

impl Scratch {
    /// No memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.canonical.zeroize();
        self.out.zeroize();
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").field("bytes", &self.canonical.capacity()).finish_non_exhaustive()
    }
}
