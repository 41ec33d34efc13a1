//! What a back end can do, as data.

use std::fmt;

/// One thing that a back end can do, or cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// The bytes are on another machine: calls cost time, and perhaps money.
    Remote,
    /// Objects can be written and deleted. Without it, writing does nothing.
    Write,
    /// Content type, encoding, cache control and user metadata are kept with an object.
    Attributes,
    /// [`PutCondition::Absent`](super::PutCondition::Absent) holds, under a race too.
    CreateOnly,
    /// [`PutCondition::Matches`](super::PutCondition::Matches) holds, under a race too.
    ReplaceMatching,
    /// A copy takes the same conditions as a write.
    ConditionalCopy,
    /// A copy moves no byte through this machine.
    ServerSideCopy,
    /// Requests can be presigned, for somebody else to send.
    Presign,
    /// Objects have public URLs.
    PublicUrl,
    /// Keys are told apart byte by byte. Without it, spellings with equal NFC form are one object,
    /// as on R2 (Cloudflare's "Unicode interoperability" page).
    ExactKeys,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Remote,
        Self::Write,
        Self::Attributes,
        Self::CreateOnly,
        Self::ReplaceMatching,
        Self::ConditionalCopy,
        Self::ServerSideCopy,
        Self::Presign,
        Self::PublicUrl,
        Self::ExactKeys,
    ];

    fn bit(self) -> u16 {
        1 << self as u16
    }

    /// What it allows, to stand after "can".
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Remote => "be on another machine",
            Self::Write => "write and delete objects",
            Self::Attributes => "keep headers and metadata",
            Self::CreateOnly => "write only if nothing is there",
            Self::ReplaceMatching => "write only over the version named",
            Self::ConditionalCopy => "copy under a condition",
            Self::ServerSideCopy => "copy without moving bytes",
            Self::Presign => "presign requests",
            Self::PublicUrl => "give public URLs",
            Self::ExactKeys => "tell keys apart byte by byte",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// A set of [`Capability`].
///
/// ```
/// use r2_backend::storage::{Capabilities, Capability};
///
/// let some = Capabilities::none().with(Capability::Write).with(Capability::Presign);
/// assert!(some.has(Capability::Presign) && !some.has(Capability::Remote));
/// assert_eq!(some.without(Capability::Write).iter().count(), 1);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Capabilities(u16);

impl Capabilities {
    /// Nothing but reading and listing.
    #[must_use]
    pub const fn none() -> Self {
        Self(0)
    }

    /// This one as well.
    #[must_use]
    pub fn with(self, capability: Capability) -> Self {
        Self(self.0 | capability.bit())
    }

    /// All but this one.
    #[must_use]
    pub fn without(self, capability: Capability) -> Self {
        Self(self.0 & !capability.bit())
    }

    /// What both can do: for layers over several back ends.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Is this one in it?
    #[must_use]
    pub fn has(self, capability: Capability) -> bool {
        self.0 & capability.bit() != 0
    }

    /// Those in it, in the order of [`Capability::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Capability> {
        Capability::ALL.into_iter().filter(move |capability| self.has(*capability))
    }
}

impl fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<I: IntoIterator<Item = Capability>>(capabilities: I) -> Self {
        capabilities.into_iter().fold(Self::none(), Self::with)
    }
}
