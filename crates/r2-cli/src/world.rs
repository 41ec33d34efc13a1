//! Everything outside the program, as values: the environment, the streams, whether they are
//! terminals. The real one is made in `main`, tests make their own.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A stream that many tasks may write whole lines to.
#[derive(Clone)]
pub(crate) struct Stream {
    inner: Arc<Mutex<Box<dyn Write + Send>>>,
    terminal: bool,
}

impl Stream {
    /// Wraps a writer; `terminal` says whether a person reads it as it comes.
    pub(crate) fn new(writer: impl Write + Send + 'static, terminal: Terminal) -> Self {
        let terminal = terminal == Terminal::Yes;
        Self { inner: Arc::new(Mutex::new(Box::new(writer))), terminal }
    }

    /// Whether a person reads this as it comes.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Writes one line in one piece, so that lines of parallel tasks do not mix.
    pub(crate) fn line(&self, text: &str) -> io::Result<()> {
        let mut writer = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write_all(text.as_bytes())?;
        writer.write_all(b"\n")?;
        writer.flush()
    }

    /// Writes bytes as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> io::Result<()> {
        let mut writer = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write_all(bytes)?;
        writer.flush()
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("terminal", &self.terminal).finish_non_exhaustive()
    }
}

/// Whether a stream is a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Terminal {
    /// A person reads it.
    Yes,
    /// A file, a pipe or another program reads it.
    No,
}

impl From<bool> for Terminal {
    fn from(terminal: bool) -> Self {
        if terminal { Self::Yes } else { Self::No }
    }
}

/// What the program runs in.
#[derive(Clone)]
pub(crate) struct World {
    /// Standard output.
    pub(crate) out: Stream,
    /// Standard error.
    pub(crate) err: Stream,
    environment: Arc<BTreeMap<String, String>>,
    folder: PathBuf,
}

impl World {
    /// Puts a world together; `folder` is the one that the program was started in.
    pub(crate) fn new(
        out: Stream,
        err: Stream,
        environment: BTreeMap<String, String>,
        folder: PathBuf,
    ) -> Self {
        Self { out, err, environment: Arc::new(environment), folder }
    }

    /// The folder that the program was started in.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// All variables of the environment.
    pub(crate) fn variables(&self) -> &BTreeMap<String, String> {
        &self.environment
    }

    /// An environment variable; unset and empty mean the same.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment holds secrets: names only.
        let names: Vec<&String> = self.environment.keys().collect();
        f.debug_struct("World").field("environment", &names).finish_non_exhaustive()
    }
}
