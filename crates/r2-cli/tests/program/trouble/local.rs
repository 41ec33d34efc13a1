//! `--local` on what is no local R2, or is somebody else's at the moment.

use std::fs;

use crate::support::{Place, Served, Tree};

#[test]
fn a_folder_with_other_things_in_it() {
    let place = Place::new();
    place.write("letters/to my aunt.txt", "Dear aunt");
    let before = Tree::read(&place.path("letters"));
    let r2 = place.r2().before(["--local", "letters"]);
    for command in [&["ls"][..], &["mb", "r2://data"], &["serve", "emulator"]] {
        r2.run(command).ends(2).says(["letters", "hint:", "nothing in this one was touched"]);
    }
    Tree::read(&place.path("letters")).must_equal(&before);
}

#[test]
fn a_file() {
    let place = Place::new();
    place.write("letter", "Dear aunt");
    let r2 = place.r2().before(["--local", "letter"]);
    r2.run(["ls"]).ends(2).says(["letter", "it is a file", "hint:"]);
    assert_eq!(place.read("letter"), b"Dear aunt");
    place.r2().before(["--local", "letter/below"]).run(["ls"]).ends(2).says(["letter"]);
}

#[test]
fn a_folder_in_use() {
    let place = Place::new();
    let served = Served::start(&place.local());
    served.client(&place).run_with(["cp", "-", "r2://test/key"], b"x").ok();
    let ran = place.local().run(["ls"]).ends(7);
    ran.says(["store", "hint:", "wait for the other r2"]);
    served.client(&place).run(["cat", "r2://test/key"]).ok().prints(["x"]);
    // As soon as it is free, it is everybody's.
    served.kill();
    place.local().run(["cat", "r2://test/key"]).ok().prints(["x"]);
}

#[test]
fn a_store_that_is_damaged_or_newer() {
    let place = Place::new();
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    let marker = place.path("store/r2-local-store");
    let text = fs::read_to_string(&marker).expect("a marker");
    let newer = text.replacen("store ", "store 999", 1);
    assert_ne!(newer, text, "the marker has no version: {text}");
    fs::write(&marker, newer).expect("write a marker");
    r2.run(["ls"]).ends(2).says(["newer", "hint:"]);
    fs::write(&marker, text).expect("write a marker");
    r2.run(["ls"]).ok().prints(["r2://data"]);
    let index = place.path("store/index.redb");
    let whole = fs::read(&index).expect("an index");
    fs::write(&index, vec![0x5a; whole.len()]).expect("write an index");
    r2.run(["ls"]).ends(8).says(["store", "index", "hint:"]).says_not(["panicked"]);
    fs::write(&index, whole).expect("write an index");
    r2.run(["ls"]).ok().prints(["r2://data"]);
}

#[test]
fn two_servers_on_one_address() {
    let place = Place::new();
    let served = Served::start(&place.local());
    let address = served.url().trim_start_matches("http://");
    let second = place.r2().run(["serve", "emulator", "--listen", address]);
    second.ends(10).says([address, "hint:", "--listen"]);
}
