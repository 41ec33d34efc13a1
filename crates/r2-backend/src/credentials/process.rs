//! Another program that prints a key, as `credential_process` of AWS tools does.

use std::fmt;
use std::process::Stdio;
use std::time::Duration;

use r2_objects::{BoxError, BoxFuture, CredentialsSource, Lease};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use zeroize::Zeroizing;

use super::document::KeyDocument;

/// More than this is no key.
const OUTPUT_BYTES_MAX: u64 = 64 << 10;

/// A program that takes longer waits for somebody who is not there.
const TIME_MAX: Duration = Duration::from_secs(60);

/// How much of what the program complained about is told.
const COMPLAINT_BYTES_MAX: usize = 300;

/// Runs a program that prints
/// `{"Version": 1, "AccessKeyId": …, "SecretAccessKey": …, "SessionToken": …, "Expiration": …}`.
/// Put it in [`Refreshing`](r2_objects::Refreshing): it runs again before the key ends, and when
/// the server refuses the key.
///
/// The program is started as it is, without a shell: no expansion, no pipes.
///
/// ```
/// use r2_backend::credentials::CredentialProcess;
///
/// let process = CredentialProcess::parse("fetch-key --for \"team one\"")?;
/// assert_eq!(format!("{process:?}"), "CredentialProcess(\"fetch-key\", 2 arguments)");
/// # Ok::<(), String>(())
/// ```
pub struct CredentialProcess {
    program: String,
    arguments: Vec<String>,
}

impl CredentialProcess {
    /// A program and its arguments.
    pub fn new(
        program: impl Into<String>,
        arguments: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self { program: program.into(), arguments }
    }

    /// A command as it stands in a configuration: words by blanks, `"` around words that have
    /// some, `\"` for a quote in them.
    ///
    /// # Errors
    ///
    /// With a sentence when a quote has no end or there is no word.
    pub fn parse(command: &str) -> Result<Self, String> {
        let mut words = words(command)?.into_iter();
        let program = words.next().ok_or("the command is empty")?;
        Ok(Self { program, arguments: words.collect() })
    }

    async fn run(&self) -> Result<Lease, BoxError> {
        let program = &self.program;
        let mut child = Command::new(program)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("the program {program:?} cannot be started: {error}"))?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let (out, err, status) = tokio::join!(bounded(out), bounded(err), child.wait());
        let (out, err, status) = (out?, err?, status?);
        if !status.success() {
            let complaint = String::from_utf8_lossy(&err[..err.len().min(COMPLAINT_BYTES_MAX)]);
            let complaint = complaint.trim();
            return Err(format!("the program {program:?} failed ({status}): {complaint}").into());
        }
        // serde's own message could repeat a secret
        let unreadable = |_| format!("the program {program:?} did not print a key as JSON");
        let document: KeyDocument = serde_json::from_slice(&out).map_err(unreadable)?;
        if let Some(version) = document.version().filter(|version| *version != 1) {
            let what = format!("the program {program:?} printed version {version}, known is 1");
            return Err(what.into());
        }
        let lease = document.lease();
        Ok(lease.map_err(|what| format!("the program {program:?} printed no whole key: {what}"))?)
    }
}

impl CredentialsSource for CredentialProcess {
    fn fetch(&self) -> BoxFuture<'_, Result<Lease, BoxError>> {
        Box::pin(async {
            match tokio::time::timeout(TIME_MAX, self.run()).await {
                Ok(result) => result,
                Err(_) => Err(format!("the program {:?} took more than 60 s", self.program).into()),
            }
        })
    }
}

/// Arguments may be secrets.
impl fmt::Debug for CredentialProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialProcess({:?}, {} arguments)", self.program, self.arguments.len())
    }
}

async fn bounded(
    stream: Option<impl AsyncRead + Unpin>,
) -> Result<Zeroizing<Vec<u8>>, std::io::Error> {
    let mut bytes = Zeroizing::new(Vec::new());
    if let Some(mut stream) = stream {
        (&mut stream).take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes).await?;
        // what is beyond is read and dropped, so that the program can end
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
    }
    Ok(bytes)
}

fn words(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut chars = command.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if chars.peek() == Some(&'"') => {
                word.get_or_insert_default().extend(chars.next());
            }
            c if c.is_whitespace() && !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    if quoted {
        return Err("a quote of the command has no end".to_owned());
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_words() {
        assert_eq!(words(r#"a "b c" d\"e "" "#).unwrap(), ["a", "b c", "d\"e", ""]);
        assert!(words("a \"b").unwrap_err().contains("quote"));
        assert!(CredentialProcess::parse("  ").unwrap_err().contains("empty"));
    }

    async fn told(script: &str) -> Result<Lease, String> {
        let process = CredentialProcess::new("sh", ["-c", script]);
        process.fetch().await.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_key_is_read_and_trouble_is_told_without_it() {
        let script = r#"echo '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"hush",
            "SessionToken":"t","Expiration":"2026-11-20T12:00:00Z"}'"#;
        let lease = told(script).await.unwrap();
        assert_eq!(lease.credentials.session_token(), Some("t"));
        assert!(lease.expires_at.is_some());
        for (script, what) in [
            ("echo sorry >&2; exit 3", "sorry"),
            ("echo hush", "did not print a key as JSON"),
            (r#"echo '{"Version":2,"SecretAccessKey":"hush"}'"#, "version 2"),
            (r#"echo '{"AccessKeyId":"hush"}'"#, "no secret_access_key"),
            ("head -c 1000000 /dev/zero", "did not print a key as JSON"),
        ] {
            let error = told(script).await.unwrap_err();
            assert!(error.contains(what) && !error.contains("hush"), "{script}: {error}");
        }
        let missing = CredentialProcess::new("/nonexistent/fetch-key", [""; 0]);
        let error = missing.fetch().await.unwrap_err().to_string();
        assert!(error.contains("cannot be started"), "{error}");
    }
}
