//! Going through all pages of a listing.

use std::collections::VecDeque;

use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};

use super::{
    Entry, ListOptions, Page, PageToken, StorageBackend, StorageError, StorageErrorKind,
    StorageOperation,
};
use crate::limits::EMPTY_PAGES_MAX;

/// All pages, each asked for as it is taken.
pub(super) fn pages<B: StorageBackend + ?Sized>(
    backend: &B,
    options: ListOptions,
) -> BoxStream<'_, Result<Page, StorageError>> {
    stream::try_unfold(Cursor::first(options), move |cursor| cursor.step(backend)).boxed()
}

/// As [`pages`], for a stream that outlives the caller's borrow.
#[cfg(feature = "object_store")]
pub(crate) fn owned_pages(
    backend: std::sync::Arc<dyn StorageBackend>,
    options: ListOptions,
) -> BoxStream<'static, Result<Page, StorageError>> {
    stream::try_unfold(Cursor::first(options), move |cursor| {
        let backend = std::sync::Arc::clone(&backend);
        async move { cursor.step(&backend).await }
    })
    .boxed()
}

/// Where a listing is.
#[derive(Debug)]
struct Cursor {
    options: ListOptions,
    token: Option<PageToken>,
    progress: Progress,
    is_over: bool,
}

impl Cursor {
    fn first(options: ListOptions) -> Self {
        Self { options, token: None, progress: Progress::default(), is_over: false }
    }

    async fn step<B: StorageBackend + ?Sized>(
        mut self,
        backend: &B,
    ) -> Result<Option<(Page, Self)>, StorageError> {
        if self.is_over {
            return Ok(None);
        }
        let page = backend.list_page(&self.options, self.token.as_ref()).await?;
        match &page.next {
            None => self.is_over = true,
            Some(token) if self.progress.goes_on(token, page.entries.is_empty()) => {
                self.token = Some(token.clone());
            }
            Some(_) => {
                let message =
                    "the listing does not end: it is empty page after page, or leads back";
                let error = StorageError::new(StorageErrorKind::Other, message);
                return Err(error.at(backend.name(), StorageOperation::List));
            }
        }
        Ok(Some((page, self)))
    }
}

/// All entries, pages asked for as they are needed.
pub(super) fn entries<B: StorageBackend + ?Sized>(
    backend: &B,
    options: ListOptions,
) -> BoxStream<'_, Result<Entry, StorageError>> {
    pages(backend, options)
        .map_ok(|page| stream::iter(VecDeque::from(page.entries).into_iter().map(Ok)))
        .try_flatten()
        .boxed()
}

/// Notices a listing that never ends: a token seen before, whatever the length of the circle
/// (Brent's algorithm), or empty pages without end.
#[derive(Debug, Default)]
struct Progress {
    checkpoint: Option<PageToken>,
    pages: u64,
    empty_in_a_row: u32,
}

impl Progress {
    fn goes_on(&mut self, token: &PageToken, page_was_empty: bool) -> bool {
        if self.checkpoint.as_ref() == Some(token) {
            return false;
        }
        self.empty_in_a_row = if page_was_empty { self.empty_in_a_row + 1 } else { 0 };
        self.pages += 1;
        if self.pages.is_power_of_two() {
            self.checkpoint = Some(token.clone());
        }
        self.empty_in_a_row <= EMPTY_PAGES_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_and_endless_emptiness_are_noticed() {
        for length in [1, 2, 7, 100] {
            let mut progress = Progress::default();
            let token = |page: u32| PageToken::new((page % length).to_string());
            assert!((0..1_000).any(|page| !progress.goes_on(&token(page), false)), "{length}");
        }
        let mut progress = Progress::default();
        let token = |page: u32| PageToken::new(page.to_string());
        assert!((0..5_000).all(|page| progress.goes_on(&token(page), false)));
        assert!((0..=EMPTY_PAGES_MAX).any(|page| !progress.goes_on(&token(page + 9_999), true)));
    }
}
