//! One range of keys that is listed by itself.

use std::collections::VecDeque;

use super::alphabet::{Alphabet, Range};
use crate::error::Error;
use crate::ops::{ListObjectsV2, ListPage};
use crate::paging::Progress;

/// A range of keys, what was listed of it, and how the listing goes on.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) id: u64,
    pub(super) state: State,
    /// Pages that wait for the reader.
    pub(super) pages: VecDeque<ListPage>,
    /// How many entries are guessed to be left; `None` when nothing is known to guess from.
    pub(super) left: Option<f64>,
    /// Where it begins, exclusive; `None` where the whole listing begins.
    start: Option<String>,
    /// The last key listed, or where it begins.
    after: String,
    /// Its last key, inclusive; `None` for the last range.
    until: Option<String>,
    first: Option<String>,
    kept: u32,
    token: Option<String>,
    progress: Progress,
}

/// What a range is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Its next page may be asked for.
    Idle,
    /// Its next page is on its way.
    Asked,
    /// There is nothing more in it.
    Ended,
}

impl Segment {
    /// All keys.
    pub(super) fn whole() -> Self {
        Self {
            id: 0,
            state: State::Idle,
            pages: VecDeque::new(),
            left: None,
            start: None,
            after: String::new(),
            until: None,
            first: None,
            kept: 0,
            token: None,
            progress: Progress::default(),
        }
    }

    /// Gives the upper half away, if there is a place to cut at.
    pub(super) fn split(&mut self, id: u64, prefix: &str, alphabet: &Alphabet) -> Option<Self> {
        let middle = alphabet.middle(&self.range(prefix))?;
        let upper = Self {
            id,
            start: Some(middle.clone()),
            after: middle.clone(),
            until: self.until.replace(middle),
            ..Self::whole()
        };
        Some(upper)
    }

    /// The request for the next page.
    pub(super) fn request(&self, list: &ListObjectsV2) -> ListObjectsV2 {
        let mut list = list.clone();
        if let Some(start) = &self.start {
            list = list.start_after(start);
        }
        match &self.token {
            Some(token) => list.continuation_token(token),
            None => list,
        }
    }

    /// Whether a page is in the order that splitting relies on, and behind what was listed.
    pub(super) fn is_in_order(&self, page: &ListPage) -> bool {
        let mut last = (!self.after.is_empty()).then_some(self.after.as_str());
        page.objects.iter().all(|object| {
            let key = object.key.as_str();
            last.replace(key).is_none_or(|last| last < key)
        })
    }

    /// Takes a page; what belongs to the next range is dropped.
    pub(super) fn take(&mut self, mut page: ListPage) -> Result<&ListPage, Error> {
        let empty = page.objects.is_empty() && page.prefixes.is_empty();
        let token = page.next_token.take();
        self.token = self.progress.next(token.as_deref(), empty)?;
        self.state = if self.token.is_some() { State::Idle } else { State::Ended };
        if let Some(until) = self.until.as_deref() {
            let inside = page.objects.partition_point(|object| object.key.as_str() <= until);
            if inside < page.objects.len() {
                page.objects.truncate(inside);
                self.state = State::Ended;
            }
        }
        if let (Some(first), Some(last)) = (page.objects.first(), page.objects.last()) {
            self.first.get_or_insert_with(|| first.key.as_str().to_owned());
            self.after = last.key.as_str().to_owned();
        }
        self.kept = self.kept.saturating_add(u32::try_from(page.objects.len()).unwrap_or(u32::MAX));
        self.pages.push_back(page);
        Ok(&self.pages[self.pages.len() - 1])
    }

    /// Guesses anew what is left.
    pub(super) fn guess(&mut self, prefix: &str, alphabet: &Alphabet) {
        let ratio = self.first.as_deref().filter(|_| self.state != State::Ended);
        let ratio = ratio.and_then(|first| alphabet.left(&self.range(prefix), first));
        self.left = ratio.map(|ratio| ratio * f64::from(self.kept));
    }

    /// Takes over everything up to the end.
    pub(super) fn widen(&mut self) {
        self.until = None;
    }

    fn range<'a>(&'a self, prefix: &'a str) -> Range<'a> {
        Range { after: &self.after, until: self.until.as_deref(), prefix }
    }
}
