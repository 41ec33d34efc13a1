//! Serves a local R2 on loopback, for S3 clients that speak HTTP.
//!
//! `cargo run -p r2-sim --example serve -- 127.0.0.1:9000 [FOLDER] [KEY_ID SECRET]`
//!
//! Without a folder everything is in memory; without a key pair no signature is asked for.

use std::io::Write as _;
use std::sync::Arc;

use r2_sign::Credentials;
use r2_sim::{Emulator, Support, Switches};
use r2_transport::{ServeOptions, serve};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |index: usize| arguments.get(index).map(String::as_str).unwrap_or_default();
    let mut builder = Emulator::builder();
    if let [_, _, id, secret, ..] = arguments.as_slice() {
        builder = builder.credentials(Credentials::new(id.as_str(), secret.as_str()));
    }
    if argument(4) == "--signed-chunks" {
        builder = builder.switches(Switches::new().signed_chunks(Support::Accept));
    }
    let emulator = match argument(1) {
        "" | "-" => builder.memory(),
        folder => builder.directory(folder)?,
    };
    let listener = tokio::net::TcpListener::bind(argument(0)).await?;
    writeln!(std::io::stdout(), "a local R2 at http://{}", listener.local_addr()?)?;
    let stop = async {
        tokio::signal::ctrl_c().await.ok();
    };
    serve(listener, Arc::new(emulator), ServeOptions::new(), stop).await?;
    Ok(())
}
