//! Which services keep which promises.

use r2_objects::Endpoint;

use crate::storage::{Capabilities, Capability};

const AWS_SUFFIX: &str = ".amazonaws.com";

/// The software behind an endpoint: what it can be relied on for.
///
/// A service that does not know a condition ignores it and writes over what is there. So a
/// condition is only sent where the service is known to keep it; on others it is refused here. Who
/// knows better says so with [`S3BackendBuilder::with`](super::S3BackendBuilder::with).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum S3Service {
    /// Cloudflare R2, and the emulator: all conditions, also on copies; keys are equal when their
    /// NFC forms are.
    R2,
    /// Amazon S3: conditions on writes.
    Aws,
    /// Ceph's RADOS gateway: create-only writes, measured with release 16.
    Ceph,
    /// Any other, such as MinIO, Spaces, Garage or Swift: no conditions on writes.
    Other,
}

impl S3Service {
    /// What the host's name tells.
    #[must_use]
    pub fn of(endpoint: &Endpoint) -> Self {
        let host = endpoint.authority().split(':').next().unwrap_or_default();
        if endpoint.is_r2() || endpoint.is_emulator() {
            Self::R2
        } else if host.ends_with(AWS_SUFFIX) {
            Self::Aws
        } else {
            Self::Other
        }
    }

    pub(super) fn capabilities(self) -> Capabilities {
        let common = Capabilities::none()
            .with(Capability::Remote)
            .with(Capability::Write)
            .with(Capability::Attributes)
            .with(Capability::ServerSideCopy);
        match self {
            Self::R2 => common
                .with(Capability::CreateOnly)
                .with(Capability::ReplaceMatching)
                .with(Capability::ConditionalCopy),
            Self::Aws => common
                .with(Capability::CreateOnly)
                .with(Capability::ReplaceMatching)
                .with(Capability::ExactKeys),
            Self::Ceph => common.with(Capability::CreateOnly).with(Capability::ExactKeys),
            Self::Other => common.with(Capability::ExactKeys),
        }
    }
}
