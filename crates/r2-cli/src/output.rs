//! What a command says: lines for people or JSON for programs, both through one door.

use std::io;
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use crate::args::{ColorChoice, Global};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::human;
use crate::world::World;

/// The version of the JSON lines. Fields may be added under one version, never changed.
const JSON_VERSION: u64 = 1;

/// Prints results, notes and failures in the form that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    world: World,
    json: bool,
    quiet: bool,
    color: bool,
    endpoint: Arc<OnceLock<String>>,
}

impl Output {
    /// Decides form and colour from the flags and the streams.
    pub(crate) fn new(world: &World, global: &Global) -> Self {
        let color = match global.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => world.err.is_terminal() && world.variable("NO_COLOR").is_none(),
        };
        let endpoint = Arc::default();
        Self { world: world.clone(), json: global.json, quiet: global.quiet, color, endpoint }
    }

    /// From here on failures to reach the server say which one that is.
    pub(crate) fn connected_to(&self, endpoint: &str) {
        // The first one stays: a command talks to one server.
        let _ = self.endpoint.set(endpoint.to_owned());
    }

    /// Whether lines are JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether progress may be shown.
    pub(crate) fn shows_progress(&self) -> bool {
        !self.json && !self.quiet
    }

    /// The world printed to.
    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// One result that was asked for (a listed object, a URL): printed even when quiet.
    pub(crate) fn result(
        &self,
        kind: &str,
        fields: Value,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if self.json {
            self.write(&versioned(kind, fields).to_string())
        } else {
            self.write(&human::lines(&text()))
        }
    }

    /// One thing that was done (a file sent): not printed when quiet.
    pub(crate) fn done(
        &self,
        kind: &str,
        fields: Value,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if self.quiet && !self.json { Ok(()) } else { self.result(kind, fields, text) }
    }

    /// A remark for people, on standard error.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet && !self.json {
            // Nobody can be told that standard error is gone.
            let _ = self.world.err.line(&human::lines(text));
        }
    }

    /// One failure, on standard error; as JSON also on standard output, where programs read.
    pub(crate) fn failure(&self, failure: &Failure) {
        let exit = failure.exit();
        let advice = failure.advice().map(str::to_owned).or_else(|| self.reach(exit));
        if self.json {
            let fields = json!({
                "error": exit.name(), "message": failure.chain(), "hint": advice,
            });
            let _ = self.world.out.line(&versioned("error", fields).to_string());
        }
        let label = if self.color { "\u{1b}[1;31merror:\u{1b}[0m" } else { "error:" };
        let _ = self.world.err.line(&format!("{label} {}", human::lines(&failure.chain())));
        if let Some(hint) = advice {
            let label = if self.color { "\u{1b}[1;36mhint:\u{1b}[0m" } else { "hint:" };
            let _ = self.world.err.line(&format!(" {label} {hint}"));
        }
    }

    /// What to do when the server cannot be had.
    fn reach(&self, exit: Exit) -> Option<String> {
        let endpoint = self.endpoint.get().filter(|_| exit == Exit::Unavailable)?;
        Some(format!("see whether {endpoint} can be reached, then run the same command again"))
    }

    fn write(&self, line: &str) -> Result<(), Failure> {
        self.world.out.line(line).map_err(stdout_failed)
    }
}

/// The failure of standard output. A reader that went away (`r2 ls | head`) is not one.
pub(crate) fn stdout_failed(error: io::Error) -> Failure {
    let exit = match error.kind() {
        io::ErrorKind::BrokenPipe => Exit::Done,
        _ => Exit::LocalIo,
    };
    Failure::new(exit, "cannot write to standard output")
        .because(error)
        .hint("check where standard output leads to, and the free space there")
}

fn versioned(kind: &str, fields: Value) -> Value {
    let mut object = json!({ "v": JSON_VERSION, "type": kind });
    if let (Value::Object(object), Value::Object(fields)) = (&mut object, fields) {
        object.extend(fields);
    }
    object
}
