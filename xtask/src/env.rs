//! The only file of the keeper that reads the environment.

#![expect(clippy::disallowed_methods, reason = "this file is where the environment is read")]

use std::env;
use std::time::Instant;

/// Whether this run is on a build machine, where nothing may be left out.
pub(crate) fn is_ci() -> bool {
    env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// What `cargo run` adds to the environment of the program it starts.
///
/// A nested cargo must not see it: build scripts that declare `rerun-if-env-changed` for these
/// names (ring's does) would run again, and everything above them would be compiled again.
pub(crate) fn added_by_cargo_run() -> Vec<String> {
    const NAMES: [&str; 7] = [
        "CARGO",
        "CARGO_BIN_NAME",
        "CARGO_CRATE_NAME",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_PATH",
        "CARGO_PRIMARY_PACKAGE",
        "OUT_DIR",
    ];
    env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| NAMES.contains(&name.as_str()) || name.starts_with("CARGO_PKG_"))
        .collect()
}

/// Whether a program of this name is on the `PATH`.
pub(crate) fn has_program(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

/// The wall clock of the keeper's own time measurements.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Whether an account of R2 and its key are named.
pub(crate) fn has_r2_account() -> bool {
    ["R2_ACCOUNT_ID", "R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY"]
        .iter()
        .all(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Variables that could lead a program to an account of the person who runs the tests.
pub(crate) fn credentials() -> Vec<String> {
    const PREFIXES: [&str; 6] = ["AWS_", "R2_", "S3_", "CLOUDFLARE_", "CF_", "RCLONE_"];
    env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
        .collect()
}
