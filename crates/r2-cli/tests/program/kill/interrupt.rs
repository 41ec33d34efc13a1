//! Ctrl-C: an orderly end, and the same command goes on.

use super::{BYTES, FLAGS, Gate};
use crate::support::{
    Act, Kind, Place, Seen, Served, Server, Watched, emulator_that_checks, noise,
};

#[test]
fn an_upload_that_is_stopped_says_so_and_goes_on() {
    let gate = Gate::default();
    let held = gate.clone();
    let watched = Watched::with_script(emulator_that_checks().memory(), move |seen: &Seen| {
        if seen.kind() == Kind::Part && !held.passes() { Act::Hold } else { Act::Pass }
    });
    let journal = watched.journal();
    let server = Server::start(watched);
    let place = Place::new();
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://data"]).ok();
    place.write("large", noise(1, BYTES / 2));
    let command = [&FLAGS[..], &["large", "r2://data/large"]].concat();
    for (more, signal) in [(2, "INT"), (2, "TERM")] {
        gate.set(more);
        let from = journal.len();
        let running = r2.start(&command);
        journal.wait_until("parts taken, and one held", |all| {
            let parts = || all[from..].iter().filter(|seen| seen.kind() == Kind::Part);
            let taken = parts().filter(|seen| seen.status.is_some()).count();
            taken == more && parts().count() > more
        });
        running.signal(signal);
        running.end().ends(130).says(["error:", "hint:", "goes on"]);
    }
    gate.set(usize::MAX);
    let end = r2.run(&command).ok();
    assert_eq!(end.json_of("copied")[0]["parts_resumed"], 4);
    assert_eq!(journal.count(Kind::Create), 1);
}

#[test]
fn a_sync_that_is_stopped_says_so_and_goes_on() {
    let gate = Gate::default();
    let held = gate.clone();
    let watched = Watched::with_script(emulator_that_checks().memory(), move |seen: &Seen| {
        if seen.kind() == Kind::Put && !held.passes() { Act::Hold } else { Act::Pass }
    });
    let journal = watched.journal();
    let server = Server::start(watched);
    let place = Place::new();
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://data"]).ok();
    for number in 0..40 {
        place.write(&format!("tree/{number}"), "x");
    }
    gate.set(15);
    let running = r2.start(["--json", "sync", "tree", "r2://data"]);
    journal.wait_until("files taken, and one held", |all| {
        let puts = || all.iter().filter(|seen| seen.kind() == Kind::Put);
        puts().filter(|seen| seen.status.is_some()).count() == 15 && puts().count() > 15
    });
    running.signal("INT");
    let stopped = running.end().ends(130);
    assert_eq!(stopped.json().len() - stopped.json_of("copied").len(), 1, "{stopped:?}");
    gate.set(usize::MAX);
    let end = r2.run(["--json", "sync", "tree", "r2://data"]).ok().summary();
    assert_eq!((&end["sent"], &end["same"]), (&25.into(), &15.into()));
}

#[test]
fn a_server_that_is_told_to_stop_stops() {
    let place = Place::new();
    for signal in ["TERM", "INT"] {
        let served = Served::start(&place.local());
        served.client(&place).run_with(["cp", "-", "r2://test/key"], b"x").ok();
        served.signal(signal);
        served.end().ok();
    }
    place.local().run(["cat", "r2://test/key"]).ok().prints(["x"]);
}
