//! Objects by name, size and age.

use crate::support::{Place, R2};

fn filled(place: &Place) -> R2 {
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    for (name, length) in
        [("logs/a.gz", 10), ("logs/b.txt", 20), ("logs/deep/a.gz", 2_000), ("top.gz", 30)]
    {
        place.write("file", vec![7; length]);
        r2.run(["cp", "file", &format!("r2://data/{name}")]).ok();
    }
    r2
}

fn found(r2: &R2, words: &[&str]) -> Vec<String> {
    let ran = r2.run([&["find"], words].concat()).ok();
    ran.text().lines().map(str::to_owned).collect()
}

#[test]
fn by_name_size_and_age() {
    let place = Place::new();
    let r2 = filled(&place);
    let all = [
        "r2://data/logs/a.gz",
        "r2://data/logs/b.txt",
        "r2://data/logs/deep/a.gz",
        "r2://data/top.gz",
    ];
    assert_eq!(found(&r2, &["r2://data"]), all);
    assert_eq!(found(&r2, &["r2://data", "--name", "*.gz"]), [all[0], all[2], all[3]]);
    let names = ["r2://data", "--name", "top.*", "--name", "?.txt"];
    assert_eq!(found(&r2, &names), [all[1], all[3]]);
    assert_eq!(found(&r2, &["r2://data/logs", "--name", "a.*"]), [all[0], all[2]]);
    assert_eq!(found(&r2, &["r2://data/logs/*.gz"]), [all[0]]);
    assert_eq!(
        found(&r2, &["r2://data", "--min-size", "20", "--max-size", "30"]),
        [all[1], all[3]]
    );
    assert_eq!(found(&r2, &["r2://data", "--min-size", "1KiB"]), [all[2]]);
    assert_eq!(found(&r2, &["r2://data", "--exclude", "logs/"]), [all[3]]);
    assert_eq!(found(&r2, &["r2://data", "--newer-than", "1h"]), all);
    assert_eq!(found(&r2, &["r2://data", "--older-than", "1h"]), [""; 0]);
    assert_eq!(found(&r2, &["r2://data", "--name", "none"]), [""; 0]);
}

#[test]
fn for_other_programs() {
    let place = Place::new();
    let r2 = filled(&place);
    let ran = r2.run(["--json", "find", "r2://data", "--name", "*.gz"]).ok();
    let objects = ran.json_of("object");
    assert_eq!((&objects[0]["key"], &objects[0]["size"]), (&"logs/a.gz".into(), &10.into()));
    assert_eq!((&ran.summary()["objects"], &ran.summary()["bytes"]), (&3.into(), &2_040.into()));
    assert_eq!(ran.summary()["requests"]["class_a"], 1);
    let ran = r2.run(["find", "-0", "r2://data/logs/"]).ok();
    let addresses: Vec<_> = ran.text().split_terminator('\0').collect();
    assert_eq!(addresses.len(), 3, "{addresses:?}");
    let ran = r2.run(["--dry-run", "--json", "find", "r2://data"]).ok();
    assert_eq!(ran.summary()["would_send"]["class_a"], 1, "{}", ran.summary());
}

#[test]
fn what_is_wrong_is_said() {
    let place = Place::new();
    let r2 = filled(&place);
    r2.run(["find", "r2://data", "--name", "[z"]).ends(2).says(["[z", "hint:"]);
    r2.run(["find", "r2://data", "--min-size", "5XB"]).ends(2);
    r2.run(["find", "r2://no-such-bucket"]).ends(4);
    r2.run(["find", "folder"]).ends(2);
    r2.run(["--json", "find", "-0", "r2://data"]).ends(2);
}
