//! Configuration: what counts, what is refused and how that is told, and what a client makes of it.

#![expect(clippy::unwrap_used, reason = "tests: what cannot be set up fails the test")]

mod bad_files;
mod client;
mod page;
mod precedence;
mod vault;

use std::path::PathBuf;

use r2_backend::config::{Config, ConfigError, ConfigSources};
use tempfile::TempDir;

/// A folder with files, and the sources that are read from it.
struct World {
    folder: TempDir,
    sources: ConfigSources,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, sources: ConfigSources::new() }
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn project(mut self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.write(name, text);
        self.sources = self.sources.project_file(path);
        self
    }

    fn user(mut self, name: &str, text: &str) -> Self {
        let path = self.write(name, text);
        self.sources = self.sources.user_file(path);
        self
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.sources = self.sources.variable(name, value);
        self
    }

    fn flag(mut self, flag: &str, path: &str, value: &str) -> Self {
        self.sources = self.sources.flag(flag, path, value);
        self
    }

    fn load(&self) -> Result<Config, ConfigError> {
        Config::load(&self.sources)
    }

    /// What is wrong, without the folder.
    fn told(&self) -> String {
        let error = self.load().expect_err("something is wrong with it").to_string();
        error.replace(&format!("{}/", self.folder.path().display()), "")
    }
}
