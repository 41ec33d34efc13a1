//! How the recorded latency is played back.

use std::time::Duration;

use crate::cassette::Latency;
use crate::limits;

/// How long a replayer takes over its answers. Waits go through tokio's clock, so under paused time
/// a test that waits takes no time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "not at all, as it was, or in proportion")]
pub enum Playback {
    /// At once.
    #[default]
    Instant,
    /// As long as it took when it was recorded.
    Recorded,
    /// This many times as long; what is no positive number means at once.
    Scaled(f64),
}

impl Playback {
    /// The waits before the head of an answer, and from there to the end of its body.
    pub(super) fn waits(self, latency: Latency) -> (Duration, Duration) {
        let Latency { first_byte_ms, whole_ms } = latency;
        let rest_ms = whole_ms.saturating_sub(first_byte_ms);
        (self.wait(first_byte_ms), self.wait(rest_ms))
    }

    fn wait(self, recorded_ms: u64) -> Duration {
        let longest = Duration::from_millis(limits::LATENCY_MS_MAX);
        let recorded = Duration::from_millis(recorded_ms).min(longest);
        match self {
            Playback::Instant => Duration::ZERO,
            Playback::Recorded => recorded,
            Playback::Scaled(factor) if factor > 0.0 => {
                let scaled = Duration::try_from_secs_f64(recorded.as_secs_f64() * factor);
                scaled.unwrap_or(longest).min(longest)
            }
            Playback::Scaled(_) => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_factor_makes_it_wait_for_ever() {
        let latency = Latency { first_byte_ms: 100, whole_ms: 300 };
        let waits = |playback: Playback| {
            let (first, rest) = playback.waits(latency);
            (first.as_millis(), rest.as_millis())
        };
        assert_eq!(waits(Playback::Instant), (0, 0));
        assert_eq!(waits(Playback::Recorded), (100, 200));
        assert_eq!(waits(Playback::Scaled(0.5)), (50, 100));
        for nothing in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(waits(Playback::Scaled(nothing)), (0, 0), "{nothing}");
        }
        assert_eq!(waits(Playback::Scaled(f64::INFINITY)), (600_000, 600_000));
    }
}
