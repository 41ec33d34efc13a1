//! Flag, environment, project file, user file, default: in this order.

use r2_backend::config::{ConfigSources, Origin, SETTINGS};

use crate::World;

const PATH: &str = "cloudflare_r2.timeout_seconds";

fn file(seconds: u32) -> String {
    format!("[cloudflare_r2]\ntimeout_seconds = {seconds}\n")
}

#[test]
fn each_source_goes_before_those_below_it() {
    let user = || World::new().user("config.toml", &file(1));
    let project = || user().project("r2.toml", file(2));
    let environment = || project().variable("R2_TIMEOUT_SECONDS", "3");
    let flag = || environment().flag("--timeout", PATH, "4");
    for (world, value, origin) in [
        (World::new(), None, "default"),
        (user(), Some("1"), "config.toml:2"),
        (project(), Some("2"), "r2.toml:2"),
        (environment(), Some("3"), "environment R2_TIMEOUT_SECONDS"),
        (flag(), Some("4"), "flag --timeout"),
    ] {
        let config = world.load().unwrap();
        assert_eq!(config.text(PATH).as_deref(), value);
        assert!(config.origin(PATH).to_string().ends_with(origin), "{}", config.origin(PATH));
    }
}

/// The order is also a table in the documentation: it has to be this one.
#[test]
fn the_page_says_the_same() {
    let page = include_str!("../../../../docs/configuration.md");
    let table = page.split("## What goes before what").nth(1).expect("the chapter is there");
    let rows: Vec<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").nth(1))
        .skip(1)
        .take(5)
        .collect();
    assert_eq!(
        rows,
        ["a flag", "the environment", "the project's file", "the user's file", "the default"]
    );
}

#[test]
fn an_account_of_a_file_does_not_meet_an_endpoint_of_the_environment() {
    let text = "cloudflare_r2:\n  account_id: 0123456789abcdef0123456789abcdef\n  credentials:\n\
                \x20   source: static\n    access_key_id: one\n    secret_access_key: two\n";
    let world = World::new()
        .project("r2.yaml", text)
        .variable("R2_ENDPOINT", "http://127.0.0.1:1")
        .variable("AWS_ACCESS_KEY_ID", "three");
    let config = world.load().unwrap();
    assert_eq!(config.text("cloudflare_r2.account_id"), None);
    assert_eq!(config.text("cloudflare_r2.endpoint").as_deref(), Some("http://127.0.0.1:1"));
    assert_eq!(config.text("cloudflare_r2.credentials.access_key_id").as_deref(), Some("three"));
    assert_eq!(config.text("cloudflare_r2.credentials.secret_access_key"), None);
}

#[test]
fn explanations_cover_every_setting_and_hide_secrets() {
    let world = World::new()
        .project("r2.toml", "[cloudflare_r2.credentials]\nsecret_access_key = \"${HUSH}\"\n")
        .variable("HUSH", "hush-hush");
    let config = world.load().unwrap();
    let explained = config.explain();
    assert_eq!(explained.len(), SETTINGS.len());
    let secret = explained.iter().find(|row| row.setting.is_secret() && row.value.is_some());
    let secret = secret.expect("the secret is explained");
    assert_eq!(secret.value.as_deref(), Some("(hidden)"));
    assert!(matches!(secret.origin, Origin::Project(..)));
    for shown in [format!("{config:?}"), format!("{explained:?}"), format!("{:?}", world.sources)] {
        assert!(!shown.contains("hush-hush"), "{shown}");
    }
    assert_eq!(
        config.text("cloudflare_r2.credentials.secret_access_key").as_deref(),
        Some("hush-hush")
    );
}

#[test]
fn files_are_found_where_they_usually_are() {
    let world = World::new();
    let project = world.write("work/r2.toml", file(2));
    let user = world.write("home/.config/r2/config.yaml", "cloudflare_r2:\n  region: x\n");
    let below = world.folder.path().join("work/deep/er");
    std::fs::create_dir_all(&below).unwrap();
    let home = world.folder.path().join("home").display().to_string();
    let find = || ConfigSources::new().variable("HOME", home.as_str()).find_files(&below);
    let config = r2_backend::config::Config::load(&find().unwrap()).unwrap();
    assert!(matches!(config.origin(PATH), Origin::Project(path, _) if path == project));
    let region = config.origin("cloudflare_r2.region");
    assert!(matches!(region, Origin::User(path, _) if path == user));

    world.write("work/r2.yaml", "");
    let told = find().unwrap_err().to_string();
    assert!(told.contains("r2.yaml is beside it: keep one of the two"), "{told}");
}

#[test]
fn sections_of_both_files_come_together() {
    let user = "buckets:\n  logs: {bucket: my-logs}\n  old: {}\narchive:\n  compressionLevel: 9\n  \
                chunkSize: 4MiB\n";
    let project = "[buckets.logs]\nbucket = \"our-logs\"\nfallback = [\"old\"]\n[archive]\n\
                   chunkSize = \"8MiB\"\n[archive.types.audit]\nsources = [\"logs/*.json\"]\n\
                   [scopes]\nfallback = \"global/\"\n[scopes.hosts]\n\"A.example\" = \"a/\"\n";
    let config = World::new().user("config.yaml", user).project("r2.toml", project).load().unwrap();
    assert_eq!(config.buckets()["logs"].bucket, "our-logs");
    assert_eq!(config.buckets()["logs"].fallback, ["old"]);
    assert_eq!(config.buckets()["old"].bucket, "old");
    assert_eq!(config.archive().compression_level, 9);
    assert_eq!(config.archive().chunk_size, 8 << 20);
    assert_eq!(config.archive().types["audit"].sources, ["logs/*.json"]);
    assert_eq!(config.archive().types["audit"].retention_days, 90);
    assert_eq!(config.archive().types["releases"].retention_days, 730);
    let scopes = config.scopes().expect("there are scopes");
    assert_eq!(scopes.hosts["a.example"], "a/");
    assert_eq!(scopes.fallback.as_deref(), Some("global/"));
}
