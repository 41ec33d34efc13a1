//! `kill -9` during a large upload or download, then the same command: it goes on and is equal.

use std::time::Duration;

use super::run::Sizes;
use crate::failure::{Failure, Result};
use crate::interop::{Access, Bench, Program, tree};
use crate::say;
use crate::test::Ledger;

const BUCKET: &str = "r2://soak-kills";
const OBJECT: &str = "r2://soak-kills/large.bin";

/// A kill comes at a moment between these, drawn anew each time.
const EARLIEST_MS: u64 = 50;
const LATEST_MS: u64 = 1_500;

pub(super) fn run(name: &str, bench: &Bench, access: &Access, sizes: Sizes, ledger: &mut Ledger) {
    ledger.check(&format!("{name}: an upload and a download, killed and repeated"), || {
        let folder = bench.place.fresh("soak-kills")?;
        let large = folder.join("large.bin");
        tree::write_noise(&large, 4, sizes.large_bytes)?;
        let r2 = bench.program(access, &folder);
        r2.run(&["mb", "--ignore-existing", BUCKET])?;
        let mut moments = Moments::new(sizes.seed);
        repeated(&r2, &["cp", "large.bin", OBJECT], sizes.kills, &mut moments)?;
        repeated(&r2, &["cp", OBJECT, "back.bin"], sizes.kills, &mut moments)?;
        if !tree::same_file(&large, &folder.join("back.bin"))? {
            return Err(Failure::new("what came back has other bytes"));
        }
        let left = r2.run(&["uploads", "ls", "--json", BUCKET])?;
        if left.contains("upload_id") {
            return Err(Failure::new(format!("uploads are left behind: {left}")));
        }
        r2.run(&["rb", "--force", BUCKET]).map(drop)
    });
}

/// Kills the command at most that often, then lets it end.
fn repeated(r2: &Program, command: &[&str], kills: u32, moments: &mut Moments) -> Result<()> {
    let mut killed = 0;
    while killed < kills && r2.killed_after(moments.next(), command)? {
        killed += 1;
    }
    say::line(format!("        r2 {}: killed {killed} times", command.join(" ")));
    if killed < kills {
        // It came to its end by itself, between two kills.
        return Ok(());
    }
    r2.run(command).map(drop)
}

/// Moments from a seed, so that a run can be repeated.
struct Moments(u64);

impl Moments {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_millis(EARLIEST_MS + self.0 % (LATEST_MS - EARLIEST_MS))
    }
}
