//! Our program on other people's servers: what goes up comes back equal.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::install::Installed;
use super::oracle::agreement;
use super::program::{Bench, Program, limited};
use super::server::{Access, Server};
use super::tree;
use crate::cargo::shown;
use crate::failure::{Failure, Result};
use crate::test::{Ledger, on_server};

/// Servers that nobody here wrote, by the names of their scripts.
pub(crate) const SERVERS: [&str; 2] = ["swift", "ceph"];

/// The one that answers most as S3 does, so that our emulator is compared with it.
const CLOSEST: &str = "ceph";

/// The most ports that a script asks for.
const PORTS: usize = 5;

const FILES: usize = 150;
const LARGE_BYTES: usize = 40 << 20;
const BUCKET: &str = "r2://interop";

pub(crate) fn servers(bench: &Bench, installed: &Installed, ledger: &mut Ledger) {
    for name in SERVERS.into_iter().filter(|name| installed.contains(name)) {
        let mut server = None;
        ledger.check(&format!("{name}: start"), || {
            server = Some(start(bench, name)?);
            Ok(())
        });
        if let Some(server) = server {
            moves_data(name, bench, server.access(), ledger);
            on_server(name, bench.place.root(), server.access(), ledger);
            if name == CLOSEST {
                agreement(name, bench, server.access(), ledger);
            }
        }
    }
}

/// One of the servers, for as long as the value lives.
pub(crate) fn start(bench: &Bench, name: &str) -> Result<Server> {
    Server::start(&bench.place, name, PORTS, &[])
}

/// The whole suite against one endpoint.
fn moves_data(name: &str, bench: &Bench, access: &Access, ledger: &mut Ledger) {
    let mut suite = None;
    let ready = ledger.check(&format!("{name}: files to send"), || {
        let folder = bench.place.fresh(&format!("{name}-files"))?;
        tree::grow(&folder.join("tree"), FILES)?;
        tree::write(&folder.join("large"), &tree::noise(7, LARGE_BYTES))?;
        suite = Some(Suite { r2: bench.program(access, &folder), folder });
        Ok(())
    });
    let Some(suite) = suite.filter(|_| ready) else { return };
    for (step, work) in STEPS {
        if !ledger.check(&format!("{name}: {step}"), || work(&suite)) && step == STEPS[0].0 {
            return;
        }
    }
}

struct Suite {
    r2: Program,
    folder: PathBuf,
}

type Step = (&'static str, fn(&Suite) -> Result<()>);

const STEPS: [Step; 9] = [
    ("make a bucket", Suite::make_bucket),
    ("sync a tree of awkward names up", Suite::sync_up),
    ("a second sync sends nothing", Suite::sync_again),
    ("sync it back, equal to the byte", Suite::sync_back),
    ("40 MiB in parts, and back in ranges", Suite::large),
    ("a stream of unknown length", Suite::stream),
    ("a presigned URL, fetched by curl", Suite::presigned),
    ("not found is an exit code", Suite::not_found),
    ("remove everything, then the bucket", Suite::remove),
];

impl Suite {
    fn make_bucket(&self) -> Result<()> {
        self.r2.run(&["mb", BUCKET])?;
        let buckets = self.r2.run(&["ls"])?;
        wanted(buckets.contains("interop"), || format!("ls does not show it: {buckets}"))
    }

    fn sync_up(&self) -> Result<()> {
        self.r2.run(&["sync", "tree", &at("tree")])?;
        let listed = self.r2.run(&["ls", "--recursive", &at("tree/")])?;
        let lines = listed.lines().count();
        wanted(lines >= FILES, || format!("ls shows {lines} lines for {FILES} files"))
    }

    fn sync_again(&self) -> Result<()> {
        self.r2.sends_nothing("tree", &at("tree"))
    }

    fn sync_back(&self) -> Result<()> {
        self.r2.run(&["sync", &at("tree"), "back"])?;
        tree::same(&self.folder.join("tree"), &self.folder.join("back"))
    }

    fn large(&self) -> Result<()> {
        let parts = ["--multipart-threshold", "16MiB", "--part-size", "8MiB"];
        self.r2.run(&[&["cp", "large", &at("large")], &parts[..]].concat())?;
        self.r2.run(&[&["cp", &at("large"), "large-back"], &parts[..]].concat())?;
        same_file(&self.folder.join("large"), &self.folder.join("large-back"))
    }

    fn stream(&self) -> Result<()> {
        let large = self.folder.join("large");
        self.r2.feed(&["cp", "-", &at("streamed")], &large)?;
        let got = self.r2.bytes(&["cat", &at("streamed")])?;
        wanted(got == tree::read(&large)?, || "cat gives other bytes".to_owned())?;
        let range = self.r2.bytes(&["cat", "--range", "100-199", &at("streamed")])?;
        wanted(range == tree::read(&large)?[100..200], || "a range differs".to_owned())
    }

    fn presigned(&self) -> Result<()> {
        let url = self.r2.run(&["presign", &at("large")])?;
        let mut curl = limited(Path::new("curl"), &self.folder, &Vec::new());
        curl.args(["--silent", "--show-error", "--fail", "--output", "fetched", url.trim()]);
        run(&mut curl)?;
        same_file(&self.folder.join("large"), &self.folder.join("fetched"))
    }

    fn not_found(&self) -> Result<()> {
        const NOT_FOUND: i32 = 4;
        let code = self.r2.exit_code(&["cat", &at("no such object")])?;
        wanted(code == Some(NOT_FOUND), || format!("exit code {code:?} instead of {NOT_FOUND}"))
    }

    fn remove(&self) -> Result<()> {
        self.r2.run(&["rm", "--recursive", BUCKET])?;
        let left = self.r2.run(&["ls", "--recursive", BUCKET])?;
        wanted(!left.contains("tree/"), || format!("left: {left}"))?;
        self.r2.run(&["rb", BUCKET]).map(drop)
    }
}

fn at(key: &str) -> String {
    format!("{BUCKET}/{key}")
}

fn wanted(holds: bool, why: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(Failure::new(why())) }
}

fn same_file(one: &Path, other: &Path) -> Result<()> {
    wanted(tree::same_file(one, other)?, || format!("{} has other bytes", other.display()))
}

fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let output = command.output().map_err(|error| Failure::on(format!("run {shown}"), &error))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    wanted(output.status.success(), || format!("curl ended with {}: {said}", output.status))
}
