//! The order of a walk, and what it leaves alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::super::super::entry::{Found, SkipReason};
use super::super::super::name::KeyIdentity;
use super::super::super::options::Symlinks;
use super::super::super::rules::Rules;
use super::super::{WalkOptions, Walker};
use super::file;

fn options() -> WalkOptions {
    WalkOptions::new(Symlinks::Skip, KeyIdentity::Nfc, Rules::new())
}

/// Everything found, in batches of two.
fn walk(root: &Path, options: WalkOptions) -> Vec<Found> {
    let mut walker = Walker::open(root, options).unwrap();
    let mut all = Vec::new();
    loop {
        let batch = walker.next_batch(2);
        if batch.is_empty() {
            return all;
        }
        all.extend(batch);
    }
}

fn names(found: &[Found]) -> Vec<String> {
    found
        .iter()
        .map(|found| match found {
            Found::Entry(entry) => entry.name.clone(),
            Found::Hidden { name, reason } => format!("{name} ({reason})"),
            Found::Nameless { name, reason } => format!("{name} [{reason}]"),
        })
        .collect()
}

#[test]
fn folders_stand_where_their_slash_puts_them() {
    let root = tempfile::tempdir().unwrap();
    let expected = ["a!", "a-b/x", "a.txt", "a/b/c", "a/z", "a0", "b", "\u{e9}/x", "\u{1f980}"];
    for name in expected.iter().rev() {
        file(root.path(), name);
    }
    fs::create_dir_all(root.path().join("empty/empty")).unwrap();
    assert_eq!(names(&walk(root.path(), options())), expected);
}

#[test]
fn size_and_time_are_those_of_the_file() {
    let root = tempfile::tempdir().unwrap();
    file(root.path(), "abc");
    let metadata = fs::metadata(root.path().join("abc")).unwrap();
    let Found::Entry(entry) = &walk(root.path(), options())[0] else { panic!("no entry") };
    assert_eq!((entry.bytes, entry.modified), (3, metadata.modified().unwrap().into()));
}

#[test]
fn a_root_that_cannot_be_walked_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    file(root.path(), "file");
    assert!(Walker::open(&root.path().join("none"), options()).is_err());
    assert!(Walker::open(&root.path().join("file"), options()).is_err());
}

#[test]
fn unfinished_downloads_are_left_alone() {
    let root = tempfile::tempdir().unwrap();
    for name in ["a", "a.r2part", "a.r2part.journal"] {
        file(root.path(), name);
    }
    let found = names(&walk(root.path(), options()));
    let unfinished = SkipReason::Unfinished;
    assert_eq!(
        found,
        [
            "a".to_owned(),
            format!("a.r2part ({unfinished})"),
            format!("a.r2part.journal ({unfinished})")
        ]
    );
}

#[test]
fn rules_prune_whole_folders() {
    let root = tempfile::tempdir().unwrap();
    for name in ["keep/a", "target/debug/b", "target/c", "x.log"] {
        file(root.path(), name);
    }
    let rules = Rules::new().exclude("target/").unwrap().exclude("*.log").unwrap();
    let options = WalkOptions::new(Symlinks::Skip, KeyIdentity::Nfc, rules);
    assert_eq!(names(&walk(root.path(), options)), ["keep/a"]);
}

#[test]
fn spellings_of_one_name_are_handed_out_together_and_their_folders_once() {
    let root = tempfile::tempdir().unwrap();
    for name in ["caf\u{e9}", "cafe\u{301}", "d\u{e9}/b", "de\u{301}/a", "f"] {
        file(root.path(), name);
    }
    let found = names(&walk(root.path(), options()));
    let twin = SkipReason::SameName("d\u{e9}/".to_owned());
    let expected = [
        "cafe\u{301}".to_owned(),
        "caf\u{e9}".to_owned(),
        "de\u{301}/a".to_owned(),
        format!("d\u{e9}/ [{twin}]"),
        "f".to_owned(),
    ];
    assert_eq!(found, expected);
    let bytes = WalkOptions::new(Symlinks::Skip, KeyIdentity::Bytes, Rules::new());
    let exact = ["cafe\u{301}", "caf\u{e9}", "de\u{301}/a", "d\u{e9}/b", "f"];
    assert_eq!(names(&walk(root.path(), bytes)), exact);
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn links_are_skipped_or_followed_and_never_round_in_a_circle() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        file(outside.path(), "o");
        file(root.path(), "dir/a");
        symlink(outside.path(), root.path().join("away")).unwrap();
        symlink("..", root.path().join("dir/up")).unwrap();
        symlink("nowhere", root.path().join("lost")).unwrap();
        symlink("dir/a", root.path().join("file")).unwrap();
        symlink("round", root.path().join("round")).unwrap();
        let link = SkipReason::Symlink;
        let skipped = names(&walk(root.path(), options()));
        assert_eq!(
            skipped,
            [
                format!("away ({link})"),
                "dir/a".to_owned(),
                format!("dir/up ({link})"),
                format!("file ({link})"),
                format!("lost ({link})"),
                format!("round ({link})"),
            ]
        );
        let follow = WalkOptions::new(Symlinks::Follow, KeyIdentity::Nfc, Rules::new());
        let broken = SkipReason::BrokenLink;
        assert_eq!(
            names(&walk(root.path(), follow)),
            [
                "away/o".to_owned(),
                "dir/a".to_owned(),
                format!("dir/up/ ({broken})"),
                "file".to_owned(),
                format!("lost ({broken})"),
                format!("round ({broken})"),
            ]
        );
    }

    #[test]
    fn what_is_no_file_or_has_no_name_is_told() {
        let root = tempfile::tempdir().unwrap();
        file(root.path(), "a");
        let _socket = UnixListener::bind(root.path().join("socket")).unwrap();
        fs::write(root.path().join(OsStr::from_bytes(b"bad\xff")), "").unwrap();
        let found = names(&walk(root.path(), options()));
        assert_eq!(
            found,
            [
                format!("bad\u{fffd} [{}]", SkipReason::NotUnicode),
                "a".to_owned(),
                format!("socket ({})", SkipReason::SpecialFile),
            ]
        );
    }

    #[test]
    fn a_folder_that_cannot_be_read_hides_what_is_in_it() {
        let root = tempfile::tempdir().unwrap();
        file(root.path(), "a");
        file(root.path(), "secret/b");
        let secret = root.path().join("secret");
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
        let readable = fs::read_dir(&secret).is_ok();
        let found = walk(root.path(), options());
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o755)).unwrap();
        // The superuser reads everything.
        if !readable {
            assert_eq!(found.len(), 2);
            assert!(matches!(
                &found[1],
                Found::Hidden { name, reason: SkipReason::Unreadable(_) } if name == "secret/"
            ));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_order_is_that_of_the_keys_however_few_names_are_held(
        names in prop::collection::btree_set("[ab!.0\u{e9}]{1,3}(/[ab!.0]{1,2}){0,2}", 1..25),
        held in 1_usize..6,
    ) {
        let root = tempfile::tempdir().unwrap();
        let mut made = BTreeSet::new();
        for name in names {
            let dots = name.split('/').any(|segment| segment.chars().all(|c| c == '.'));
            let taken = made.iter().any(|other: &String| {
                other.starts_with(&format!("{name}/")) || name.starts_with(&format!("{other}/"))
            });
            if !dots && !taken {
                file(root.path(), &name);
                made.insert(name);
            }
        }
        let mut options = options();
        options.directory_names = held;
        let found = super::walk::names(&walk(root.path(), options));
        prop_assert_eq!(found, made.into_iter().collect::<Vec<_>>());
    }
}
