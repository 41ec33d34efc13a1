//! The commands and the options of each.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::units::{parse_duration, parse_size};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List buckets, or the objects under an address
    Ls(List),
    /// Copy files and objects: up, down, or from bucket to bucket
    Cp(Copy),
    /// Copy, then remove the source
    Mv(Move),
    /// Remove objects
    Rm(Remove),
    /// Print objects to standard output
    Cat(Cat),
    /// Make a destination equal to a source, sending only what differs
    Sync(Sync),
    /// Show all that is known of an object or a bucket
    Stat(Stat),
    /// Count objects and bytes, and what storing them costs
    Du(Disk),
    /// Print the addresses of objects by name, size and age
    Find(Find),
    /// Make a URL that works for a while without credentials
    Presign(Presign),
    /// Make a bucket
    Mb(MakeBucket),
    /// Remove a bucket
    Rb(RemoveBucket),
    /// List or abort unfinished multipart uploads
    #[command(subcommand)]
    Uploads(UploadsCommand),
    /// Serve the local R2 to any S3 client
    #[command(subcommand)]
    Serve(Serve),
    /// Show, explain or begin a configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print a completion script for a shell
    Completions(Completions),
}

/// Which of the names found are meant.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Selection {
    /// Take only names that match this pattern; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub(crate) include: Vec<String>,
    /// Leave out names that match this pattern; may be repeated, wins over --include
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,
}

/// `r2 ls`.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// r2://BUCKET[/PREFIX or pattern]; none lists the buckets
    pub(crate) address: Option<String>,
    /// Everything below, not one level
    #[arg(long, short)]
    pub(crate) recursive: bool,
    /// Show ETag and storage class too
    #[arg(long, short)]
    pub(crate) long: bool,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// How objects are sent and received.
#[derive(Args, Clone, Debug)]
pub(crate) struct Transfer {
    /// Bytes of one part; every part of an upload has this size [default: 10MiB, grown if needed]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) part_size: Option<u64>,
    /// Send in parts from this size on [default: 100MiB]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) multipart_threshold: Option<u64>,
    /// Parts of one object in flight, 1 to 16 [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=16))]
    pub(crate) part_concurrency: Option<u16>,
    /// Begin anew instead of going on with what an earlier, killed run left
    #[arg(long)]
    pub(crate) no_resume: bool,
}

/// What is stored beside the bytes.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Attributes {
    /// Content-Type of what is written [default: guessed from the name]
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Cache-Control of what is written
    #[arg(long, value_name = "TEXT")]
    pub(crate) cache_control: Option<String>,
    /// Metadata of what is written; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) metadata: Vec<String>,
    /// Storage class of what is written: standard or ia
    #[arg(long, value_name = "CLASS")]
    pub(crate) storage_class: Option<String>,
}

/// `r2 cp`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Copy {
    /// Files, folders, addresses, patterns, or - for standard input
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<String>,
    /// Where to; a folder ends with / (or exists)
    #[arg(value_name = "DESTINATION")]
    pub(crate) destination: String,
    /// Folders with all that is below them
    #[arg(long, short)]
    pub(crate) recursive: bool,
    /// Leave alone what exists already
    #[arg(long, short = 'n')]
    pub(crate) no_clobber: bool,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) attributes: Attributes,
    #[command(flatten)]
    pub(crate) transfer: Transfer,
}

/// `r2 mv`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Move {
    #[command(flatten)]
    pub(crate) copy: Copy,
}

/// `r2 rm`.
#[derive(Args, Debug)]
pub(crate) struct Remove {
    /// Objects or patterns
    #[arg(required = true, value_name = "ADDRESS")]
    pub(crate) addresses: Vec<String>,
    /// Everything below the address
    #[arg(long, short)]
    pub(crate) recursive: bool,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// `r2 cat`.
#[derive(Args, Debug)]
pub(crate) struct Cat {
    /// Objects or patterns
    #[arg(required = true, value_name = "ADDRESS")]
    pub(crate) addresses: Vec<String>,
    /// Only these bytes: 0-99, 100- or -100 for the last hundred
    #[arg(long, value_name = "FROM-TO", allow_hyphen_values = true)]
    pub(crate) range: Option<String>,
}

/// `r2 sync`.
#[derive(Args, Debug)]
pub(crate) struct Sync {
    /// A folder or r2://BUCKET[/PREFIX]
    pub(crate) source: String,
    /// A folder or r2://BUCKET[/PREFIX]
    pub(crate) destination: String,
    /// Also remove from the destination what the source does not have
    #[arg(long)]
    pub(crate) delete: bool,
    /// Remove nothing at all when more than this many would go
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(crate) max_delete: u64,
    /// Compare contents (MD5) instead of size and time
    #[arg(long, conflicts_with = "size_only")]
    pub(crate) checksum: bool,
    /// Compare sizes only
    #[arg(long)]
    pub(crate) size_only: bool,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) transfer: Transfer,
}

/// `r2 stat`.
#[derive(Args, Debug)]
pub(crate) struct Stat {
    /// Objects or buckets
    #[arg(required = true, value_name = "ADDRESS")]
    pub(crate) addresses: Vec<String>,
}

