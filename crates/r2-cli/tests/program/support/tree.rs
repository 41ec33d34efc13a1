//! Folders with files: made, read back, compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{Random, noise};

/// Every file below a folder, by its name with slashes.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Tree(pub(crate) BTreeMap<String, Vec<u8>>);

impl Tree {
    /// Reads a folder.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut tree = Self::default();
        tree.gather(folder, "");
        tree
    }

    fn gather(&mut self, folder: &Path, prefix: &str) {
        let entries = fs::read_dir(folder)
            .unwrap_or_else(|error| panic!("read {}: {error}", folder.display()));
        for entry in entries {
            let entry = entry.expect("an entry");
            let name = format!("{prefix}{}", entry.file_name().to_str().expect("a name in UTF-8"));
            if entry.file_type().expect("a type").is_dir() {
                self.gather(&entry.path(), &format!("{name}/"));
            } else {
                self.0.insert(name, fs::read(entry.path()).expect("read a file"));
            }
        }
    }

    /// Writes the files below a folder.
    pub(crate) fn write(&self, folder: &Path) {
        for (name, content) in &self.0 {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("make a folder");
            fs::write(&path, content).unwrap_or_else(|error| panic!("write {name:?}: {error}"));
        }
    }

    /// Compares to the byte, and names what differs.
    #[track_caller]
    pub(crate) fn must_equal(&self, other: &Self) {
        let all = self.0.keys().chain(other.0.keys());
        let differing: Vec<&String> = all.filter(|k| self.0.get(*k) != other.0.get(*k)).collect();
        let (here, there) = (self.0.len(), other.0.len());
        assert!(self == other, "{here} files and {there} files differ in {differing:#?}");
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Segments of names that went wrong somewhere, in some program.
fn awkward_segments() -> Vec<String> {
    let mut segments: Vec<String> = [
        "plain.txt",
        "blank in name",
        " blanks around ",
        "plus+plus",
        "per%cent",
        "per%20cent%2F",
        "hash#hash",
        "question?mark",
        "and&and=equals",
        "nfc-\u{e9}t\u{e9}",
        "nfd-e\u{301}te\u{301}",
        "emoji-\u{1f980}\u{1f469}\u{200d}\u{1f680}",
        "\u{65e5}\u{672c}\u{8a9e}",
        "quotes'\"`",
        "semi;colon,comma:colon",
        "(round)[square]{curly}",
        "star*bang!",
        "back\\slash",
        "tilde~dollar$HOME",
        "-dash",
        "..dots..",
        ".hidden",
        "less<greater>pipe|",
        "tab\tand\nfeed",
        "con",
        "caret^at@",
    ]
    .map(str::to_owned)
    .into();
    segments.push("l".repeat(200));
    segments
}

/// A tree with awkward names, of 0 bytes to 64 KiB a file.
pub(crate) fn awkward_tree(files: usize) -> Tree {
    let segments = awkward_segments();
    let mut random = Random::new(0x07ee);
    let mut tree = Tree::default();
    for number in 0..files {
        let first = &segments[number % segments.len()];
        let second = &segments[(number / segments.len()) % segments.len()];
        let name = match number % 3 {
            0 => format!("{first}.{number}"),
            1 => format!("{second}/{first}.{number}"),
            _ => format!("{second}/{first}/{number} {second}"),
        };
        let length = match number % 10 {
            0 => 0,
            1 => 1,
            2 => 64 << 10,
            _ => usize::try_from(random.below(16 << 10)).expect("a length"),
        };
        tree.0.insert(name, noise(random.next(), length));
    }
    tree
}
