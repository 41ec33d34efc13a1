//! The section `archive`, with the names that the archive's own JSON has.

use std::collections::BTreeMap;

use super::reader::Reader;
use super::settings::SettingKind;
use super::tree::{Node, find};

/// Days in a thousand years: nothing is kept longer on purpose.
const DAYS_MAX: u64 = 365_250;

const FIELDS: [&str; 7] = [
    "types",
    "compressionLevel",
    "chunkSize",
    "maxFileSize",
    "deduplication",
    "encryption",
    "optimizeForSpeed",
];

const TYPE_FIELDS: [&str; 3] = ["sources", "groupBy", "retentionDays"];

/// Types that are there without being written, and how many days they keep things.
const TYPES: [(&str, u64); 4] =
    [("artifacts", 180), ("audit", 90), ("releases", 730), ("reports", 365)];

/// How long a type of one's own keeps things when it does not say.
const RETENTION_DAYS: u64 = 365;

/// What the archive does when it is not told otherwise.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ArchiveSettings {
    /// Types by name. `audit`, `reports`, `releases` and `artifacts` are always there.
    pub types: BTreeMap<String, ArchiveType>,
    /// The level of zstd, 1 to 22. Default 7.
    pub compression_level: u64,
    /// Bytes of a chunk of a large file. Default 10 MiB.
    pub chunk_size: u64,
    /// Files of more bytes are chunked. Default 50 MiB.
    pub max_file_size: u64,
    /// Whether equal contents are kept once. Default: yes.
    pub deduplication: bool,
    /// Whether contents are encrypted. Default: no.
    pub encryption: bool,
    /// Whether speed goes before size. Default: no.
    pub optimize_for_speed: bool,
}

/// One type of what is archived.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ArchiveType {
    /// Patterns of the files that belong to it.
    pub sources: Vec<String>,
    /// What is packed together: `day`, `week` or `month`. Default: `day`.
    pub group_by: Option<String>,
    /// For how many days it is kept.
    pub retention_days: u64,
}

impl Default for ArchiveSettings {
    fn default() -> Self {
        let types = TYPES.map(|(name, days)| {
            (name.to_owned(), ArchiveType { retention_days: days, ..ArchiveType::default() })
        });
        Self {
            types: types.into(),
            compression_level: 7,
            chunk_size: 10 << 20,
            max_file_size: 50 << 20,
            deduplication: true,
            encryption: false,
            optimize_for_speed: false,
        }
    }
}

/// Reads the section over what is known already, from a file that counts less or by default.
pub(super) fn read(node: &Node, settings: &mut ArchiveSettings, reader: &mut Reader<'_>) {
    let fields = reader.table(node, "archive");
    reader.unknown(fields, "archive", &FIELDS);
    let size = SettingKind::Bytes { least: 1 << 10, most: 1 << 40 };
    let level = SettingKind::Count { least: 1, most: 22 };
    let ArchiveSettings {
        types,
        compression_level,
        chunk_size,
        max_file_size,
        deduplication,
        encryption,
        optimize_for_speed,
    } = settings;
    for (name, kind, target) in [
        ("compressionLevel", level, compression_level),
        ("chunkSize", size, chunk_size),
        ("maxFileSize", size, max_file_size),
    ] {
        if let Some(count) = reader.count(fields, "archive", name, kind) {
            *target = count;
        }
    }
    for (name, target) in [
        ("deduplication", deduplication),
        ("encryption", encryption),
        ("optimizeForSpeed", optimize_for_speed),
    ] {
        if let Some(truth) = reader.truth(fields, "archive", name) {
            *target = truth;
        }
    }
    let Some(entry) = find(fields, "types") else { return };
    for entry in reader.table(&entry.node, "archive.types") {
        let path = format!("archive.types.{}", entry.name);
        let fields = reader.table(&entry.node, &path);
        reader.unknown(fields, &path, &TYPE_FIELDS);
        let fresh = ArchiveType { retention_days: RETENTION_DAYS, ..ArchiveType::default() };
        let one = types.entry(entry.name.clone()).or_insert(fresh);
        if let Some(sources) = reader.texts(fields, &path, "sources") {
            one.sources = sources.into_iter().map(|(source, _)| source).collect();
        }
        let groups = SettingKind::OneOf(&["day", "week", "month"]);
        if let Some(group) = reader.value(fields, &path, "groupBy", groups) {
            one.group_by = Some(group.to_string());
        }
        let days = SettingKind::Count { least: 1, most: DAYS_MAX };
        if let Some(days) = reader.count(fields, &path, "retentionDays", days) {
            one.retention_days = days;
        }
    }
}
