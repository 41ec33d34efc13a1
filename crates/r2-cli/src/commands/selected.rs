//! The objects that an address means: one, all below a folder, or all that match a pattern.

use futures_util::{Stream, TryStreamExt as _, stream};
use r2_backend::Rules;
use r2_objects::{ListObjectsV2, ListedObject, ParallelListing};

use super::context::Context;
use crate::address::Remote;
use crate::args::Selection;
use crate::failure::Failure;
use crate::pattern::{Pattern, rules};

/// What an address means where many objects may be meant.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    prefix: String,
    /// What relative names, as rules see them, leave out.
    base: usize,
    pattern: Option<Pattern>,
    rules: Rules,
}

impl Wanted {
    /// Everything below a folder, or everything that matches a pattern.
    pub(crate) fn below(remote: &Remote, selection: &Selection) -> Result<Self, Failure> {
        let rules = rules(selection)?;
        if remote.is_pattern() {
            let pattern = Pattern::new(&remote.key)?;
            let prefix = pattern.prefix().to_owned();
            let base = prefix.rfind('/').map_or(0, |slash| slash + 1);
            return Ok(Self { prefix, base, pattern: Some(pattern), rules });
        }
        let mut prefix = remote.key.clone();
        if !remote.is_folder() {
            prefix.push('/');
        }
        Ok(Self { base: prefix.len(), prefix, pattern: None, rules })
    }

    /// Everything that begins with the address to the letter, as `ls` shows it.
    pub(crate) fn matching(remote: &Remote, selection: &Selection) -> Result<Self, Failure> {
        if remote.is_pattern() {
            return Self::below(remote, selection);
        }
        let rules = rules(selection)?;
        Ok(Self { prefix: remote.key.clone(), base: 0, pattern: None, rules })
    }

    /// Whether a key of the listing is meant.
    pub(crate) fn keeps(&self, key: &str) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| pattern.matches(key))
            && self.rules.includes(self.relative(key))
    }

    /// The key without the folder that was asked for.
    pub(crate) fn relative<'a>(&self, key: &'a str) -> &'a str {
        key.get(self.base..).unwrap_or(key)
    }

    /// What the server is asked for.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }
}

/// The objects that are meant, in order; where there are many pages, several are on their way.
pub(crate) fn objects(
    context: &Context,
    remote: &Remote,
    wanted: Wanted,
) -> Result<impl Stream<Item = Result<ListedObject, Failure>>, Failure> {
    let bucket = context.bucket(remote)?;
    let request = ListObjectsV2::new(bucket).prefix(wanted.prefix());
    let side_by_side = ParallelListing::new().requests(context.list_requests());
    let pages = context.client.objects().list_parallel(request, side_by_side);
    Ok(pages
        .map_err(Failure::from)
        .map_ok(move |page| {
            let mut objects = page.objects;
            objects.retain(|object| wanted.keeps(object.key.as_str()));
            stream::iter(objects.into_iter().map(Ok))
        })
        .try_flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(text: &str) -> Wanted {
        let remote = Remote::require(text).expect("an address");
        Wanted::below(&remote, &Selection::default()).expect("wanted")
    }

    #[test]
    fn a_folder_is_asked_for_with_its_slash() {
        let cases = [
            ("r2://b", "", "a/b", "a/b"),
            ("r2://b/a", "a/", "a/b", "b"),
            ("r2://b/a/", "a/", "a/b/c", "b/c"),
            ("r2://b/a/*.gz", "a/", "a/b.gz", "b.gz"),
            ("r2://b/lo*/x", "lo", "logs/x", "logs/x"),
        ];
        for (address, prefix, key, relative) in cases {
            let wanted = wanted(address);
            assert_eq!(wanted.prefix(), prefix, "{address}");
            assert_eq!(wanted.relative(key), relative, "{address}");
            assert!(wanted.keeps(key), "{address}");
        }
        assert!(!wanted("r2://b/a/*.gz").keeps("a/b/c.gz"));
    }
}
