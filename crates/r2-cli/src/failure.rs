//! What a command reports when it cannot do what it was asked: what, why, and what to do.

use std::error::Error as StdError;
use std::fmt;
use std::path::Path;

use r2_objects::ErrorKind;

use crate::exit::Exit;
use crate::human;

/// A failure as the user meets it: one sentence, its causes, perhaps a hint, and an exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    hint: Option<String>,
    exit: Exit,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Failure {
    /// A failure with an exit code of its own.
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { what: what.into(), hint: None, exit, source: None }
    }

    /// The command line is wrong.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self::new(Exit::Usage, what)
    }

    /// A file or folder of this machine failed us.
    pub(crate) fn io(action: &str, path: &Path, error: std::io::Error) -> Self {
        let hint = io_hint(error.kind());
        let exit = local_exit(&error);
        let failure =
            Self::new(exit, format!("cannot {action} `{}`", path.display())).because(error);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    /// One item of many failed; the others go on.
    pub(crate) fn item(name: &str, error: &r2_backend::Error) -> Self {
        let (exit, hint) = backend_exit(error);
        let cause = error.request().map_or_else(|| told(error), |request| told(request));
        let failure = Self::new(exit, format!("{}: {cause}", human::name(name)));
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    /// A transfer between an object and a file of this machine.
    pub(crate) fn transfer(action: &str, path: &Path, error: &r2_multipart::Error) -> Self {
        use r2_multipart::ErrorKind as Kind;

        let mut failure = Self::from(error);
        if matches!(error.kind(), Kind::Source | Kind::Target) {
            let cause = StdError::source(error).map_or_else(|| told(error), told);
            failure.what = format!("cannot {action} `{}`: {cause}", path.display());
        }
        failure
    }

    /// Adds what to do about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub(crate) fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The code to end with.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// What to do, if known.
    pub(crate) fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The sentence and all its causes, joined by colons, each said once.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.what.clone();
        let mut next = self.source.as_deref().map(|e| e as &dyn StdError);
        while let Some(error) = next {
            let said = error.to_string();
            if !said.is_empty() && !text.ends_with(&said) {
                text.push_str(": ");
                text.push_str(&said);
            }
            next = error.source();
        }
        text
    }
}

