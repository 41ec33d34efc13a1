//! One service, the lines to it, and what everybody in a run shares.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use r2_multipart::PartSize;
use r2_objects::{BucketName, Client, Credentials, ObjectKey};
use r2_sim::{Emulator, Journal, ManualClock, Switches};
use tokio::time::Instant;

use crate::content::fold;
use crate::tally::Tally;
use crate::weather::Weather;
use crate::wire::{Server, Wire};

pub(crate) const BUCKET: &str = "box";
/// Parts of uploads and downloads, in bytes.
pub(crate) const PART: usize = 4096;
const ENDPOINT: &str = "https://r2.local";
/// 2026-11-20T12:00:00Z.
const NOON: u64 = 1_795_176_000;
/// Lines of a trace that are kept.
const TRACE_MAX: usize = 20_000;

/// What everybody in a run shares.
pub(crate) struct World {
    pub(crate) weather: Weather,
    pub(crate) server: Server,
    pub(crate) clock: ManualClock,
    /// Sees what really is there.
    pub(crate) truth: Client,
    pub(crate) tally: RefCell<Tally>,
    /// A hash of all that happened, in its order.
    hash: RefCell<u64>,
    trace: Option<RefCell<Vec<String>>>,
    began: Instant,
}

/// Everything between one client and the service; it outlives the client.
pub(crate) struct Line {
    pub(crate) number: u64,
    pub(crate) journal: Journal<Wire>,
    pub(crate) clock: ManualClock,
}

impl World {
    pub(crate) async fn new(weather: Weather, traced: bool) -> Self {
        let clock = ManualClock::at_unix(NOON).running();
        let mut switches = Switches::new().part_bytes_min(PART as u64);
        if weather.paced {
            switches = switches.key_write_interval(Some(Duration::from_secs(1)));
        }
        let emulator = Emulator::builder()
            .clock(Arc::new(clock.clone()))
            .credentials(credentials())
            .seed(weather.seed)
            .switches(switches)
            .memory();
        let truth = Client::builder()
            .endpoint(ENDPOINT)
            .credentials(credentials())
            .clock(clock.clone())
            .transport(emulator.clone())
            .build()
            .expect("the endpoint and the key are well formed");
        truth.buckets().create(BUCKET).await.expect("an empty service without trouble");
        Self {
            server: Journal::new(emulator),
            clock,
            truth,
            tally: RefCell::default(),
            hash: RefCell::new(weather.seed),
            trace: traced.then(RefCell::default),
            began: Instant::now(),
            weather,
        }
    }

    pub(crate) fn line(&self, number: u64) -> Line {
        let (any, contents) = self.weather.plans(number);
        let seed = self.weather.seed ^ number.rotate_left(40);
        let wire = Wire::new(&self.server, seed, any, contents);
        let clock = self.clock.clone();
        let mut line = Line { number, journal: Journal::new(wire), clock };
        if self.weather.skew {
            line.clock = ManualClock::at_unix(NOON).running();
        }
        line
    }

    /// Something happened. It goes into the hash of the run, and into its trace if there is one.
    pub(crate) fn note(&self, who: &str, what: &str) {
        let at = self.began.elapsed();
        let mut hash = self.hash.borrow_mut();
        *hash = fold(*hash, who.as_bytes());
        *hash = fold(*hash, what.as_bytes());
        *hash = fold(*hash, &at.as_nanos().to_le_bytes());
        if let Some(trace) = &self.trace {
            let mut trace = trace.borrow_mut();
            if trace.len() < TRACE_MAX {
                let mut line = String::new();
                // writing into a string cannot fail
                let _ = write!(line, "{:>10.3} s  {who:<6} {what}", at.as_secs_f64());
                trace.push(line);
            }
        }
    }

    /// Simulated time since the beginning, in whole seconds.
    pub(crate) fn seconds(&self) -> u64 {
        self.began.elapsed().as_secs()
    }

    pub(crate) fn hash(&self) -> u64 {
        *self.hash.borrow()
    }

    pub(crate) fn trace(&self) -> Vec<String> {
        self.trace.as_ref().map(|trace| trace.borrow().clone()).unwrap_or_default()
    }
}

impl Line {
    /// A client in its `life`th life: what the one before knew is gone.
    pub(crate) fn client(&self, weather: &Weather, life: u64) -> Client {
        Client::builder()
            .endpoint(ENDPOINT)
            .credentials(credentials())
            .clock(self.clock.clone())
            .policy(weather.policy(self.number << 32 | life))
            .transport(self.journal.clone())
            .build()
            .expect("the endpoint and the key are well formed")
    }
}

fn credentials() -> Credentials {
    Credentials::new("fedcba9876543210fedcba9876543210", "ab".repeat(32))
}

pub(crate) fn bucket() -> BucketName {
    BucketName::new(BUCKET).expect("a well-formed name")
}

pub(crate) fn key(name: &str) -> ObjectKey {
    ObjectKey::new(name).expect("a well-formed key")
}

pub(crate) fn part_size() -> PartSize {
    PartSize::for_emulator(PART as u64)
}
