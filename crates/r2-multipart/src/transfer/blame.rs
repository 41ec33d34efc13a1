//! Which of a transfer's errors is the one to return.

use crate::error::{Error, ErrorKind};
use crate::place::Place;

/// Keeps the first error that was not overcome: those that follow are its consequences.
#[derive(Debug, Default)]
pub(crate) struct Blame {
    first: Option<Error>,
    /// The last error of a part that is sent again.
    pressed: Option<Error>,
}

impl Blame {
    /// An error that ends the transfer, or makes it begin again.
    pub(crate) fn keep(&mut self, error: Error) {
        match &self.first {
            Some(first) => tracing::debug!(%first, %error, "a further error of a failed transfer"),
            None => self.first = Some(error),
        }
    }

    /// An error that may be overcome: it counts when nothing worse follows.
    pub(crate) fn keep_pressed(&mut self, error: Error) {
        self.pressed = Some(error);
    }

    /// The transfer begins again; says whether an error made it do so.
    pub(crate) fn begin_again(&mut self) -> bool {
        let Some(error) = self.first.take() else { return false };
        tracing::info!(%error, "starting the transfer anew");
        true
    }

    /// The error to return.
    pub(crate) fn into_error(self, place: Place<'_>) -> Error {
        let error = self.first.or(self.pressed);
        error.unwrap_or_else(|| Error::new(ErrorKind::Protocol)).at(place)
    }
}
