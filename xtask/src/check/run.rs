//! The steps of `check`, one after the other: a failed step does not hide the next one's findings.

use clap::Args;

use super::{deny, layers, pages, tidy};
use crate::cargo::{cargo, succeed};
use crate::failure::{Failure, Result};
use crate::workspace::Workspace;
use crate::{env, say};

#[derive(Args)]
pub(crate) struct Options {
    /// Only the steps that read files: no compiler is started
    #[arg(long)]
    quick: bool,
}

/// What a step found out.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Sentences that each name one breach; none is a pass.
    pub(super) breaches: Vec<String>,
    /// What else a reader must know: it is said again in the summary.
    pub(super) note: String,
}

struct Step {
    name: &'static str,
    run: fn(&Workspace) -> Result<Findings>,
}

/// The cheap ones first: they answer in a second.
const READ: [Step; 3] = [
    Step { name: "layers", run: layers::findings },
    Step { name: "tidy", run: tidy::findings },
    Step { name: "pages", run: pages::findings },
];

const COMPILED: [Step; 4] = [
    Step { name: "fmt", run: format },
    Step { name: "clippy", run: clippy },
    Step { name: "docs", run: documentation },
    Step { name: "deny", run: deny::findings },
];

pub(crate) fn run(options: &Options) -> Result<()> {
    let started = env::now();
    let workspace = Workspace::load()?;
    let compiled: &[Step] = if options.quick { &[] } else { &COMPILED };
    let steps: Vec<&Step> = READ.iter().chain(compiled).collect();
    let mut failed = Vec::new();
    let mut notes = Vec::new();
    for step in &steps {
        let found = pass(step, &workspace);
        if !found.breaches.is_empty() {
            failed.push(step.name);
        }
        if !found.note.is_empty() {
            notes.push(format!("; {}", found.note));
        }
    }
    let took = say::seconds(started.elapsed());
    if failed.is_empty() {
        let notes = notes.concat();
        say::line(format!("check: all {} steps passed in {took}{notes}", steps.len()));
        return Ok(());
    }
    Err(Failure::new(format!("check failed after {took}: {}", failed.join(", "))))
}

fn pass(step: &Step, workspace: &Workspace) -> Findings {
    let started = env::now();
    let found = (step.run)(workspace).unwrap_or_else(|failure| Findings {
        breaches: vec![failure.to_string()],
        note: String::new(),
    });
    let mark = if found.breaches.is_empty() { "ok" } else { "FAILED" };
    say::step(mark, step.name, started.elapsed(), &found.note);
    for sentence in &found.breaches {
        say::line(format!("        {sentence}"));
    }
    found
}

fn format(workspace: &Workspace) -> Result<Findings> {
    // The peers of the benchmark are a workspace of their own.
    for manifest in ["Cargo.toml", "xtask/peers/Cargo.toml"] {
        let mut command = cargo(workspace.root());
        command.args(["fmt", "--all", "--manifest-path", manifest, "--", "--check"]);
        succeed(&mut command)?;
    }
    Ok(Findings::default())
}

fn clippy(workspace: &Workspace) -> Result<Findings> {
    let mut command = cargo(workspace.root());
    command.args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    succeed(&mut command)?;
    Ok(Findings::default())
}

fn documentation(workspace: &Workspace) -> Result<Findings> {
    let mut command = cargo(workspace.root());
    command.args(["doc", "--quiet", "--no-deps", "--workspace"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    succeed(&mut command)?;
    Ok(Findings::default())
}
