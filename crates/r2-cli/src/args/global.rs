//! Options that every command takes: where to connect, what to print, what may be spent.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::units::{parse_dollars, parse_duration};

/// Options that every command takes.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Work on the local R2 in this folder instead of an account; made when missing [env: R2_LOCAL]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) local: Option<PathBuf>,
    /// The S3 endpoint, for servers other than R2 [env: R2_ENDPOINT, AWS_ENDPOINT_URL_S3]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// The Cloudflare account [env: R2_ACCOUNT_ID, CLOUDFLARE_ACCOUNT_ID]
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) account_id: Option<String>,
    /// Where the bucket's data has to stay: eu, fedramp or us [env: R2_JURISDICTION]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) jurisdiction: Option<String>,
    /// The signing region; R2's is auto [env: R2_REGION, AWS_REGION]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) region: Option<String>,
    /// The configuration of the project, instead of r2.toml in this folder or one above it
    /// [env: R2_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// One JSON object a line on standard output, a summary last
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print failures only
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more: twice for requests, three times for everything
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// No progress bar
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    /// Show what would be done, its requests by class and their price; change nothing
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Refuse work that costs more than this many dollars
    #[arg(long, global = true, value_name = "DOLLARS", value_parser = parse_dollars)]
    pub(crate) max_cost: Option<r2_objects::Money>,
    /// Requests in flight at most
    #[arg(long, global = true, value_name = "N", default_value_t = 16,
          value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: u16,
    /// List requests in flight at most, of those; 1 takes the fewest requests [default: 16]
    #[arg(long, global = true, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) list_concurrency: Option<u16>,
    /// Give up on a request after this long, retries included (30s, 5m)
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) timeout: Option<std::time::Duration>,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
