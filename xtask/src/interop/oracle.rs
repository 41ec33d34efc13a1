//! Our emulator beside Cloudflare's own local R2: the same questions, the same answers.

use std::path::Path;

use super::install::Installed;
use super::program::{Bench, limited};
use super::script;
use super::server::{Access, Server};
use crate::failure::Result;
use crate::test::Ledger;

/// What this part needs.
pub(crate) const ORACLE: [&str; 1] = ["oracle"];

pub(crate) fn oracle(bench: &Bench, installed: &Installed, ledger: &mut Ledger) {
    if !ORACLE.iter().all(|name| installed.contains(name)) {
        return;
    }
    let mut servers = None;
    ledger.check("oracle: start, and the emulator beside it", || {
        let theirs = Server::start(&bench.place, "oracle", 1, &[])?;
        servers = Some((emulator(bench)?, theirs));
        Ok(())
    });
    let Some((ours, theirs)) = servers else { return };
    let mut access = named("OURS_", ours.access());
    access.extend(named("ORACLE_", theirs.access()));
    let mut command = limited(Path::new("python3"), bench.place.root(), &access);
    command.arg("-B").arg(bench.place.script("oracle/differential.py"));
    script::run("oracle", &mut command, ledger);
}

/// The emulator beside a real S3 server, in the part in which R2 and S3 agree.
pub(crate) fn agreement(name: &str, bench: &Bench, theirs: &Access, ledger: &mut Ledger) {
    let mut ours = None;
    ledger.check(&format!("{name}: the emulator beside it"), || {
        ours = Some(emulator(bench)?);
        Ok(())
    });
    let Some(ours) = ours else { return };
    let mut access = named("OURS_", ours.access());
    access.extend(named("THEIRS_", theirs));
    let mut command = limited(Path::new("python3"), bench.place.root(), &access);
    command.arg("-B").arg(bench.place.script("oracle/agreement.py"));
    script::run(name, &mut command, ledger);
}

/// Our own emulator, served as a person would serve it.
pub(crate) fn emulator(bench: &Bench) -> Result<Server> {
    let binary = bench.binary.to_string_lossy();
    Server::start(&bench.place, "emulator", 1, &[("BINARY", &binary)])
}

/// The same access under names that begin otherwise, so that two fit into one environment.
fn named(prefix: &str, access: &Access) -> Access {
    const NAMES: [(&str, &str); 4] = [
        ("AWS_ENDPOINT_URL_S3", "ENDPOINT"),
        ("AWS_ACCESS_KEY_ID", "KEY_ID"),
        ("AWS_SECRET_ACCESS_KEY", "SECRET"),
        ("AWS_REGION", "REGION"),
    ];
    let renamed = |(name, value): &(String, String)| {
        let (_, short) = NAMES.iter().find(|(long, _)| long == name)?;
        Some((format!("{prefix}{short}"), value.clone()))
    };
    access.iter().filter_map(renamed).collect()
}
