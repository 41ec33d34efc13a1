//! Several ranges listed side by side, and their pages in order.

use std::collections::VecDeque;

use futures_core::Stream;
use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream::{self, FuturesUnordered, StreamExt as _};

use super::alphabet::Alphabet;
use super::options::ParallelListing;
use super::segment::{Segment, State};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::limits::{LIST_PAGE_ENTRIES_MAX, LIST_READ_AHEAD_BYTES};
use crate::ops::{ListObjectsV2, ListPage, ListedObject};

/// Pages that a range must be guessed to have left before it is split: a split costs half a page
/// that two ranges list both.
const SPLIT_PAGES_MIN: f64 = 8.0;
/// Requests that may be spent on guesses, whatever there is to list.
const SPARE_FIXED: f64 = 8.0;
/// And so many more for each request that was needed anyway.
const SPARE_SHARE: f64 = 0.25;

/// All pages in the order of their keys.
pub(crate) fn pages(
    client: Client,
    list: ListObjectsV2,
    options: ParallelListing,
) -> impl Stream<Item = Result<ListPage, Error>> + Send + 'static {
    stream::try_unfold(Driver::new(client, list, options), |mut driver| async move {
        Ok(driver.next().await?.map(|page| (page, driver)))
    })
}

/// The answer to a request of the range with this number.
type Answer = (u64, Result<ListPage, Error>);

struct Driver {
    client: Client,
    list: ListObjectsV2,
    options: ParallelListing,
    alphabet: Alphabet,
    /// The ranges in order; all before the first are with the reader.
    segments: VecDeque<Segment>,
    asked: FuturesUnordered<BoxFuture<'static, Answer>>,
    /// Whether ranges may still be split.
    splits: Splits,
    /// How many ranges there have been.
    ids: u64,
    answers: u32,
    /// Answers of which something was kept.
    useful: usize,
    kept: f64,
    /// Entries of the largest page.
    page_entries: usize,
    /// Bytes that wait for the reader, nearly.
    waiting: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Splits {
    /// None was needed yet.
    None,
    /// There are several ranges, or were.
    Some,
    /// The order of the keys is not certain: one page after the other.
    Never,
}

impl Driver {
    fn new(client: Client, list: ListObjectsV2, options: ParallelListing) -> Self {
        let splits = match list.can_be_split() && options.requests > 1 {
            true => Splits::None,
            false => Splits::Never,
        };
        Self {
            client,
            list,
            options,
            alphabet: Alphabet::default(),
            segments: VecDeque::from([Segment::whole()]),
            asked: FuturesUnordered::new(),
            splits,
            ids: 0,
            answers: 0,
            useful: 0,
            kept: 0.0,
            page_entries: 1,
            waiting: 0,
        }
    }

    /// The next page with something on it.
    async fn next(&mut self) -> Result<Option<ListPage>, Error> {
        loop {
            self.ask();
            // what has arrived meanwhile, and what was just asked for goes out
            while let Some(Some((id, answer))) = self.asked.next().now_or_never() {
                self.take(id, answer)?;
            }
            if let Some(page) = self.ready() {
                return Ok(Some(page));
            }
            if self.segments.is_empty() {
                return Ok(None);
            }
            self.ask();
            if let Some((id, answer)) = self.asked.next().await {
                self.take(id, answer)?;
            }
        }
    }

    /// A page of the first range that has something left.
    fn ready(&mut self) -> Option<ListPage> {
        loop {
            let first = self.segments.front_mut()?;
            if let Some(page) = first.pages.pop_front() {
                self.waiting = self.waiting.saturating_sub(weight(&page));
                if !page.objects.is_empty() || !page.prefixes.is_empty() {
                    return Some(page);
                }
            } else if first.state == State::Ended {
                self.segments.pop_front();
            } else {
                return None;
            }
        }
    }

    /// Asks for as much as may be asked for.
    fn ask(&mut self) {
        // twice as many as have been of use: a bucket of a few pages is not worth many guesses
        let most = self.options.requests.min(self.useful.saturating_mul(2).max(1));
        while self.asked.len() < most {
            let Some(index) = self.next_to_ask() else { return };
            self.send(index);
        }
    }

    fn send(&mut self, index: usize) {
        let segment = &mut self.segments[index];
        segment.state = State::Asked;
        let (id, client, request) = (segment.id, self.client.clone(), segment.request(&self.list));
        let options = self.options.clone();
        let answer = async move {
            options.count();
            (id, client.send(request).await)
        };
        self.asked.push(answer.boxed());
    }