/// `r2 du`.
#[derive(Args, Debug)]
pub(crate) struct Disk {
    /// r2://BUCKET[/PREFIX or pattern]
    pub(crate) address: String,
    /// A line for each folder of this depth
    #[arg(long, short, value_name = "N", default_value_t = 0)]
    pub(crate) depth: usize,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// `r2 find`.
#[derive(Args, Debug)]
pub(crate) struct Find {
    /// r2://BUCKET[/PREFIX or pattern]
    pub(crate) address: String,
    /// Only objects whose name behind the last / matches; may be repeated: one has to
    #[arg(long, value_name = "PATTERN")]
    pub(crate) name: Vec<String>,
    /// Only objects of this size or more
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) min_size: Option<u64>,
    /// Only objects of this size or less
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) max_size: Option<u64>,
    /// Only objects written at least this long ago (2h, 7d)
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) older_than: Option<Duration>,
    /// Only objects written less than this long ago (2h, 7d)
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) newer_than: Option<Duration>,
    /// End each address with a NUL instead of a line end, for xargs -0
    #[arg(long, short = '0')]
    pub(crate) print0: bool,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// `r2 presign`.
#[derive(Args, Debug)]
pub(crate) struct Presign {
    /// The object
    pub(crate) address: String,
    /// How long the URL works: 1s to 7d
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    pub(crate) expires: Duration,
    /// What the URL permits
    #[arg(long, value_name = "VERB", default_value = "get")]
    pub(crate) method: Verb,
    /// The Content-Type that an upload through the URL has to send
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
}

/// What a presigned URL permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Verb {
    /// Read the object.
    Get,
    /// Write the object.
    Put,
    /// Read what is known of the object.
    Head,
    /// Remove the object.
    Delete,
}

/// `r2 mb`.
#[derive(Args, Debug)]
pub(crate) struct MakeBucket {
    /// r2://BUCKET
    pub(crate) address: String,
    /// Where R2 should keep it if it can: wnam, enam, weur, eeur, apac or oc
    #[arg(long, value_name = "HINT")]
    pub(crate) location: Option<String>,
    /// Do nothing when it exists already
    #[arg(long)]
    pub(crate) ignore_existing: bool,
}

/// `r2 rb`.
#[derive(Args, Debug)]
pub(crate) struct RemoveBucket {
    /// r2://BUCKET
    pub(crate) address: String,
    /// Remove every object and unfinished upload first
    #[arg(long)]
    pub(crate) force: bool,
}

/// `r2 uploads`.
#[derive(Debug, Subcommand)]
pub(crate) enum UploadsCommand {
    /// List unfinished multipart uploads with their parts' bytes
    Ls {
        /// r2://BUCKET[/PREFIX]
        address: String,
    },
    /// Abort unfinished multipart uploads and free what they hold
    Abort {
        /// r2://BUCKET[/PREFIX]
        address: String,
        /// Only this upload
        #[arg(long, value_name = "ID")]
        upload_id: Option<String>,
        /// Only uploads begun at least this long ago (2h, 7d)
        #[arg(long, value_name = "TIME", value_parser = parse_duration)]
        older_than: Option<Duration>,
    },
}

/// `r2 serve`.
#[derive(Debug, Subcommand)]
pub(crate) enum Serve {
    /// The local R2 of --local DIR (or in memory) over HTTP
    Emulator(Emulator),
}

/// `r2 serve emulator`.
#[derive(Args, Debug)]
pub(crate) struct Emulator {
    /// Where to listen; port 0 takes a free one and prints it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9000")]
    pub(crate) listen: SocketAddr,
    /// Make this bucket if it is not there; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) bucket: Vec<String>,
    /// Let anybody read this bucket, at a host of its own or at the path that is printed; may be
    /// repeated
    #[arg(long, value_name = "NAME[=HOST]")]
    pub(crate) public: Vec<String>,
    /// Answer every request, signed or not
    #[arg(long)]
    pub(crate) no_auth: bool,
    /// Certificate chain (PEM) for HTTPS
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key (PEM) for HTTPS
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Behave as R2 did elsewhere or at another time; may be repeated, --explain has the list
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) switch: Vec<String>,
    /// Print what is known of R2's behaviour and how, and the switches, instead of serving
    #[arg(long, value_name = "AREA|ID|SWITCH", num_args = 0..=1, default_missing_value = "")]
    pub(crate) explain: Option<String>,
}

/// `r2 completions`.
#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: Shell,
}

/// A shell that completions can be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
}

/// `r2 config`.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the settings that hold, and sections with names of your own
    Show,
    /// Print every setting, its value and where that came from
    Explain(ConfigExplain),
    /// Write a configuration to begin with; never over one that is there
    Init(ConfigInit),
}

/// `r2 config explain`.
#[derive(Args, Debug)]
pub(crate) struct ConfigExplain {
    /// Only settings whose name begins so, or ends so: `multipart`, `credentials.source`
    pub(crate) setting: Option<String>,
}

/// `r2 config init`.
#[derive(Args, Debug)]
pub(crate) struct ConfigInit {
    /// Where to write it; the ending says the format
    #[arg(default_value = "r2.toml")]
    pub(crate) file: PathBuf,
}
