//! Other people's clients on our emulator: what they write we read, and the other way round.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::install::Installed;
use super::oracle::emulator;
use super::program::{Bench, Program, limited};
use super::server::Server;
use super::{script, tree};
use crate::failure::{Failure, Result};
use crate::test::Ledger;

/// Clients that nobody here wrote, by the names of their checks.
pub(crate) const CLIENTS: [&str; 5] = ["boto3", "awscli", "s5cmd", "rclone", "obstore"];

/// A key with everything in it that clients are known to spell differently.
const ODD: &str = "odd \u{e9}/a+b%20c&d=e'f(g)!~;:@$,\u{1f980}.txt";

const SMALL: &[u8] = b"0123456789 a small object\n";
const BIG_BYTES: usize = 20 << 20;
const BUCKET: &str = "test";

pub(crate) fn clients(bench: &Bench, installed: &Installed, ledger: &mut Ledger) {
    let names: Vec<_> = CLIENTS.into_iter().filter(|name| installed.contains(name)).collect();
    if names.is_empty() {
        return;
    }
    let mut suite = None;
    ledger.check("emulator: start, and write what clients will read", || {
        suite = Some(Suite::start(bench)?);
        Ok(())
    });
    let Some(suite) = suite else { return };
    for name in names {
        suite.run(name, ledger);
        ledger.check(&format!("{name}: r2 reads what it left"), || suite.read_back(name));
    }
    ledger.check("r2 du counts what the clients left", || suite.count());
}

struct Suite {
    bench: Bench,
    server: Server,
    files: PathBuf,
    r2: Program,
}

impl Suite {
    fn start(bench: &Bench) -> Result<Self> {
        let folder = bench.place.fresh("clients")?;
        let server = emulator(bench)?;
        let files = folder.join("files");
        tree::write(&files.join("small"), SMALL)?;
        tree::write(&files.join("big"), &tree::noise(5, BIG_BYTES))?;
        for name in ["f1", "f2", "f3", "sub d/\u{e9}1", "sub d/\u{e9}2"] {
            tree::write(&files.join("tree").join(name), name.as_bytes())?;
        }
        let r2 = bench.program(server.access(), &files);
        r2.run(&["cp", "small", "r2://test/from-r2/small"])?;
        r2.run(&["cp", "small", &format!("r2://test/from-r2/{ODD}")])?;
        let parts = ["--multipart-threshold", "5MiB", "--part-size", "5MiB"];
        r2.run(&[&["cp", "big", "r2://test/from-r2/big"], &parts[..]].concat())?;
        Ok(Self { bench: bench.clone(), server, files, r2 })
    }

    fn run(&self, name: &str, ledger: &mut Ledger) {
        match self.script(name) {
            Ok(mut script) => script::run(name, &mut script, ledger),
            Err(failure) => ledger.failed(name, Duration::ZERO, &failure.to_string()),
        }
    }

    /// The client's own checks, in Python or in bash.
    fn script(&self, name: &str) -> Result<Command> {
        let place = self.bench.place.installed(name);
        let scratch = self.bench.place.fresh(&format!("clients-{name}"))?;
        let python = self.bench.place.script(&format!("clients/{name}_checks.py"));
        let mut command = if python.is_file() {
            let mut command = limited(&place.join("bin/python"), &scratch, self.server.access());
            command.arg("-B").arg(&python);
            command
        } else {
            let shell = self.bench.place.script(&format!("clients/{name}_checks.sh"));
            limited(&shell, &scratch, self.server.access())
        };
        command.env("PLACE", &place).env("SCRATCH", &scratch).env("FILES", &self.files);
        command.env("BUCKET", BUCKET).env("PREFIX", format!("{name}/")).env("ODD", ODD);
        // Whatever a client would read from the person's own settings, it shall not find.
        command.env("HOME", &scratch).env("LC_ALL", "C.UTF-8");
        Ok(command)
    }

    fn read_back(&self, name: &str) -> Result<()> {
        let listed = self.r2.run(&["ls", "--recursive", &format!("r2://test/{name}/left/")])?;
        for key in ["small", "big", ODD] {
            // s5cmd and obstore cannot write the odd key to the letter.
            if key == ODD && !listed.contains("odd ") {
                continue;
            }
            let got = self.r2.bytes(&["cat", &format!("r2://test/{name}/left/{key}")])?;
            let wanted = tree::read(&self.files.join(if key == "big" { "big" } else { "small" }))?;
            if got != wanted {
                return Err(Failure::new(format!("{key} has other bytes")));
            }
        }
        Ok(())
    }

    fn count(&self) -> Result<()> {
        let said = self.r2.run(&["du", "r2://test"])?;
        if said.trim().is_empty() { Err(Failure::new("du says nothing")) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn every_client_has_its_checks() {
        let workspace = Workspace::load().expect("the workspace can be read");
        for name in CLIENTS {
            let at = |ending| format!("xtask/interop/clients/{name}_checks.{ending}");
            let there = ["sh", "py"].iter().any(|ending| workspace.file(&at(ending)).is_some());
            assert!(there, "{name}");
        }
    }
}
