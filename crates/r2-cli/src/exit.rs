//! The exit codes: an interface that scripts rely on, documented in `docs/cli.md`.

/// How the program ends. Codes are never given a new meaning; unknown ones mean failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything asked for was done.
    Done,
    /// Something failed that has no code of its own.
    Failed,
    /// The command line or the configuration is wrong; nothing was tried.
    Usage,
    /// Some items were done and some failed; each failure was reported.
    Partial,
    /// The bucket, object, upload or file does not exist.
    NotFound,
    /// The server refused the credentials, or they do not permit this.
    Denied,
    /// Something else is there, or changed: a condition did not hold.
    Conflict,
    /// The server or the network is not available, or told us to slow down; try later.
    Unavailable,
    /// Bytes are not what they should be: a checksum or a comparison failed.
    Corrupt,
    /// The work would cost more than `--max-cost`.
    TooExpensive,
    /// A file or folder of this machine could not be read or written, or a store is full.
    LocalIo,
    /// Stopped by Ctrl-C.
    Cancelled,
}

impl Exit {
    /// Every code, in the order of the documentation.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 12] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Partial,
        Self::NotFound,
        Self::Denied,
        Self::Conflict,
        Self::Unavailable,
        Self::Corrupt,
        Self::TooExpensive,
        Self::LocalIo,
        Self::Cancelled,
    ];

    /// The number that the process returns.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Partial => 3,
            Self::NotFound => 4,
            Self::Denied => 5,
            Self::Conflict => 6,
            Self::Unavailable => 7,
            Self::Corrupt => 8,
            Self::TooExpensive => 9,
            Self::LocalIo => 10,
            Self::Cancelled => 130,
        }
    }

    /// The name used in `--json` output and in the documentation.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Partial => "partial",
            Self::NotFound => "not_found",
            Self::Denied => "denied",
            Self::Conflict => "conflict",
            Self::Unavailable => "unavailable",
            Self::Corrupt => "corrupt",
            Self::TooExpensive => "too_expensive",
            Self::LocalIo => "local_io",
            Self::Cancelled => "cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn codes_are_distinct_and_documented() {
        let page = include_str!("../../../docs/cli.md");
        let mut seen = std::collections::BTreeSet::new();
        for exit in Exit::ALL {
            assert!(seen.insert(exit.code()), "{exit:?} shares its code");
            let row = format!("| {} | `{}` |", exit.code(), exit.name());
            assert!(page.contains(&row), "docs/cli.md has no row `{row}`");
        }
    }
}