impl From<r2_objects::Error> for Failure {
    fn from(error: r2_objects::Error) -> Self {
        let (exit, hint) = request_exit(&error);
        let failure =
            Self { what: error.to_string(), hint: None, exit, source: Some(error.into()) };
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<&r2_multipart::Error> for Failure {
    fn from(error: &r2_multipart::Error) -> Self {
        let (exit, hint) = transfer_exit(error);
        // A request that failed names what it was about; the layers around it add nothing.
        let what = error.request().map_or_else(|| told(error), |request| told(request));
        let failure = Self::new(exit, what);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<r2_backend::Error> for Failure {
    fn from(error: r2_backend::Error) -> Self {
        let (exit, hint) = backend_exit(&error);
        let what = error.request().map_or_else(|| told(&error), |request| told(request));
        let failure = Self::new(exit, what);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<r2_multipart::Error> for Failure {
    fn from(error: r2_multipart::Error) -> Self {
        Self::from(&error)
    }
}

/// An error and its causes in one line.
fn told(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        next = cause.source();
    }
    text
}

fn request_exit(error: &r2_objects::Error) -> (Exit, Option<&'static str>) {
    // R2 calls it an invalid argument; what it means is that the key is wrong.
    if error.message().starts_with("credential access key has length") {
        return (Exit::Denied, Some("check the access key id: it may be swapped with the secret"));
    }
    let hint = match error.kind() {
        ErrorKind::CostCap => Some("raise --max-cost; --dry-run shows what would be sent"),
        _ => None,
    };
    (exit_of(error.kind()), error.hint().or(hint))
}

fn transfer_exit(error: &r2_multipart::Error) -> (Exit, Option<&'static str>) {
    use r2_multipart::ErrorKind as Kind;

    match error.kind() {
        Kind::Request => match error.request() {
            Some(request) => request_exit(request),
            None => (Exit::Failed, None),
        },
        Kind::PartSize => (Exit::Usage, Some("R2 takes parts of 5MiB to 4.995GiB")),
        Kind::TooLarge => (Exit::Usage, Some("choose a larger --part-size")),
        Kind::Source | Kind::Target => (local_exit(error), local_hint(error)),
        Kind::Resume => {
            (Exit::LocalIo, Some("set R2_STATE_DIR to a folder of yours, or add --no-resume"))
        }
        Kind::SourceChanged => {
            (Exit::Conflict, Some("the source changed meanwhile; run the same command again"))
        }
        Kind::ObjectChanged => {
            (Exit::Conflict, Some("somebody replaced the object; run the same command again"))
        }
        Kind::TargetBusy => (Exit::Conflict, Some("wait for the other download to end")),
        Kind::Checksum => (
            Exit::Corrupt,
            Some("nothing was kept; if it happens again the object itself is damaged"),
        ),
        Kind::UploadVanished => {
            (Exit::NotFound, Some("run the same command again: it begins anew"))
        }
        Kind::Stopped => (Exit::Cancelled, Some("the same command goes on where this stopped")),
        Kind::Deadline => (Exit::Unavailable, Some("allow more with --timeout")),
        _ => (Exit::Failed, None),
    }
}

fn backend_exit(error: &r2_backend::Error) -> (Exit, Option<&'static str>) {
    use r2_backend::ErrorKind as Kind;

    if let Some(request) = error.request() {
        return request_exit(request);
    }
    if let Some(transfer) = error.transfer() {
        return transfer_exit(transfer);
    }
    match error.kind() {
        Kind::Pattern | Kind::InvalidInput => (Exit::Usage, None),
        Kind::DeleteCap => {
            (Exit::Conflict, Some("nothing was done; check the source, or raise --max-delete"))
        }
        Kind::InTheWay | Kind::Changed => (Exit::Conflict, None),
        _ => (local_exit(error), local_hint(error)),
    }
}

/// The first error of this machine in a chain.
fn local_cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a std::io::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            return Some(io);
        }
        next = error.source();
    }
    None
}

fn local_exit(error: &(dyn StdError + 'static)) -> Exit {
    match local_cause(error).map(std::io::Error::kind) {
        Some(std::io::ErrorKind::NotFound) => Exit::NotFound,
        _ => Exit::LocalIo,
    }
}

fn local_hint(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    io_hint(local_cause(error)?.kind())
}

/// What to do about an error of the operating system.
fn io_hint(kind: std::io::ErrorKind) -> Option<&'static str> {
    match kind {
        std::io::ErrorKind::NotFound => Some("check the path"),
        std::io::ErrorKind::PermissionDenied => Some("check who may read or write it"),
        std::io::ErrorKind::StorageFull
        | std::io::ErrorKind::QuotaExceeded
        | std::io::ErrorKind::FileTooLarge => {
            Some("free some space and run the same command again; finished parts are kept")
        }
        std::io::ErrorKind::IsADirectory => Some("name a file, or add --recursive"),
        _ => None,
    }
}

/// The exit code that says what a script should do about an error of the client.
fn exit_of(kind: ErrorKind) -> Exit {
    match kind {
        ErrorKind::InvalidConfiguration
        | ErrorKind::InvalidInput
        | ErrorKind::Credentials
        | ErrorKind::InvalidBucketName
        | ErrorKind::InvalidObjectName
        | ErrorKind::InsecureRefused => Exit::Usage,
        ErrorKind::NoSuchBucket
        | ErrorKind::NoSuchKey
        | ErrorKind::NoSuchUpload
        | ErrorKind::NoSuchConfiguration
        | ErrorKind::NotFound => Exit::NotFound,
        ErrorKind::Unauthorized
        | ErrorKind::AccessDenied
        | ErrorKind::SignatureMismatch
        | ErrorKind::ClockSkew
        | ErrorKind::Expired
        | ErrorKind::NotEntitled
        | ErrorKind::ObjectLocked => Exit::Denied,
        ErrorKind::PreconditionFailed
        | ErrorKind::BucketExists
        | ErrorKind::BucketNotEmpty
        | ErrorKind::Conflict
        | ErrorKind::ObjectChanged => Exit::Conflict,
        ErrorKind::TooManyRequests
        | ErrorKind::Internal
        | ErrorKind::Unavailable
        | ErrorKind::Edge
        | ErrorKind::Dns
        | ErrorKind::Connect
        | ErrorKind::Tls
        | ErrorKind::Timeout
        | ErrorKind::Reset
        | ErrorKind::CircuitOpen
        | ErrorKind::Deadline
        | ErrorKind::RetryBudgetSpent => Exit::Unavailable,
        ErrorKind::BadDigest | ErrorKind::ChecksumMismatch => Exit::Corrupt,
        ErrorKind::CostCap => Exit::TooExpensive,
        ErrorKind::SourceBody | ErrorKind::StorageFull => Exit::LocalIo,
        _ => Exit::Failed,
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|e| e as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_each_cause_once() {
        let inner = std::io::Error::other("disk on fire");
        let failure = Failure::io("read", Path::new("a"), inner);
        assert_eq!(failure.chain(), "cannot read `a`: disk on fire");
        assert_eq!(failure.exit(), Exit::LocalIo);
    }

    #[test]
    fn a_missing_file_is_not_found() {
        let failure = Failure::io("read", Path::new("a"), std::io::ErrorKind::NotFound.into());
        assert_eq!(failure.exit(), Exit::NotFound);
        assert_eq!(failure.advice(), Some("check the path"));
    }
}
