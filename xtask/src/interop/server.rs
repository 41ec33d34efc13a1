//! A server that runs for as long as this value lives.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::place::Place;
use super::ports;
use crate::failure::{Failure, Result};
use crate::wait;

/// The longest start that was measured is 26 s, on a loaded machine.
const START_LIMIT: Duration = Duration::from_secs(180);

/// A script gives each of its programs five seconds to end.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// Environment variables that lead a client to a server.
pub(crate) type Access = Vec<(String, String)>;

#[derive(Debug)]
pub(crate) struct Server {
    access: Access,
    child: Child,
    /// Closing it ends the server; so does the end of this process, however it comes.
    hold: Option<ChildStdin>,
}

impl Server {
    /// Starts `servers/NAME.sh` and waits until it is ready.
    pub(crate) fn start(
        place: &Place,
        name: &str,
        ports: usize,
        more: &[(&str, &str)],
    ) -> Result<Self> {
        let ports: Vec<String> = ports::free(ports)?.iter().map(u16::to_string).collect();
        let state = place.state(name);
        let mut script = Command::new(place.script(&format!("servers/{name}.sh")));
        script.arg("run").env("PLACE", place.installed(name));
        script.env("STATE", &state).env("PORTS", ports.join(" "));
        script.envs(more.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child =
            script.spawn().map_err(|error| Failure::on(format!("start {name}"), &error))?;
        let lines = lines(&mut child);
        let mut server = Self { access: Vec::new(), hold: child.stdin.take(), child };
        loop {
            match lines.recv_timeout(START_LIMIT) {
                Ok(line) if line == "ready" => return Ok(server),
                Ok(line) => server.access.extend(variable(&line)),
                Err(_) => {
                    let logs = state.display();
                    return Err(Failure::new(format!("{name} did not start: see {logs}")));
                }
            }
        }
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// Of the script; the server is among what came of it.
    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.hold = None;
        let ended = wait::until(STOP_LIMIT, || self.child.try_wait().ok().flatten());
        if ended.is_none() {
            // The script itself hangs. What it started is told by its own closed pipe.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// What the script prints, line by line, so that waiting for it can have a limit.
fn lines(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    if let Some(pipe) = child.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(std::io::Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
    }
    receiver
}

/// `NAME=VALUE`
fn variable(line: &str) -> Option<(String, String)> {
    line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
}
