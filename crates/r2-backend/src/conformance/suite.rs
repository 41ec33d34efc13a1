//! The list of checks, and how they are run.

use std::sync::Arc;

use r2_transport::BoxFuture;

use super::report::{Failure, Report};
use super::world::{Outcome, World};
use super::{conditions, content, copies, keys, lists, parts, trouble, urls};
use crate::storage::{Capability, StorageBackend};

/// The size of what is large: more than a part of an upload, and no multiple of anything.
const LARGE_BYTES: usize = (6 << 20) + 17;

pub(super) type Work = fn(&World) -> BoxFuture<'_, Outcome>;

/// One check: its name, what it needs beside [`Capability::Write`], and its work.
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) needs: Option<Capability>,
    pub(super) work: Work,
}

/// Declares a check as its name, what it needs, and the function that does it.
macro_rules! check {
    ($name:literal, $work:path) => {
        $crate::conformance::suite::Check {
            name: $name,
            needs: None,
            work: |world| Box::pin($work(world)),
        }
    };
    ($name:literal, $needs:ident, $work:path) => {
        $crate::conformance::suite::Check {
            name: $name,
            needs: Some($crate::storage::Capability::$needs),
            work: |world| Box::pin($work(world)),
        }
    };
}
pub(super) use check;

/// The checks, and the back end that they are for.
///
/// It writes, lists and deletes below one prefix, and removes what it wrote. Nothing else may use
/// that prefix at the same time; what lies beside it is neither read nor touched.
#[derive(Debug)]
pub struct Suite {
    backend: Arc<dyn StorageBackend>,
    prefix: String,
    large_bytes: usize,
    only: Option<String>,
}

impl Suite {
    /// All checks, below `conformance/`.
    #[must_use]
    pub fn new(backend: Arc<dyn StorageBackend>) -> Self {
        let prefix = "conformance/".to_owned();
        Self { backend, prefix, large_bytes: LARGE_BYTES, only: None }
    }

    /// Below what its keys are. Default: `conformance/`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// The size of large objects in bytes. Default: 6 MiB and a little.
    #[must_use]
    pub fn large_bytes(mut self, bytes: usize) -> Self {
        self.large_bytes = bytes;
        self
    }

    /// Only checks whose name holds this.
    #[must_use]
    pub fn only(mut self, part_of_name: impl Into<String>) -> Self {
        self.only = Some(part_of_name.into());
        self
    }

    /// Runs the checks, one after another.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may leave objects below the prefix.
    pub async fn run(&self) -> Report {
        let mut report = Report::default();
        let groups = [
            content::CHECKS,
            keys::CHECKS,
            conditions::CHECKS,
            lists::CHECKS,
            copies::CHECKS,
            trouble::CHECKS,
            parts::CHECKS,
            urls::CHECKS,
        ];
        for (number, check) in groups.into_iter().flatten().enumerate() {
            if self.only.as_ref().is_some_and(|part| !check.name.contains(part.as_str())) {
                continue;
            }
            let capabilities = self.backend.capabilities();
            let needed = [Some(Capability::Write), check.needs].into_iter().flatten();
            let lacking = needed.into_iter().find(|needed| !capabilities.has(*needed));
            if let Some(lacking) = lacking {
                report.skipped.push((check.name, lacking));
                continue;
            }
            // each in a place of its own, so that one failure does not make the next
            let place = format!("{}{number:02}/", self.prefix);
            let world = World::new(Arc::clone(&self.backend), place, self.large_bytes);
            let outcome = match (check.work)(&world).await {
                Ok(()) => world.clear().await,
                Err(fault) => {
                    // the failure is what matters; what is left over would only hide it
                    world.clear().await.ok();
                    Err(fault)
                }
            };
            match outcome {
                Ok(()) => report.passed.push(check.name),
                Err(seen) => report.failed.push(Failure { check: check.name, seen: seen.text() }),
            }
        }
        report
    }
}
