//! The server is gone: before the first request, and in the middle.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use crate::support::{Act, Kind, Place, Seen, Server, Watched, emulator_that_checks};

fn nobody() -> String {
    Server::start(emulator_that_checks().memory()).stop()
}

#[test]
fn one_request_names_the_endpoint() {
    let endpoint = nobody();
    let place = Place::new();
    let ran = place.at(&endpoint).run(["stat", "r2://data/key"]).ends(7);
    let host = endpoint.trim_start_matches("http://").to_owned();
    ran.says(["error:", &host, "hint:"]);
}

#[test]
fn many_requests_open_the_circuit() {
    let endpoint = nobody();
    let place = Place::new();
    let names: Vec<String> = (0..6).map(|number| format!("file-{number}")).collect();
    for name in &names {
        place.write(name, "x");
    }
    let command = ["cp"].into_iter().chain(names.iter().map(String::as_str)).chain(["r2://data/"]);
    let ran = place.at(&endpoint).run(command.collect::<Vec<_>>()).ends(7);
    let host = endpoint.trim_start_matches("http://").to_owned();
    ran.says(["circuit", &host, "hint:"]);
}

/// A server that is away for a moment makes a sync late, not incomplete: what was in flight fails
/// together and opens the circuit, which is then waited for.
#[test]
fn for_a_while_in_the_middle_of_a_sync() {
    const AWAY: Duration = Duration::from_secs(2);
    let left = Arc::new(OnceLock::new());
    let begun = Arc::clone(&left);
    let watched = Watched::with_script(emulator_that_checks().memory(), move |seen: &Seen| {
        let is_away = seen.number > 20 && begun.get_or_init(Instant::now).elapsed() < AWAY;
        if is_away { Act::HangUp } else { Act::Pass }
    });
    let server = Server::start(watched);
    let place = Place::new();
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://data"]).ok();
    for number in 0..100 {
        place.write(&format!("tree/{number}"), "x");
    }
    let synced = r2.run(["--json", "sync", "tree", "r2://data"]).ok().summary();
    assert_eq!((&synced["sent"], &synced["failed"]), (&100.into(), &0.into()));
    assert!(left.get().is_some(), "there was no trouble");
}

#[test]
fn in_the_middle_of_a_sync() {
    let gone = Arc::new(AtomicBool::new(false));
    let is_gone = Arc::clone(&gone);
    let watched = Watched::with_script(emulator_that_checks().memory(), move |seen: &Seen| {
        if seen.kind() == Kind::Put && seen.number > 20 {
            is_gone.store(true, Ordering::SeqCst);
        }
        if is_gone.load(Ordering::SeqCst) { Act::HangUp } else { Act::Pass }
    });
    let journal = watched.journal();
    let server = Server::start(watched);
    let place = Place::new();
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://data"]).ok();
    for number in 0..60 {
        place.write(&format!("tree/{number}"), "x");
    }
    let ran = r2.run(["--json", "--timeout", "4s", "sync", "tree", "r2://data"]);
    let code = if ran.json_of("copied").is_empty() { 7 } else { 3 };
    let ran = ran.ends(code);
    let host = server.url().trim_start_matches("http://").to_owned();
    let ran = ran.says(["hint:", &host]);
    let copied = ran.json_of("copied").len();
    let taken =
        journal.all().iter().filter(|s| s.kind() == Kind::Put && s.status == Some(200)).count();
    assert_eq!(copied, taken, "what is reported as sent is there");
    assert!(journal.len() < 60 + 20, "{} requests went to a server that is gone", journal.len());
}

#[test]
fn a_deadline_is_kept() {
    let watched = Watched::with_script(emulator_that_checks().memory(), |_| Act::Hold);
    let server = Server::start(watched);
    let place = Place::new();
    let ran = place.at(&server.url()).run(["--timeout", "1s", "stat", "r2://data/key"]);
    ran.ends(7).says(["error:", "time"]);
}
