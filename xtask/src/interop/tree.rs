//! A folder with every name that is hard to carry, and a comparison that sees every difference.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

/// Names that some client or server is known to spell wrongly.
const NAMES: [&str; 24] = [
    "plain.txt",
    "two words.txt",
    " blank first",
    "blank last ",
    "plus+percent%hash#question?ampersand&.txt",
    "%20 is not a blank",
    "equals=semicolon;comma,colon:at@dollar$",
    "quote'double\"back\\slash`tick",
    "brackets[0](1){2}<3>",
    "tilde~star*pipe|caret^bang!",
    "..two dots",
    ".hidden",
    "dot at the end.",
    "UPPER and lower",
    "upper AND LOWER",
    "umlaut \u{e9}\u{fc}\u{df}.txt",
    "decomposed e\u{301}u\u{308}.txt",
    "emoji \u{1f980}\u{1f469}\u{200d}\u{1f680}.txt",
    "\u{65e5}\u{672c}\u{8a9e}.txt",
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd}.txt",
    "deep/er/and/deep er/still",
    "deep/er-but-sorted-otherwise",
    "deep!sorted-before-the-slash",
    "trailing.tar.gz",
];

/// Sizes around the borders of buffers and blocks.
const SIZES: [usize; 8] = [0, 1, 100, 4_095, 4_096, 16_384, 65_535, 65_536];

const BLOCK_BYTES: usize = 1 << 20;

/// Fills a folder with `count` files, the awkward names first. The same call makes the same tree.
pub(crate) fn grow(folder: &Path, count: usize) -> Result<()> {
    let long = "n".repeat(200);
    let more = (NAMES.len() + 1..count).map(|at| format!("many/{:02}/file {at}.bin", at % 17));
    let awkward = NAMES.iter().map(|name| (*name).to_owned());
    let names = awkward.chain([format!("long/{long}")]).chain(more);
    for (at, name) in names.take(count).enumerate() {
        write(&folder.join(name), &noise(at as u64, SIZES[at % SIZES.len()]))?;
    }
    Ok(())
}

/// Bytes that do not compress, the same for the same seed.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    Noise::new(seed).fill(&mut bytes);
    bytes
}

/// A generator (xorshift64*): not random, but nothing compresses it.
struct Noise(u64);

impl Noise {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            let word = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// A file of noise that need not fit into memory.
pub(crate) fn write_noise(path: &Path, seed: u64, length: u64) -> Result<()> {
    let writing = |error| Failure::on(format!("write {}", path.display()), &error);
    let mut file = File::create(path).map_err(writing)?;
    let mut noise = Noise::new(seed);
    let mut block = vec![0; BLOCK_BYTES];
    let mut left = length;
    while left > 0 {
        noise.fill(&mut block);
        let take = usize::try_from(left).map_or(BLOCK_BYTES, |left| left.min(BLOCK_BYTES));
        file.write_all(&block[..take]).map_err(writing)?;
        left -= take as u64;
    }
    Ok(())
}

pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let doing = || format!("write {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::on(doing(), &error))?;
    }
    fs::write(path, bytes).map_err(|error| Failure::on(doing(), &error))
}

/// Whether two files have the same bytes.
pub(crate) fn same_file(one: &Path, other: &Path) -> Result<bool> {
    let mut readers = [open(one)?, open(other)?];
    let mut blocks = [vec![0; BLOCK_BYTES], vec![0; BLOCK_BYTES]];
    loop {
        let mut lengths = [0; 2];
        for at in 0..2 {
            lengths[at] = fill(&mut readers[at], &mut blocks[at])
                .map_err(|error| Failure::on(format!("read {}", one.display()), &error))?;
        }
        if blocks[0][..lengths[0]] != blocks[1][..lengths[1]] {
            return Ok(false);
        }
        if lengths[0] == 0 {
            return Ok(true);
        }
    }
}

fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|error| Failure::on(format!("read {}", path.display()), &error))
}

/// Reads until the block is full or the file ends.
fn fill(file: &mut File, block: &mut [u8]) -> std::io::Result<usize> {
    let mut length = 0;
    while length < block.len() {
        match file.read(&mut block[length..])? {
            0 => break,
            read => length += read,
        }
    }
    Ok(length)
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Failure::on(format!("read {}", path.display()), &error))
}

/// Whether two folders hold the same files with the same bytes; what differs, if not.
pub(crate) fn same(wanted: &Path, got: &Path) -> Result<()> {
    let wanted = files(wanted)?;
    let got = files(got)?;
    let mut differences = Vec::new();
    for (name, path) in &wanted {
        match got.get(name) {
            None => differences.push(format!("{name:?} is missing")),
            Some(other) if !same_file(path, other)? => {
                differences.push(format!("{name:?} has other bytes"));
            }
            Some(_) => {}
        }
    }
    let more = got.keys().filter(|name| !wanted.contains_key(*name));
    differences.extend(more.map(|name| format!("{name:?} is too many")));
    if differences.is_empty() {
        return Ok(());
    }
    let count = differences.len();
    differences.truncate(5);
    Err(Failure::new(format!("{count} differences: {}", differences.join(", "))))
}

/// Every file below a folder, by its relative name.
pub(crate) fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let reading = |error| Failure::on(format!("read {}", next.display()), &error);
        for entry in fs::read_dir(&next).map_err(reading)? {
            let path = entry.map_err(reading)?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy();
                found.insert(name.into_owned(), path);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_is_seen() {
        let folder = std::env::temp_dir().join(format!("xtask-tree-{}", std::process::id()));
        let [one, other] = ["one", "other"].map(|name| folder.join(name));
        for tree in [&one, &other] {
            grow(tree, 30).expect("a tree grows");
        }
        assert!(same(&one, &other).is_ok());
        write(&other.join("plain.txt"), b"x").expect("a file is written");
        write(&other.join("more"), b"").expect("a file is written");
        fs::remove_file(other.join(".hidden")).expect("a file is removed");
        let found = same(&one, &other).expect_err("three differences").to_string();
        assert!(found.starts_with("3 differences:"), "{found}");
        fs::remove_dir_all(&folder).expect("the folder is removed");
    }

    #[test]
    fn noise_repeats_and_differs() {
        assert_eq!(noise(1, 1000), noise(1, 1000));
        assert_ne!(noise(1, 1000), noise(2, 1000));
        assert_eq!(noise(0, 0).len(), 0);
    }
}
