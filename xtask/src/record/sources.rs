//! The servers that are recorded, each with what it can do.

use std::path::Path;
use std::process::Command;

use crate::cargo::output;
use crate::failure::{Failure, Result};

/// A server, and the folder of its recordings below `fixtures/`.
pub(super) struct Source {
    pub(super) name: &'static str,
    /// What stands in the cassettes, before the version.
    words: &'static str,
    version: Version,
    /// A bucket that the recording may empty.
    pub(super) bucket: &'static str,
    /// Scenarios that it cannot play.
    pub(super) without: &'static [&'static str],
}

/// Where a server's version is known from.
enum Version {
    /// What its script installs, after these characters.
    Script(&'static str),
    /// What it says itself, in the third word.
    Program(&'static str),
    /// It has none.
    None,
}

pub(super) const SOURCES: [Source; 4] = [
    Source {
        name: "swift",
        words: "OpenStack Swift",
        version: Version::Script("swift=="),
        bucket: "fixtures",
        without: &[],
    },
    Source {
        name: "ceph",
        words: "Ceph RADOS Gateway",
        version: Version::Program("radosgw"),
        bucket: "fixtures",
        // Its completion names no tag.
        without: &["upload-by-hand"],
    },
    // Its buckets are there from the start, and no others can be made.
    Source {
        name: "oracle",
        words: "Cloudflare's local R2, miniflare",
        version: Version::Script("VERSION="),
        bucket: "test",
        without: &["buckets"],
    },
    Source {
        name: "r2",
        words: "Cloudflare R2",
        version: Version::None,
        bucket: "fixtures-of-r2-sim",
        without: &[],
    },
];

impl Source {
    /// What stands in the cassettes: server and version.
    pub(super) fn words(&self, script: &Path) -> Result<String> {
        let version = match self.version {
            Version::None => return Ok(self.words.to_owned()),
            Version::Program(program) => {
                let said = output(Command::new(program).arg("--version"))?;
                said.split_whitespace().nth(2).map(str::to_owned)
            }
            Version::Script(before) => {
                let doing = || format!("read {}", script.display());
                let text = std::fs::read_to_string(script)
                    .map_err(|error| Failure::on(doing(), &error))?;
                let after = text.split(before).nth(1).map(str::to_owned);
                after.and_then(|after| after.split_whitespace().next().map(str::to_owned))
            }
        };
        let version =
            version.ok_or_else(|| Failure::new(format!("{} has no version", self.name)))?;
        Ok(format!("{} {version}", self.words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn versions_stand_in_the_scripts() {
        let workspace = Workspace::load().expect("the workspace can be read");
        for source in SOURCES {
            if let Version::Script(_) = source.version {
                let script = format!("xtask/interop/servers/{}.sh", source.name);
                let words = source.words(&workspace.root().join(script)).expect("a version");
                assert!(words.ends_with(|c: char| c.is_ascii_digit()), "{words}");
            }
        }
    }
}
