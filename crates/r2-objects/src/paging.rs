//! Going through all pages of a listing.

use std::collections::VecDeque;

use futures_core::Stream;
use futures_util::stream;

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::ops::{BucketsPage, ListBuckets, ListObjectsV2, ListPage, ListedBucket, ListedEntry};

/// Pages in a row that may be empty before a listing counts as endless. R2 may answer short pages;
/// hundreds of empty ones it does not.
const EMPTY_PAGES_MAX: u32 = 1000;

/// All pages, one request each, asked for as they are taken.
pub(crate) fn pages(
    client: Client,
    first: ListObjectsV2,
) -> impl Stream<Item = Result<ListPage, Error>> + Send + 'static {
    let state = Some((first, Progress::default()));
    stream::try_unfold(state, move |state| {
        let client = client.clone();
        async move {
            let Some((list, mut progress)) = state else { return Ok(None) };
            let page = client.send(&list).await?;
            let empty = page.objects.is_empty() && page.prefixes.is_empty();
            let next = progress.next(page.next_token.as_deref(), empty)?;
            let next = next.map(|token| (list.continuation_token(token), progress));
            Ok(Some((page, next)))
        }
    })
}

/// All entries, pages asked for as they are needed.
pub(crate) fn entries(
    client: Client,
    first: ListObjectsV2,
) -> impl Stream<Item = Result<ListedEntry, Error>> + Send + 'static {
    flatten(pages(client, first), |page| {
        // one order for both kinds, as the server has it
        let mut entries: Vec<_> = page.objects.into_iter().map(ListedEntry::Object).collect();
        entries.extend(page.prefixes.into_iter().map(ListedEntry::Prefix));
        entries.sort_by(|a, b| name(a).cmp(name(b)));
        entries
    })
}

fn name(entry: &ListedEntry) -> &str {
    match entry {
        ListedEntry::Object(object) => object.key.as_str(),
        ListedEntry::Prefix(prefix) => prefix,
    }
}

/// All buckets.
pub(crate) fn buckets(
    client: Client,
    first: ListBuckets,
) -> impl Stream<Item = Result<ListedBucket, Error>> + Send + 'static {
    let state = Some((first, Progress::default()));
    let pages = stream::try_unfold(state, move |state| {
        let client = client.clone();
        async move {
            let Some((list, mut progress)) = state else { return Ok(None) };
            let page: BucketsPage = client.send(&list).await?;
            let next = progress.next(page.next_token.as_deref(), page.buckets.is_empty())?;
            let next = next.map(|token| (list.continuation_token(token), progress));
            Ok::<_, Error>(Some((page, next)))
        }
    });
    flatten(pages, |page| page.buckets)
}

fn flatten<P, T, S>(
    pages: S,
    items: impl Fn(P) -> Vec<T> + Send + 'static,
) -> impl Stream<Item = Result<T, Error>> + Send + 'static
where
    S: Stream<Item = Result<P, Error>> + Send + 'static,
    P: Send + 'static,
    T: Send + 'static,
{
    use futures_util::{StreamExt as _, TryStreamExt as _};
    pages
        .map_ok(move |page| stream::iter(VecDeque::from(items(page)).into_iter().map(Ok)))
        .boxed()
        .try_flatten()
}

/// Notices a listing that never ends.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// A token seen earlier; moved forward at each power of two, so that a cycle of any length is
    /// found with one token of memory (Brent's algorithm).
    checkpoint: Option<String>,
    pages: u64,
    empty_in_a_row: u32,
}

impl Progress {
    /// The token to go on with, unless the listing is over.
    pub(crate) fn next(
        &mut self,
        token: Option<&str>,
        page_was_empty: bool,
    ) -> Result<Option<String>, Error> {
        let Some(token) = token else { return Ok(None) };
        let endless = |message| Err(Error::new(ErrorKind::UnexpectedReply, message));
        if self.checkpoint.as_deref() == Some(token) {
            return endless(
                "the listing goes round in a circle: a page led back to an earlier one",
            );
        }
        self.empty_in_a_row = if page_was_empty { self.empty_in_a_row + 1 } else { 0 };
        if self.empty_in_a_row > EMPTY_PAGES_MAX {
            return endless("the listing does not end: page after page is empty");
        }
        self.pages += 1;
        if self.pages.is_power_of_two() {
            self.checkpoint = Some(token.to_owned());
        }
        Ok(Some(token.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_of_any_length_are_noticed() {
        for length in [1_usize, 2, 3, 7, 100] {
            let mut progress = Progress::default();
            let noticed = (0..10 * length + 10)
                .position(|page| progress.next(Some(&(page % length).to_string()), false).is_err());
            assert!(noticed.is_some(), "a circle of {length} pages");
        }
    }

    #[test]
    fn a_long_listing_is_no_circle() {
        let mut progress = Progress::default();
        for page in 0..10_000 {
            assert!(progress.next(Some(&page.to_string()), false).is_ok());
        }
        assert_eq!(progress.next(None, true).unwrap(), None);
    }

    #[test]
    fn empty_pages_are_borne_for_a_while() {
        let mut progress = Progress::default();
        let borne =
            (0..2_000).take_while(|page| progress.next(Some(&page.to_string()), true).is_ok());
        assert_eq!(borne.count(), EMPTY_PAGES_MAX as usize);
    }
}
