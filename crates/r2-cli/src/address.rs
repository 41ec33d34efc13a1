//! Where a command reads from or writes to: a bucket, a key, a local path, or a standard stream.

use std::fmt;
use std::path::PathBuf;

use crate::failure::Failure;

/// One operand of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// `r2://bucket` or `r2://bucket/key`; the key is taken to the letter, nothing is decoded.
    Remote(Remote),
    /// A path of this machine.
    Local(PathBuf),
    /// `-`: standard input as a source, standard output as a destination.
    Stdio,
}

/// A place in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remote {
    /// The bucket's name, as typed.
    pub(crate) bucket: String,
    /// What follows the first `/` after the bucket; empty for the bucket itself.
    pub(crate) key: String,
}

impl Address {
    /// Reads one operand. `s3://` means the same as `r2://`, so that commands can be carried over.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        if text == "-" {
            return Ok(Self::Stdio);
        }
        if text.is_empty() {
            return Err(Failure::usage("an empty address")
                .hint("give r2://BUCKET/KEY, a local path, or - for a standard stream"));
        }
        if let Some(rest) = text.strip_prefix("r2://").or_else(|| text.strip_prefix("s3://")) {
            return Remote::parse(rest, text).map(Self::Remote);
        }
        if let Some((scheme, _)) = text.split_once("://")
            && scheme.chars().all(|c| c.is_ascii_alphanumeric())
        {
            return Err(Failure::usage(format!(
                "address `{text}` has the unknown scheme `{scheme}`"
            ))
            .hint("objects are r2://BUCKET/KEY; a local path needs no scheme"));
        }
        Ok(Self::Local(PathBuf::from(text)))
    }
}

impl Remote {
    fn parse(rest: &str, whole: &str) -> Result<Self, Failure> {
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(Failure::usage(format!("address `{whole}` names no bucket"))
                .hint("write r2://BUCKET or r2://BUCKET/KEY"));
        }
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }

    /// Reads an operand that has to be in a bucket.
    pub(crate) fn require(text: &str) -> Result<Self, Failure> {
        match Address::parse(text)? {
            Address::Remote(remote) => Ok(remote),
            Address::Local(_) | Address::Stdio => {
                Err(Failure::usage(format!("`{text}` is not in a bucket"))
                    .hint(format!("write r2://BUCKET/KEY; did you mean r2://{text} ?")))
            }
        }
    }

    /// Whether the key is a pattern rather than a name.
    pub(crate) fn is_pattern(&self) -> bool {
        self.key.contains(['*', '?', '[', '{'])
    }

    /// Whether the address names a folder: the bucket itself or a key that ends with `/`.
    pub(crate) fn is_folder(&self) -> bool {
        self.key.is_empty() || self.key.ends_with('/')
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            write!(f, "r2://{}", self.bucket)
        } else {
            write!(f, "r2://{}/{}", self.bucket, self.key)
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Remote(remote) => remote.fmt(f),
            Self::Local(path) => path.display().fmt(f),
            Self::Stdio => f.write_str("-"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote(bucket: &str, key: &str) -> Address {
        Address::Remote(Remote { bucket: bucket.into(), key: key.into() })
    }

    #[test]
    fn reads_every_form() {
        let cases = [
            ("r2://b", remote("b", "")),
            ("r2://b/", remote("b", "")),
            ("s3://b/a/b.txt", remote("b", "a/b.txt")),
            ("r2://b//x", remote("b", "/x")),
            ("r2://b/a b+%23?#&", remote("b", "a b+%23?#&")),
            ("-", Address::Stdio),
            ("./a", Address::Local("./a".into())),
            ("C:/x", Address::Local("C:/x".into())),
        ];
        for (text, wanted) in cases {
            assert_eq!(Address::parse(text).expect(text), wanted, "{text}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_meant() {
        for text in ["", "r2://", "r2:///key", "gs://b/k", "https://h/b/k"] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn knows_folders_and_patterns() {
        let at = |text| Remote::require(text).expect("remote");
        assert!(at("r2://b").is_folder() && at("r2://b/x/").is_folder());
        assert!(!at("r2://b/x").is_folder());
        assert!(at("r2://b/*.gz").is_pattern() && !at("r2://b/x.gz").is_pattern());
        assert_eq!(at("s3://b/k").to_string(), "r2://b/k");
    }
}
