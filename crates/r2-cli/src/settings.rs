//! The settings of this run: flags, environment, the files of the project and the user.

use r2_backend::config::{Config, ConfigError, ConfigSources};

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::world::World;

/// Reads them all. Waits for the disk.
pub(crate) async fn load(global: &Global, world: &World) -> Result<Config, Failure> {
    let sources = flags(global, ConfigSources::new().environment(world.variables().clone()));
    let named = global.config.as_ref().map(|path| world.folder().join(path));
    let folder = world.folder().to_owned();
    let loading = tokio::task::spawn_blocking(move || {
        let mut sources = sources.find_files(&folder).map_err(ConfigError::from)?;
        if let Some(path) = named {
            sources = sources.project_file(path);
        }
        Config::load(&sources)
    });
    let loaded = loading.await.map_err(|error| {
        Failure::new(Exit::Failed, "reading the configuration broke down").because(error)
    })?;
    Ok(loaded?)
}

/// The flags that are settings too.
fn flags(global: &Global, mut sources: ConfigSources) -> ConfigSources {
    let given = [
        ("--account-id", "cloudflare_r2.account_id", global.account_id.clone()),
        ("--endpoint", "cloudflare_r2.endpoint", global.endpoint.clone()),
        ("--jurisdiction", "cloudflare_r2.jurisdiction", global.jurisdiction.clone()),
        ("--region", "cloudflare_r2.region", global.region.clone()),
        (
            "--timeout",
            "cloudflare_r2.timeout_seconds",
            global.timeout.map(|timeout| timeout.as_secs_f64().to_string()),
        ),
    ];
    for (flag, path, value) in given {
        if let Some(value) = value {
            sources = sources.flag(flag, path, value);
        }
    }
    sources
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let count = error.problems().len();
        let what = if count == 1 {
            "the configuration is wrong"
        } else {
            "the configuration has several mistakes"
        };
        Self::new(Exit::Usage, what)
            .because(error)
            .hint("docs/configuration.md has every setting; `r2 config explain` shows what holds")
    }
}
