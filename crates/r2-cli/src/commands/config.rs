//! `r2 config`: what holds, where it came from, and a file to begin with.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use r2_backend::config::{Config, Explained, Origin};
use serde_json::json;

use crate::args::{ConfigCommand, ConfigExplain, ConfigInit, Global};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings;
use crate::world::World;

/// Runs the command.
pub(crate) async fn config(
    wanted: &ConfigCommand,
    global: &Global,
    world: &World,
    output: &Output,
) -> Result<(), Failure> {
    match wanted {
        ConfigCommand::Show => show(&settings::load(global, world).await?, output)?,
        ConfigCommand::Explain(wanted) => {
            explain(&settings::load(global, world).await?, wanted, output)?;
        }
        ConfigCommand::Init(wanted) => init(wanted, world, output).await?,
    }
    if output.is_json() {
        let fields = json!({ "command": "config", "result": Exit::Done.name() });
        output.result("summary", fields, String::new)?;
    }
    Ok(())
}

/// What was said, without defaults.
fn show(config: &Config, output: &Output) -> Result<(), Failure> {
    for row in config.explain() {
        if row.origin != Origin::Default {
            setting(&row, output)?;
        }
    }
    for (name, bucket) in config.buckets() {
        let fields = json!({
            "name": name, "bucket": bucket.bucket, "prefix": bucket.prefix,
            "public_url": bucket.public_url, "fallback": bucket.fallback,
        });
        output.result("bucket", fields, || {
            let prefix = bucket.prefix.as_deref().unwrap_or_default();
            let next = match bucket.fallback.is_empty() {
                true => String::new(),
                false => format!(", then {}", bucket.fallback.join(", ")),
            };
            format!("buckets.{name} = r2://{}/{prefix}{next}", bucket.bucket)
        })?;
    }
    let Some(scopes) = config.scopes() else { return Ok(()) };
    for (host, prefix) in &scopes.hosts {
        let fields = json!({ "host": host, "prefix": prefix });
        output.result("scope", fields, || format!("scopes.hosts.{host} = {prefix}"))?;
    }
    let fields = json!({ "host": null, "prefix": scopes.fallback });
    output.result("scope", fields, || match &scopes.fallback {
        Some(prefix) => format!("scopes.fallback = {prefix}"),
        None => "scopes.fallback: other hosts are refused".to_owned(),
    })
}

fn explain(config: &Config, wanted: &ConfigExplain, output: &Output) -> Result<(), Failure> {
    let wanted = wanted.setting.as_deref().unwrap_or_default();
    let matches = |row: &&Explained| {
        let path = row.setting.path;
        let short = path.strip_prefix("cloudflare_r2.").unwrap_or(path);
        path.starts_with(wanted)
            || short.starts_with(wanted)
            || path.ends_with(&format!(".{wanted}"))
    };
    let rows = config.explain();
    let rows: Vec<&Explained> = rows.iter().filter(matches).collect();
    if rows.is_empty() {
        return Err(Failure::usage(format!("there is no setting {wanted:?}"))
            .hint("`r2 config explain` without a name prints all of them"));
    }
    rows.into_iter().try_for_each(|row| setting(row, output))
}

fn setting(row: &Explained, output: &Output) -> Result<(), Failure> {
    let Explained { setting, value, origin, .. } = row;
    let fields = json!({
        "setting": setting.path, "value": value, "origin": origin.to_string(),
        "default": setting.default, "variables": setting.variables, "flag": setting.flag,
        "help": setting.help,
    });
    output.result("setting", fields, || {
        let value = value.as_deref().unwrap_or("(none)");
        format!("{} = {value}  [{origin}]", setting.path)
    })
}

const BEGIN: &str = r#"# Settings of r2: docs/configuration.md has all of them.
# ${NAME} stands for a variable of the environment: keep secrets there.

[cloudflare_r2]
account_id = "${R2_ACCOUNT_ID}"
# jurisdiction = "eu"

[cloudflare_r2.credentials]
source = "static"
access_key_id = "${R2_ACCESS_KEY_ID}"
secret_access_key = "${R2_SECRET_ACCESS_KEY}"

# [buckets.logs]
# bucket = "our-logs"
"#;

async fn init(wanted: &ConfigInit, world: &World, output: &Output) -> Result<(), Failure> {
    if wanted.file.extension().is_none_or(|ending| ending != "toml") {
        return Err(Failure::usage("a new configuration is written as TOML")
            .hint("give a name that ends in .toml, or none for r2.toml"));
    }
    let path = world.folder().join(&wanted.file);
    let target = path.clone();
    let writing = tokio::task::spawn_blocking(move || write_new(&target));
    let written = writing
        .await
        .map_err(|error| Failure::new(Exit::Failed, "writing broke down").because(error))?;
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::new(Exit::Conflict, format!("`{}` is there already", path.display()))
                .hint("nothing was changed; give another name, or remove it first")
        }
        _ => Failure::io("write", &path, error),
    })?;
    let fields = json!({ "file": path.display().to_string() });
    output.done("written", fields, || {
        format!("{} written: set R2_ACCOUNT_ID and the key, then try `r2 ls`", path.display())
    })
}

fn write_new(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(BEGIN.as_bytes())?;
    file.sync_all()
}
