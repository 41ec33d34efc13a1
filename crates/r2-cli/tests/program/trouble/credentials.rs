//! Keys that are wrong, in the ways that keys are.

use crate::support::{ACCESS_KEY_ID, Place, R2, SECRET, Server, emulator_that_checks};

const ACCOUNT_ID: &str = "fedcba9876543210fedcba9876543210";

fn with(r2: R2, id: &str, secret: &str) -> R2 {
    r2.with("R2_ACCESS_KEY_ID", id).with("R2_SECRET_ACCESS_KEY", secret)
}

#[test]
fn a_server_that_refuses_the_key() {
    let server = Server::start(emulator_that_checks().memory());
    let place = Place::new();
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://data"]).ok();
    let wrong_secret = SECRET.replace("00", "11");
    let refused = with(r2.clone(), ACCESS_KEY_ID, &wrong_secret).run(["ls", "r2://data"]);
    let refused = refused.ends(5).says(["error:", "hint:", "secret access key"]);
    refused.says_not([&wrong_secret]);

    let unknown = ACCESS_KEY_ID.replace('0', "1");
    let refused = with(r2.clone(), &unknown, SECRET).run(["ls", "r2://data"]);
    refused.ends(5).says(["hint:", "access key id"]).says_not([SECRET]);

    // The pair swapped, and one character too many: R2's own words, and what to do.
    let refused = with(r2.clone(), SECRET, ACCESS_KEY_ID).run(["ls", "r2://data"]);
    refused.ends(5).says(["length 64, should be 32", "hint:"]);
    let longer = format!("{ACCESS_KEY_ID}0");
    let refused = with(r2.clone(), &longer, SECRET).run(["ls", "r2://data"]);
    refused.ends(5).says(["length 33, should be 32", "hint:"]);

    // The right pair, and nothing was changed.
    r2.run(["ls", "r2://data"]).ok();
}

#[test]
fn an_upload_that_is_refused_leaves_nothing() {
    let server = Server::start(emulator_that_checks().memory());
    let place = Place::new();
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://data"]).ok();
    place.write("tree/file", "x");
    place.write("large", vec![1; 6 << 20]);
    let wrong = with(r2.clone(), ACCESS_KEY_ID, &SECRET.replace("00", "11"));
    wrong.run(["cp", "tree/file", "r2://data/"]).ends(5);
    wrong.run(["cp", "--multipart-threshold=5MiB", "large", "r2://data/"]).ends(5);
    wrong.run(["sync", "tree", "r2://data"]).ends(5);
    wrong.run(["sync", "r2://data", "down"]).ends(5);
    assert!(!place.has("down"));
    assert_eq!(r2.run(["ls", "-r", "r2://data"]).ok().text(), "");
    assert_eq!(r2.run(["uploads", "ls", "r2://data"]).ok().text(), "");
}

/// On R2's own host mistakes are seen before anything is sent; there is no network in this test.
#[test]
fn mistakes_that_are_seen_before_anything_is_sent() {
    let place = Place::new();
    let r2 = place.r2().with("R2_ACCOUNT_ID", ACCOUNT_ID);
    let run = |id: &str, secret: &str| {
        let ran = with(r2.clone(), id, secret).run(["ls", "r2://data"]).ends(2);
        ran.says_not([SECRET])
    };
    run(SECRET, ACCESS_KEY_ID).says(["swapped"]);
    run(&format!("{ACCESS_KEY_ID}0"), SECRET).says(["33 characters", "32"]);
    run("AKIAIOSFODNN7EXAMPLE", SECRET).says(["AWS"]);
    run(ACCESS_KEY_ID, "v1.0-0123456789-token").says(["API token"]);
    run("", SECRET).says(["R2_ACCESS_KEY_ID"]);
}

#[test]
fn endpoints_that_cannot_be_meant() {
    let place = Place::new();
    let host = format!("{ACCOUNT_ID}.r2.cloudflarestorage.com");
    let cases = [
        (format!("https://{host}/my-bucket"), "my-bucket"),
        (format!("https://my-bucket.{host}"), "my-bucket"),
        (format!("http://{host}"), "https"),
        (format!("https://https://{host}"), "twice"),
        ("ftp://example.com".to_owned(), "ftp"),
    ];
    for (endpoint, text) in cases {
        place.at(&endpoint).run(["ls", "r2://data"]).ends(2).says(["error:", text]);
        place.at("http://127.0.0.1:9").run(["--endpoint", &endpoint, "ls"]).ends(2).says([text]);
    }
    place.at("http://192.0.2.1:9000").run(["ls"]).ends(2).says(["plain http", "hint:"]);
    let elsewhere = place.at("http://127.0.0.1:9").run(["--jurisdiction", "mars", "ls"]);
    elsewhere.ends(2).says(["mars"]);
}

#[test]
fn a_bucket_that_is_not_there() {
    let server = Server::start(emulator_that_checks().memory());
    let place = Place::new();
    let r2 = place.at(&server.url());
    place.write("tree/file", "x");
    for command in [
        &["ls", "r2://no-such-bucket"][..],
        &["cp", "tree/file", "r2://no-such-bucket/"],
        &["sync", "tree", "r2://no-such-bucket"],
        &["sync", "r2://no-such-bucket", "down"],
        &["du", "r2://no-such-bucket"],
        &["rb", "r2://no-such-bucket"],
    ] {
        let ran = r2.run(command).ends(4);
        ran.says(["no-such-bucket", "hint:", "check the name"]);
    }
    assert!(!place.has("down"));
}

/// A clock that is twenty minutes behind is no reason to fail: the server says what time it is.
#[test]
fn a_clock_that_is_off_is_corrected() {
    let clock = r2_sim::ManualClock::at_unix(0);
    clock.set(r2_transport::Clock::now(&r2_transport::SystemClock));
    clock.advance(std::time::Duration::from_secs(20 * 60));
    let emulator = emulator_that_checks().clock(std::sync::Arc::new(clock)).memory();
    let server = Server::start(emulator);
    let place = Place::new();
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://data"]).ok();
    r2.run_with(["cp", "-", "r2://data/key"], b"x").ok();
    r2.run(["cat", "r2://data/key"]).ok().prints(["x"]);
}