    /// The earliest range that can be asked, or the upper half of the earliest that can be split:
    /// what the reader needs next comes first.
    fn next_to_ask(&mut self) -> Option<usize> {
        let full = self.waiting >= LIST_READ_AHEAD_BYTES;
        for index in 0..self.segments.len() {
            match self.segments[index].state {
                State::Ended => {}
                State::Idle => return Some(index),
                State::Asked if full => return None,
                State::Asked => {
                    if self.split(index) {
                        return Some(index + 1);
                    }
                }
            }
        }
        None
    }

    fn split(&mut self, index: usize) -> bool {
        let entries = f64::from(u32::try_from(self.page_entries).unwrap_or(u32::MAX));
        let enough = (SPLIT_PAGES_MIN + 1.0) * entries;
        let worth = self.segments[index].left.is_some_and(|left| left >= enough);
        if self.splits == Splits::Never || !worth || !self.may_spend() {
            return false;
        }
        let (id, prefix) = (self.ids + 1, self.list.prefix_text());
        let Some(upper) = self.segments[index].split(id, prefix, &self.alphabet) else {
            self.segments[index].left = None;
            return false;
        };
        self.segments[index].guess(prefix, &self.alphabet);
        self.segments.insert(index + 1, upper);
        self.ids = id;
        self.splits = Splits::Some;
        true
    }

    /// Whether one more range is within what may be spent, if all that are open should each waste
    /// a request: their last page may lie wholly in the next range.
    fn may_spend(&self) -> bool {
        let open = self.segments.iter().filter(|segment| segment.state != State::Ended).count();
        let open = f64::from(u32::try_from(open + 1).unwrap_or(u32::MAX));
        let entries = f64::from(u32::try_from(self.page_entries).unwrap_or(u32::MAX));
        let needed = self.kept / entries;
        f64::from(self.answers) - needed + open <= SPARE_FIXED + SPARE_SHARE * needed
    }

    fn take(&mut self, id: u64, answer: Result<ListPage, Error>) -> Result<(), Error> {
        let Some(index) = self.segments.iter().position(|segment| segment.id == id) else {
            // of a range that another one took over
            return Ok(());
        };
        let page = answer?;
        self.answers = self.answers.saturating_add(1);
        self.check_order(index, &page)?;
        let most = LIST_PAGE_ENTRIES_MAX as usize;
        self.page_entries = self.page_entries.max(page.objects.len()).min(most);
        if self.splits != Splits::Never {
            page.objects.iter().for_each(|object| self.alphabet.learn(object.key.as_str()));
        }
        let segment = &mut self.segments[index];
        let page = segment.take(page)?;
        self.waiting = self.waiting.saturating_add(weight(page));
        if !page.objects.is_empty() || !page.prefixes.is_empty() {
            self.useful += 1;
        }
        self.kept += f64::from(u32::try_from(page.objects.len()).unwrap_or(u32::MAX));
        if self.splits != Splits::Never {
            segment.guess(self.list.prefix_text(), &self.alphabet);
        }
        Ok(())
    }

    /// Splitting needs the order of UTF-8. Where a key has two spellings (NFC and another) nobody
    /// knows by which of them the server orders it: from there on pages come one after the other,
    /// and ranges behind it, of which the reader has nothing yet, are forgotten.
    fn check_order(&mut self, index: usize, page: &ListPage) -> Result<(), Error> {
        let is_last = index + 1 == self.segments.len();
        if self.splits == Splits::Never && is_last {
            return Ok(());
        }
        if page.objects.iter().any(|object| object.key.nfc() != object.key.as_str()) {
            self.splits = Splits::Never;
            let forgotten = self.segments.drain(index + 1..);
            let pages = forgotten.flat_map(|segment| segment.pages);
            let bytes: usize = pages.map(|page| weight(&page)).sum();
            self.waiting = self.waiting.saturating_sub(bytes);
            self.segments[index].widen();
        } else if !self.segments[index].is_in_order(page) {
            if self.splits == Splits::Some || !is_last {
                let message = "the server does not list keys in the order of their bytes, so that \
                               ranges of them cannot be listed side by side";
                return Err(Error::new(ErrorKind::UnexpectedReply, message));
            }
            self.splits = Splits::Never;
        }
        Ok(())
    }
}

/// What a page weighs in memory, in bytes and nearly.
fn weight(page: &ListPage) -> usize {
    // an ETag and what the allocator adds
    const EXTRA_BYTES: usize = 64;
    let entry = size_of::<ListedObject>() + EXTRA_BYTES;
    page.objects.iter().map(|object| object.key.as_str().len() + entry).sum()
}
