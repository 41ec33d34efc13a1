//! Times contenders against each other.
//!
//! Each repeat runs all of them, one after the other, so that a machine that slows down slows all
//! of them; ratios are taken within a repeat, and the median of the repeats counts. Time is CPU
//! time of the measuring thread: what else runs on the machine costs it caches, not seconds.
//!
//! All of that happens in several processes, one after the other, because where code and buffers
//! come to lie differs from one to the next by more than the repeats within one do. The published
//! ratio is the median of the processes, beside the lowest and the highest.

use crate::{allocations, arguments::Effort};
use rustix::time::{ClockId, clock_gettime};
use std::error::Error;
use std::process::{Command, Stdio};
use std::{env, time::Duration};

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
    pub name: String,
    /// Nanoseconds of CPU for one piece of work: median of the repeats.
    pub nanoseconds: f64,
    /// Times the floor: median of the ratios within each repeat.
    pub to_floor: f64,
    /// Allocations for one piece of work, after warm-up.
    pub allocations: f64,
}

impl Row {
    /// One line for the parent process.
    fn line(&self) -> String {
        let Self { role, name, nanoseconds, to_floor, allocations } = self;
        format!("{}\t{name}\t{nanoseconds}\t{to_floor}\t{allocations}", role.word())
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let role = Role::parse(fields.next()?)?;
        let name = fields.next()?.to_owned();
        let mut number = || fields.next()?.parse().ok();
        Some(Self {
            role,
            name,
            nanoseconds: number()?,
            to_floor: number()?,
            allocations: number()?,
        })
    }
}

/// What one contender needed, over all processes.
#[derive(Clone, Debug)]
pub struct Summary {
    pub role: Role,
    pub name: String,
    pub nanoseconds: f64,
    pub to_floor: f64,
    /// The lowest and the highest ratio of a process.
    pub to_floor_range: (f64, f64),
    /// The most of any process.
    pub allocations: f64,
}

impl Role {
    const ALL: [Self; 3] = [Self::Floor, Self::Ours, Self::Peer];

    const fn word(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Ours => "ours",
            Self::Peer => "peer",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Prints what this process measured, for its parent.
pub fn print(rows: &[Row]) {
    for row in rows {
        println!("{}", row.line());
    }
}

/// How many processes measure.
pub const fn processes(effort: Effort) -> usize {
    match effort {
        Effort::Quick => 3,
        Effort::Full => 9,
    }
}

/// Lets child processes measure, and sums up.
pub fn in_processes(what: &str, effort: Effort) -> Result<Vec<Summary>, Box<dyn Error>> {
    let mut runs: Vec<Vec<Row>> = Vec::new();
    for _ in 0..processes(effort) {
        let output = Command::new(env::current_exe()?)
            .args(["--child", what, effort.word()])
            .stderr(Stdio::inherit())
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let rows: Option<Vec<Row>> = text.lines().map(Row::parse).collect();
        match rows.filter(|rows| output.status.success() && !rows.is_empty()) {
            Some(rows) => runs.push(rows),
            None => return Err(format!("measuring {what} failed: {}", output.status).into()),
        }
    }
    let first = runs.first().ok_or("no process measured")?.clone();
    let of =
        |place: usize, field: fn(&Row) -> f64| runs.iter().map(move |rows| field(&rows[place]));
    Ok(first
        .into_iter()
        .enumerate()
        .map(|(place, Row { role, name, .. })| Summary {
            role,
            name,
            nanoseconds: median(of(place, |row| row.nanoseconds)),
            to_floor: median(of(place, |row| row.to_floor)),
            to_floor_range: (
                of(place, |row| row.to_floor).fold(f64::INFINITY, f64::min),
                of(place, |row| row.to_floor).fold(0.0, f64::max),
            ),
            allocations: of(place, |row| row.allocations).fold(0.0, f64::max),
        })
        .collect())
}

/// Repeats, and how long each contender runs in one.
fn plan(effort: Effort) -> (usize, Duration) {
    match effort {
        Effort::Quick => (9, Duration::from_millis(10)),
        Effort::Full => (15, Duration::from_millis(30)),
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
            name: contender.name.to_owned(),
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
pub fn assert_allocations(rows: &[Summary], most: f64) {
    for row in rows.iter().filter(|row| row.role == Role::Ours) {
        assert!(row.allocations <= most, "{} allocates {} times", row.name, row.allocations);
    }
}

pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let values = sorted(values);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}
