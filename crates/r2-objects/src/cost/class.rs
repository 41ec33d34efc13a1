//! The three classes of operations.

/// How R2 bills an operation (Cloudflare's R2 pricing page). Operations that the page does not name
/// are counted as the named ones that do the like.
///
/// ```
/// use r2_objects::CostClass;
///
/// assert_eq!(CostClass::A.as_str(), "A");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "the price list has these three")]
pub enum CostClass {
    /// Changes state, or lists.
    A,
    /// Reads.
    B,
    /// Deletes and aborts.
    Free,
}

impl CostClass {
    /// The class as a metric label.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::Free => "free",
        }
    }
}
