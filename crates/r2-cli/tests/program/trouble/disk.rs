//! Disks that are full, files that cannot be read or written.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Place, R2, Tree, noise};

/// What the shell does so that no file may grow beyond so many KiB: the nearest thing to a full
/// disk that needs no right to mount one. Without the trap the signal would end the program.
fn no_file_beyond(kib: u64) -> String {
    format!("trap '' XFSZ; ulimit -f {}", kib * 2)
}

fn with_object(place: &Place, bytes: usize) -> R2 {
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    r2.run_with(["cp", "-", "r2://data/key"], noise(9, bytes)).ok();
    r2
}

#[test]
fn a_disk_that_fills_up_under_a_download() {
    let place = Place::new();
    let r2 = with_object(&place, 12 << 20);
    let full = r2.clone().after_shell(&no_file_beyond(8 << 10));
    let part = ["--part-size", "5MiB"];
    let down = [&["cp"], &part[..], &["r2://data/key", "down/file"]].concat();
    let ran = full.run(&down).ends(10).says(["error:", "down/file", "hint:", "free some space"]);
    ran.says_not(["panicked"]);
    assert!(!place.has("down/file"), "half a file has the name of a whole one");
    let resumable = |name: &String| name.ends_with(".r2part") || name.ends_with(".r2part.journal");
    assert!(place.names("down").iter().all(resumable), "{:?}", place.names("down"));
    // There is space again.
    r2.run(&down).ok();
    assert!(place.read("down/file") == noise(9, 12 << 20));
    assert_eq!(place.names("down"), ["file"]);
}

#[test]
fn a_disk_that_fills_up_under_a_sync() {
    let place = Place::new();
    let r2 = with_object(&place, 10 << 20);
    r2.run_with(["cp", "-", "r2://data/small"], b"small").ok();
    let full = r2.clone().after_shell(&no_file_beyond(8 << 10));
    let ran = full.run(["--json", "sync", "r2://data", "down"]).ends(3);
    let ran = ran.says(["error:", "key", "hint:", "free some space"]);
    assert_eq!((&ran.summary()["sent"], &ran.summary()["failed"]), (&1.into(), &1.into()));
    assert!(place.read("down/small") == b"small" && !place.has("down/key"));
    r2.run(["sync", "r2://data", "down"]).ok();
    assert_eq!(Tree::read(&place.path("down")).len(), 2);
}

#[test]
fn a_disk_that_fills_up_under_the_local_store() {
    let place = Place::new();
    let r2 = with_object(&place, 1 << 20);
    place.write("large", noise(10, 24 << 20));
    let full = r2.clone().after_shell(&no_file_beyond(16 << 10));
    let ran = full.run(["cp", "large", "r2://data/key"]).ends(10);
    ran.says(["error:", "no space left", "local store", "hint:", "free some space"]);
    assert!(r2.run(["cat", "r2://data/key"]).ok().bytes() == noise(9, 1 << 20), "the old stays");
    assert_eq!(r2.run(["uploads", "ls", "r2://data"]).ok().text(), "");
    r2.run(["cp", "large", "r2://data/key"]).ok();
    assert!(r2.run(["cat", "r2://data/key"]).ok().bytes() == noise(10, 24 << 20));
}

/// What `docs/cli.md` calls corrupt: the folder is ours and its index is not what was written.
#[test]
fn a_store_whose_index_is_damaged() {
    let place = Place::new();
    let r2 = with_object(&place, 10);
    let whole = place.read("store/index.redb");
    let foreign = b"not a database at all, and long enough to look like one".to_vec();
    for damaged in [whole[..whole.len() / 2].to_vec(), foreign] {
        place.write("store/index.redb", damaged);
        let ran = r2.run(["ls", "r2://data"]);
        ran.ends(8).says(["error:", "damaged", "hint:", "copy"]);
    }
}

/// The program as somebody who may not read everything. Root may, so it becomes nobody.
fn unprivileged(place: &Place, r2: R2) -> R2 {
    let secret = place.write("probe", "x");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).expect("set permissions");
    let is_root = File::open(&secret).is_ok();
    fs::remove_file(&secret).expect("remove a file");
    if !is_root {
        return r2;
    }
    open_to_all(place.root());
    r2.with_user(65_534)
}

fn open_to_all(path: &std::path::Path) {
    let mode = if path.is_dir() { 0o777 } else { 0o666 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set permissions");
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder") {
            open_to_all(&entry.expect("an entry").path());
        }
    }
}

