//! What the command line may say.

use crate::run::STEPS;

/// Which runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The seed of the first run; the next ones follow it.
    pub(crate) seed: u64,
    pub(crate) runs: u64,
    pub(crate) steps: u32,
    /// Are all events of a failed run printed, or the last ones?
    pub(crate) whole_trace: bool,
}

const USAGE: &str = "usage: simulation [--seed N] [--runs N] [--steps N] [--whole-trace]";

pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments { seed: 1, runs: 1, steps: STEPS, whole_trace: false };
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if word == "--whole-trace" {
            arguments.whole_trace = true;
            continue;
        }
        let number = words.next().and_then(|number| number.parse::<u64>().ok());
        let number = number.ok_or_else(|| USAGE.to_owned())?;
        match word.as_str() {
            "--seed" => arguments.seed = number,
            "--runs" => arguments.runs = number,
            "--steps" => arguments.steps = u32::try_from(number).map_err(|_| USAGE.to_owned())?,
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(arguments)
}
