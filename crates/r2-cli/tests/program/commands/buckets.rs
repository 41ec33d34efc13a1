//! Buckets come and go.

use crate::support::Place;

#[test]
fn a_bucket_from_its_making_to_its_end() {
    let place = Place::new();
    let r2 = place.local();
    r2.run(["mb", "r2://photos"]).ok().prints(["made r2://photos"]);
    r2.run(["ls"]).ok().prints(["r2://photos"]);
    r2.run(["stat", "r2://photos"]).ok().prints(["r2://photos", "location"]);

    r2.run(["mb", "r2://photos"]).ends(6).says(["photos"]);
    r2.run(["mb", "--ignore-existing", "r2://photos"]).ok().prints(["exists already"]);

    r2.run_with(["cp", "-", "r2://photos/a"], b"a").ok();
    r2.run(["rb", "r2://photos"]).ends(6).says(["photos", "hint:", "--force"]);
    r2.run(["cat", "r2://photos/a"]).ok().prints(["a"]);
    r2.run(["rb", "--force", "r2://photos"]).ok().prints(["removed r2://photos", "1 object"]);
    r2.run(["rb", "r2://photos"]).ends(4).says(["photos", "hint:"]);
    assert_eq!(r2.run(["ls"]).ok().text(), "");
}

#[test]
fn where_a_bucket_lies() {
    let place = Place::new();
    let r2 = place.local();
    r2.run(["mb", "--location", "weur", "r2://here"]).ok();
    let shown = r2.run(["--json", "stat", "r2://here"]).ok().json_of("bucket");
    let location = shown[0]["location"].as_str().expect("a location");
    assert!(location.eq_ignore_ascii_case("weur"), "{location}");
    r2.run(["mb", "--location", "mars", "r2://there"]).ends(2).says(["mars", "hint:", "weur"]);
    assert_eq!(r2.run(["--json", "ls"]).ok().json_of("bucket").len(), 1);
}

#[test]
fn a_name_that_cannot_be_a_bucket() {
    let place = Place::new();
    let r2 = place.local();
    for name in ["r2://x", "r2://Has-Capitals", "r2://under_score", "r2://-dash", "r2://"] {
        r2.run(["mb", name]).ends(2).says(["error:", "hint:"]);
    }
    r2.run(["mb", "r2://photos/folder"]).ends(2).says(["is not a bucket", "hint:"]);
    r2.run(["rb", "r2://photos/folder"]).ends(2).says(["is not a bucket", "hint:"]);
    r2.run(["mb", "photos"]).ends(2).says(["did you mean r2://photos"]);
}

#[test]
fn the_folder_of_the_environment_is_the_folder_of_the_flag() {
    let place = Place::new();
    place.local().run(["mb", "r2://photos"]).ok();
    let by_environment = place.r2().with("R2_LOCAL", "store");
    by_environment.run(["ls"]).ok().prints(["r2://photos"]);
    // A flag goes before the environment.
    let other = by_environment.run(["--local", "other", "ls"]).ok();
    assert_eq!(other.text(), "");
}

#[test]
fn without_any_place_it_says_what_to_set() {
    let place = Place::new();
    place.r2().run(["ls"]).ends(2).says(["error:", "hint:", "R2_ACCESS_KEY_ID", "--local"]);
    assert!(!place.has("state"), "nothing was tried");
}
