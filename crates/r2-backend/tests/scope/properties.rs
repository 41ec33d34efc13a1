//! Whatever a caller says is inside the scope for every reader, or it is refused.

use futures_util::TryStreamExt as _;
use proptest::prelude::*;
use r2_backend::scope::{Host, Scope, Scoped};
use r2_backend::storage::{ListOptions, PageToken};
use r2_backend::{MemoryBackend, StorageBackend as _, StorageBackendExt as _};
use r2_objects::ObjectKey;
use unicode_normalization::UnicodeNormalization as _;

const OURS: &str = "enterprise/";

/// What names are made of that want out.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "..",
        ".",
        "/",
        "//",
        "\\",
        "%2e",
        "%2E%2e",
        "%252e",
        "%25",
        "%2F",
        "%5c",
        "%00",
        "\0",
        "%c0%ae",
        "\u{2024}",
        "\u{2025}",
        "\u{ff0e}",
        "\u{ff0f}",
        "\u{2215}",
        "\u{ff05}2e",
        "\u{200b}",
        "e\u{301}",
        "\u{e9}",
        ";",
        " ",
        "C:",
        "a",
        "b",
        "enterprise/",
        "development/",
        "secret",
        "%",
        "2e",
        "\u{338}",
    ]);
    prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
}

/// Where a reader ends up who resolves the path, below the root.
fn resolve(path: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    format!("{}/", names.join("/"))
}

fn percent_decode(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&byte, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) if byte == b'%' => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What programs on the way may make of a key, in any order, some steps deep.
fn readings(key: &str) -> Vec<String> {
    let steps: [fn(&str) -> String; 6] = [
        percent_decode,
        |key| key.replace('\\', "/"),
        |key| key.nfkc().collect(),
        |key| key.nfc().collect(),
        |key| key.replace('\u{200b}', ""),
        |key| key.split('\0').next().unwrap_or_default().to_owned(),
    ];
    let mut all = vec![key.to_owned()];
    let mut from = 0;
    for _ in 0..4 {
        let until = all.len();
        for at in from..until {
            for step in steps {
                let read = step(&all[at]);
                if !all.contains(&read) {
                    all.push(read);
                }
            }
        }
        from = until;
    }
    all
}

fn text(key: &ObjectKey) -> String {
    key.as_str().to_owned()
}

fn ours() -> Scope {
    Scope::new(OURS).expect("a plain name")
}

/// A store with a secret beside our scope, and what we may see of it.
async fn store() -> (MemoryBackend, Scoped<MemoryBackend>) {
    let all = MemoryBackend::new();
    let keys = [
        "a",
        "development/secret",
        "enterprise",
        "enterprise/a",
        "enterprise/a/b",
        "enterprise/../development/secret",
        "enterprise//development/secret",
        "enterprise/%2e%2e/b",
        "enterprise0",
        "enterprise2/secret",
        "secret",
    ];
    for key in keys {
        let key = key.try_into().expect("a key");
        all.put_bytes(&key, "x").await.expect("memory takes it");
    }
    (all.clone(), Scoped::new(all, ours()))
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn inside_for_every_reader_or_refused(name in prop_oneof![hostile(), any::<String>()]) {
        let scope = ours();
        let source = format!("photos/{name}");
        let path = scope.path(&format!("/photos/{name}")).ok().and_then(|path| path.key);
        let doors = [
            scope.key(&name).ok().as_ref().map(text),
            scope.list_prefix(&name).ok(),
            scope.marker(&name).ok().flatten(),
            scope.copy_source(&source, "photos").ok().as_ref().map(text),
            path.as_ref().map(text),
        ];
        for inside in doors.into_iter().flatten() {
            prop_assert!(inside.starts_with(OURS));
            for reading in readings(&inside) {
                let end = resolve(&reading);
                prop_assert!(end.starts_with(OURS), "{name:?} is read as {reading:?}: {end}");
            }
        }
        // both ways: what went in comes out as it was, and under one name only
        if let Ok(key) = scope.key(&name) {
            prop_assert_eq!(scope.show(key.as_str()), Some(name));
        }
    }

    #[test]
    fn what_is_shown_can_be_asked_for(key in prop_oneof![
        hostile(), hostile().prop_map(|name| format!("{OURS}{name}")),
    ]) {
        if let Some(shown) = ours().show(&key) {
            prop_assert_eq!(format!("{}{}", OURS, shown), key.clone());
            let asked = ours().key(&shown);
            prop_assert_eq!(asked.map(|asked| asked.to_string()).ok(), Some(key));
        }
    }

    #[test]
    fn a_host_is_one_spelling_or_none(header in "[aA.:\\[\\]0-9x%@\u{3002}\u{430} -]{0,12}") {
        if let Ok(host) = Host::parse(&header) {
            let again = match host.as_str().contains(':') {
                true => Host::parse(&format!("[{host}]")),
                false => Host::parse(host.as_str()),
            };
            prop_assert_eq!(again, Ok(host));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_listing_shows_what_is_not_ours(
        prefix in hostile(), after in hostile(), delimiter in "[/ae]?|\\.\\./",
        token in prop_oneof![hostile(), hostile().prop_map(|name| format!("{OURS}k{name}"))],
        page_size in 1_u32..4,
    ) {
        run(async {
            let (_, scoped) = store().await;
            let options = ListOptions::new()
                .prefix(prefix)
                .start_after(after)
                .delimiter(delimiter)
                .page_size(page_size);
            let seen = |name: &str| name.contains("secret") || name.contains("development");
            if let Ok(entries) = scoped.list(options.clone()).try_collect::<Vec<_>>().await {
                for entry in entries {
                    assert!(!seen(entry.name()), "{options:?} shows {entry:?}");
                }
            }
            if let Ok(page) = scoped.list_page(&options, Some(&PageToken::new(token))).await {
                assert!(page.entries.iter().all(|entry| !seen(entry.name())), "{page:?}");
            }
        });
    }

    #[test]
    fn no_call_touches_what_is_not_ours(name in hostile(), other in hostile()) {
        run(async {
            let (all, scoped) = store().await;
            let snapshot = |all: MemoryBackend| async move {
                let listed = all.list(ListOptions::new()).try_collect::<Vec<_>>().await.unwrap();
                let names = listed.iter().map(|entry| entry.name().to_owned());
                names.filter(|name| !name.starts_with(OURS)).collect::<Vec<_>>()
            };
            let before = snapshot(all.clone()).await;
            let (Ok(key), Ok(other)) = (name.as_str().try_into(), other.as_str().try_into()) else {
                return;
            };
            scoped.put_bytes(&key, "y").await.ok();
            scoped.copy(&key, &other, Default::default()).await.ok();
            scoped.rename(&other, &key).await.ok();
            scoped.delete_many(vec![other.clone()]).await.ok();
            scoped.delete(&key).await.ok();
            assert_eq!(snapshot(all).await, before);
        });
    }
}
