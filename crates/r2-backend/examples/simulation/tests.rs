//! The simulation itself: it is repeatable, it dies everywhere, and it sees what is wrong.

use crate::arguments::{Arguments, parse};
use crate::content::content;
use crate::corners::{CALLS, every_death};
use crate::model::Cell;
use crate::report::{caught, simulate};
use crate::run::STEPS;
use crate::weather::Weather;

/// `cargo xtask sim` runs many more.
const RUNS: u64 = 40;

#[test]
fn the_same_seed_is_the_same_run() {
    // one of them syncs a folder, one is calm, most have trouble
    let seeds: Vec<u64> = (1..9).collect();
    assert!(seeds.iter().any(|seed| Weather::new(*seed).syncs));
    for seed in seeds {
        let run = |traced| caught(seed, STEPS, traced).map_err(|broken| broken.what).unwrap();
        let (first, second) = (run(false), run(true));
        assert_eq!(first, second, "seed {seed}");
        assert!(first.hash != caught(seed + 100, STEPS, false).unwrap().hash);
    }
}

#[test]
fn every_promise_is_kept_in_some_runs() {
    let arguments = Arguments { seed: 1, runs: RUNS, steps: STEPS, whole_trace: false };
    let (tally, broken) = simulate(&arguments);
    assert_eq!(broken, None, "cargo xtask sim --seed {}", broken.unwrap_or_default());
    assert_eq!(tally.runs, RUNS);
    assert!(tally.crashes > 0 && tally.faults.len() > 15, "{}", tally.summary());
}

#[test]
fn a_client_may_die_at_every_await() {
    for (number, call) in CALLS.iter().enumerate() {
        let awaits = every_death(number).unwrap_or_else(|what| panic!("{what}"));
        // at least on the way there and on the way back; only death leaves something to resume
        assert!(awaits >= 3 || *call == "resume", "{call} has {awaits} awaits");
    }
}

#[test]
fn a_cell_holds_what_may_be_there_and_nothing_else() {
    let (old, new) = (Some(content(1, 10)), Some(content(2, 10)));
    let mut cell = Cell::default();
    cell.wrote(old.clone());
    assert!(cell.saw_state("k", new.as_ref()).is_err());
    cell.may_hold(new.clone());
    assert_eq!(cell.only(), None);
    cell.saw_state("k", new.as_ref()).unwrap();
    // it was the new one: the old one cannot come back
    assert!(cell.saw_state("k", old.as_ref()).is_err());
    assert!(cell.saw_state("k", None).is_err());
}

#[test]
fn the_command_line_is_understood() {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let read = parse(words("--seed 7 --runs 3 --whole-trace")).unwrap();
    assert_eq!(read, Arguments { seed: 7, runs: 3, steps: STEPS, whole_trace: true });
    assert!(parse(words("--seed seven")).is_err());
    assert!(parse(words("--seeds 7")).is_err());
}
