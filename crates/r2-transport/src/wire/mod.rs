//! Below HTTP: the byte stream, what it counts, and the clock that watches the counts.

mod metered;
mod progress;
mod socket;
mod stopwatch;

pub(crate) use metered::Metered;
pub(crate) use progress::Progress;
pub(crate) use socket::Socket;
pub(crate) use stopwatch::{Expired, Stopwatch, earliest, later};
