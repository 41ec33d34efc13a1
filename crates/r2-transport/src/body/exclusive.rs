//! Makes a value that is only ever reached through `&mut` shareable between threads.

use std::sync::{Mutex, PoisonError};

/// A value of which no `&` can be had, so that it is `Sync` whenever it is `Send`.
///
/// It keeps `Body` (and with it every request and response) `Sync` without asking it of streams and
/// callbacks. The lock is never taken: `get_mut` proves there is no other user.
pub(crate) struct Exclusive<T: ?Sized>(Mutex<T>);

impl<T> Exclusive<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }
}

impl<T: ?Sized> Exclusive<T> {
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}
