//! The command line as typed: one table, from which help, completions and pages come.
//!
//! Nothing here is resolved or checked beyond its own syntax; each command does that.

mod commands;
mod global;
mod units;

use clap::Parser;

pub(crate) use commands::{
    Attributes, Cat, Command, ConfigCommand, ConfigExplain, ConfigInit, Copy, Disk, Emulator, Find,
    List, MakeBucket, Move, Presign, Remove, RemoveBucket, Selection, Serve, Shell, Stat, Sync,
    Transfer, UploadsCommand, Verb,
};
pub(crate) use global::{ColorChoice, Global};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "r2",
    version,
    about = "Move, list, mirror and price objects on Cloudflare R2, or on a local R2",
    after_help = "Addresses are r2://BUCKET/KEY (s3:// works too), a local path, or - for a \
                  standard stream.\nQuote patterns: r2 ls 'r2://logs/2026-*/**'\n\
                  Exit codes and environment variables: docs/cli.md",
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
pub(crate) struct Args {
    /// Options that every command takes.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_table_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn global_options_may_follow_the_command() {
        let args = Args::try_parse_from(["r2", "ls", "r2://b", "--local", "d", "--json"]);
        let args = args.expect("parses");
        assert!(args.global.json && args.global.local.is_some());
    }
}
