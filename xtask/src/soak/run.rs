//! The suites of `soak` and the stores they run on.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{crashes, kills, steps, trees};
use crate::failure::{Failure, Result};
use crate::interop::{self, Access, Bench, Server};
use crate::test::Ledger;
use crate::workspace::Workspace;
use crate::{env, say};

#[derive(Args)]
pub(crate) struct Options {
    /// Only these suites; may be repeated [default: all]
    #[arg(long, value_name = "SUITE")]
    suite: Vec<Suite>,
    /// Only these stores; may be repeated [default: all]
    #[arg(long, value_name = "STORE")]
    on: Vec<Store>,
    /// Files of a tree
    #[arg(long, default_value_t = 10_000)]
    files: usize,
    /// Bytes of the large file, in MiB
    #[arg(long, default_value_t = 2_048)]
    large_mib: u64,
    /// Kills of each kind
    #[arg(long, default_value_t = 10)]
    kills: u32,
    /// Where the moments of the kills come from; the same seed tries the same moments
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Put this program to the test instead of building a release
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// A tree of awkward names and a large file, up and back, equal to the byte
    Trees,
    /// The program killed during a large upload and download, then run again
    Kills,
    /// The served emulator killed under load: what was acknowledged is there
    Crashes,
    /// The local store ended between any two steps of its disk, by a signal or without power
    Steps,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Store {
    /// `--local DIR`
    Local,
    /// `r2 serve emulator`
    Emulator,
    /// OpenStack Swift
    Swift,
    /// The Ceph RADOS Gateway
    Ceph,
}

/// How large and how often.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) files: usize,
    pub(super) large_bytes: u64,
    pub(super) kills: u32,
    pub(super) seed: u64,
}

impl Options {
    fn wants(&self, suite: Suite) -> bool {
        self.suite.is_empty() || self.suite.contains(&suite)
    }

    fn stores(&self) -> Vec<Store> {
        let all = [Store::Local, Store::Emulator, Store::Swift, Store::Ceph];
        all.into_iter().filter(|store| self.on.is_empty() || self.on.contains(store)).collect()
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let started = env::now();
    let workspace = Workspace::load()?;
    let stores = options.stores();
    let needed: Vec<_> = stores.iter().filter_map(|store| store.install()).collect();
    let mut ledger = Ledger::default();
    let installed = interop::Installing::begin(workspace.root(), &needed).finish(&mut ledger);
    let bench = match &options.binary {
        Some(binary) => Bench::of(workspace.root(), binary)?,
        None => interop::build_release(workspace.root())?,
    };
    let bench = bench.for_long_runs();
    let sizes = Sizes {
        files: options.files,
        large_bytes: options.large_mib << 20,
        kills: options.kills,
        seed: options.seed,
    };
    for store in stores {
        if store.install().is_some_and(|name| !installed.contains(&name)) {
            continue;
        }
        on(store, &bench, sizes, options, &mut ledger);
    }
    if options.wants(Suite::Crashes) {
        crashes::run(&bench, sizes, &mut ledger);
    }
    if options.wants(Suite::Steps) {
        steps::run(workspace.root(), sizes, &mut ledger);
    }
    say::line(format!("soak: {}", say::seconds(started.elapsed())));
    ledger.close()
}

/// The suites that work on any store.
fn on(store: Store, bench: &Bench, sizes: Sizes, options: &Options, ledger: &mut Ledger) {
    let name = store.name();
    let mut running = None;
    ledger.check(&format!("{name}: start"), || {
        running = Some(store.start(bench)?);
        Ok(())
    });
    let Some((access, _server)) = running else { return };
    if options.wants(Suite::Trees) {
        trees::run(name, bench, &access, sizes, ledger);
    }
    if options.wants(Suite::Kills) {
        kills::run(name, bench, &access, sizes, ledger);
    }
}

impl Store {
    fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Emulator => "emulator",
            Self::Swift => "swift",
            Self::Ceph => "ceph",
        }
    }

    /// What has to be installed first.
    fn install(self) -> Option<&'static str> {
        matches!(self, Self::Swift | Self::Ceph).then(|| self.name())
    }

    fn start(self, bench: &Bench) -> Result<(Access, Option<Server>)> {
        let server = match self {
            Self::Local => {
                let folder = bench.place.fresh("soak-local-store")?;
                let folder = folder.to_str().ok_or_else(|| Failure::new("a path is no text"))?;
                return Ok((vec![("R2_LOCAL".to_owned(), folder.to_owned())], None));
            }
            Self::Emulator => interop::emulator(bench)?,
            Self::Swift | Self::Ceph => interop::start(bench, self.name())?,
        };
        Ok((server.access().clone(), Some(server)))
    }
}
