//! The checkout as the checks see it: packages from `cargo metadata`, files from the disk.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package};

use crate::env;
use crate::failure::{Failure, Result};
use crate::source::Source;

/// Folders that hold what was made here, not what is kept here.
const NOT_OURS: [&str; 4] = ["target", ".git", ".cache", "node_modules"];

/// The endings of files that are written by hand and read as text.
const TEXT: [&str; 12] =
    ["rs", "toml", "md", "sh", "py", "mjs", "json", "yaml", "yml", "xml", "lock", "html"];

pub(crate) struct Workspace {
    root: PathBuf,
    metadata: Metadata,
    files: Vec<File>,
}

/// One text file of the checkout.
pub(crate) struct File {
    /// Relative to the root, with `/` between its segments.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn has_ending(&self, ending: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == ending)
    }
}

impl Workspace {
    /// Reads the workspace that the current folder is in.
    pub(crate) fn load() -> Result<Self> {
        let mut command = MetadataCommand::new();
        command.cargo_path("cargo").other_options(["--all-features".to_owned()]);
        for name in env::added_by_cargo_run() {
            command.env_remove(name);
        }
        let metadata = command.exec().map_err(|error| Failure::on("read the workspace", &error))?;
        let root = metadata.workspace_root.clone().into_std_path_buf();
        let mut files = Vec::new();
        collect(&root, &root, &mut files)?;
        files.sort_by(|a: &File, b: &File| a.path.cmp(&b.path));
        Ok(Self { root, metadata, files })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The crates of this workspace, `xtask` among them.
    pub(crate) fn crates(&self) -> Vec<&Package> {
        self.metadata.workspace_packages()
    }

    pub(crate) fn crate_names(&self) -> BTreeSet<String> {
        self.crates().iter().map(|package| package.name.to_string()).collect()
    }

    /// Every text file, sorted by path.
    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Every Rust file, with its code and its comments told apart.
    pub(crate) fn sources(&self) -> Vec<Source<'_>> {
        let rust = self.files.iter().filter(|file| file.has_ending("rs"));
        rust.map(|file| Source::new(&file.path, &file.text)).collect()
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) -> Result<()> {
    let doing = |path: &Path| format!("read {}", path.display());
    let entries = fs::read_dir(folder).map_err(|error| Failure::on(doing(folder), &error))?;
    for entry in entries {
        let path = entry.map_err(|error| Failure::on(doing(folder), &error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // A link could lead out of the checkout; and what is not text is not for these checks.
        if path.is_symlink() || NOT_OURS.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if is_text(&path) {
            // Somebody's editor may have removed it since the folder was read.
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let inside = path.strip_prefix(root).unwrap_or(&path);
            files.push(File { path: inside.to_string_lossy().replace('\\', "/"), text });
        }
    }
    Ok(())
}

fn is_text(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    match ending {
        Some(ending) => TEXT.contains(&ending),
        // `.ci/run` has no ending, nor have dotfiles.
        None => path.parent().is_some_and(|folder| folder.file_name().is_some_and(|n| n == ".ci")),
    }
}
