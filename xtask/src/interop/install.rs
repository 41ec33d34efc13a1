//! Installing servers and clients while the compiler works.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::clients::CLIENTS;
use super::place::Place;
use crate::failure::Failure;
use crate::test::Ledger;
use crate::{cargo, env, say};

/// What an install script ends with when the thing cannot be had on this machine.
const UNAVAILABLE: i32 = 69;

/// Installs that are under way, one after the other, in the background.
#[derive(Debug)]
pub(crate) struct Installing(JoinHandle<Vec<Install>>);

/// Names of what can be used.
pub(crate) type Installed = Vec<&'static str>;

#[derive(Debug)]
struct Install {
    name: &'static str,
    took: Duration,
    result: Result<(), Trouble>,
}

#[derive(Debug)]
enum Trouble {
    /// Not to be had on this machine.
    Unavailable(String),
    /// It should have worked.
    Failed(String),
}

impl Installing {
    pub(crate) fn begin(root: &Path, names: &[&'static str]) -> Self {
        let place = Place::of(root);
        let names = names.to_vec();
        Self(thread::spawn(move || names.into_iter().map(|name| install(&place, name)).collect()))
    }

    /// Waits for the last one; says what each cost and what is missing.
    pub(crate) fn finish(self, ledger: &mut Ledger) -> Installed {
        let Ok(installs) = self.0.join() else {
            ledger.failed("install", Duration::ZERO, "the installing thread panicked");
            return Vec::new();
        };
        let mut installed = Vec::new();
        for install in installs {
            let name = format!("install {}", install.name);
            match install.result {
                Ok(()) => {
                    say::step("ok", &name, install.took, "");
                    installed.push(install.name);
                }
                Err(Trouble::Unavailable(why)) => ledger.unavailable(&name, &why),
                Err(Trouble::Failed(why)) => ledger.failed(&name, install.took, &why),
            }
        }
        installed
    }
}

fn install(place: &Place, name: &'static str) -> Install {
    let folder = place.installed(name);
    let started = env::now();
    let mut script = if CLIENTS.contains(&name) {
        let mut script = Command::new(place.script("clients/install.sh"));
        script.arg(name);
        script
    } else {
        let mut script = Command::new(place.script(&format!("servers/{name}.sh")));
        script.arg("install");
        script
    };
    script.env("PLACE", &folder).stdin(Stdio::null());
    let result = finish(&mut script);
    Install { name, took: started.elapsed(), result }
}

fn finish(script: &mut Command) -> Result<(), Trouble> {
    let shown = cargo::shown(script);
    let output = script.output().map_err(|error| {
        Trouble::Failed(Failure::on(format!("start {shown}"), &error).to_string())
    })?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    match output.status.code() {
        Some(0) => Ok(()),
        Some(UNAVAILABLE) => Err(Trouble::Unavailable(said)),
        _ => Err(Trouble::Failed(format!("{shown} ended with {}: {said}", output.status))),
    }
}
