//! The parts of `test` and their order: what needs a download is fetched while the compiler works.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Ledger, unit};
use crate::failure::Result;
use crate::interop::Bench;
use crate::workspace::Workspace;
use crate::{env, interop, say, sim};

#[derive(Args)]
pub(crate) struct Options {
    /// Only these parts; may be repeated [default: all]
    #[arg(long, value_name = "PART")]
    part: Vec<Part>,
    /// Only these servers and clients; may be repeated [default: all]
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Put this program to the test instead of building one: a release, say
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Unit, integration and documentation tests
    Unit,
    /// What the crate `object_store` publishes to test stores, on our back ends
    ObjectStore,
    /// A thousand runs in simulated time
    Sim,
    /// The README's first command, as it is written
    Readme,
    /// Other people's clients on our emulator
    Clients,
    /// Our program on other people's servers
    Servers,
    /// Our emulator's answers beside those of Cloudflare's own local R2
    Oracle,
}

impl Options {
    fn wants(&self, part: Part) -> bool {
        self.part.is_empty() || self.part.contains(&part)
    }

    /// The servers and clients that the wanted parts need, each once.
    fn needed(&self) -> Vec<&'static str> {
        let parts: [(Part, &[&'static str]); 3] = [
            (Part::Servers, &interop::SERVERS),
            (Part::Clients, &interop::CLIENTS),
            (Part::Oracle, &interop::ORACLE),
        ];
        let mut names = Vec::new();
        for (_, needed) in parts.into_iter().filter(|(part, _)| self.wants(*part)) {
            names.extend(
                needed.iter().filter(|name| {
                    self.only.is_empty() || self.only.iter().any(|only| only == *name)
                }),
            );
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let started = env::now();
    let workspace = Workspace::load()?;
    let root = workspace.root();
    let mut ledger = Ledger::default();
    let names = options.needed();
    let installing = interop::Installing::begin(root, &names);
    if options.wants(Part::Unit) {
        unit::run(root, &mut ledger);
    }
    if options.wants(Part::ObjectStore) {
        unit::object_store(root, &mut ledger);
    }
    if options.wants(Part::Sim) {
        ledger.check("simulation", || sim::part(root));
    }
    if options.wants(Part::Readme) || !names.is_empty() {
        let installed = installing.finish(&mut ledger);
        let bench = match &options.binary {
            Some(binary) => Bench::of(root, binary),
            None => interop::build(root),
        };
        match bench {
            Err(failure) => ledger.failed("build r2", started.elapsed(), &failure.to_string()),
            Ok(bench) => {
                if options.wants(Part::Readme) {
                    interop::readme(&bench, &mut ledger);
                }
                if options.wants(Part::Clients) {
                    interop::clients(&bench, &installed, &mut ledger);
                }
                interop::servers(&bench, &installed, &mut ledger);
                if options.wants(Part::Oracle) {
                    interop::oracle(&bench, &installed, &mut ledger);
                }
            }
        }
    }
    say::line(format!("test: {}", say::seconds(started.elapsed())));
    ledger.close()
}
