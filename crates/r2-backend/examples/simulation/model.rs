//! What may be under a key, by all that its only writer was told.

use bytes::Bytes;

use crate::content::brief;

/// A promise that was broken: the sentence that a person reads.
pub(crate) type Violation = String;

/// The states that a key may be in. One when all is known; more after a call that may have applied,
/// until a look tells which.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    possible: Vec<Option<Bytes>>,
}

impl Default for Cell {
    fn default() -> Self {
        Self { possible: vec![None] }
    }
}

impl Cell {
    /// The service said that it is done.
    pub(crate) fn wrote(&mut self, state: Option<Bytes>) {
        self.possible = vec![state];
    }

    /// The service said that it took one of these, whichever it is.
    pub(crate) fn wrote_one_of(&mut self, states: Vec<Option<Bytes>>) {
        self.possible = states;
    }

    /// Nobody knows whether it is done.
    pub(crate) fn may_hold(&mut self, state: Option<Bytes>) {
        if !self.possible.contains(&state) {
            self.possible.push(state);
        }
    }

    /// The contents that may be there.
    pub(crate) fn contents(&self) -> Vec<Bytes> {
        self.possible.iter().flatten().cloned().collect()
    }

    /// The content, if there is only one state.
    pub(crate) fn only(&self) -> Option<&Option<Bytes>> {
        match self.possible.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// A look at it: keeps the states that fit, and one of them has to.
    pub(crate) fn saw(
        &mut self,
        what: &str,
        fits: impl Fn(Option<&Bytes>) -> bool,
    ) -> Result<(), Violation> {
        let fitting: Vec<_> =
            self.possible.iter().filter(|state| fits(state.as_ref())).cloned().collect();
        if fitting.is_empty() {
            let states: Vec<_> = self.possible.iter().map(|state| brief(state.as_ref())).collect();
            return Err(format!("{what}, but it can only be one of {states:?}"));
        }
        self.possible = fitting;
        Ok(())
    }

    /// A look that found exactly this.
    pub(crate) fn saw_state(&mut self, key: &str, found: Option<&Bytes>) -> Result<(), Violation> {
        let what = format!("{key} holds {}", brief(found));
        self.saw(&what, |state| state == found)
    }
}
