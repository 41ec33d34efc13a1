//! What a process needed.

use rustix::time::{ClockId, clock_gettime};
use std::fs;
use std::time::Instant;

pub struct Usage {
    /// The most memory that was resident at any time.
    pub peak_bytes: u64,
    /// The same, before the transfer began.
    pub before_bytes: u64,
    pub cpu_seconds: f64,
    pub seconds: f64,
}

impl Usage {
    /// One line for the parent process.
    pub fn line(&self) -> String {
        let Self { peak_bytes, before_bytes, cpu_seconds, seconds } = self;
        format!("{peak_bytes} {before_bytes} {cpu_seconds} {seconds}")
    }

    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        Some(Self {
            peak_bytes: words.next()?.parse().ok()?,
            before_bytes: words.next()?.parse().ok()?,
            cpu_seconds: words.next()?.parse().ok()?,
            seconds: words.next()?.parse().ok()?,
        })
    }
}

/// Measures from when it is made.
pub struct Watch {
    before_bytes: u64,
    cpu_seconds: f64,
    started: Instant,
}

impl Watch {
    pub fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "to measure time is the point")]
        let started = Instant::now();
        Self { before_bytes: peak_bytes(), cpu_seconds: cpu_seconds(), started }
    }

    pub fn stop(self) -> Usage {
        Usage {
            peak_bytes: peak_bytes(),
            before_bytes: self.before_bytes,
            cpu_seconds: cpu_seconds() - self.cpu_seconds,
            seconds: self.started.elapsed().as_secs_f64(),
        }
    }
}

/// `VmHWM` of this process.
fn peak_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.expect("Linux tells the peak of resident memory") * 1_024
}

/// CPU time of all threads, in user and kernel.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
