//! How far a long command is: a bar on a terminal, a plain line now and then elsewhere.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::Instant;

use crate::human;
use crate::output::Output;

/// Between two plain lines, when nobody watches a terminal.
const PLAIN_INTERVAL: Duration = Duration::from_secs(5);
/// Between two drawings of the bar.
const TICK: Duration = Duration::from_millis(120);

/// Counts what is done of what is known to be there; cheap to clone and to call.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    bar: Option<ProgressBar>,
    output: Output,
    plain: bool,
    begun: Instant,
    last_line: Mutex<Instant>,
    bytes: AtomicU64,
    bytes_total: AtomicU64,
    objects: AtomicU64,
    objects_total: AtomicU64,
}

impl Progress {
    /// Starts counting; `show` says whether the user wants to watch.
    pub(crate) fn start(output: &Output, no_progress: bool) -> Self {
        let shows = output.shows_progress() && !no_progress;
        let terminal = output.world().err.is_terminal();
        let bar = (shows && terminal).then(make_bar);
        let now = Instant::now();
        Self {
            shared: Arc::new(Shared {
                bar,
                output: output.clone(),
                plain: shows && !terminal,
                begun: now,
                last_line: Mutex::new(now),
                bytes: AtomicU64::new(0),
                bytes_total: AtomicU64::new(0),
                objects: AtomicU64::new(0),
                objects_total: AtomicU64::new(0),
            }),
        }
    }

    /// More work has become known.
    pub(crate) fn expect(&self, objects: u64, bytes: u64) {
        let shared = &self.shared;
        shared.objects_total.fetch_add(objects, Relaxed);
        let total = shared.bytes_total.fetch_add(bytes, Relaxed) + bytes;
        if let Some(bar) = &shared.bar {
            bar.set_length(total);
        }
        self.show();
    }

    /// Bytes have arrived where they belong; negative when a part begins again.
    pub(crate) fn bytes(&self, advanced: i64) {
        let shared = &self.shared;
        let count = advanced.unsigned_abs();
        let before = if advanced < 0 {
            shared.bytes.fetch_sub(count, Relaxed)
        } else {
            shared.bytes.fetch_add(count, Relaxed)
        };
        if let Some(bar) = &shared.bar {
            bar.set_position(before.saturating_add_signed(advanced));
        }
        self.show();
    }

    /// One object is whole.
    pub(crate) fn object(&self) {
        self.shared.objects.fetch_add(1, Relaxed);
        self.show();
    }

    /// Runs `print` with the bar out of the way.
    pub(crate) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.shared.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.shared.bar {
            bar.finish_and_clear();
        }
    }

    /// Time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.shared.begun.elapsed()
    }

    fn show(&self) {
        let shared = &self.shared;
        if let Some(bar) = &shared.bar {
            bar.set_message(shared.objects_text());
            return;
        }
        if !shared.plain {
            return;
        }
        let now = Instant::now();
        let mut last = shared.last_line.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(*last) >= PLAIN_INTERVAL {
            *last = now;
            shared.output.note(&shared.plain_line(now.duration_since(shared.begun)));
        }
    }
}

impl Shared {
    fn objects_text(&self) -> String {
        let (done, total) = (self.objects.load(Relaxed), self.objects_total.load(Relaxed));
        format!("{}/{} objects", human::thousands(done), human::thousands(total))
    }

    fn plain_line(&self, elapsed: Duration) -> String {
        let (bytes, total) = (self.bytes.load(Relaxed), self.bytes_total.load(Relaxed));
        let rate = rate(bytes, elapsed);
        let left = match rate {
            0 => "?".to_owned(),
            rate => human::duration(Duration::from_secs(total.saturating_sub(bytes) / rate)),
        };
        format!(
            "{}, {} of {}, {}/s, {left} left",
            self.objects_text(),
            human::bytes(bytes),
            human::bytes(total),
            human::bytes(rate),
        )
    }
}

/// Bytes per second, whole.
pub(crate) fn rate(bytes: u64, elapsed: Duration) -> u64 {
    let milliseconds = elapsed.as_millis().max(1);
    u64::try_from(u128::from(bytes) * 1000 / milliseconds).unwrap_or(u64::MAX)
}

fn make_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(
        "{wide_bar} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {msg} ETA {eta}",
    );
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(TICK);
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_survives_extremes() {
        assert_eq!(rate(1000, Duration::from_secs(2)), 500);
        assert_eq!(rate(5, Duration::ZERO), 5000);
        assert_eq!(rate(u64::MAX, Duration::ZERO), u64::MAX);
    }
}
