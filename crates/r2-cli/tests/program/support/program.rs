//! The program, started with a clean environment.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::{Ran, runtime};

/// No command of a test takes so long; one that does hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// The program with its surroundings.
#[derive(Clone, Debug)]
pub(crate) struct R2 {
    folder: PathBuf,
    before: Vec<OsString>,
    variables: Vec<(String, OsString)>,
    shell: Option<String>,
    user: Option<u32>,
}

impl R2 {
    /// The program in a folder, which is also its home.
    pub(crate) fn new(folder: &Path) -> Self {
        let variables = [("HOME", ""), ("R2_STATE_DIR", "state"), ("TMPDIR", "tmp")]
            .map(|(name, below)| (name.to_owned(), folder.join(below).into_os_string()));
        std::fs::create_dir_all(folder.join("tmp")).expect("make a folder");
        Self {
            folder: folder.to_owned(),
            before: Vec::new(),
            variables: variables.into(),
            shell: None,
            user: None,
        }
    }

    /// Flags that go before those of every command.
    pub(crate) fn before<const N: usize>(mut self, flags: [&str; N]) -> Self {
        self.before.extend(flags.map(OsString::from));
        self
    }

    /// A variable of its environment.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// What a shell does before it becomes the program: `ulimit`, for example.
    pub(crate) fn after_shell(mut self, line: &str) -> Self {
        self.shell = Some(line.to_owned());
        self
    }

    /// Runs as another user.
    pub(crate) fn with_user(mut self, id: u32) -> Self {
        self.user = Some(id);
        self
    }

    /// Runs a command to its end.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ran {
        self.run_with(arguments, [])
    }

    /// Runs a command that reads its standard input.
    pub(crate) fn run_with<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        input: impl AsRef<[u8]>,
    ) -> Ran {
        self.start_with(arguments, Stdio::piped()).end_with(input.as_ref())
    }

    /// Starts a command.
    pub(crate) fn start<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Running {
        self.start_with(arguments, Stdio::piped())
    }

    /// Starts a command whose standard output goes somewhere.
    pub(crate) fn start_with<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        output: Stdio,
    ) -> Running {
        let program = OsString::from(env!("CARGO_BIN_EXE_r2"));
        let mut words = vec![program];
        words.extend(self.before.iter().cloned());
        words.extend(arguments.into_iter().map(|word| word.as_ref().to_owned()));
        if let Some(line) = &self.shell {
            let shell = ["sh", "-c", &format!("{line}; exec \"$@\""), "sh"].map(OsString::from);
            words.splice(0..0, shell);
        }
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(id) = self.user {
            command.uid(id).gid(id);
        }
        let _guard = runtime().enter();
        let child = command.spawn().unwrap_or_else(|error| panic!("start {words:?}: {error}"));
        Running { words, child }
    }
}

/// A command under way; killed when dropped.
#[derive(Debug)]
pub(crate) struct Running {
    words: Vec<OsString>,
    child: Child,
}

impl Running {
    /// `kill -9`, and waits until it is gone.
    pub(crate) fn kill(mut self) {
        runtime().block_on(async {
            self.child.start_kill().expect("kill a child");
            let status = self.child.wait().await.expect("wait for a child");
            assert_eq!(status.code(), None, "{:?} had ended before it was killed", self.words);
        });
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs");
        let sent = std::process::Command::new("sh")
            .args(["-c", &format!("kill -{name} {id}")])
            .status()
            .expect("run a shell");
        assert!(sent.success(), "{:?} is gone", self.words);
    }

    /// What it prints, while it runs.
    pub(crate) fn output(&mut self) -> tokio::process::ChildStdout {
        self.child.stdout.take().expect("standard output is a pipe")
    }

    /// Waits for the end.
    pub(crate) fn end(self) -> Ran {
        self.end_with(&[])
    }

    fn end_with(mut self, input: &[u8]) -> Ran {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut stdin = self.child.stdin.take().expect("standard input is a pipe");
        let stdout = self.child.stdout.take();
        let mut stderr = self.child.stderr.take().expect("standard error is a pipe");
        let status = runtime().block_on(async {
            let write = async {
                // A program that ends before it has read everything is its own affair.
                let _ = stdin.write_all(input).await;
                drop(stdin);
            };
            let read = async {
                if let Some(mut stdout) = stdout {
                    stdout.read_to_end(&mut out).await.expect("read standard output");
                }
            };
            let read_errors = stderr.read_to_end(&mut err);
            let all = async { tokio::join!(write, read, read_errors, self.child.wait()) };
            let ended = timeout(LIMIT, all).await;
            let (_, _, _, status) = ended.unwrap_or_else(|_| panic!("{:?} hangs", self.words));
            status.expect("wait for a child")
        });
        Ran::new(self.words, status, out, err)
    }
}
