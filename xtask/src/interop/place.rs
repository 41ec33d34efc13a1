//! Where things are: installed programs, their state, scratch files. All of it may be deleted.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

#[derive(Clone, Debug)]
pub(crate) struct Place {
    root: PathBuf,
}

impl Place {
    pub(crate) fn of(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }

    /// The checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where a server or client is installed; kept from run to run.
    pub(crate) fn installed(&self, name: &str) -> PathBuf {
        self.root.join(".cache/interop/installed").join(name)
    }

    /// Where a running thing keeps its state and its logs; they stay until the next run.
    pub(crate) fn state(&self, name: &str) -> PathBuf {
        self.root.join(".cache/interop/run").join(name)
    }

    /// An empty folder for one suite.
    pub(crate) fn fresh(&self, name: &str) -> Result<PathBuf> {
        let folder = self.state(name);
        if folder.exists() {
            let doing = format!("empty {}", folder.display());
            fs::remove_dir_all(&folder).map_err(|error| Failure::on(doing, &error))?;
        }
        let doing = format!("make {}", folder.display());
        fs::create_dir_all(&folder).map_err(|error| Failure::on(doing, &error))?;
        Ok(folder)
    }

    pub(crate) fn script(&self, path: &str) -> PathBuf {
        self.root.join("xtask/interop").join(path)
    }
}
