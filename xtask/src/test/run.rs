//! The parts of `test` and their order: what needs a download is fetched while the compiler works.

use clap::{Args, ValueEnum};

use super::{Ledger, unit};
use crate::failure::Result;
use crate::workspace::Workspace;
use crate::{env, interop, say};

#[derive(Args)]
pub(crate) struct Options {
    /// Only these parts; may be repeated [default: all]
    #[arg(long, value_name = "PART")]
    part: Vec<Part>,
    /// Only these servers and clients; may be repeated [default: all]
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Unit, integration and documentation tests
    Unit,
    /// The README's first command, as it is written
    Readme,
    /// Other people's clients on our emulator
    Clients,
    /// Our program on other people's servers
    Servers,
}

impl Options {
    fn wants(&self, part: Part) -> bool {
        self.part.is_empty() || self.part.contains(&part)
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let started = env::now();
    let workspace = Workspace::load()?;
    let root = workspace.root();
    let mut ledger = Ledger::default();
    let mut names = Vec::new();
    if options.wants(Part::Servers) {
        names.extend(interop::SERVERS);
    }
    if options.wants(Part::Clients) {
        names.extend(interop::CLIENTS);
    }
    names.retain(|name| options.only.is_empty() || options.only.iter().any(|only| only == name));
    let installing = interop::Installing::begin(root, &names);
    if options.wants(Part::Unit) {
        unit::run(root, &mut ledger);
    }
    if options.wants(Part::Readme) || !names.is_empty() {
        let installed = installing.finish(&mut ledger);
        match interop::build(root) {
            Err(failure) => ledger.failed("build r2", started.elapsed(), &failure.to_string()),
            Ok(bench) => {
                if options.wants(Part::Readme) {
                    interop::readme(&bench, &mut ledger);
                }
                interop::clients(&bench, &installed, &mut ledger);
                interop::servers(&bench, &installed, &mut ledger);
            }
        }
    }
    say::line(format!("test: {}", say::seconds(started.elapsed())));
    ledger.close()
}
