//! Starts each server, has the recording programs play their scenarios on it, and stops it.

use std::path::Path;
use std::process::Command;

use clap::Args;

use super::sources::{SOURCES, Source};
use crate::cargo::{cargo, succeed};
use crate::failure::{Failure, Result};
use crate::interop::{Access, Installing, Place, Server, led_to};
use crate::test::Ledger;
use crate::workspace::Workspace;
use crate::{env, say};

#[derive(Args)]
pub(crate) struct Options {
    /// Only this server; may be repeated [default: all that need no account, and R2 where
    /// `R2_ACCOUNT_ID` and its key are set]
    #[arg(long, value_name = "SERVER")]
    on: Vec<String>,
    /// Only this scenario; may be repeated [default: all]
    #[arg(long, value_name = "NAME")]
    scenario: Vec<String>,
}

/// The most ports that a script asks for.
const PORTS: usize = 5;

/// Crates, the example of each that plays scenarios, and the names of these.
const PROGRAMS: [(&str, &str, &[&str]); 2] = [
    (
        "r2-objects",
        "record_objects",
        &[
            "objects",
            "conditions",
            "ranges",
            "listings",
            "copies",
            "errors",
            "presigned",
            "buckets",
        ],
    ),
    ("r2-multipart", "record_transfers", &["large-object", "upload-by-hand"]),
];

/// Where the endpoint stands in what a server's script prints.
const ENDPOINT: &str = "AWS_ENDPOINT_URL_S3";

pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = Workspace::load()?;
    let place = Place::of(workspace.root());
    if let Some(unknown) = options.on.iter().find(|on| SOURCES.iter().all(|row| row.name != **on)) {
        return Err(Failure::new(format!("there is no server {unknown}")));
    }
    let mut ledger = Ledger::default();
    for source in &SOURCES {
        let wanted = match options.on.as_slice() {
            [] => source.name != "r2" || env::has_r2_account(),
            some => some.iter().any(|on| on == source.name),
        };
        if wanted {
            ledger.check(&format!("record {}", source.name), || record(&place, source, options));
        }
    }
    say::line("what changed: git diff --stat fixtures");
    ledger.close()
}

fn record(place: &Place, source: &Source, options: &Options) -> Result<()> {
    if source.name == "r2" {
        // The one that reaches an account: with the environment as it is.
        return play(place, source, options, |command| command, "");
    }
    let mut ledger = Ledger::default();
    let installed = Installing::begin(place.root(), &[source.name]).finish(&mut ledger);
    if !installed.contains(&source.name) {
        return Err(Failure::new(format!("{} cannot be had on this machine", source.name)));
    }
    let server = Server::start(place, source.name, PORTS, &[])?;
    let access = server.access();
    let base_path = base_path(access);
    play(place, source, options, |command| led_to(command, place.root(), access), &base_path)
}

/// What the endpoint has after its host.
fn base_path(access: &Access) -> String {
    let url = access.iter().find(|(name, _)| name == ENDPOINT).map(|(_, url)| url.as_str());
    let after = url.and_then(|url| url.split("://").nth(1)).and_then(|rest| rest.split_once('/'));
    after.map_or_else(String::new, |(_, path)| format!("/{path}"))
}

fn play(
    place: &Place,
    source: &Source,
    options: &Options,
    lead: impl Fn(Command) -> Command,
    base_path: &str,
) -> Result<()> {
    let folder = Path::new("fixtures").join(source.name);
    let words = source.words(&place.script(&format!("servers/{}.sh", source.name)))?;
    for (package, example, scenarios) in PROGRAMS {
        let wanted = |name: &str| {
            let is_asked =
                options.scenario.is_empty() || options.scenario.iter().any(|n| n == name);
            is_asked && !source.without.contains(&name)
        };
        let scenarios: Vec<_> = scenarios.iter().filter(|name| wanted(name)).collect();
        if scenarios.is_empty() {
            continue;
        }
        let mut command = lead(cargo(place.root()));
        command.args(["run", "--quiet", "--package", package, "--example", example, "--"]);
        command.arg(&folder).args([words.as_str(), source.bucket, base_path]).args(scenarios);
        succeed(&mut command)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_path_is_what_follows_the_host() {
        let access = |url: &str| vec![(ENDPOINT.to_owned(), url.to_owned())];
        assert_eq!(base_path(&access("http://127.0.0.1:9000")), "");
        assert_eq!(base_path(&access("http://127.0.0.1:9000/a/b")), "/a/b");
        assert_eq!(base_path(&Vec::new()), "");
    }

    /// Whatever is recorded is committed, and small enough to be read.
    #[test]
    fn every_recording_is_there_and_small() {
        const BYTES_MAX: usize = 300_000;
        let workspace = Workspace::load().expect("the workspace can be read");
        for source in SOURCES.iter().filter(|source| source.name != "r2") {
            for (_, _, scenarios) in PROGRAMS {
                for name in scenarios.iter().filter(|name| !source.without.contains(name)) {
                    let path = format!("fixtures/{}/{name}.json", source.name);
                    let file = workspace.file(&path);
                    let file = file.unwrap_or_else(|| panic!("{path}: cargo xtask record"));
                    assert!(file.text.len() < BYTES_MAX, "{path} is too long");
                }
            }
        }
    }
}
