//! How an object is cut: equal parts, the last one never larger, never more than 10,000.
//!
//! R2 refuses an upload at its completion when any part but the last differs in size
//! (`InvalidPart`, "All non-trailing parts must have the same length."; apache/opendal#2904). So
//! the size is chosen once, from the total, and the types here can express nothing else.

use std::fmt;
use std::num::NonZeroU16;

use crate::error::{Error, ErrorKind};
use crate::limits::{
    MIB, OBJECT_BYTES_MAX, PART_BYTES_DEFAULT, PART_BYTES_MAX, PART_BYTES_MIN, PARTS_MAX,
};

/// The number of a part: 1 to 10,000.
///
/// ```
/// use r2_multipart::PartNumber;
///
/// assert_eq!(PartNumber::new(1), Some(PartNumber::FIRST));
/// assert_eq!(PartNumber::new(0), None);
/// assert_eq!(PartNumber::new(10_001), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartNumber(NonZeroU16);

impl PartNumber {
    /// Part 1.
    pub const FIRST: Self = Self(NonZeroU16::MIN);

    /// The part number `number`, or nothing when it is 0 or above 10,000.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        let number = u16::try_from(number).ok().filter(|number| *number <= PARTS_MAX)?;
        NonZeroU16::new(number).map(Self)
    }

    /// The number, from 1.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0.get()
    }

    /// The part after this one, if there may be one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::new(u32::from(self.get()) + 1)
    }

    /// Position in a list of all parts, from 0.
    pub(crate) fn index(self) -> usize {
        usize::from(self.get() - 1)
    }

    /// The part at position `index` (from 0) of a list of all parts.
    pub(crate) fn from_index(index: usize) -> Option<Self> {
        u32::try_from(index).ok().and_then(|index| Self::new(index + 1))
    }
}

impl fmt::Debug for PartNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Display for PartNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A size that every part of one upload but the last has: 5 MiB to 5 GiB less 5 MiB.
///
/// ```
/// use r2_multipart::PartSize;
///
/// assert_eq!(PartSize::default().bytes(), 10 * 1024 * 1024);
/// assert!(PartSize::new(5 * 1024 * 1024).is_ok());
/// assert!(PartSize::new(5 * 1024 * 1024 - 1).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartSize(u64);

impl PartSize {
    /// A part size of `bytes`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PartSize`] when `bytes` is below 5 MiB or above 5 GiB less 5 MiB.
    pub fn new(bytes: u64) -> Result<Self, Error> {
        if (PART_BYTES_MIN..=PART_BYTES_MAX).contains(&bytes) {
            Ok(Self(bytes))
        } else {
            Err(Error::new(ErrorKind::PartSize)
                .detail(format!("{bytes} bytes, allowed are {PART_BYTES_MIN} to {PART_BYTES_MAX}")))
        }
    }

    /// A size below 5 MiB, for an emulator whose own limit was lowered
    /// (`r2_sim::Switches::part_bytes_min`): many parts of little data. R2 refuses such parts when
    /// the upload is completed. 0 is taken as 1, and what is too large as the largest.
    ///
    /// ```
    /// use r2_multipart::PartSize;
    ///
    /// assert_eq!(PartSize::for_emulator(4096).bytes(), 4096);
    /// ```
    #[must_use]
    pub fn for_emulator(bytes: u64) -> Self {
        Self(bytes.clamp(1, PART_BYTES_MAX))
    }

    /// A size that was kept with a transfer. What it was made with is for the server to judge.
    pub(crate) fn kept(bytes: u64) -> Option<Self> {
        (1..=PART_BYTES_MAX).contains(&bytes).then_some(Self(bytes))
    }

    /// The size in bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// The largest object that 10,000 parts of this size make, in bytes. A stream of unknown
    /// length ends here: its part size cannot grow once the first part is sent.
    ///
    /// ```
    /// use r2_multipart::PartSize;
    ///
    /// let five_mib = PartSize::new(5 * 1024 * 1024)?;
    /// assert_eq!(five_mib.object_bytes_max(), 52_428_800_000);
    /// # Ok::<(), r2_multipart::Error>(())
    /// ```
    #[must_use]
    pub fn object_bytes_max(self) -> u64 {
        (self.0 * u64::from(PARTS_MAX)).min(OBJECT_BYTES_MAX)
    }

    /// This size, or the next whole MiB with which `total_bytes` fit into 10,000 parts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] when no object can hold that many bytes (4.995 TiB).
    pub fn grown_for(self, total_bytes: u64) -> Result<Self, Error> {
        if total_bytes > OBJECT_BYTES_MAX {
            return Err(Error::new(ErrorKind::TooLarge)
                .detail(format!("{total_bytes} bytes, an object ends at {OBJECT_BYTES_MAX}")));
        }
        let least = total_bytes.div_ceil(u64::from(PARTS_MAX));
        Ok(Self(if least <= self.0 { self.0 } else { least.next_multiple_of(MIB) }))
    }
}

impl Default for PartSize {
    fn default() -> Self {
        Self(PART_BYTES_DEFAULT)
    }
}

/// One part: where it lies in the object and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// Which part.
    pub number: PartNumber,
    /// Where it begins in the object, in bytes.
    pub offset: u64,
    /// How long it is, in bytes.
    pub length: u64,
}

