//! A process of its own is killed, by the signal, before each step that it would take.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use super::super::disk::System;
use super::super::locked;
use super::hooked::hooked;
use super::workload::{self, Lane};
use crate::Durability;

const FOLDER: &str = "R2_SIM_STEP_FOLDER";
const STEP: &str = "R2_SIM_STEP";
const STOPPED: &str = "stopped";
const DONE: &str = "done";

/// One write call a line, so that a kill leaves whole lines.
fn say(word: &str) {
    std::io::stdout().lock().write_all(format!("{word}\n").as_bytes()).unwrap();
}

/// Works until the step of this number, then waits for the signal.
fn work(folder: &Path, last: usize) {
    let taken = Mutex::new(0);
    let disk = hooked(System, move |_, _| {
        let mut taken = locked(&taken);
        if *taken == last {
            say(STOPPED);
            // The lock is kept: no other thread takes a step either.
            loop {
                std::thread::park();
            }
        }
        *taken += 1;
        Ok(())
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let r2 = workload::builder(Durability::Disk).on_disk(disk, folder).unwrap();
        let mut client = Lane::new(r2, 0);
        for change in workload::a_few() {
            client.make(&change).await;
            say(DONE);
        }
    });
}

#[test]
#[ignore = "the process that the other test kills"]
#[expect(clippy::disallowed_methods, reason = "the way a test hands a folder to its child")]
fn worker() {
    if let (Ok(folder), Ok(step)) = (std::env::var(FOLDER), std::env::var(STEP)) {
        work(Path::new(&folder), step.parse().unwrap());
    }
}

/// How many changes were acknowledged, and whether the process lived to be killed.
fn work_and_kill(folder: &Path, step: usize) -> (usize, bool) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["store::tests::killed::worker", "--exact", "--ignored", "--nocapture", "--quiet"])
        .env(FOLDER, folder)
        .env(STEP, step.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (mut done, mut stopped) = (0, false);
    for line in output.lines().map_while(Result::ok) {
        done += usize::from(line.ends_with(DONE));
        if line.ends_with(STOPPED) {
            stopped = true;
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    (done, stopped)
}

#[tokio::test]
async fn killed_before_any_step() {
    let views = workload::views(&workload::a_few(), 0).await;
    let root = tempfile::tempdir().unwrap();
    let mut step = 0;
    loop {
        let folder = root.path().join(step.to_string());
        let (done, stopped) = work_and_kill(&folder, step);
        let r2 = workload::builder(Durability::Disk).directory(&folder).unwrap();
        let found = workload::view(r2.store(), 0).await;
        let allowed = &views[done..views.len().min(done + 2)];
        assert!(allowed.contains(&found), "before step {step}: {done} done, {:?}", found.keys());
        let report = r2.check().await.unwrap();
        assert!(report.problems.is_empty(), "before step {step}: {:#?}", report.problems);
        drop(r2);
        std::fs::remove_dir_all(&folder).unwrap();
        if !stopped {
            break;
        }
        step += 1;
    }
    println!("killed before each of {step} steps");
    assert!(step > 50, "{step} steps");
}
