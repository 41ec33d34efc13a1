//! The disk side on real directories.

mod place;
mod walk;

use std::fs;
use std::path::Path;

/// Makes a file with its folders; the content is its name.
fn file(root: &Path, name: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, name).unwrap();
}