#[test]
fn a_file_that_may_not_be_read() {
    let place = Place::new();
    let r2 = with_object(&place, 10);
    for name in ["tree/a", "tree/b", "tree/closed/c", "tree/secret"] {
        place.write(name, name);
    }
    let r2 = unprivileged(&place, r2);
    let close = |name| {
        let closed = fs::Permissions::from_mode(0o000);
        fs::set_permissions(place.path(name), closed).expect("set permissions");
    };
    close("tree/secret");
    let refused = r2.run(["cp", "tree/secret", "r2://data/"]).ends(10);
    refused.says(["tree/secret", "hint:", "check who may read"]);
    let ran = r2.run(["--json", "sync", "tree", "r2://data/t"]).ends(3);
    let ran = ran.says(["secret", "hint:", "check who may read"]);
    assert_eq!((&ran.summary()["sent"], &ran.summary()["failed"]), (&3.into(), &1.into()));
    // A folder that cannot be listed: its files must not count as gone.
    close("tree/closed");
    let ran = r2.run(["sync", "--delete", "tree", "r2://data/t"]);
    let ran = ran.says(["closed"]);
    assert!(!ran.errors().contains("panicked"), "{ran:?}");
    r2.run(["cat", "r2://data/t/closed/c"]).ok().prints(["tree/closed/c"]);
    fs::set_permissions(place.path("tree/closed"), fs::Permissions::from_mode(0o755))
        .expect("set permissions");
}

#[test]
fn a_folder_that_may_not_be_written() {
    let place = Place::new();
    let r2 = with_object(&place, 10);
    fs::create_dir(place.path("closed")).expect("make a folder");
    let r2 = unprivileged(&place, r2);
    fs::set_permissions(place.path("closed"), fs::Permissions::from_mode(0o555))
        .expect("set permissions");
    let refused = r2.run(["cp", "r2://data/key", "closed/file"]).ends(10);
    refused.says(["closed/file", "hint:", "check who may"]);
    r2.run(["sync", "r2://data", "closed"]).ends(10).says(["hint:", "check who may"]);
    assert_eq!(place.names("closed"), [""; 0]);
}

/// What fails when it is read, for root as well.
#[test]
fn a_path_that_leads_nowhere() {
    let place = Place::new();
    let r2 = with_object(&place, 10);
    std::os::unix::fs::symlink("loop", place.path("loop")).expect("a link");
    r2.run(["cp", "loop", "r2://data/"]).ends(10).says(["loop"]);
    std::os::unix::fs::symlink("nothing", place.path("dangling")).expect("a link");
    r2.run(["cp", "dangling", "r2://data/"]).ends(4).says(["dangling"]);
    r2.run(["cp", "/dev/null", "r2://data/null"]).ends(10).says(["/dev/null"]);
    place.write("file", "x");
    r2.run(["cp", "file/below", "r2://data/"]).ends(10).says(["file/below"]);
    r2.run(["cp", "r2://data/key", "file/below"]).ends(10).says(["file"]);
    assert_eq!(place.read("file"), b"x");
}

/// What is kept for going on later cannot be kept: nothing is sent that could not be gone on with.
#[test]
fn a_state_folder_that_is_none() {
    let place = Place::new();
    place.write("letter", "Dear aunt");
    place.write("large", noise(11, 6 << 20));
    let r2 = with_object(&place, 10).with("R2_STATE_DIR", "letter");
    let up = ["cp", "--multipart-threshold=5MiB", "large", "r2://data/large"];
    r2.run(up).ends(10).says(["error:", "hint:", "R2_STATE_DIR", "--no-resume"]);
    assert_eq!(r2.run(["uploads", "ls", "r2://data"]).ok().text(), "");
    r2.run([&up[..], &["--no-resume"]].concat()).ok();
    assert_eq!(place.read("letter"), b"Dear aunt");
}

/// Links and special files in a tree are left alone, and said so.
#[test]
fn links_and_pipes_in_a_tree() {
    let place = Place::new();
    let r2 = with_object(&place, 10);
    place.write("tree/file", "x");
    std::os::unix::fs::symlink(".", place.path("tree/link")).expect("a link");
    let made = std::process::Command::new("mkfifo").arg(place.path("tree/pipe")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    let ran = r2.run(["sync", "tree", "r2://data/t"]).ok().says(["link", "pipe"]);
    assert!(ran.errors().contains("left alone"), "{ran:?}");
    assert_eq!(r2.run(["ls", "-r", "r2://data/t"]).ok().text().lines().count(), 1);
}
