//! Tables of events, and every order of them by chance.

mod download;
mod upload;

use crate::plan::PartNumber;

fn part(number: u32) -> PartNumber {
    PartNumber::new(number).expect("tests use numbers from 1 to 10,000")
}

/// Choices of a model world, drawn by proptest; once they run out everything goes well.
struct Choices(std::vec::IntoIter<u8>);

impl Choices {
    fn new(choices: Vec<u8>) -> Self {
        Self(choices.into_iter())
    }

    /// A number below `n`; 0 in the end.
    fn below(&mut self, n: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % n
    }

    fn over(&self) -> bool {
        self.0.len() == 0
    }
}
