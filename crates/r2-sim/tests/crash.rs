//! A process that writes is killed, again and again: what it was told is kept is there, and whole.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use r2_sim::Emulator;
use r2_transport::{Body, Transport as _};

const ROUNDS: u64 = 6;
const WRITERS: usize = 8;
const KEYS_EACH: usize = 6;
const FOLDER: &str = "R2_SIM_CRASH_FOLDER";

/// Version `version` of a key: its bytes say which one they are. Every third is deleted.
fn body(key: &str, version: u32) -> Option<Bytes> {
    let length = [100, 20_000, 0, 300_000][usize::try_from(version % 4).unwrap()];
    let line = format!("{key} {version};");
    let bytes = || line.bytes().cycle().take(line.len().max(length)).collect();
    (version % 3 != 2).then(bytes)
}

async fn apply(r2: &Emulator, key: &str, version: u32) {
    let uri = format!("http://r2.local/bucket/{key}");
    let request = match body(key, version) {
        Some(body) => Request::put(uri).body(Body::from(body)),
        None => Request::delete(uri).body(Body::empty()),
    };
    let response = r2.send(request.unwrap()).await.unwrap();
    assert!(response.status().is_success(), "{}", response.status());
}

/// Writes until it is killed, and says on its standard output what is done.
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn write_forever(folder: &str) {
    let r2 = Emulator::builder().directory(folder).unwrap();
    let made = Request::put("http://r2.local/bucket").body(Body::empty()).unwrap();
    r2.send(made).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let r2 = r2.clone();
        tasks.spawn(async move {
            for version in 1.. {
                for key in 0..KEYS_EACH {
                    let key = format!("{writer}-{key}");
                    apply(&r2, &key, version).await;
                    // One write call a line, so that a kill leaves whole lines.
                    let line = format!("{key} {version}\n");
                    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                }
            }
        });
    }
    tasks.join_all().await;
}

#[test]
#[ignore = "the process that the other test kills"]
#[expect(clippy::disallowed_methods, reason = "the way a test hands a folder to its child")]
fn writer() {
    if let Ok(folder) = std::env::var(FOLDER) {
        write_forever(&folder);
    }
}

/// Starts a writer, kills it after a while, and returns the last version of each key it reported.
#[expect(clippy::disallowed_methods, reason = "waits for another process, by the wall clock")]
fn write_and_kill(folder: &Path, after: Duration) -> HashMap<String, u32> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["writer", "--exact", "--ignored", "--nocapture", "--quiet"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let begun = Arc::new(AtomicBool::new(false));
    let reader = {
        let begun = Arc::clone(&begun);
        std::thread::spawn(move || {
            let mut done = HashMap::new();
            for line in output.lines().map_while(Result::ok) {
                let mut words = line.split(' ');
                let (Some(key), Some(version), None) = (words.next(), words.next(), words.next())
                else {
                    continue;
                };
                if let Ok(version) = version.parse::<u32>() {
                    done.insert(key.to_owned(), version);
                    begun.store(true, Ordering::Relaxed);
                }
            }
            done
        })
    };
    for _ in 0..2000 {
        if begun.load(Ordering::Relaxed) {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

async fn check(folder: &Path, done: &HashMap<String, u32>) {
    let r2 = Emulator::builder().directory(folder).unwrap();
    for (key, version) in done {
        let get = Request::get(format!("http://r2.local/bucket/{key}")).body(Body::empty());
        let response = r2.send(get.unwrap()).await.unwrap();
        let found = match response.status() {
            StatusCode::OK => Some(response.into_body().collect(1 << 20).await.unwrap()),
            status => {
                assert_eq!(status, StatusCode::NOT_FOUND, "{key}");
                None
            }
        };
        // The last one reported, or the one that was under way.
        let allowed = [body(key, *version), body(key, *version + 1)];
        assert!(allowed.contains(&found), "{key} {version}: {:?}", found.map(|b| b.len()));
    }
    let incoming = std::fs::read_dir(folder.join("incoming")).unwrap().count();
    assert_eq!(incoming, 0, "incoming files are left");
}

#[tokio::test]
async fn killed_under_load() {
    let root = tempfile::tempdir().unwrap();
    for round in 0..ROUNDS {
        let folder = root.path().join(round.to_string());
        let done = write_and_kill(&folder, Duration::from_millis(20 + 57 * round));
        assert!(!done.is_empty());
        check(&folder, &done).await;
        // The survivor can be written to, and killed again.
        let again = write_and_kill(&folder, Duration::from_millis(40));
        check(&folder, &again).await;
    }
}
