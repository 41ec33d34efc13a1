//! Whether a file holds what an ETag says.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use md5::{Digest as _, Md5};
use r2_objects::ETag;

use crate::limits::HASH_BYTES;

/// What comparing a file with an ETag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Same,
    Different,
    /// The ETag is no MD5, or it is one of parts of a size that nobody knows.
    Unknown,
}

/// One way in which the ETag may have been made.
struct Guess {
    /// `None` for the MD5 of the whole.
    part_bytes: Option<u64>,
    whole: Md5,
    part: Md5,
    left: u64,
}

impl Guess {
    fn new(part_bytes: Option<u64>) -> Self {
        let left = part_bytes.unwrap_or(u64::MAX);
        Self { part_bytes, whole: Md5::new(), part: Md5::new(), left }
    }

    fn update(&mut self, mut bytes: &[u8]) {
        let Some(part_bytes) = self.part_bytes else {
            self.whole.update(bytes);
            return;
        };
        while !bytes.is_empty() {
            let now = usize::try_from(self.left).map_or(bytes.len(), |left| left.min(bytes.len()));
            let (head, tail) = bytes.split_at(now);
            self.part.update(head);
            self.left -= head.len() as u64;
            if self.left == 0 {
                self.whole.update(self.part.finalize_reset());
                self.left = part_bytes;
            }
            bytes = tail;
        }
    }

    fn finish(mut self) -> String {
        match self.part_bytes {
            None => hex(&self.whole.finalize()),
            Some(part_bytes) => {
                if self.left < part_bytes {
                    self.whole.update(self.part.finalize());
                }
                hex(&self.whole.finalize())
            }
        }
    }
}

/// Reads the file once and compares it with the ETag: the MD5 of the content, or of the MD5s of
/// parts, for each of `part_sizes` (in bytes) that gives as many parts as the ETag says.
pub(crate) fn compare(
    path: &Path,
    bytes: u64,
    etag: &ETag,
    part_sizes: &[u64],
) -> io::Result<Content> {
    let mut guesses = guesses(bytes, etag, part_sizes);
    if guesses.is_empty() {
        return Ok(Content::Unknown);
    }
    let mut file = File::open(path)?;
    let mut buffer = vec![0; HASH_BYTES];
    let mut seen = 0_u64;
    loop {
        let count = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        seen += count as u64;
        if seen > bytes {
            return Ok(Content::Different);
        }
        for guess in &mut guesses {
            guess.update(&buffer[..count]);
        }
    }
    let digest = etag.as_str().split('-').next().unwrap_or_default().to_ascii_lowercase();
    let in_parts = etag.parts().is_some();
    Ok(if seen == bytes && guesses.into_iter().any(|guess| guess.finish() == digest) {
        Content::Same
    } else if in_parts {
        // Perhaps the parts had another size.
        Content::Unknown
    } else {
        Content::Different
    })
}

fn guesses(bytes: u64, etag: &ETag, part_sizes: &[u64]) -> Vec<Guess> {
    if etag.md5().is_some() {
        return vec![Guess::new(None)];
    }
    let Some(parts) = etag.parts() else { return Vec::new() };
    let fits = |size: &u64| *size > 0 && bytes.div_ceil(*size).max(1) == u64::from(parts);
    let mut sizes: Vec<u64> = part_sizes.iter().copied().filter(fits).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes.into_iter().map(|size| Guess::new(Some(size))).collect()
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ETags as R2 gave them to uploads of these bytes (`aws-cli` computes the same).
    fn etag_of(content: &[u8], part_bytes: Option<usize>) -> ETag {
        let md5 = |bytes: &[u8]| Md5::digest(bytes).to_vec();
        let text = match part_bytes {
            None => hex(&md5(content)),
            Some(size) => {
                let parts: Vec<_> = content.chunks(size).map(md5).collect();
                format!("{}-{}", hex(&md5(&parts.concat())), parts.len())
            }
        };
        ETag::parse(&text).unwrap()
    }

    #[test]
    fn known_digests() {
        assert_eq!(etag_of(b"", None).as_str(), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(etag_of(b"abc", None).as_str(), "900150983cd24fb0d6963f7d28e17f72");
    }

    #[test]
    fn files_are_compared_whole_and_in_parts() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        for length in [0_usize, 1, 999, 1_000, 1_001, 700_000] {
            let content: Vec<u8> = (0..=250_u8).cycle().take(length).collect();
            std::fs::write(&path, &content).unwrap();
            let compare =
                |etag: &ETag, sizes: &[u64]| compare(&path, length as u64, etag, sizes).unwrap();
            assert_eq!(compare(&etag_of(&content, None), &[]), Content::Same);
            assert_eq!(compare(&etag_of(b"other", None), &[]), Content::Different);
            if length > 0 {
                let parts = etag_of(&content, Some(1_000));
                assert_eq!(compare(&parts, &[700, 1_000, 5_000]), Content::Same, "{length}");
                assert_eq!(compare(&parts, &[]), Content::Unknown);
            }
            let opaque = ETag::parse("opaque").unwrap();
            assert_eq!(compare(&opaque, &[1_000]), Content::Unknown);
        }
    }

    #[test]
    fn a_file_of_another_length_is_different() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        std::fs::write(&path, "abc").unwrap();
        let etag = etag_of(b"abc", None);
        assert_eq!(compare(&path, 2, &etag, &[]).unwrap(), Content::Different);
        assert_eq!(compare(&path, 4, &etag, &[]).unwrap(), Content::Different);
    }
}
