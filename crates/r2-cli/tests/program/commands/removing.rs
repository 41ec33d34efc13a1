//! `r2 rm`.

use crate::support::{Place, R2};

fn filled(place: &Place) -> R2 {
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    for key in ["a", "b/1", "b/2", "b/c/3", "bb", "d[1]"] {
        r2.run_with(["cp", "-", &format!("r2://data/{key}")], b"x").ok();
    }
    r2
}

fn keys(r2: &R2) -> Vec<String> {
    let listed = r2.run(["--json", "ls", "-r", "r2://data"]).ok().json_of("object");
    listed.iter().map(|object| object["key"].as_str().expect("a key").to_owned()).collect()
}

#[test]
fn one_object_a_pattern_and_a_folder() {
    let place = Place::new();
    let r2 = filled(&place);
    r2.run(["rm", "r2://data/a"]).ok().prints(["removed r2://data/a"]).says(["1 object"]);
    assert_eq!(keys(&r2), ["b/1", "b/2", "b/c/3", "bb", "d[1]"]);
    // A pattern stays within its folder.
    r2.run(["rm", "r2://data/b/*"]).ok();
    assert_eq!(keys(&r2), ["b/c/3", "bb", "d[1]"]);
    // A folder is not every key that begins with its name.
    r2.run(["rm", "-r", "r2://data/b"]).ok();
    assert_eq!(keys(&r2), ["bb", "d[1]"]);
    r2.run(["rm", "r2://data/d\\[1\\]"]).ok();
    assert_eq!(keys(&r2), ["bb"]);
}

#[test]
fn nothing_goes_without_being_named() {
    let place = Place::new();
    let r2 = filled(&place);
    let before = keys(&r2);
    r2.run(["rm", "r2://data"]).ends(2).says(["hint:", "--recursive"]);
    r2.run(["rm", "r2://data/b"]).ok();
    r2.run(["rm", "r2://data/b/"]).ok();
    r2.run(["rm", "--dry-run", "-r", "r2://data"]).ok().prints(["would remove r2://data/b/c/3"]);
    assert_eq!(keys(&r2), before);
    r2.run(["rm", "r2://no-such-bucket/a"]).ends(4);
}
