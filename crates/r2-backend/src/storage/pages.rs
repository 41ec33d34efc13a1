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
    let first = Some((None::<PageToken>, Progress::default()));
    stream::try_unfold((first, options), move |(state, options)| async move {
        let Some((token, mut progress)) = state else { return Ok(None) };
        let page = backend.list_page(&options, token.as_ref()).await?;
        let next = match &page.next {
            None => None,
            Some(token) if progress.goes_on(token, page.entries.is_empty()) => {
                Some((Some(token.clone()), progress))
            }
            Some(_) => {
                let message =
                    "the listing does not end: it is empty page after page, or leads back";
                let error = StorageError::new(StorageErrorKind::Other, message);
                return Err(error.at(backend.name(), StorageOperation::List));
            }
        };
        Ok(Some((page, (next, options))))
    })
    .boxed()
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
