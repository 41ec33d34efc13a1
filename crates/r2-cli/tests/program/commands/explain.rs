//! `r2 serve emulator --explain` and `--switch`.

use http::Method;

use super::presign::fetch;
use crate::support::{Place, Served};

#[test]
fn shares_rows_and_switches() {
    let place = Place::new();
    let r2 = place.r2();
    let whole = r2.run(["serve", "emulator", "--explain"]).ok();
    let whole = whole.prints(["documented (by Cloudflare)", "Areas: auth", "expired-status=403"]);
    assert!(!whole.text().contains("listening"));

    let lines = r2.run(["--json", "serve", "emulator", "--explain"]).ok();
    let shares = lines.json_of("share");
    let percent: f64 = shares.iter().filter_map(|share| share["percent"].as_f64()).sum();
    assert!(shares.len() == 4 && (99.0..=100.1).contains(&percent), "{shares:?}");
    assert!(lines.json_of("switch").iter().any(|switch| switch["default"] == "403"));

    let area = ["--json", "serve", "emulator", "--explain", "condition"];
    let rows = r2.run(area).ok().json_of("behaviour");
    let missing = rows.iter().find(|row| row["id"] == "condition.missing-key");
    let missing = missing.unwrap_or_else(|| panic!("no such row in {rows:?}"));
    assert_eq!(
        (&missing["known"], &missing["recorded"]),
        (&"recorded".into(), &"2026-06-11".into())
    );

    r2.run(["serve", "emulator", "--explain", "condition.missing-key"]).ok().prints(["412"]);
    let set = ["--switch", "expired_status=400", "--explain", "expired-status"];
    r2.run([&["serve", "emulator"], &set[..]].concat()).ok().prints(["expired-status=400"]);
    let none = r2.run(["serve", "emulator", "--explain", "conditions"]).ends(2);
    none.says(["there is no area", "`conditions`", "hint:", "condition, range"]);
}

#[test]
fn switches_that_are_none_are_refused_with_a_hint() {
    let place = Place::new();
    for (setting, said) in [
        ("expired-state=400", "did you mean `expired-status`?"),
        ("expired-status=404", "it takes 403 or 400"),
        ("version-id", "it takes send or omit"),
        ("xyz=1", "there are expired-status, "),
    ] {
        let ran = place.r2().run(["serve", "emulator", "--switch", setting]).ends(2);
        ran.says([said, "hint:", "--explain"]);
    }
}

#[test]
fn the_served_emulator_obeys() {
    let place = Place::new();
    for (value, status) in [("refuse", 501), ("accept", 200)] {
        let switch = format!("list-buckets-x-id={value}");
        let served = Served::start_with(&place.local(), &["--no-auth", "--switch", &switch]);
        let url = format!("{}/?x-id=ListBuckets", served.url());
        assert_eq!(fetch(Method::GET, &url, "", None).0, status, "{value}");
    }
}
