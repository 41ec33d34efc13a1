//! Where files may be written and which may be deleted.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::super::super::options::Symlinks;
use super::super::{Expected, Obstacle, clear_way, delete, set_modified};
use super::file;

fn obstacle(root: &Path, name: &str, expected: Expected, symlinks: Symlinks) -> Option<String> {
    match clear_way(root, &root.join(name), expected, symlinks) {
        Ok(()) => None,
        Err(Obstacle::InTheWay(what)) => {
            let shown = root.display().to_string();
            Some(what.replace(&shown, "").trim_start_matches('/').to_owned())
        }
        Err(Obstacle::Refused(error)) => panic!("{error}"),
    }
}

#[test]
fn folders_are_made_and_what_is_there_is_not_written_over() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path().join("not/there/yet");
    let way = |name, expected| obstacle(&root, name, expected, Symlinks::Skip);
    assert_eq!(way("a/b/c", Expected::Nothing), None);
    assert!(root.join("a/b").is_dir());
    file(&root, "file");
    assert_eq!(way("file", Expected::File), None);
    assert!(way("file", Expected::Nothing).unwrap().starts_with("file is there already"));
    assert_eq!(way("file/x", Expected::Nothing).unwrap(), "file is a file and cannot be a folder");
    assert_eq!(way("a/b", Expected::Nothing).unwrap(), "a/b is a folder");
    assert_eq!(way("gone", Expected::File), None);
}

#[cfg(unix)]
#[test]
fn a_link_never_leads_out_of_the_directory() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    symlink(outside.path(), root.join("link")).unwrap();
    symlink("nowhere", root.join("lost")).unwrap();
    let way = |name, symlinks| obstacle(root, name, Expected::Nothing, symlinks);
    assert_eq!(way("link/x", Symlinks::Skip).unwrap(), "link is a symbolic link");
    assert_eq!(way("link/x/y", Symlinks::Skip).unwrap(), "link is a symbolic link");
    assert_eq!(way("link", Symlinks::Skip).unwrap(), "link is not a regular file");
    assert_eq!(way("lost", Symlinks::Skip).unwrap(), "lost is not a regular file");
    assert_eq!(way("link/x", Symlinks::Follow), None);
    assert!(fs::read_dir(outside.path()).unwrap().next().is_none());
}

#[test]
fn only_what_the_plan_saw_is_deleted() {
    let root = tempfile::tempdir().unwrap();
    file(root.path(), "file");
    let path = root.path().join("file");
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    set_modified(&path, time).unwrap();
    assert!(!delete(&path, 5, time.into()).unwrap(), "another size");
    assert!(!delete(&path, 4, SystemTime::UNIX_EPOCH.into()).unwrap(), "another time");
    assert!(path.exists());
    assert!(delete(&path, 4, time.into()).unwrap());
    assert!(!path.exists());
    assert!(delete(&path, 4, time.into()).unwrap(), "gone is deleted");
}
