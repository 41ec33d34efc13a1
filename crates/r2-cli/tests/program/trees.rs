//! A tree with awkward names goes up and comes back equal, and a second time nothing is sent.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{
    Act, Journal, Kind, Place, R2, Served, Server, Tree, Watched, awkward_tree,
    emulator_that_checks,
};

const FILES: usize = 300;

fn sync(r2: &R2, words: &[&str]) -> Value {
    r2.run([&["--json", "sync"], words].concat()).ok().summary()
}

#[track_caller]
fn expect(summary: &Value, wanted: [(&str, usize); 3]) {
    for (name, count) in wanted {
        assert_eq!(summary[name], count, "{name} of {summary}");
    }
}

/// Up, again, back, again; the journal is the server's, where there is one.
fn there_and_back(place: &Place, r2: &R2, bucket: &str, journal: Option<&Journal>) {
    let tree = awkward_tree(FILES);
    tree.write(&place.path("tree"));
    let address = &format!("r2://{bucket}/some folder/");
    let moved = |kind| journal.map_or(0, |journal| journal.count(kind));
    let all = if journal.is_some() { FILES } else { 0 };

    let up = sync(r2, &["tree", address]);
    expect(&up, [("sent", FILES), ("same", 0), ("failed", 0)]);
    assert_eq!(moved(Kind::Put), all, "each file once");

    let again = sync(r2, &["tree", address]);
    expect(&again, [("sent", 0), ("same", FILES), ("failed", 0)]);
    assert_eq!((moved(Kind::Put), moved(Kind::Get), moved(Kind::Head)), (all, 0, 0));
    assert_eq!(again["requests"]["class_b"], 0);

    let back = sync(r2, &[address, "back"]);
    expect(&back, [("sent", FILES), ("same", 0), ("failed", 0)]);
    Tree::read(&place.path("back")).must_equal(&tree);
    assert_eq!(moved(Kind::Get), all, "each object once");

    let again = sync(r2, &[address, "back"]);
    expect(&again, [("sent", 0), ("same", FILES), ("failed", 0)]);
    assert_eq!(moved(Kind::Get), all);

    let listed = r2.run(["--json", "ls", "-r", address]).ok().json_of("object");
    let keys: BTreeSet<_> = listed.iter().filter_map(|object| object["key"].as_str()).collect();
    let wanted: Vec<_> = tree.0.keys().map(|name| format!("some folder/{name}")).collect();
    assert_eq!(keys, wanted.iter().map(String::as_str).collect(), "keys are exact");
    assert_eq!(place.names("tmp"), [""; 0], "no temporary file stays");
}

/// What the source has no more goes from the destination, when it is asked for.
fn extras_go(place: &Place, r2: &R2, bucket: &str) {
    let address = &format!("r2://{bucket}/some folder");
    let gone: Vec<String> = awkward_tree(FILES).0.into_keys().step_by(30).collect();
    for name in &gone {
        std::fs::remove_file(place.path("tree").join(name)).expect("remove a file");
    }
    let refused = ["sync", "--delete", "--max-delete", "9", "tree", address];
    r2.run(refused).ends(6).says(["10 to be deleted, 9 allowed", "hint:"]);
    expect(&sync(r2, &["tree", address]), [("sent", 0), ("same", FILES - 10), ("deleted", 0)]);
    let with_cap = ["--delete", "--max-delete", "10", "tree", address];
    expect(&sync(r2, &with_cap), [("sent", 0), ("same", FILES - 10), ("deleted", 10)]);
    expect(
        &sync(r2, &["--delete", address, "back"]),
        [("sent", 0), ("deleted", 10), ("failed", 0)],
    );
    Tree::read(&place.path("back")).must_equal(&Tree::read(&place.path("tree")));
}

#[test]
fn on_the_local_store() {
    let place = Place::new();
    let r2 = place.local();
    r2.run(["mb", "r2://trees"]).ok();
    there_and_back(&place, &r2, "trees", None);
    extras_go(&place, &r2, "trees");
}

#[test]
fn on_a_server_that_checks_signatures() {
    let place = Place::new();
    let watched = Watched::with_script(emulator_that_checks().memory(), |_| Act::Pass);
    let journal = watched.journal();
    let server = Server::start(watched);
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://trees"]).ok();
    there_and_back(&place, &r2, "trees", Some(&journal));
    extras_go(&place, &r2, "trees");
    let refused: Vec<_> =
        journal.all().into_iter().filter(|seen| seen.status.is_none_or(|s| s >= 400)).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn on_the_served_emulator() {
    let place = Place::new();
    let served = Served::start(&place.local());
    let r2 = served.client(&place);
    there_and_back(&place, &r2, "test", None);
    served.signal("TERM");
    served.end();
    // What was put through the server is there without it.
    expect(
        &sync(&place.local(), &["r2://test/some folder", "local"]),
        [("sent", FILES), ("same", 0), ("failed", 0)],
    );
    Tree::read(&place.path("local")).must_equal(&awkward_tree(FILES));
}
