//! The requests that an action takes, as they are billed.

use r2_multipart::limits::{COPY_PART_BYTES_DEFAULT, PARTS_MAX};
use r2_multipart::{MultipartDefaults, PartPlan, PartSize};
use r2_objects::limits::{DELETE_BATCH_KEYS, PUT_BYTES_MAX};
use r2_objects::{Client, Usage};

use super::entry::Entry;
use super::location::Place;
use super::options::SyncOptions;

/// Creating and completing a multipart upload.
const FRAME: u64 = 2;

/// What an item goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
    /// Inside one server.
    Copy,
    /// From one server to another.
    Relay,
}

/// Knows what sending takes between two places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tariff {
    way: Way,
    threshold_bytes: u64,
    part_size: PartSize,
    copy_part_size: PartSize,
}

impl Tariff {
    pub(crate) fn new(source: &Place, destination: &Place, options: &SyncOptions) -> Self {
        let way = match (source.bucket(), destination.bucket()) {
            (None, _) => Way::Up,
            (Some(_), None) => Way::Down,
            (Some(from), Some(to)) if from.same_endpoint(to) => Way::Copy,
            (Some(_), Some(_)) => Way::Relay,
        };
        let place = destination.bucket().or(source.bucket());
        let cut = Cut::new(place.map(|place| &place.client), options);
        let copied = PartSize::new(COPY_PART_BYTES_DEFAULT).unwrap_or_default();
        Self {
            way,
            threshold_bytes: cut.threshold_bytes,
            part_size: cut.part_size.unwrap_or_default(),
            copy_part_size: cut.part_size.unwrap_or(copied),
        }
    }

    /// Adds the requests that sending `source` takes.
    pub(crate) fn add(&self, usage: &mut Usage, source: &Entry) {
        let (mut reads, mut writes) = (0, 0);
        match self.way {
            Way::Up => writes = self.upload(source.bytes),
            Way::Down => {
                reads = parts(source.bytes, self.part_size);
                // A large one is asked for its checksum at the end.
                reads += u64::from(reads > 1);
            }
            Way::Copy if source.bytes <= PUT_BYTES_MAX => writes = 1,
            Way::Copy => {
                writes = parts(source.bytes, self.copy_part_size) + FRAME;
                // Before and after, whether it is still the same source; then the copy's checksum.
                reads = 3;
            }
            Way::Relay => (reads, writes) = (1, self.upload(source.bytes)),
        }
        usage.class_a += writes;
        if source.infrequent {
            usage.infrequent_class_b += reads;
            usage.retrieved_bytes += source.bytes;
        } else {
            usage.class_b += reads;
        }
    }

    fn upload(&self, bytes: u64) -> u64 {
        if bytes < self.threshold_bytes { 1 } else { parts(bytes, self.part_size) + FRAME }
    }
}

/// How uploads are cut: by the options, or else as the client says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    pub(crate) threshold_bytes: u64,
    pub(crate) part_size: Option<PartSize>,
}

impl Cut {
    pub(crate) fn new(client: Option<&Client>, options: &SyncOptions) -> Self {
        let defaults = client.map(MultipartDefaults::of).unwrap_or_default();
        Self {
            threshold_bytes: options.threshold_bytes.unwrap_or(defaults.threshold_bytes),
            part_size: options.part_size.or(defaults.part_size),
        }
    }
}

fn parts(bytes: u64, size: PartSize) -> u64 {
    PartPlan::new(bytes, size).map_or(PARTS_MAX, |plan| plan.count().get()).into()
}

/// Adds the requests that deleting so many objects takes.
pub(crate) fn add_deletes(usage: &mut Usage, objects: u64) {
    usage.free += objects.div_ceil(DELETE_BATCH_KEYS as u64);
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    const MIB: u64 = 1 << 20;

    fn usage(way: Way, bytes: u64, infrequent: bool) -> Usage {
        let source = Entry {
            name: "name".into(),
            bytes,
            modified: SystemTime::UNIX_EPOCH.into(),
            etag: None,
            infrequent,
        };
        let tariff = Tariff {
            way,
            threshold_bytes: 100 * MIB,
            part_size: PartSize::default(),
            copy_part_size: PartSize::new(COPY_PART_BYTES_DEFAULT).unwrap(),
        };
        let mut usage = Usage::default();
        tariff.add(&mut usage, &source);
        usage
    }

    #[test]
    fn each_way_has_its_price() {
        // (way, MiB, class A, class B)
        let table = [
            (Way::Up, 0, 1, 0),
            (Way::Up, 99, 1, 0),
            (Way::Up, 100, 12, 0),
            (Way::Down, 0, 0, 1),
            (Way::Down, 10, 0, 1),
            (Way::Down, 11, 0, 3),
            (Way::Copy, 5_000, 1, 0),
            (Way::Copy, 6_400, 52, 3),
            (Way::Relay, 100, 12, 1),
        ];
        for (way, mib, class_a, class_b) in table {
            let usage = usage(way, mib * MIB, false);
            assert_eq!((usage.class_a, usage.class_b), (class_a, class_b), "{way:?} {mib}");
        }
        let cold = usage(Way::Down, 11 * MIB, true);
        assert_eq!((cold.class_b, cold.infrequent_class_b), (0, 3));
        assert_eq!(cold.retrieved_bytes, 11 * MIB);
        let mut deletes = Usage::default();
        add_deletes(&mut deletes, 701);
        assert_eq!(deletes.free, 2);
    }
}
