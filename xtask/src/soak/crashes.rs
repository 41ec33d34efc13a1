//! The served emulator is killed under load: every acknowledged object is there and whole, no half
//! object is visible, and it starts again quickly.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use super::run::Sizes;
use crate::failure::{Failure, Result};
use crate::interop::{Access, Bench, tree};
use crate::test::Ledger;
use crate::{env, say, wait};

const BUCKET: &str = "r2://test";
const START_LIMIT: Duration = Duration::from_secs(30);

/// Files of one load; small, so that many are under way at any moment.
const FILES: usize = 2_000;

pub(super) fn run(bench: &Bench, sizes: Sizes, ledger: &mut Ledger) {
    ledger.check("emulator: killed under load, nothing acknowledged is lost", || {
        let folder = bench.place.fresh("soak-crashes")?;
        tree::grow(&folder.join("tree"), FILES)?;
        let store = folder.join("store");
        let mut acknowledged = 0;
        for round in 0..sizes.kills {
            acknowledged += crash(bench, &folder, &store, round)?;
        }
        if acknowledged == 0 {
            return Err(Failure::new("nothing was acknowledged before a kill: nothing was shown"));
        }
        Ok(())
    });
}

/// One load, one kill, one look at what is there; how many objects were acknowledged.
fn crash(bench: &Bench, folder: &Path, store: &Path, round: u32) -> Result<usize> {
    let mut emulator = Emulator::start(bench, store)?;
    let prefix = format!("{BUCKET}/round-{round}");
    let access = emulator.access.clone();
    let acknowledged = load(bench, &access, folder, &prefix, round, || emulator.kill())?;
    let emulator = Emulator::start(bench, store)?;
    let back = folder.join(format!("back-{round}"));
    let r2 = bench.program(&emulator.access, folder);
    r2.run(&["sync", &prefix, &back.to_string_lossy()])?;
    let there: BTreeSet<String> = tree::files(&back)?.into_keys().collect();
    let lost: Vec<_> = acknowledged.difference(&there).take(3).collect();
    if !lost.is_empty() {
        return Err(Failure::new(format!("round {round}: acknowledged and lost: {lost:?}")));
    }
    for (name, path) in tree::files(&back)? {
        if !tree::same_file(&folder.join("tree").join(&name), &path)? {
            return Err(Failure::new(format!("round {round}: {name:?} is half there")));
        }
    }
    say::line(format!(
        "        round {round}: {} acknowledged, {} there, up again in {}",
        acknowledged.len(),
        there.len(),
        say::seconds(emulator.took)
    ));
    fs::remove_dir_all(&back).map_err(|error| Failure::on("remove a copy", &error))?;
    Ok(acknowledged.len())
}

/// Syncs the tree up, kills the server on the way, and returns the names whose line was printed.
fn load(
    bench: &Bench,
    access: &Access,
    folder: &Path,
    prefix: &str,
    round: u32,
    kill: impl FnOnce(),
) -> Result<BTreeSet<String>> {
    let log = folder.join(format!("load-{round}.jsonl"));
    let lines = fs::File::create(&log).map_err(|error| Failure::on("write a log", &error))?;
    let mut sync = bench.program(access, folder).command(&["sync", "--json", "tree", prefix]);
    let mut sync = sync
        .stdout(lines)
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| Failure::on("start r2 sync", &error))?;
    let moment = Duration::from_millis(300 + 170 * u64::from(round % 10));
    wait::until(moment, || sync.try_wait().ok().flatten());
    kill();
    let _ = sync.kill();
    let _ = sync.wait();
    let said = fs::read_to_string(&log).map_err(|error| Failure::on("read a log", &error))?;
    // The last line may have been cut by the kill, and then says nothing.
    let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let sent = tree::files(&folder.join("tree"))?.into_keys();
    Ok(sent.filter(|name| whole.lines().any(|line| speaks_of(line, name))).collect())
}

/// Whether a JSON line reports this file as sent.
fn speaks_of(line: &str, name: &str) -> bool {
    // The name as JSON writes it: only quotes and backslashes differ, for these trees.
    let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
    line.contains(&format!("\"name\":\"{quoted}\"")) && line.contains("\"type\":\"copied\"")
}

/// Runs a program until standard input closes, then kills it without a word.
const HELD: &str = "\"$@\" & read -r _; kill -9 $!; wait $! 2>/dev/null; true";

/// `r2 serve emulator` that can be killed without a word.
struct Emulator {
    /// The shell that holds the emulator.
    child: Child,
    /// Closing it kills the emulator; so does the end of this process, however it comes.
    hold: Option<ChildStdin>,
    access: Access,
    took: Duration,
}

impl Emulator {
    fn start(bench: &Bench, store: &Path) -> Result<Self> {
        let log = store.with_extension("log");
        let lines = fs::File::create(&log).map_err(|error| Failure::on("write a log", &error))?;
        let started = env::now();
        let mut command = Command::new("sh");
        command.args(["-c", HELD, "sh"]).arg(&bench.binary).arg("--local").arg(store);
        command.args(["serve", "emulator", "--bucket", "test", "--listen", "127.0.0.1:0"]);
        command.stdin(Stdio::piped()).stdout(lines);
        let mut child =
            command.spawn().map_err(|error| Failure::on("start r2 serve emulator", &error))?;
        let hold = child.stdin.take();
        let mut emulator = Self { child, hold, access: Vec::new(), took: Duration::ZERO };
        let said = wait::until(START_LIMIT, || {
            fs::read_to_string(&log).ok().filter(|said| said.contains("AWS_REGION"))
        });
        let said = said.ok_or_else(|| Failure::new("the emulator did not start"))?;
        emulator.took = started.elapsed();
        let variables = said.lines().filter_map(|line| line.strip_prefix("export "));
        emulator.access = variables
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Ok(emulator)
    }

    fn kill(&mut self) {
        self.hold = None;
        let _ = self.child.wait();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.kill();
    }
}
