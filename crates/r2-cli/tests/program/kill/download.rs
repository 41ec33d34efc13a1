//! `kill -9` during a download.

use std::collections::BTreeSet;

use r2_objects::BucketName;

use super::{BYTES, FLAGS, Gate, PARTS};
use crate::support::{
    Act, Journal, Kind, Place, R2, Seen, Server, Watched, client_of, emulator_that_checks, noise,
    runtime,
};

/// Parts under way at one time.
const AT_ONCE: usize = 4;

/// A server that holds reads after so many.
struct Stage {
    place: Place,
    _server: Server,
    journal: Journal,
    reads: Gate,
    r2: R2,
    content: Vec<u8>,
}

impl Stage {
    fn new() -> Self {
        let reads = Gate::default();
        let gate = reads.clone();
        let script = move |seen: &Seen| match seen.kind() {
            Kind::Get if !gate.passes() => Act::Hold,
            _ => Act::Pass,
        };
        let emulator = emulator_that_checks().memory();
        let content = noise(46, BYTES);
        let client = client_of(emulator.clone());
        runtime().block_on(async {
            client.buckets().create("data").await.expect("a bucket");
            let bucket = BucketName::new("data").expect("a name");
            client.objects().put(bucket, "large", content.clone()).await.expect("an object");
        });
        let watched = Watched::with_script(emulator, script);
        let journal = watched.journal();
        let server = Server::start(watched);
        let place = Place::new();
        let r2 = place.at(&server.url());
        Self { place, _server: server, journal, reads, r2, content }
    }

    fn command() -> Vec<&'static str> {
        [&FLAGS[..], &["r2://data/large", "back"]].concat()
    }

    fn reads(&self, from: usize) -> Vec<Seen> {
        let seen = self.journal.since(from);
        seen.into_iter().filter(|seen| seen.kind() == Kind::Get).collect()
    }

    /// Runs until `more` parts are in the file, then kills. The program asks for a further part
    /// when one is finished; so when it has asked for four more than it got, those are finished.
    fn killed_after_parts(&self, more: usize) -> Vec<Seen> {
        self.reads.set(more);
        let from = self.journal.len();
        let running = self.r2.start(Self::command());
        // The first request of all is the only one until its answer has come.
        let wanted = if more == 0 && !self.place.has("back.r2part") { 1 } else { more + AT_ONCE };
        self.journal.wait_until("reads that are held", |all| {
            all[from..].iter().filter(|seen| seen.kind() == Kind::Get).count() >= wanted
        });
        running.kill();
        assert!(!self.place.has("back"), "half a file has the name of a whole one");
        let mut passed = self.reads(from);
        passed.retain(|seen| seen.status.is_some());
        assert_eq!(passed.len(), more);
        passed
    }

    fn ends_equal(&self) {
        assert!(self.place.read("back") == self.content, "what came differs");
        let names = self.place.names(".");
        assert_eq!(names, ["back", "tmp"], "nothing else is left");
    }
}

/// Which part a read was for: the first request has no range, and brings the first part.
fn part_of(seen: &Seen) -> usize {
    let Some(range) = &seen.range else { return 0 };
    let begin = range.strip_prefix("bytes=").and_then(|range| range.split('-').next());
    let begin: usize = begin.and_then(|begin| begin.parse().ok()).expect("a range");
    assert_eq!(begin % (5 << 20), 0, "{range}");
    begin / (5 << 20)
}

#[test]
fn after_any_number_of_parts_it_goes_on() {
    let stage = Stage::new();
    let mut finished = BTreeSet::new();
    for more in [0, 1, 3, 5] {
        for seen in stage.killed_after_parts(more) {
            assert!(finished.insert(part_of(&seen)), "{seen:?} was finished before");
        }
    }
    stage.reads.set(usize::MAX);
    let from = stage.journal.len();
    let end = stage.r2.run(Stage::command()).ok();
    assert_eq!(end.json_of("copied")[0]["parts_resumed"], finished.len());
    assert_eq!(end.json_of("copied")[0]["bytes"], BYTES);
    let last: BTreeSet<usize> = stage.reads(from).iter().map(part_of).collect();
    assert!(last.is_disjoint(&finished), "{last:?} were asked for, {finished:?} were there");
    assert_eq!(last.len() + finished.len(), PARTS);
    stage.ends_equal();
}

#[test]
fn an_object_that_was_replaced_meanwhile_begins_anew() {
    let mut stage = Stage::new();
    stage.killed_after_parts(3);
    stage.reads.set(usize::MAX);
    stage.content = noise(47, BYTES);
    stage.place.write("other", &stage.content);
    stage.r2.run(["cp", "other", "r2://data/large"]).ok();
    std::fs::remove_file(stage.place.path("other")).expect("remove a file");
    let end = stage.r2.run(Stage::command()).ok();
    assert_eq!(end.json_of("copied")[0]["parts_resumed"], 0);
    std::fs::remove_dir_all(stage.place.path("state")).ok();
    stage.ends_equal();
}

#[test]
fn what_stood_there_stays_until_the_new_is_whole() {
    let stage = Stage::new();
    stage.place.write("back", "old");
    stage.reads.set(2);
    let from = stage.journal.len();
    let running = stage.r2.start(Stage::command());
    stage.journal.wait_until("reads that are held", |all| {
        all[from..].iter().filter(|seen| seen.kind() == Kind::Get).count() >= 2 + AT_ONCE
    });
    running.kill();
    assert_eq!(stage.place.read("back"), b"old");
    stage.reads.set(usize::MAX);
    stage.r2.run(Stage::command()).ok();
    stage.ends_equal();
}
