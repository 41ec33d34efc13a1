//! The program `r2`: flags, streams, signals and exit codes around the libraries.
//!
//! Everything that touches the terminal, the environment or the process is here and nowhere else:
//! the flag table ([`args`]), what is printed ([`output`], [`progress`]), what a failure says
//! ([`failure`], [`exit`]), and one file for each command ([`commands`]). A command line runs in a
//! [`world::World`], so tests can give it another one.
//!
//! It must not know how a request is signed, tried again or decoded, nor how a large object is cut:
//! that is the libraries' work. Nothing is above this crate.

mod address;
mod args;
mod commands;
mod connect;
mod exit;
mod failure;
mod human;
mod logging;
mod output;
mod pattern;
mod progress;
mod run;
mod settings;
mod signals;
mod world;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use crate::world::{Stream, World};

/// Threads of the runtime: hashing and copying on one, the network on another.
const WORKER_THREADS_MAX: usize = 4;

fn main() -> ExitCode {
    let world = real_world();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads.min(WORKER_THREADS_MAX))
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = world.err.line(&format!("error: cannot start the runtime: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let exit = runtime.block_on(run::run(std::env::args_os(), &world));
    // A read of standard input cannot be interrupted: do not wait for it.
    runtime.shutdown_background();
    ExitCode::from(exit.code())
}

fn real_world() -> World {
    let (out, err) = (io::stdout(), io::stderr());
    let out_terminal = out.is_terminal().into();
    let err_terminal = err.is_terminal().into();
    let environment: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    // a folder that is gone has no project's file either
    let folder = std::env::current_dir().unwrap_or_default();
    World::new(Stream::new(out, out_terminal), Stream::new(err, err_terminal), environment, folder)
}
