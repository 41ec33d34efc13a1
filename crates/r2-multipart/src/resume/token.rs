//! The resume token: versioned JSON, written before the first part is sent.

use std::fs::Metadata;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::crc64::Crc64;
use crate::limits::TOKEN_BYTES_MAX;
use crate::plan::{PartPlan, PartSize};

/// The version of the format that this crate writes, and the newest it reads.
const VERSION: u32 = 1;

/// Which transfer a token belongs to: one object on one server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TransferId {
    /// The endpoint, as a URL without bucket and key.
    pub endpoint: String,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
}

impl TransferId {
    /// The object `key` in `bucket` behind `endpoint`.
    #[must_use]
    pub fn new(
        endpoint: impl Into<String>,
        bucket: impl Into<String>,
        key: impl Into<String>,
    ) -> Self {
        Self { endpoint: endpoint.into(), bucket: bucket.into(), key: key.into() }
    }

    /// A short name for files. Two transfers may share one, so a reader compares the whole id.
    #[must_use]
    pub fn short_name(&self) -> String {
        Crc64::of(format!("{}\0{}\0{}", self.endpoint, self.bucket, self.key).as_bytes())
            .to_string()
    }
}

/// What tells one state of a source from another without reading it: length, time of the last
/// change, and on Unix the inode (builds that set all times to one date still replace files).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fingerprint {
    /// Length in bytes.
    pub length_bytes: u64,
    /// Time of the last change, in nanoseconds since 1970; nothing for bytes in memory.
    pub modified_ns: Option<u64>,
    /// The inode, where there is one.
    pub inode: Option<u64>,
    /// CRC64NVME of bytes in memory, where looking at all of them is cheap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64: Option<Crc64>,
}

impl Fingerprint {
    /// The fingerprint of a file.
    #[must_use]
    pub fn of_file(metadata: &Metadata) -> Self {
        let modified_ns = metadata
            .modified()
            .ok()
            .and_then(|time: SystemTime| time.duration_since(UNIX_EPOCH).ok())
            .and_then(|since| u64::try_from(since.as_nanos()).ok());
        Self { length_bytes: metadata.len(), modified_ns, inode: inode(metadata), crc64: None }
    }

    /// The fingerprint of bytes in memory.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::of_known(bytes.len() as u64, Crc64::of(bytes))
    }

    /// The fingerprint of bytes in memory whose checksum is known.
    pub(crate) fn of_known(length_bytes: u64, crc64: Crc64) -> Self {
        Self { length_bytes, modified_ns: None, inode: None, crc64: Some(crc64) }
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn inode(metadata: &Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::ino(metadata))
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> Option<u64> {
    None
}

/// Whether the parts of an upload carry checksums; fixed when the upload is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TokenChecksum {
    /// None: the server may not know them.
    None,
    /// CRC64NVME on each part and on the whole.
    Crc64Nvme,
}

/// All that another process needs to go on with an upload.
///
/// The part size is in it because all parts of an upload must be equal, whatever the options of
/// the process that goes on say.
///
/// ```
/// use r2_multipart::{Fingerprint, PartSize, ResumeToken, TokenChecksum, TransferId};
///
/// let token = ResumeToken::new(
///     TransferId::new("https://example.r2.cloudflarestorage.com", "photos", "a.tar"),
///     "an-upload-id",
///     PartSize::default(),
///     Fingerprint::of_bytes(b"not really that large"),
///     TokenChecksum::Crc64Nvme,
/// );
/// assert_eq!(ResumeToken::from_json(&token.to_json())?, token);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResumeToken {
    version: u32,
    /// Which object on which server.
    #[serde(flatten)]
    pub transfer: TransferId,
    /// The upload's id on that server.
    pub upload_id: String,
    /// When the upload was created, in seconds since 1970.
    pub created_unix_seconds: u64,
    /// Size of every part but the last, in bytes.
    pub part_size_bytes: u64,
    /// Whether the parts carry checksums.
    pub checksum: TokenChecksum,
    /// What the source looked like when the upload began.
    pub source: Fingerprint,
}

