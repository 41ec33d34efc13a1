//! `r2 serve emulator`: the local R2 for any S3 client.

use std::path::Path;
use std::sync::Arc;

use r2_objects::{BucketName, Client};
use r2_sim::{Emulator, Switches};
use r2_transport::{ServeOptions, serve};
use serde_json::json;
use tokio::net::TcpListener;

use super::explain::explain;
use crate::args::{Emulator as Wanted, Global};
use crate::connect::{
    EmulatorUse, LOCAL_ACCESS_KEY_ID, LOCAL_ENDPOINT, LOCAL_SECRET_ACCESS_KEY, local_credentials,
    local_folder, open_local,
};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::signals;
use crate::world::World;

/// Below this host, which is loopback for most resolvers, labels are buckets and jurisdictions.
const DOMAIN: &str = "localhost";

/// Serves until told to stop; then finishes what is being answered.
pub(crate) async fn serve_emulator(
    wanted: &Wanted,
    global: &Global,
    world: &World,
    output: &Output,
) -> Result<(), Failure> {
    let switches = switches(&wanted.switch)?;
    if let Some(what) = &wanted.explain {
        return explain(what, &switches, output);
    }
    let how = if wanted.no_auth { EmulatorUse::InProcess } else { EmulatorUse::Served };
    let folder = local_folder(global, world);
    let mut builder = Emulator::builder().switches(switches).domain(DOMAIN);
    if how == EmulatorUse::Served {
        builder = builder.credentials(local_credentials());
    }
    for public in &wanted.public {
        builder = match public.split_once('=') {
            Some((bucket, host)) => builder.public_at_host(bucket, host),
            None => builder.public_at_path(public),
        };
    }
    let emulator = match &folder {
        Some(folder) => open_local(folder, builder).await?,
        None => builder.memory(),
    };
    make_buckets(&emulator, &wanted.bucket).await?;
    let (options, scheme) = tls(wanted).await?;
    let listener = TcpListener::bind(wanted.listen).await.map_err(|error| {
        Failure::new(Exit::LocalIo, format!("cannot listen on {}", wanted.listen))
            .because(error)
            .hint("choose another address with --listen; port 0 takes a free one")
    })?;
    let address = listener.local_addr().map_err(|error| {
        Failure::new(Exit::LocalIo, "cannot tell the address that was taken").because(error)
    })?;
    let url = format!("{scheme}://{address}");
    announce(&url, folder.as_deref(), how, &wanted.public, output)?;
    serve(listener, Arc::new(emulator), options, signals::interrupted())
        .await
        .map_err(|error| Failure::new(Exit::LocalIo, "the server broke down").because(error))
}

fn switches(settings: &[String]) -> Result<Switches, Failure> {
    let mut switches = Switches::new();
    for setting in settings {
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        switches.set(name.trim(), value.trim()).map_err(|error| {
            Failure::usage(error.to_string()).hint("r2 serve emulator --explain lists the switches")
        })?;
    }
    Ok(switches)
}

async fn make_buckets(emulator: &Emulator, names: &[String]) -> Result<(), Failure> {
    // Signed, so that it works with and without a check of signatures.
    let client = Client::builder()
        .endpoint(LOCAL_ENDPOINT)
        .transport(emulator.clone())
        .credentials(local_credentials())
        .build()?;
    for name in names {
        let bucket = BucketName::new(name).map_err(|error| {
            Failure::usage(format!("`{name}` cannot be the name of a bucket")).because(error)
        })?;
        match client.buckets().create(bucket).await {
            Ok(_) => {}
            Err(error) if error.kind() == r2_objects::ErrorKind::BucketExists => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn tls(wanted: &Wanted) -> Result<(ServeOptions, &'static str), Failure> {
    let (Some(certificate), Some(key)) = (&wanted.tls_cert, &wanted.tls_key) else {
        return Ok((ServeOptions::new(), "http"));
    };
    let certificate = read(certificate).await?;
    let key = read(key).await?;
    let options = ServeOptions::new().tls(&certificate, &key).map_err(|error| {
        Failure::usage("the certificate and key cannot be used")
            .because(error)
            .hint("both are PEM files; the certificate's own chain comes first")
    })?;
    Ok((options, "https"))
}

async fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    tokio::fs::read(path).await.map_err(|error| Failure::io("read", path, error))
}

/// Where a public bucket is read.
fn face(url: &str, public: &str) -> String {
    let (scheme, address) = url.split_once("://").unwrap_or(("http", url));
    let port = address.rsplit_once(':').map_or("", |(_, port)| port);
    match public.split_once('=') {
        Some((_, host)) => format!("{scheme}://{host}:{port}/"),
        None => format!("{url}/cdn-cgi/local/r2/public/{public}/"),
    }
}

/// Says where it listens and how a client reaches it: lines that a shell can evaluate.
fn announce(
    url: &str,
    folder: Option<&Path>,
    how: EmulatorUse,
    public: &[String],
    output: &Output,
) -> Result<(), Failure> {
    let place = match folder {
        Some(folder) => format!("folder {}", folder.display()),
        None => "memory; everything is gone when it stops".to_owned(),
    };
    let check = match how {
        EmulatorUse::Served => "signatures are checked",
        EmulatorUse::InProcess => "signatures are not checked",
    };
    let faces: Vec<String> = public.iter().map(|public| face(url, public)).collect();
    let fields = json!({
        "endpoint": url, "folder": folder, "access_key_id": LOCAL_ACCESS_KEY_ID,
        "secret_access_key": LOCAL_SECRET_ACCESS_KEY, "region": "auto", "public": faces,
    });
    output.result("listening", fields, || {
        let faces: String =
            faces.iter().map(|face| format!("# anybody may read {face}\n")).collect();
        format!(
            "# a local R2 at {url} ({place}; {check})\n{faces}\
             export AWS_ENDPOINT_URL_S3={url}\n\
             export AWS_ACCESS_KEY_ID={LOCAL_ACCESS_KEY_ID}\n\
             export AWS_SECRET_ACCESS_KEY={LOCAL_SECRET_ACCESS_KEY}\n\
             export AWS_REGION=auto"
        )
    })
}
