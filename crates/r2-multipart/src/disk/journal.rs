//! The journal of a download: which object, and which parts of it are in the file already.
//!
//! Lines of JSON, the first a header, each other one a finished part with its checksum. A line
//! counts only when it ends with a line feed, so one that a crash cut off is nothing. Records are
//! appended after their data was written, not after it was synced: whoever goes on reads each
//! recorded part back and compares its checksum, so a power failure costs the parts it lost and
//! nothing else. The format is described in `docs/decisions/transfers.md`.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::crc64::Crc64;
use crate::limits::JOURNAL_BYTES_MAX;
use crate::plan::{PartNumber, PartPlan, PartSize};
use crate::resume::TransferId;

const VERSION: u32 = 1;

/// Which object is being written, as it was when the download began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JournalHeader {
    version: u32,
    #[serde(flatten)]
    pub(crate) transfer: TransferId,
    pub(crate) etag: String,
    pub(crate) total_bytes: u64,
    part_size_bytes: u64,
}

impl JournalHeader {
    pub(crate) fn new(transfer: TransferId, etag: String, plan: &PartPlan) -> Self {
        let part_size_bytes = plan.part_size().bytes();
        Self { version: VERSION, transfer, etag, total_bytes: plan.total_bytes(), part_size_bytes }
    }

    /// How the object was cut; nothing when the header makes no sense.
    pub(crate) fn plan(&self) -> Option<PartPlan> {
        let size = PartSize::kept(self.part_size_bytes)?;
        let plan = PartPlan::new(self.total_bytes, size).ok()?;
        (plan.part_size() == size && self.version <= VERSION).then_some(plan)
    }
}

/// A part that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JournalRecord {
    part: u16,
    crc64: Crc64,
}

impl JournalRecord {
    pub(crate) fn new(number: PartNumber, crc: Crc64) -> Self {
        Self { part: number.get(), crc64: crc }
    }

    pub(crate) fn number(&self) -> Option<PartNumber> {
        PartNumber::new(u32::from(self.part))
    }

    pub(crate) fn crc(&self) -> Crc64 {
        self.crc64
    }
}

/// Begins a journal in place of any earlier one.
pub(super) fn create(path: &Path, header: &JournalHeader) -> io::Result<File> {
    let mut file = File::create(path)?;
    append(&mut file, header)?;
    Ok(file)
}

/// Opens a journal to append to it.
pub(super) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).open(path)
}

/// Appends one line in one write.
pub(super) fn append(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}

/// The journal in `path`; nothing when there is none, or none that can be read.
pub(super) fn read(path: &Path) -> io::Result<Option<(JournalHeader, Vec<JournalRecord>)>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = Vec::new();
    file.take(JOURNAL_BYTES_MAX).read_to_end(&mut text)?;
    Ok(parse(&text))
}

fn parse(text: &[u8]) -> Option<(JournalHeader, Vec<JournalRecord>)> {
    let whole = text.iter().rposition(|byte| *byte == b'\n')?;
    let mut lines = text[..whole].split(|byte| *byte == b'\n');
    let header: JournalHeader = serde_json::from_slice(lines.next()?).ok()?;
    let plan = header.plan()?;
    let records = lines
        .filter_map(|line| serde_json::from_slice::<JournalRecord>(line).ok())
        .filter(|record| record.number().is_some_and(|number| plan.part(number).is_some()))
        .collect();
    Some((header, records))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits::MIB;

    fn header() -> JournalHeader {
        let plan = PartPlan::new(25 * MIB, PartSize::default()).unwrap();
        JournalHeader::new(TransferId::new("http://r2.local", "b", "k"), "e-3".into(), &plan)
    }

    fn written() -> Vec<u8> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        create(&path, &header()).unwrap();
        let mut file = open(&path).unwrap();
        for number in [2, 3] {
            let number = PartNumber::new(number).unwrap();
            append(&mut file, &JournalRecord::new(number, Crc64::of(b"x"))).unwrap();
        }
        std::fs::read(path).unwrap()
    }

    #[test]
    fn the_format_is_fixed() {
        let text = String::from_utf8(written()).unwrap();
        let expected = concat!(
            r#"{"version":1,"endpoint":"http://r2.local","bucket":"b","key":"k","#,
            r#""etag":"e-3","total_bytes":26214400,"part_size_bytes":10485760}"#,
            "\n",
            r#"{"part":2,"crc64":"2dbd67026454e4b1"}"#,
            "\n",
            r#"{"part":3,"crc64":"2dbd67026454e4b1"}"#,
            "\n",
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn a_cut_line_is_nothing() {
        let text = written();
        let header_end = text.iter().position(|byte| *byte == b'\n').unwrap();
        for cut in 0..text.len() {
            let parts = parse(&text[..cut]).map(|(_, records)| records.len());
            let lines = text[..cut].iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(parts, lines.checked_sub(1), "cut at {cut} (header ends at {header_end})");
        }
    }

    #[test]
    fn parts_that_the_object_has_not_are_ignored() {
        let mut text = written();
        text.extend_from_slice(
            b"{\"part\":4,\"crc64\":\"1\"}\n{\"part\":0,\"crc64\":\"1\"}\n\0\0\0\nnonsense\n",
        );
        text.extend_from_slice(b"{\"part\":1,\"crc64\":\"1\"}\n");
        let (_, records) = parse(&text).unwrap();
        let numbers: Vec<u16> = records.iter().map(|record| record.part).collect();
        assert_eq!(numbers, [2, 3, 1]);
    }

    proptest! {
        #[test]
        fn no_file_makes_it_panic(text in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&text);
            let mut damaged = written();
            for (place, byte) in text.iter().enumerate() {
                let length = damaged.len();
                damaged[(place * 31) % length] = *byte;
            }
            let _ = parse(&damaged);
        }
    }
}
