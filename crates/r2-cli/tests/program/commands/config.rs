//! A configuration from its first line to a command that uses it.

use crate::support::{Place, Served};

#[test]
fn a_file_in_the_folder_is_enough_to_connect() {
    let place = Place::new();
    let served = Served::start(&place.local());
    let (id, secret) = served.key();
    place.write(
        "r2.yaml",
        format!(
            "cloudflare_r2:\n  endpoint: {}\n  credentials:\n    source: static\n    \
             access_key_id: {id}\n    secret_access_key: ${{OUR_SECRET}}\n",
            served.url()
        ),
    );
    let r2 = place.r2().with("OUR_SECRET", secret);
    r2.run(["mb", "r2://from-a-file"]).ok();
    r2.run(["ls"]).ok().prints(["from-a-file"]);

    // the variable is missing: the line says so, and nothing is tried
    let told = place.r2().run(["ls"]).ends(2);
    told.says(["r2.yaml:6:24: the variable OUR_SECRET is not set", "hint:"]);
    // a flag goes before the file, the environment as well
    r2.run(["--endpoint", "ftp://example.com", "ls"]).ends(2).says(["ftp"]);
    r2.with("R2_ENDPOINT", "ftp://example.org").run(["ls"]).ends(2).says(["ftp"]);
}

#[test]
fn every_setting_is_explained_and_no_secret_is_shown() {
    let place = Place::new();
    let text = "[cloudflare_r2]\ntimeout_seconds = 7\n[cloudflare_r2.credentials]\n\
                access_key_id = \"id\"\nsecret_access_key = \"hush-hush\"\n[buckets.logs]\n\
                bucket = \"our-logs\"\n";
    place.write("r2.toml", text);
    let r2 = place.r2().with("R2_MULTIPART_CONCURRENCY", "9");
    let explained = r2.run(["config", "explain"]).ok().prints([
        "cloudflare_r2.timeout_seconds = 7",
        "r2.toml:2]",
        "cloudflare_r2.multipart.concurrency = 9  [environment R2_MULTIPART_CONCURRENCY]",
        "cloudflare_r2.region = auto  [default]",
        "cloudflare_r2.credentials.secret_access_key = (hidden)",
        "cloudflare_r2.account_id = (none)  [default]",
    ]);
    assert!(!explained.text().contains("hush"));
    let shown = r2.run(["config", "show"]).ok().prints(["buckets.logs = r2://our-logs/"]);
    assert!(!shown.text().contains("hush") && !shown.text().contains("[default]"));
    let one = r2.run(["--json", "config", "explain", "timeout_seconds"]).ok();
    let rows = one.json_of("setting");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["value"], "7");
    assert_eq!(rows[0]["flag"], "--timeout");
    r2.run(["config", "explain", "colour"]).ends(2).says(["no setting"]);
}

#[test]
fn mistakes_are_all_told_and_a_named_file_goes_before_the_found_one() {
    let place = Place::new();
    place.write("r2.toml", "[cloudflare_r2]\nacount_id = \"a\"\ntimeout_seconds = \"x\"\n");
    place.local().run(["ls"]).ends(2).says([
        "several mistakes",
        "r2.toml:2:1: there is no `acount_id` in `cloudflare_r2`: did you mean `account_id`?",
        "r2.toml:3:19:",
    ]);
    place.write("other.json", "{}");
    place.local().run(["--config", "other.json", "ls"]).ok();
    place.local().with("R2_CONFIG", "other.json").run(["ls"]).ok();
    place
        .local()
        .run(["--config", "gone.toml", "ls"])
        .ends(2)
        .says(["gone.toml", "cannot be read"]);
}

#[test]
fn a_first_file_is_written_once_and_works() {
    let place = Place::new();
    place.r2().run(["config", "init"]).ok().prints(["r2.toml written"]);
    let r2 = place
        .r2()
        .with("R2_ACCOUNT_ID", "0123456789abcdef0123456789abcdef")
        .with("R2_ACCESS_KEY_ID", "0123456789abcdef0123456789abcdef")
        .with("R2_SECRET_ACCESS_KEY", "ab".repeat(32));
    r2.run(["config", "show"]).ok().prints(["0123456789abcdef0123456789abcdef"]);
    place.r2().run(["config", "show"]).ends(2).says(["R2_ACCOUNT_ID is not set"]);
    let before = place.read("r2.toml");
    place.r2().run(["config", "init"]).ends(6).says(["there already", "nothing was changed"]);
    assert_eq!(place.read("r2.toml"), before);
    place.r2().run(["config", "init", "r2.yaml"]).ends(2).says(["TOML"]);
}
