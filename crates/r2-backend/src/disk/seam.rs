//! The boundaries between two steps of writing, where a test may end the process.

use std::fmt;
use std::sync::Arc;

type Told = dyn Fn(&'static str) + Send + Sync;

/// Is told each boundary as it is passed. Nobody listens outside of tests.
#[derive(Clone, Default)]
pub(crate) struct Seam(Option<Arc<Told>>);

impl Seam {
    #[cfg(test)]
    pub(crate) fn new(told: impl Fn(&'static str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(told)))
    }

    pub(crate) fn at(&self, boundary: &'static str) {
        if let Some(told) = &self.0 {
            told(boundary);
        }
    }
}

impl fmt::Debug for Seam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seam")
    }
}