impl ResumeToken {
    /// A token for the upload `upload_id`.
    #[must_use]
    pub fn new(
        transfer: TransferId,
        upload_id: impl Into<String>,
        part_size: PartSize,
        source: Fingerprint,
        checksum: TokenChecksum,
    ) -> Self {
        Self {
            version: VERSION,
            transfer,
            upload_id: upload_id.into(),
            created_unix_seconds: 0,
            part_size_bytes: part_size.bytes(),
            checksum,
            source,
        }
    }

    /// The same token with the time at which the upload was created. An object that is older was
    /// not made by this upload, even if it is equal.
    #[must_use]
    pub fn created(mut self, at: SystemTime) -> Self {
        self.created_unix_seconds =
            at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self
    }

    /// The token as JSON, which holds no secret.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "strings and numbers are always JSON")]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("strings and numbers are always JSON")
    }

    /// Reads a token.
    ///
    /// # Errors
    ///
    /// `InvalidData` for what is not a token, is longer than 64 KiB, or was written by a version
    /// newer than this one.
    pub fn from_json(json: &str) -> io::Result<Self> {
        if json.len() as u64 > TOKEN_BYTES_MAX {
            return Err(invalid("a resume token is not that long"));
        }
        let token: Self = serde_json::from_str(json).map_err(invalid)?;
        if token.version > VERSION {
            let text = format!("the resume token has version {}, newer than this", token.version);
            return Err(invalid(text));
        }
        if token.plan().is_none() {
            return Err(invalid("the resume token has a part size that does not fit its length"));
        }
        Ok(token)
    }

    /// How the source is cut, by the part size of the token and no other.
    pub(crate) fn plan(&self) -> Option<PartPlan> {
        let size = PartSize::kept(self.part_size_bytes)?;
        let plan = PartPlan::new(self.source.length_bytes, size).ok()?;
        (plan.part_size() == size).then_some(plan)
    }
}

fn invalid(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn token() -> ResumeToken {
        let source = Fingerprint {
            length_bytes: 20 << 20,
            modified_ns: Some(1_700_000_000_123_456_789),
            inode: Some(7),
            crc64: None,
        };
        let transfer = TransferId::new("http://r2.local", "bucket", "a/ü.bin");
        let checksum = TokenChecksum::Crc64Nvme;
        ResumeToken::new(transfer, "id+/=", PartSize::default(), source, checksum)
            .created(UNIX_EPOCH + std::time::Duration::from_millis(1_700_000_000_999))
    }

    #[test]
    fn the_format_is_fixed() {
        expect![[r#"
            {
              "version": 1,
              "endpoint": "http://r2.local",
              "bucket": "bucket",
              "key": "a/ü.bin",
              "upload_id": "id+/=",
              "created_unix_seconds": 1700000000,
              "part_size_bytes": 10485760,
              "checksum": "crc64nvme",
              "source": {
                "length_bytes": 20971520,
                "modified_ns": 1700000000123456789,
                "inode": 7
              }
            }"#]]
        .assert_eq(&token().to_json());
    }

    #[test]
    fn newer_broken_and_impossible_tokens_are_refused() {
        let json = token().to_json();
        let newer = json.replace("\"version\": 1", "\"version\": 2");
        let small_parts = json.replace("10485760", "1024");
        let too_long = format!("{json}{}", " ".repeat(70_000));
        for bad in ["", "{}", "null", &json[..json.len() / 2], &newer, &small_parts, &too_long] {
            let error = ResumeToken::from_json(bad).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{bad}");
        }
    }

    #[test]
    fn a_changed_file_has_another_fingerprint() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        std::fs::write(&path, "one").unwrap();
        let before = Fingerprint::of_file(&std::fs::metadata(&path).unwrap());
        assert_eq!(before, Fingerprint::of_file(&std::fs::metadata(&path).unwrap()));
        std::fs::write(&path, "longer").unwrap();
        assert_ne!(before, Fingerprint::of_file(&std::fs::metadata(&path).unwrap()));
    }
}
