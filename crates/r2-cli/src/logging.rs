//! What `--verbose` shows: the libraries' tracing events, on standard error.

use std::io;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::world::{Stream, World};

/// Starts logging if it was asked for. `R2_LOG` takes `tracing` filter directives.
pub(crate) fn start(verbose: u8, world: &World) {
    let level = match verbose {
        0 => None,
        1 => Some("info"),
        2 => Some("debug"),
        _ => Some("trace"),
    };
    let Some(filter) = world.variable("R2_LOG").or(level) else { return };
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_ansi(world.err.is_terminal())
        .with_writer(ToStream(world.err.clone()))
        .finish();
    // Tests run many command lines in one process: the first one's subscriber stays.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

struct ToStream(Stream);

impl<'a> MakeWriter<'a> for ToStream {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line(self.0.clone())
    }
}

struct Line(Stream);

impl io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.bytes(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
