//! A file with access keys by profile, in the form that AWS tools share, read again when it
//! changes.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use r2_sign::Credentials;
use r2_transport::{BoxFuture, Clock, SystemClock};
use zeroize::Zeroizing;

use super::refreshing::{CredentialsSource, Lease};
use crate::error::{BoxError, Error, ErrorKind};

/// A file with keys is never larger.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// The file is looked at again after this; a new key in it counts from then on.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// A file of this form, in [`Refreshing`](super::Refreshing):
///
/// ```ini
/// [default]
/// aws_access_key_id = fedcba9876543210fedcba9876543210
/// aws_secret_access_key = …
/// aws_session_token = …
/// ```
///
/// The names count without `aws_` as well, and lines before the first section belong to `default`.
/// Profiles that are called `profile NAME`, as in AWS's other file, are found by NAME. The file is
/// looked at every two seconds while requests are sent, and whenever the server refuses the key:
/// whoever rotates keys writes the new file, then takes the old key away.
#[derive(Debug)]
pub struct ProfileFile {
    path: PathBuf,
    profile: String,
    clock: Arc<dyn Clock>,
}

impl ProfileFile {
    /// The profile `default` of a file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let clock = Arc::new(SystemClock);
        Self { path: path.into(), profile: "default".to_owned(), clock }
    }

    /// Another profile of it.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = name.into();
        self
    }

    /// The clock that says when to look again. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }
}

impl CredentialsSource for ProfileFile {
    fn fetch(&self) -> BoxFuture<'_, Result<Lease, BoxError>> {
        Box::pin(async {
            let path = self.path.clone();
            let text = tokio::task::spawn_blocking(move || {
                let file = File::open(&path)?;
                read(file, &path)
            })
            .await??;
            let credentials = find(&text, &self.profile, &self.path)?;
            let lease = Lease::new(credentials);
            Ok(match self.clock.now().checked_add(LOOK_AGAIN) {
                Some(again) => lease.refresh_at(again),
                None => lease,
            })
        })
    }
}

fn read(file: impl Read, path: &Path) -> Result<Zeroizing<String>, io::Error> {
    let mut text = Zeroizing::new(String::new());
    let length = file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
    if length as u64 > FILE_BYTES_MAX {
        let what = format!("{} is larger than 1 MiB: it holds no keys", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    Ok(text)
}

/// The key of a profile. Messages name the file, the profile and the field, never a value.
fn find(text: &str, profile: &str, path: &Path) -> Result<Credentials, Error> {
    let wrong = |what: String| {
        Error::new(ErrorKind::InvalidConfiguration, format!("{}: {what}", path.display()))
    };
    let mut section = "default";
    let mut found = false;
    let (mut id, mut secret, mut token) = (None, None, None);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            let name = name.split_once(']').map(|(name, _)| name.trim());
            section = name.ok_or_else(|| wrong(format!("line {}: `[` has no end", index + 1)))?;
            section = section.strip_prefix("profile ").map_or(section, str::trim);
            found |= section == profile;
            continue;
        }
        if section != profile {
            continue;
        }
        let (name, value) = line
            .split_once('=')
            .ok_or_else(|| wrong(format!("line {} is not `name = value`", index + 1)))?;
        found = true;
        let name = name.trim();
        match name.strip_prefix("aws_").unwrap_or(name) {
            "access_key_id" => id = Some(value.trim()),
            "secret_access_key" => secret = Some(value.trim()),
            "session_token" => token = Some(value.trim()),
            _ => {}
        }
    }
    if !found {
        return Err(wrong(format!(
            "there is no profile {profile:?}: write [{profile}] above its keys"
        )));
    }
    let lacks = |name| wrong(format!("the profile {profile:?} has no {name}"));
    let id = id.ok_or_else(|| lacks("access_key_id"))?;
    let secret = secret.ok_or_else(|| lacks("secret_access_key"))?;
    let credentials = Credentials::new(id, secret);
    Ok(match token.filter(|token| !token.is_empty()) {
        Some(token) => credentials.with_session_token(token),
        None => credentials,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# keys\naccess_key_id = bare\nsecret_access_key=hush\n\n\
        [ production ]\naws_access_key_id=prod\naws_secret_access_key = a=b/c+\nregion = auto\n\
        [profile other]\naws_access_key_id = o\naws_secret_access_key = p\n\
        aws_session_token = t\n[half]\naws_access_key_id = h\n";

    fn found(profile: &str) -> Result<(String, String, Option<String>), String> {
        let key = find(TEXT, profile, Path::new("keys")).map_err(|error| error.to_string())?;
        let token = key.session_token().map(str::to_owned);
        Ok((key.access_key_id().to_owned(), key.secret_access_key().to_owned(), token))
    }

    #[test]
    fn profiles_are_found_by_name() {
        assert_eq!(found("default").unwrap(), ("bare".into(), "hush".into(), None));
        assert_eq!(found("production").unwrap(), ("prod".into(), "a=b/c+".into(), None));
        assert_eq!(found("other").unwrap(), ("o".into(), "p".into(), Some("t".into())));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(found("half").unwrap_err().contains("\"half\" has no secret_access_key"));
        assert!(found("none").unwrap_err().contains("no profile \"none\""));
        for (text, told) in [("[a\nx=y", "line 1: `[` has no end"), ("hush", "line 1 is not")] {
            let error = find(text, "default", Path::new("keys")).unwrap_err().to_string();
            assert!(error.contains(told) && error.contains("keys"), "{error}");
            assert!(!error.contains("hush"));
        }
    }

    #[test]
    fn a_file_without_end_is_refused() {
        let error = read(io::repeat(b'#'), Path::new("keys")).unwrap_err();
        assert!(error.to_string().contains("1 MiB"));
    }
}
