//! Times contenders against each other.
//!
//! Each repeat runs all of them, one after the other, so that a machine that slows down slows all of
//! them; ratios are taken within a repeat, and the median of the repeats counts. Time is CPU time of
//! the measuring thread: what else runs on the machine costs it caches, not seconds.

use crate::{allocations, arguments::Effort};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Floor,
    Ours,
    Peer,
}

/// One contender: does the work once each time it is called.
pub struct Contender<'a> {
    pub role: Role,
    pub name: &'static str,
    pub work: Box<dyn FnMut() + 'a>,
}

impl<'a> Contender<'a> {
    pub fn new(role: Role, name: &'static str, work: impl FnMut() + 'a) -> Self {
        Self { role, name, work: Box::new(work) }
    }
}

/// What one contender needed.
#[derive(Clone, Debug)]
pub struct Row {
    pub role: Role,
    pub name: &'static str,
    /// Nanoseconds of CPU for one piece of work: median of the repeats.
    pub nanoseconds: f64,
    /// Half of the repeats lie within this much of the median, as a share of it.
    pub spread: f64,
    /// Times the floor: median of the ratios within each repeat.
    pub to_floor: f64,
    /// Allocations for one piece of work, after warm-up.
    pub allocations: f64,
}

/// Repeats, and how long each contender runs in one.
fn plan(effort: Effort) -> (usize, Duration) {
    match effort {
        Effort::Quick => (9, Duration::from_millis(20)),
        Effort::Full => (31, Duration::from_millis(60)),
    }
}

/// Measures all contenders, the floor (which must be among them) included.
pub fn measure(mut contenders: Vec<Contender<'_>>, effort: Effort) -> Vec<Row> {
    let (repeats, length) = plan(effort);
    let rounds: Vec<u32> = contenders.iter_mut().map(|one| rounds(one, length)).collect();
    let mut nanoseconds = vec![Vec::with_capacity(repeats); contenders.len()];
    for repeat in 0..repeats {
        for turn in 0..contenders.len() {
            // Another one begins each time, so that none always follows the same one.
            let who = (repeat + turn) % contenders.len();
            let spent = timed(&mut contenders[who], rounds[who]);
            nanoseconds[who].push(spent.as_nanos() as f64 / f64::from(rounds[who]));
        }
    }
    let floor = contenders.iter().position(|one| one.role == Role::Floor).expect("a floor");
    let floor = nanoseconds[floor].clone();
    contenders
        .iter_mut()
        .zip(nanoseconds)
        .map(|(contender, nanoseconds)| Row {
            role: contender.role,
            name: contender.name,
            spread: spread(&nanoseconds),
            to_floor: median(nanoseconds.iter().zip(&floor).map(|(one, floor)| one / floor)),
            nanoseconds: median(nanoseconds.iter().copied()),
            allocations: allocations_each(contender),
        })
        .collect()
}

/// How often the work must be done to fill the time; warms it up.
fn rounds(contender: &mut Contender<'_>, length: Duration) -> u32 {
    let mut rounds = 16;
    loop {
        let spent = timed(contender, rounds);
        if spent >= length / 4 {
            let each = spent.as_secs_f64() / f64::from(rounds);
            return (length.as_secs_f64() / each).ceil() as u32;
        }
        rounds *= 2;
    }
}

fn timed(contender: &mut Contender<'_>, rounds: u32) -> Duration {
    let before = thread_time();
    for _ in 0..rounds {
        (contender.work)();
    }
    thread_time() - before
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).expect("CPU time is positive");
    Duration::new(seconds, u32::try_from(time.tv_nsec).expect("below a billion"))
}

fn allocations_each(contender: &mut Contender<'_>) -> f64 {
    const ROUNDS: u32 = 1_000;
    let count = allocations::during(|| (0..ROUNDS).for_each(|_| (contender.work)()));
    count as f64 / f64::from(ROUNDS)
}

/// Holds ours to what it promises; unlike a time, a count can be asserted.
///
/// # Panics
/// When ours allocates more than `most` times.
pub fn assert_allocations(rows: &[Row], most: f64) {
    for row in rows.iter().filter(|row| row.role == Role::Ours) {
        assert!(row.allocations <= most, "{} allocates {} times", row.name, row.allocations);
    }
}

pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let values = sorted(values);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

/// Half the distance between the quartiles, as a share of the median.
fn spread(values: &[f64]) -> f64 {
    let values = sorted(values.iter().copied());
    let quarter = values.len() / 4;
    let distance = values[values.len() - 1 - quarter] - values[quarter];
    distance / 2.0 / values[values.len() / 2]
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}
