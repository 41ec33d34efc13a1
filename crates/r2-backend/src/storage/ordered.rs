//! Pages of a listing, for back ends that go through their keys in order by themselves.

use super::{Entry, ListOptions, ListedObject, Page, PageToken, StorageError, StorageErrorKind};
use crate::limits::PAGE_ENTRIES_MAX;

/// Tokens name the last entry of the page before, with a mark for what kind it was.
const AFTER_KEY: char = 'k';
const PAST_GROUP: char = 'g';

/// Builds one page from keys that are offered in order.
#[derive(Debug)]
pub(crate) struct PageBuilder<'a> {
    options: &'a ListOptions,
    /// The entry that the page before ended with.
    after: Option<(char, &'a str)>,
    page: Page,
}

/// What to offer next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    /// The next key in order.
    Next,
    /// The next key that does not begin like the last entry.
    PastGroup,
    /// Nothing: the page is full, or there are no such keys any more.
    Done,
}

impl<'a> PageBuilder<'a> {
    pub(crate) fn new(
        options: &'a ListOptions,
        token: Option<&'a PageToken>,
    ) -> Result<Self, StorageError> {
        let read = |token: &'a PageToken| {
            let mut text = token.as_str().chars();
            match text.next() {
                Some(kind @ (AFTER_KEY | PAST_GROUP)) => Ok((kind, text.as_str())),
                _ => {
                    let message = "the page token is not one of this back end: begin without one";
                    Err(StorageError::new(StorageErrorKind::InvalidInput, message))
                }
            }
        };
        Ok(Self { options, after: token.map(read).transpose()?, page: Page::default() })
    }

    /// No key before this text is wanted.
    pub(crate) fn lower(&self) -> &'a str {
        let start = self.options.start_after.as_deref().unwrap_or_default();
        let after = self.after.map_or("", |(_, name)| name);
        self.options.prefix.as_str().max(start).max(after)
    }

    /// May keys that begin so be wanted?
    pub(crate) fn wants(&self, beginning: &[u8]) -> bool {
        let (prefix, lower) = (self.options.prefix.as_bytes(), self.lower().as_bytes());
        let inside = beginning.starts_with(prefix) || prefix.starts_with(beginning);
        let group = match (self.page.entries.last(), self.after) {
            (Some(Entry::Prefix(group)), _) => Some(group.as_str()),
            (None, Some((PAST_GROUP, group))) => Some(group),
            _ => None,
        };
        let is_grouped = group.is_some_and(|group| beginning.starts_with(group.as_bytes()));
        inside && !is_grouped && (beginning >= lower || lower.starts_with(beginning))
    }

    /// Puts the key on the page, or into its group, if it is wanted.
    pub(crate) fn offer(
        &mut self,
        key: &str,
        make: impl FnOnce() -> Result<Option<ListedObject>, StorageError>,
    ) -> Result<Offer, StorageError> {
        let Some(rest) = key.strip_prefix(self.options.prefix.as_str()) else {
            let over = key > self.options.prefix.as_str();
            return Ok(if over { Offer::Done } else { Offer::Next });
        };
        let start = self.options.start_after.as_deref().unwrap_or_default();
        let passed = match self.after {
            Some((PAST_GROUP, group)) => key <= group || key.starts_with(group),
            Some((_, name)) => key <= name,
            None => false,
        };
        if passed || key <= start {
            return Ok(Offer::Next);
        }
        let delimiter = self.options.delimiter.as_deref();
        let end = delimiter.and_then(|mark| Some(rest.find(mark)? + mark.len()));
        let group = end.map(|end| &key[..self.options.prefix.len() + end]);
        if let (Some(Entry::Prefix(last)), Some(group)) = (self.page.entries.last(), group)
            && last == group
        {
            return Ok(Offer::PastGroup);
        }
        if self.page.entries.len() >= self.limit() {
            self.page.next = self.page.entries.last().map(token);
            return Ok(Offer::Done);
        }
        match group {
            Some(group) => {
                self.page.entries.push(Entry::Prefix(group.to_owned()));
                Ok(Offer::PastGroup)
            }
            None => {
                self.page.entries.extend(make()?.map(Entry::Object));
                Ok(Offer::Next)
            }
        }
    }

    pub(crate) fn finish(self) -> Page {
        self.page
    }

    fn limit(&self) -> usize {
        let asked = self.options.page_size.and_then(|entries| usize::try_from(entries).ok());
        asked.map_or(PAGE_ENTRIES_MAX, |entries| entries.clamp(1, PAGE_ENTRIES_MAX))
    }
}

fn token(last: &Entry) -> PageToken {
    let kind = if matches!(last, Entry::Prefix(_)) { PAST_GROUP } else { AFTER_KEY };
    PageToken::new(format!("{kind}{}", last.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 9] = ["a", "a.b", "a/1", "a/2", "b/1", "b0", "c", "d/1/2", "e"];

    /// All pages, as names joined by blanks.
    fn pages(options: &ListOptions) -> Vec<String> {
        let (mut token, mut pages) = (None, Vec::new());
        loop {
            let mut builder = PageBuilder::new(options, token.as_ref()).unwrap();
            for key in KEYS {
                let object = ListedObject::new(key.try_into().unwrap(), 0, "test".into());
                if builder.offer(key, || Ok(Some(object))).unwrap() == Offer::Done {
                    break;
                }
            }
            let page = builder.finish();
            pages.push(page.entries.iter().map(Entry::name).collect::<Vec<_>>().join(" "));
            token = page.next;
            if token.is_none() {
                return pages;
            }
        }
    }

    #[test]
    fn pages_hold_what_was_asked_for() {
        let all = ListOptions::new();
        let table = [
            (all.clone(), vec!["a a.b a/1 a/2 b/1 b0 c d/1/2 e"]),
            (all.clone().delimiter("/"), vec!["a a.b a/ b/ b0 c d/ e"]),
            (all.clone().delimiter("/").page_size(3), vec!["a a.b a/", "b/ b0 c", "d/ e"]),
            (all.clone().prefix("a/"), vec!["a/1 a/2"]),
            (all.clone().prefix("a"), vec!["a a.b a/1 a/2"]),
            (all.clone().prefix("d/").delimiter("/"), vec!["d/1/"]),
            (all.clone().start_after("b/1").page_size(2), vec!["b0 c", "d/1/2 e"]),
            (all.clone().start_after("zzz"), vec![""]),
            (all.prefix("nothing"), vec![""]),
        ];
        for (options, expected) in table {
            assert_eq!(pages(&options), expected, "{options:?}");
        }
    }

    #[test]
    fn a_foreign_token_is_refused() {
        let (options, token) = (ListOptions::new(), PageToken::new("x"));
        let error = PageBuilder::new(&options, Some(&token)).unwrap_err();
        assert_eq!(error.kind(), StorageErrorKind::InvalidInput);
    }
}