impl Part {
    /// Part `number` of an upload in parts of `size` whose end is not known yet.
    #[must_use]
    pub(crate) fn of_stream(number: PartNumber, size: PartSize) -> Self {
        Self { number, offset: u64::from(number.get() - 1) * size.0, length: size.0 }
    }

    /// First byte after the part.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.offset + self.length
    }
}

/// How an object of known length is cut into parts.
///
/// ```
/// use r2_multipart::{PartPlan, PartSize};
///
/// let mib = 1024 * 1024;
/// let plan = PartPlan::new(25 * mib, PartSize::default())?;
/// let lengths: Vec<u64> = plan.parts().map(|part| part.length / mib).collect();
/// assert_eq!(lengths, [10, 10, 5]);
///
/// // 1 TiB does not fit into 10,000 parts of 10 MiB: the parts grow.
/// let plan = PartPlan::new(1024 * 1024 * mib, PartSize::default())?;
/// assert_eq!(plan.part_size().bytes(), 105 * mib);
/// # Ok::<(), r2_multipart::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartPlan {
    total_bytes: u64,
    size: PartSize,
    count: PartNumber,
}

impl PartPlan {
    /// Cuts `total_bytes` into parts of `wanted`, or of the next whole MiB that suffices.
    ///
    /// An empty object is one empty part.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] when no object can hold that many bytes (4.995 TiB).
    pub fn new(total_bytes: u64, wanted: PartSize) -> Result<Self, Error> {
        let size = wanted.grown_for(total_bytes)?;
        let count = total_bytes.div_ceil(size.0).max(1);
        // `grown_for` chose a size with which 10,000 parts suffice
        let count = u32::try_from(count).ok().and_then(PartNumber::new);
        let count = count.ok_or_else(|| Error::new(ErrorKind::TooLarge))?;
        Ok(Self { total_bytes, size, count })
    }

    /// Length of the whole object, in bytes.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// Size of every part but the last.
    #[must_use]
    pub fn part_size(&self) -> PartSize {
        self.size
    }

    /// How many parts there are; also the number of the last.
    #[must_use]
    pub fn count(&self) -> PartNumber {
        self.count
    }

    /// Part `number`, if the plan has it.
    #[must_use]
    pub fn part(&self, number: PartNumber) -> Option<Part> {
        (number <= self.count).then(|| {
            let offset = u64::from(number.get() - 1) * self.size.0;
            Part { number, offset, length: self.size.0.min(self.total_bytes - offset) }
        })
    }

    /// All parts in order.
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        (1..=u32::from(self.count.get())).filter_map(|n| self.part(PartNumber::new(n)?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(total: u64, wanted: u64, size: u64, count: u16, last: u64) {
        let plan = PartPlan::new(total, PartSize::new(wanted).unwrap()).unwrap();
        let last_part = plan.part(plan.count()).unwrap();
        assert_eq!(
            (plan.part_size().bytes(), plan.count().get(), last_part.length),
            (size, count, last),
            "{total} bytes in parts of {wanted}"
        );
        assert_eq!(last_part.end(), total);
    }

    #[test]
    fn boundaries() {
        let five = 5 * MIB;
        check(0, five, five, 1, 0);
        check(1, five, five, 1, 1);
        check(five - 1, five, five, 1, five - 1);
        check(five, five, five, 1, five);
        check(five + 1, five, five, 2, 1);
        check(2 * five, five, five, 2, five);
        check(10_000 * five, five, five, 10_000, five);
        // one byte more than 10,000 parts of 5 MiB: the next whole MiB
        check(10_000 * five + 1, five, 6 * MIB, 8_334, 2 * MIB + 1);
        check(OBJECT_BYTES_MAX, five, 524 * MIB, 9_996, OBJECT_BYTES_MAX - 9_995 * 524 * MIB);
        check(PART_BYTES_MAX + 1, PART_BYTES_MAX, PART_BYTES_MAX, 2, 1);
    }

    #[test]
    fn refuses_what_r2_refuses() {
        assert_eq!(PartSize::new(PART_BYTES_MIN - 1).unwrap_err().kind(), ErrorKind::PartSize);
        assert_eq!(PartSize::new(PART_BYTES_MAX + 1).unwrap_err().kind(), ErrorKind::PartSize);
        assert!(PartSize::new(PART_BYTES_MAX).is_ok());
        let too_large = PartPlan::new(OBJECT_BYTES_MAX + 1, PartSize::default()).unwrap_err();
        assert_eq!(too_large.kind(), ErrorKind::TooLarge);
    }

    #[test]
    fn a_stream_ends_where_its_parts_end() {
        assert_eq!(PartSize::default().object_bytes_max(), 10_000 * 10 * MIB);
        assert_eq!(PartSize::new(PART_BYTES_MAX).unwrap().object_bytes_max(), OBJECT_BYTES_MAX);
    }

    proptest! {
        #[test]
        fn parts_are_equal_and_cover_the_object(
            total in 0..=OBJECT_BYTES_MAX,
            wanted in PART_BYTES_MIN..=PART_BYTES_MAX,
        ) {
            let plan = PartPlan::new(total, PartSize::new(wanted).unwrap()).unwrap();
            let mut end = 0;
            for part in plan.parts() {
                prop_assert_eq!(part.offset, end);
                end = part.end();
                if part.number == plan.count() {
                    prop_assert!(part.length <= plan.part_size().bytes());
                } else {
                    prop_assert_eq!(part.length, plan.part_size().bytes());
                }
            }
            prop_assert_eq!(end, total);
        }
    }
}
