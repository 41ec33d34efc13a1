//! `kill -9` during an upload.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use r2_sim::Emulator;

use super::{BYTES, FLAGS, Gate, PARTS};
use crate::support::{
    Act, Journal, Kind, Place, R2, Seen, Server, Watched, emulator_that_checks, noise,
};

/// A server that holds parts after so many, and the completion at one of two moments.
struct Stage {
    place: Place,
    _server: Server,
    journal: Journal,
    parts: Gate,
    completion: Arc<Completion>,
    r2: R2,
}

#[derive(Debug, Default)]
struct Completion {
    held: AtomicBool,
    unanswered: AtomicBool,
}

impl Completion {
    fn act(&self) -> Act {
        match (self.held.load(Ordering::SeqCst), self.unanswered.load(Ordering::SeqCst)) {
            (true, _) => Act::Hold,
            (false, true) => Act::HoldAnswer,
            (false, false) => Act::Pass,
        }
    }
}

impl Stage {
    fn new() -> Self {
        let parts = Gate::default();
        let completion = Arc::<Completion>::default();
        let (gate, end) = (parts.clone(), Arc::clone(&completion));
        let script = move |seen: &Seen| match seen.kind() {
            Kind::Part if !gate.passes() => Act::Hold,
            Kind::Complete => end.act(),
            _ => Act::Pass,
        };
        let emulator: Emulator = emulator_that_checks().memory();
        let watched = Watched::with_script(emulator, script);
        let journal = watched.journal();
        let server = Server::start(watched);
        let place = Place::new();
        let r2 = place.at(&server.url());
        r2.run(["mb", "r2://data"]).ok();
        place.write("large", noise(64, BYTES));
        Self { place, _server: server, journal, parts, completion, r2 }
    }

    fn command() -> Vec<&'static str> {
        [&FLAGS[..], &["large", "r2://data/large"]].concat()
    }

    /// Runs until the server has taken `more` parts and holds the next ones, then kills.
    fn killed_after_parts(&self, more: usize) {
        self.parts.set(more);
        let from = self.journal.len();
        let running = self.r2.start(Self::command());
        self.journal.wait_until("parts taken, and one held", |all| {
            let parts = all[from..].iter().filter(|seen| seen.kind() == Kind::Part);
            let (taken, held): (Vec<_>, Vec<_>) = parts.partition(|seen| seen.status.is_some());
            taken.len() == more && !held.is_empty()
        });
        running.kill();
    }

    /// Runs until the completion is on its way, then kills.
    fn killed_at_completion(&self) {
        let from = self.journal.len();
        let running = self.r2.start(Self::command());
        self.journal.wait_until("a completion", |all| {
            all[from..].iter().any(|seen| seen.kind() == Kind::Complete)
        });
        running.kill();
    }

    /// How often each part was taken.
    fn taken(&self) -> BTreeMap<u32, usize> {
        let mut taken = BTreeMap::new();
        for seen in self.journal.all() {
            if let (Some(200), Kind::Part) = (seen.status, seen.kind()) {
                *taken.entry(seen.part().expect("a number")).or_default() += 1;
            }
        }
        taken
    }

    fn once_each() -> BTreeMap<u32, usize> {
        (1..=13).map(|number| (number, 1)).collect()
    }

    fn ends_equal(&self) {
        let back = [&FLAGS[..], &["r2://data/large", "back"]].concat();
        self.r2.run(back).ok();
        assert!(self.place.read("back") == self.place.read("large"), "what came back differs");
        assert_eq!(self.r2.run(["uploads", "ls", "r2://data"]).ok().text(), "", "none is left");
        assert_eq!(self.place.names("state/uploads"), [""; 0], "no token is left");
    }
}

#[test]
fn after_any_number_of_parts_it_goes_on() {
    let stage = Stage::new();
    let mut done = 0;
    for more in [0, 1, 4, 7] {
        stage.killed_after_parts(more);
        done += more;
        assert_eq!(stage.taken().len(), done);
        stage.r2.run(["stat", "r2://data/large"]).ends(4);
    }
    stage.parts.set(usize::MAX);
    let end = stage.r2.run(Stage::command()).ok();
    assert_eq!(end.json_of("copied")[0]["parts_resumed"], done);
    assert_eq!(stage.taken(), Stage::once_each(), "no finished part is sent again");
    assert_eq!(stage.journal.count(Kind::Create), 1, "it is one upload");
    stage.ends_equal();
}

#[test]
fn before_the_completion_it_goes_on() {
    let stage = Stage::new();
    stage.parts.set(usize::MAX);
    stage.completion.held.store(true, Ordering::SeqCst);
    stage.killed_at_completion();
    assert_eq!(stage.taken(), Stage::once_each());
    stage.r2.run(["stat", "r2://data/large"]).ends(4);
    stage.completion.held.store(false, Ordering::SeqCst);
    let end = stage.r2.run(Stage::command()).ok();
    assert_eq!(end.json_of("copied")[0]["parts_resumed"], PARTS);
    assert_eq!(stage.taken(), Stage::once_each(), "no finished part is sent again");
    stage.ends_equal();
}

#[test]
fn after_a_completion_that_was_never_answered_it_sees_that_all_is_done() {
    let stage = Stage::new();
    stage.parts.set(usize::MAX);
    stage.completion.unanswered.store(true, Ordering::SeqCst);
    let running = stage.r2.start(Stage::command());
    let stat = || stage.r2.run(["stat", "r2://data/large"]);
    stage
        .journal
        .wait_until("a completion", |all| all.iter().any(|seen| seen.kind() == Kind::Complete));
    // The journal notes no answer that is held, so the object itself tells when it is there.
    while stat().errors().contains("error:") {}
    running.kill();
    stage.completion.unanswered.store(false, Ordering::SeqCst);
    stage.r2.run(Stage::command()).ok();
    assert_eq!(stage.taken(), Stage::once_each(), "no finished part is sent again");
    assert_eq!(stage.journal.count(Kind::Create), 1, "it is one upload");
    stage.ends_equal();
}

#[test]
fn a_source_that_changed_meanwhile_begins_anew() {
    let stage = Stage::new();
    stage.killed_after_parts(3);
    stage.place.write("large", noise(65, 11 << 20));
    stage.parts.set(usize::MAX);
    let end = stage.r2.run(Stage::command()).ok();
    assert_eq!(end.json_of("copied")[0]["parts_resumed"], 0);
    stage.ends_equal();
}

#[test]
fn asked_to_begin_anew_it_does() {
    let stage = Stage::new();
    stage.killed_after_parts(2);
    stage.parts.set(usize::MAX);
    let anew = [&Stage::command()[..], &["--no-resume"]].concat();
    let end = stage.r2.run(anew).ok();
    assert_eq!(end.json_of("copied")[0]["parts_resumed"], 0);
    assert_eq!(stage.journal.count(Kind::Create), 2);
}
