//! Each mistake with its file, its line and what to do.

use crate::World;

/// The name of the file, what stands in it, and what is told of it.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "r2.toml",
        "[cloudflare_r2]\nacount_id = \"a\"\n",
        "r2.toml:2:1: there is no `acount_id` in `cloudflare_r2`: did you mean `account_id`?",
    ),
    (
        "r2.yaml",
        "cloudflare_r2:\n  multipart:\n    part_size: 10\n",
        "r2.yaml:3:5: there is no `part_size` in `cloudflare_r2.multipart`: there are \
         threshold_bytes, part_size_bytes, concurrency",
    ),
    (
        "r2.json",
        "{\n  \"cloudflare_r2\": {\n    \"timeoutSeconds\": 3\n  }\n}",
        "r2.json:3:5: there is no `timeoutSeconds` in `cloudflare_r2`: did you mean \
         `timeout_seconds`?",
    ),
    (
        "r2.toml",
        "[cloudflare]\n",
        "r2.toml:1:2: there is no section `cloudflare`: did you mean `cloudflare_r2`?",
    ),
    (
        "r2.yaml",
        "cloudflare_r2:\n  timeout_seconds: soon\n",
        "r2.yaml:2:20: `cloudflare_r2.timeout_seconds` is no time: write a number of seconds above \
         0",
    ),
    (
        "r2.toml",
        "[cloudflare_r2.multipart]\nconcurrency = \"4\"\n",
        "r2.toml:2:15: `cloudflare_r2.multipart.concurrency` is a text where a number belongs: \
         write a whole number from 1 to 16",
    ),
    (
        "r2.toml",
        "cloudflare_r2.multipart.concurrency = 40\n",
        "r2.toml:1:39: `cloudflare_r2.multipart.concurrency` is 40, which is not from 1 to 16: \
         write a whole number from 1 to 16",
    ),
    (
        "r2.toml",
        "[cloudflare_r2.multipart]\npart_size_bytes = \"10 MegaB\"\n",
        "r2.toml:2:19: `cloudflare_r2.multipart.part_size_bytes` is not a size: write a number of \
         bytes, or a size like \"10MiB\"",
    ),
    (
        "r2.json",
        "{\"cloudflare_r2\": {\"account_id\": 12}}",
        "r2.json:1:34: `cloudflare_r2.account_id` is a number without quotes: write a text in \
         quotes",
    ),
    (
        "r2.yaml",
        "cloudflare_r2: yes\n",
        "r2.yaml:1:16: `cloudflare_r2` is a text where a table belongs: write the settings of \
         `cloudflare_r2` below it, by name",
    ),
    (
        "r2.yaml",
        "cloudflare_r2:\n  jurisdiction: europe\n",
        "r2.yaml:2:17: `cloudflare_r2.jurisdiction` is \"europe\", which is not known here: use \
         one of default, eu, fedramp, us",
    ),
    (
        "r2.yaml",
        "cloudflare_r2:\n  credentials:\n    source: valut\n",
        "r2.yaml:3:13: `cloudflare_r2.credentials.source` is \"valut\", which is not known here: \
         did you mean \"vault\"?",
    ),
    (
        "r2.yaml",
        "cloudflare_r2:\n  account_id: ${R2_NO_SUCH}\n",
        "r2.yaml:2:15: the variable R2_NO_SUCH is not set: set it, or give a default with \
         ${R2_NO_SUCH:-value}",
    ),
    (
        "r2.toml",
        "[cloudflare_r2]\naccount_id = \"${R2_ID\"\n",
        "r2.toml:2:14: `${` has no end: write `${NAME}`, or `$$` for a dollar sign",
    ),
    (
        "r2.yaml",
        "buckets:\n  a:\n    bucket: x\n  a:\n    bucket: y\n",
        "r2.yaml:4:3: \"a\" stands twice: it stands in line 2 already",
    ),
    (
        "r2.toml",
        "[buckets.a]\nbucket = \"x\"\n[buckets.b]\nbucket = \"x\"\n",
        "r2.toml:3:10: `buckets.b` is the same bucket as `buckets.a`: remove one of them, or give \
         it another prefix",
    ),
    (
        "r2.toml",
        "[buckets.a]\nfallback = \"b\"\n[buckets.b]\nfallback = [\"c\"]\n[buckets.c]\nfallback = \
         [\"a\"]\n",
        "r2.toml:2:12: buckets fall back in a circle: a -> b -> c -> a: let the last of them have \
         no fallback",
    ),
    (
        "r2.toml",
        "[buckets.a]\nfallback = [\"a\"]\n",
        "r2.toml:2:13: buckets fall back in a circle: a -> a: let the last of them have no \
         fallback",
    ),
    (
        "r2.toml",
        "[buckets.main]\n[buckets.backup]\nfallback = [\"mian\"]\n",
        "r2.toml:3:13: `buckets.backup` falls back to \"mian\", which is not there: did you mean \
         \"main\"?",
    ),
    (
        "r2.toml",
        "[scopes.hosts]\n\"a.example\" = \"team\"\n",
        "r2.toml:2:15: `scopes.hosts.a.example` is \"team\", which does not end in one slash: \
         write \"team/\"",
    ),
    (
        "r2.json",
        "{\"archive\": {\"compression_level\": 7}}",
        "r2.json:1:14: there is no `compression_level` in `archive`: did you mean \
         `compressionLevel`?",
    ),
    (
        "r2.json",
        "{\"archive\": {\"types\": {\"audit\": {\"retentionDays\": 0}}}}",
        "r2.json:1:51: `archive.types.audit.retentionDays` is 0, which is not from 1 to 365250: \
         write a whole number from 1 to 365250",
    ),
    ("r2.toml", "[cloudflare_r2\n", "r2.toml:1:15: this is not TOML"),
    ("r2.yaml", "a: [1\nb: 2\n", "this is not YAML"),
    ("r2.json", "{\"buckets\": {},}", "r2.json:1:16: this is not JSON: key must be a string"),
    (
        "r2.ymal",
        "",
        "r2.ymal: a configuration does not end in \"ymal\": use .toml, .yaml or .json (did you \
         mean .yaml?)",
    ),
];

