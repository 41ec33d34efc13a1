//! Which R2 a command talks to: the local one in a folder, or an account.

use std::path::{Path, PathBuf};
use std::time::Duration;

use r2_backend::config::{Config, Origin};
use r2_objects::{Client, ClientBuilder, CostCap, Credentials};
use r2_resilience::{BreakerPolicy, WhenOpen};
use r2_sim::{Emulator, EmulatorBuilder, ErrorKind};

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::settings;
use crate::world::World;

/// The endpoint that stands for the local R2 in this process.
pub(crate) const LOCAL_ENDPOINT: &str = "http://r2.local";
/// Where `r2 serve emulator` listens unless told otherwise.
pub(crate) const SERVED_ENDPOINT: &str = "http://127.0.0.1:9000";
/// The key pair that the local R2 accepts when served: no secret, it guards nothing.
pub(crate) const LOCAL_ACCESS_KEY_ID: &str = "10ca110ca110ca110ca110ca110ca110";
/// The secret that belongs to [`LOCAL_ACCESS_KEY_ID`].
pub(crate) const LOCAL_SECRET_ACCESS_KEY: &str =
    "10ca110ca110ca110ca110ca110ca110ca110ca110ca110ca110ca110ca110ca";
/// What to do when nothing says where the objects are.
const SETUP: &str = "set R2_ACCOUNT_ID, R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY, or try \
                     --local DIR, which needs no account";
/// Connections beyond those that carry objects: listings and part bookkeeping.
const SPARE_CONNECTIONS: usize = 4;

/// The folder of the local R2, if one was asked for.
pub(crate) fn local_folder(global: &Global, world: &World) -> Option<PathBuf> {
    // A flag for a real server goes before the environment.
    let by_flag = global.endpoint.is_some() || global.account_id.is_some();
    match &global.local {
        Some(folder) => Some(folder.clone()),
        None if by_flag => None,
        None => world.variable("R2_LOCAL").map(PathBuf::from),
    }
}

/// The key pair of the local R2.
pub(crate) fn local_credentials() -> Credentials {
    Credentials::new(LOCAL_ACCESS_KEY_ID, LOCAL_SECRET_ACCESS_KEY)
}

/// What a command does when the server seems to be gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Says so at once.
    Short,
    /// Waits for it once, because many objects are better late than incomplete.
    Batch,
}

/// How long a batch waits for the circuit to close: one open period of 30 s and a little.
const CIRCUIT_WAIT_MAX: Duration = Duration::from_secs(40);

/// Makes the client that the flags and the environment describe. Sends nothing.
pub(crate) async fn client(
    global: &Global,
    world: &World,
    patience: Patience,
) -> Result<Client, Failure> {
    let config = settings::load(global, world).await?;
    let mut builder = match local_folder(global, world) {
        Some(folder) => {
            let emulator = open_local(&folder, Emulator::builder()).await?;
            let builder = Client::builder().endpoint(LOCAL_ENDPOINT).transport(emulator);
            config.apply_policies(builder.anonymous())?
        }
        None => account(global, &config)?,
    };
    if let Some(money) = global.max_cost {
        builder = builder.cost_cap(CostCap::new().money(money));
    }
    let breaker = "cloudflare_r2.resilience.circuit_breaker.failure_threshold";
    if patience == Patience::Batch && config.origin(breaker) == Origin::Default {
        let wait = WhenOpen::Wait { at_most: CIRCUIT_WAIT_MAX };
        // One event fails all requests in flight: that alone is no reason to stop sending.
        let failures = 2 * u32::from(global.concurrency);
        builder = builder.circuit_breaker(BreakerPolicy::new().failures(failures).when_open(wait));
    }
    builder.build().map_err(|error| match is_told(&config) {
        true => Failure::from(error),
        false => Failure::from(error).hint(SETUP),
    })
}

/// Whether both the place and the key were given, well or badly.
fn is_told(config: &Config) -> bool {
    let said = |name: &str| config.origin(&format!("cloudflare_r2.{name}")) != Origin::Default;
    (said("endpoint") || said("account_id"))
        && (said("credentials.access_key_id") || said("credentials.source"))
}

fn account(global: &Global, config: &Config) -> Result<ClientBuilder, Failure> {
    // the environment first: it also says what is no setting, as proxies and files of trust
    let builder = ClientBuilder::from_env().map_err(|error| Failure::from(error).hint(SETUP))?;
    let builder = config.apply(builder)?;
    let connections = usize::from(global.concurrency) + SPARE_CONNECTIONS;
    Ok(builder.http(|http| http.max_connections(connections)))
}

/// How the local R2 is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EmulatorUse {
    /// By this process alone: no signatures.
    InProcess,
    /// Over a socket: signatures are checked as R2 checks them.
    Served,
}

/// Opens or makes the local R2 in a folder.
pub(crate) async fn open_local(
    folder: &Path,
    builder: EmulatorBuilder,
) -> Result<Emulator, Failure> {
    let path = folder.to_owned();
    let opened = tokio::task::spawn_blocking(move || builder.directory(path));
    let opened = opened
        .await
        .map_err(|error| Failure::new(Exit::Failed, "the local R2 broke down").because(error))?;
    opened.map_err(|error| local_failure(folder, error))
}

fn local_failure(folder: &Path, error: r2_sim::Error) -> Failure {
    let (exit, hint) = match error.kind() {
        ErrorKind::NotAStore => {
            (Exit::Usage, "give an empty or a new folder; nothing in this one was touched")
        }
        ErrorKind::Locked => (
            Exit::Unavailable,
            "wait for the other r2, or serve the folder (r2 serve emulator --local DIR) and \
             share it",
        ),
        ErrorKind::NewerFormat => (Exit::Usage, "use the newer r2 that wrote it"),
        ErrorKind::Damaged => (Exit::Corrupt, "restore the folder from a copy, or use a new one"),
        _ => (Exit::LocalIo, "check the free space and who may write there"),
    };
    Failure::new(exit, format!("cannot use `{}` as a local R2", folder.display()))
        .because(error)
        .hint(hint)
}

/// Where unfinished transfers are remembered.
pub(crate) fn state_folder(world: &World) -> PathBuf {
    if let Some(folder) = world.variable("R2_STATE_DIR") {
        return PathBuf::from(folder);
    }
    if let Some(folder) = world.variable("XDG_STATE_HOME") {
        return Path::new(folder).join("r2");
    }
    match world.variable("HOME").or_else(|| world.variable("USERPROFILE")) {
        Some(home) => Path::new(home).join(".local").join("state").join("r2"),
        None => std::env::temp_dir().join("r2-state"),
    }
}
