//! Processes that write through one mirror and are killed at random: nothing that was
//! acknowledged is lost, and no old version is read.
//!
//! The test starts itself again as those processes. `R2_MIRROR_KILLS` sets how many are killed.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use r2_backend::mirror::{Freshness, Inspect, Mirror, MirrorOptions};
use r2_backend::{LocalBackend, StorageBackend as _, StorageBackendExt as _};

use super::key;

const FOLDER: &str = "R2_TEST_MIRROR_SERVICE";
const SELF: &str = "R2_TEST_MIRROR_WRITER";
const KILLS: &str = "R2_MIRROR_KILLS";
/// Two processes at a time, each with keys of its own and one that both write.
const WRITERS: usize = 2;
const OWN_KEYS: u64 = 6;

#[expect(clippy::disallowed_methods, reason = "so the test tells its processes what to do")]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

async fn open(folder: &Path) -> Mirror<LocalBackend> {
    let origin = LocalBackend::managed(folder.join("origin")).await.expect("as it was written");
    let options = MirrorOptions::new().freshness(Freshness::Trust);
    Mirror::open(origin, folder.join("mirror"), options).await.expect("as it was written")
}

/// Content that tells its number, of many lengths.
fn content(number: u64) -> String {
    format!("{number} ").repeat(1 + usize::try_from(number % 97).expect("as it was written") * 40)
}

fn number(content: &[u8]) -> u64 {
    let text = std::str::from_utf8(content).expect("as it was written");
    let number =
        text.split(' ').next().expect("as it was written").parse().expect("as it was written");
    assert_eq!(text, self::content(number), "a mixture of versions");
    number
}

/// Writes without end, and says each write that it began and that was acknowledged.
#[tokio::test]
async fn writer() {
    let (Some(folder), Some(name)) = (told(FOLDER), told(SELF)) else { return };
    let folder = Path::new(&folder);
    let mirror = open(folder).await;
    let path = folder.join(format!("log {name}"));
    let mut log = std::fs::OpenOptions::new().append(true).create(true).open(&path).unwrap();
    let begun = std::fs::read_to_string(&path).unwrap().lines().count() as u64;
    for number in begun.. {
        let own = key(&format!("own/{name}/{}", number % OWN_KEYS));
        writeln!(log, "begin {number}").unwrap();
        mirror.put_bytes(&own, content(number)).await.unwrap();
        writeln!(log, "done {number}").unwrap();
        let read = mirror.get_bytes(&own, 1 << 20).await.unwrap();
        assert_eq!(self::number(&read), number, "a write is seen by the next read");
        if number % 3 == 0 {
            mirror.put_bytes(&key("shared"), content(number)).await.unwrap();
        }
        if number % 5 == 0 {
            mirror.delete(&key(&format!("gone/{name}"))).await.unwrap();
            mirror.put_bytes(&key(&format!("gone/{name}")), content(number)).await.unwrap();
        }
    }
}

/// For each key of a writer the last acknowledged number, and those begun after it.
fn allowed(folder: &Path, name: &str) -> Vec<(String, Vec<u64>)> {
    let log = std::fs::read_to_string(folder.join(format!("log {name}"))).unwrap_or_default();
    let mut keys: Vec<(String, Vec<u64>)> =
        (0..OWN_KEYS).map(|at| (format!("own/{name}/{at}"), Vec::new())).collect();
    // a line that was cut short by the kill says nothing
    for (word, number) in log.lines().filter_map(|line| line.split_once(' ')) {
        let Ok(number) = number.parse::<u64>() else { continue };
        let numbers = &mut keys[usize::try_from(number % OWN_KEYS).expect("as it was written")].1;
        if word == "done" {
            numbers.clear();
        }
        if numbers.last() != Some(&number) {
            numbers.push(number);
        }
    }
    keys
}

async fn look(folder: &Path) {
    let mirror = open(folder).await;
    for name in (0..WRITERS).map(|at| at.to_string()) {
        for (own, numbers) in allowed(folder, &name) {
            let found = mirror.get_bytes(&key(&own), 1 << 20).await;
            let there = mirror.origin().get_bytes(&key(&own), 1 << 20).await;
            match found {
                Ok(found) => {
                    assert_eq!(
                        found,
                        there.expect("as it was written"),
                        "{own}: an old version is read"
                    );
                    let found = number(&found);
                    assert!(
                        numbers.contains(&found),
                        "{own}: {found}, but {numbers:?} were written"
                    );
                }
                Err(error) => {
                    assert!(error.is_not_found() && there.is_err(), "{own}: {error}");
                    // only a first write may have been lost, before it was acknowledged
                    assert!(numbers.len() <= 1, "{own}: {numbers:?} are lost");
                }
            }
        }
    }
    for shared in ["shared", "gone/0", "gone/1"] {
        let there = mirror.origin().get_bytes(&key(shared), 1 << 20).await.ok();
        let here = mirror.get_bytes(&key(shared), 1 << 20).await.ok();
        assert_eq!(here, there, "{shared}");
        here.iter().for_each(|content| {
            number(content);
        });
    }
}

#[tokio::test]
async fn killed_at_random_they_lose_nothing() {
    let kills = told(KILLS).and_then(|kills| kills.parse().ok()).unwrap_or(6_u64);
    let folder = tempfile::tempdir().unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..kills.div_ceil(WRITERS as u64) {
        let writers: Vec<_> = (0..WRITERS)
            .map(|at| {
                Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", "processes::writer"])
                    .env(FOLDER, folder.path())
                    .env(SELF, at.to_string())
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for mut writer in writers {
            tokio::time::sleep(Duration::from_millis(random.u64(20..250))).await;
            // still running: a writer that ends by itself has failed
            assert!(writer.try_wait().unwrap().is_none(), "a writer ended");
            writer.kill().unwrap();
            writer.wait().unwrap();
        }
        look(folder.path()).await;
    }
    let written =
        allowed(folder.path(), "0").iter().map(|(_, numbers)| numbers.len()).sum::<usize>();
    assert!(written > 0, "nothing was written at all");
    let mirror = open(folder.path()).await;
    let repaired = mirror.repair(Inspect::Content).await.unwrap();
    assert!(repaired.failed.is_empty(), "{repaired:?}");
}