#[test]
fn every_mistake_is_told_with_its_place_and_what_to_do() {
    for (name, text, told) in MISTAKES {
        let found = World::new().project(name, text).told();
        assert!(found.starts_with(told) || found.contains(told), "{text}\n{found}\n{told}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_and_secrets_are_not() {
    let text = "cloudflare_r2:\n  acount_id: a\n  timeout_seconds: -1\n  credentials:\n    \
                secret_access_key: ' hush '\n";
    let world = World::new().project("r2.yaml", text).variable("R2_JURISDICTION", "mars");
    let error = world.load().unwrap_err();
    let told = world.told();
    assert_eq!(error.problems().len(), 4, "{told}");
    assert!(told.contains("`cloudflare_r2.credentials.secret_access_key` has blanks around it"));
    assert!(told.contains("environment R2_JURISDICTION: `cloudflare_r2.jurisdiction`"), "{told}");
    assert!(!told.contains("hush"), "{told}");
}

#[test]
fn a_file_that_is_not_there_or_no_text_is_named() {
    let mut world = World::new();
    let missing = world.folder.path().join("gone.toml");
    world.sources = world.sources.project_file(missing);
    assert!(world.told().starts_with("gone.toml: cannot be read"), "{}", world.told());
    assert!(world.told().contains("r2 config init"));
    let told = World::new().project("r2.toml", b"a = 1\n\xff\n").told();
    assert_eq!(told, "r2.toml:2:1: is not UTF-8: save it as UTF-8");
    let told = World::new().project("r2.toml", vec![b'#'; (1 << 20) + 1]).told();
    assert_eq!(told, "r2.toml: is larger than 1 MiB: this is not a configuration of r2");
}

#[test]
fn an_unknown_path_of_a_flag_is_told() {
    let told = World::new().flag("--set", "cloudflare_r2.timeout_secs", "3").told();
    assert_eq!(
        told,
        "flag --set: there is no setting `cloudflare_r2.timeout_secs`: did you mean \
         `cloudflare_r2.timeout_seconds`?"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Whatever stands in a file, reading it ends with an answer.
    #[test]
    fn any_text_is_read_or_refused(
        text in r#"([a-z_]{1,8}|cloudflare_r2|buckets|[\[\]{}:=,."'&*$\n \t-]){0,40}"#,
        format in 0..3_usize,
    ) {
        let name = ["r2.toml", "r2.yaml", "r2.json"][format];
        let _ = World::new().project(name, text).load();
    }
}
