//! The requests that an action takes, as they are billed.

use r2_multipart::limits::COPY_PART_BYTES_DEFAULT;
use r2_multipart::{PartPlan, PartSize};
use r2_objects::Usage;
use r2_objects::limits::{DELETE_BATCH_KEYS, PUT_BYTES_MAX};

use super::compare::Direction;
use super::entry::Entry;
use super::options::SyncOptions;

/// Creating and completing a multipart upload.
const FRAME: u64 = 2;

/// Adds the requests that sending `source` takes.
pub(crate) fn add(usage: &mut Usage, direction: Direction, source: &Entry, options: &SyncOptions) {
    let part_size = options.upload_part_size.unwrap_or_default();
    match direction {
        Direction::Upload if source.bytes < options.threshold_bytes => usage.class_a += 1,
        Direction::Upload => usage.class_a += parts(source.bytes, part_size) + FRAME,
        Direction::Download => {
            let reads = parts(source.bytes, PartSize::default());
            if source.infrequent {
                usage.infrequent_class_b += reads;
                usage.retrieved_bytes += source.bytes;
            } else {
                usage.class_b += reads;
            }
        }
        Direction::Copy => {
            if source.bytes <= PUT_BYTES_MAX {
                usage.class_a += 1;
            } else {
                let size = PartSize::new(COPY_PART_BYTES_DEFAULT).unwrap_or_default();
                usage.class_a += parts(source.bytes, size) + FRAME;
                // It asks first what it copies.
                usage.class_b += 1;
            }
            if source.infrequent {
                usage.retrieved_bytes += source.bytes;
            }
        }
    }
}

fn parts(bytes: u64, size: PartSize) -> u64 {
    PartPlan::new(bytes, size)
        .map_or(u64::from(r2_multipart::limits::PARTS_MAX), |plan| plan.count().get().into())
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

    fn usage(direction: Direction, bytes: u64, infrequent: bool) -> Usage {
        let source = Entry {
            name: "name".into(),
            bytes,
            modified: SystemTime::UNIX_EPOCH.into(),
            etag: None,
            infrequent,
        };
        let mut usage = Usage::default();
        add(&mut usage, direction, &source, &SyncOptions::new());
        usage
    }

    #[test]
    fn each_way_has_its_price() {
        use Direction::{Copy, Download, Upload};
        // (direction, MiB, class A, class B)
        let table = [
            (Upload, 0, 1, 0),
            (Upload, 99, 1, 0),
            (Upload, 100, 12, 0),
            (Download, 0, 0, 1),
            (Download, 10, 0, 1),
            (Download, 11, 0, 2),
            (Copy, 5_000, 1, 0),
            (Copy, 6_400, 52, 1),
        ];
        for (direction, mib, class_a, class_b) in table {
            let usage = usage(direction, mib * MIB, false);
            assert_eq!((usage.class_a, usage.class_b), (class_a, class_b), "{direction:?} {mib}");
        }
        let cold = usage(Download, 11 * MIB, true);
        assert_eq!((cold.class_b, cold.infrequent_class_b), (0, 2));
        assert_eq!(cold.retrieved_bytes, 11 * MIB);
        let mut deletes = Usage::default();
        add_deletes(&mut deletes, 701);
        assert_eq!(deletes.free, 2);
    }
}
