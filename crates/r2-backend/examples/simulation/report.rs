//! Many runs, and what is said of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::arguments::Arguments;
use crate::run::{Broken, Done, run};
use crate::tally::Tally;

/// Events before the end that a failure shows.
const TRACE_TAIL: usize = 60;

/// Runs them all side by side and says what came of it.
pub(crate) fn run_all(arguments: &Arguments) -> ExitCode {
    let began = tokio::time::Instant::now();
    let (tally, broken) = simulate(arguments);
    let seconds = began.elapsed().as_secs_f64();
    match broken {
        None => {
            say(&tally.summary());
            let rate = tally.runs as f64 / seconds.max(0.001);
            say(&format!("{} runs kept every promise, {rate:.1} a second", tally.runs));
            ExitCode::SUCCESS
        }
        Some(seed) => {
            explain(seed, arguments);
            ExitCode::FAILURE
        }
    }
}

/// All runs in order of their seeds, on all processors; the smallest seed that failed.
pub(crate) fn simulate(arguments: &Arguments) -> (Tally, Option<u64>) {
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let result = Mutex::new((Tally::default(), None::<u64>));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= arguments.runs {
                        return;
                    }
                    let seed = arguments.seed.wrapping_add(number);
                    let ended = caught(seed, arguments.steps, false);
                    let mut result = result.lock().unwrap_or_else(PoisonError::into_inner);
                    match ended {
                        Ok(done) => result.0.add(&done.tally),
                        Err(_) => {
                            stop.store(true, Ordering::Relaxed);
                            result.1 = Some(result.1.map_or(seed, |other| other.min(seed)));
                        }
                    }
                }
            });
        }
    });
    result.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A run whose panics are broken promises as well.
pub(crate) fn caught(seed: u64, steps: u32, traced: bool) -> Result<Done, Broken> {
    catch_unwind(AssertUnwindSafe(|| run(seed, steps, traced))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let what = format!("it panicked: {}", text.unwrap_or_default());
        Err(Broken { what, trace: Vec::new() })
    })
}

/// Looks for the fewest steps that fail the same way, and shows the end of that run.
fn explain(seed: u64, arguments: &Arguments) {
    let fails = |steps: &u32| caught(seed, *steps, false).is_err();
    let steps = (1..arguments.steps).find(fails).unwrap_or(arguments.steps);
    let Err(Broken { what, trace }) = caught(seed, steps, true) else {
        say(&format!("seed {seed} failed once and not again: the simulation is not repeatable"));
        return;
    };
    let shown = if arguments.whole_trace { trace.len() } else { TRACE_TAIL };
    for line in trace.iter().skip(trace.len().saturating_sub(shown)) {
        say(line);
    }
    say(&format!("BROKEN seed {seed}: {what}"));
    say(&format!("repeat with: cargo xtask sim --seed {seed} --steps {steps}"));
}

#[expect(clippy::print_stdout, reason = "a program that reports to who started it")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}
