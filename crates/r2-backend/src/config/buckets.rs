//! The section `buckets`: buckets by names of one's own.

use std::collections::BTreeMap;

use super::problem::{Place, Problem};
use super::reader::Reader;
use super::suggest::nearest;
use super::tree::Node;

const FIELDS: [&str; 4] = ["bucket", "prefix", "public_url", "fallback"];

/// A bucket under a name of one's own.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct BucketSettings {
    /// The bucket as R2 knows it. Default: the name of the section.
    pub bucket: String,
    /// What every key begins with.
    pub prefix: Option<String>,
    /// Where the public reads its objects.
    pub public_url: Option<String>,
    /// Names of the buckets that are asked next, in this order.
    pub fallback: Vec<String>,
}

/// A bucket and where its parts stand, until all files are read.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) settings: BucketSettings,
    pub(super) source: String,
    pub(super) place: Place,
    pub(super) fallback_places: Vec<Place>,
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> BTreeMap<String, Placed> {
    let mut buckets = BTreeMap::new();
    for entry in reader.table(node, "buckets") {
        let path = format!("buckets.{}", entry.name);
        let fields = reader.table(&entry.node, &path);
        reader.unknown(fields, &path, &FIELDS);
        let bucket = reader.text(fields, &path, "bucket").unwrap_or_else(|| entry.name.clone());
        let (fallback, fallback_places) =
            reader.texts(fields, &path, "fallback").unwrap_or_default().into_iter().unzip();
        let settings = BucketSettings {
            bucket,
            prefix: reader.text(fields, &path, "prefix"),
            public_url: reader.text(fields, &path, "public_url"),
            fallback,
        };
        let source = reader.source.to_owned();
        let placed = Placed { settings, source, place: entry.place, fallback_places };
        buckets.insert(entry.name.clone(), placed);
    }
    buckets
}

/// What can only be seen of all of them together: fallbacks that lead nowhere or in a circle, and
/// two names for one thing.
pub(super) fn check(buckets: &BTreeMap<String, Placed>, problems: &mut Vec<Problem>) {
    let mut known: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for (name, placed) in buckets {
        let BucketSettings { bucket, prefix, .. } = &placed.settings;
        let at = (bucket.as_str(), prefix.as_deref().unwrap_or_default());
        if let Some(twin) = known.insert(at, name) {
            let message = format!("`buckets.{name}` is the same bucket as `buckets.{twin}`");
            let problem = Problem::new(&placed.source, Some(placed.place), message);
            problems.push(problem.advice("remove one of them, or give it another prefix"));
        }
        for (next, place) in placed.settings.fallback.iter().zip(&placed.fallback_places) {
            if !buckets.contains_key(next) {
                let message =
                    format!("`buckets.{name}` falls back to {next:?}, which is not there");
                let advice = match nearest(next, buckets.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean {near:?}?"),
                    None => format!("there are {}", names(buckets)),
                };
                let problem = Problem::new(&placed.source, Some(*place), message);
                problems.push(problem.advice(advice));
            }
        }
    }
    if let Some(circle) = circle(buckets)
        && let Some(placed) = circle.first().and_then(|name| buckets.get(*name))
    {
        let message = format!("buckets fall back in a circle: {}", circle.join(" -> "));
        let place = placed.fallback_places.first().copied().unwrap_or(placed.place);
        problems.push(
            Problem::new(&placed.source, Some(place), message)
                .advice("let the last of them have no fallback"),
        );
    }
}

fn names(buckets: &BTreeMap<String, Placed>) -> String {
    buckets.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The first circle, in the order of names, with its beginning at both ends.
fn circle(buckets: &BTreeMap<String, Placed>) -> Option<Vec<&str>> {
    for start in buckets.keys() {
        let mut way = vec![start.as_str()];
        let mut open = vec![fallbacks(buckets, start)];
        let mut seen = std::collections::BTreeSet::new();
        while let Some(next) = open.last_mut() {
            let Some(name) = next.next() else {
                open.pop();
                way.pop();
                continue;
            };
            if name == start {
                way.push(start);
                return Some(way);
            }
            if seen.insert(name) {
                way.push(name);
                open.push(fallbacks(buckets, name));
            }
        }
    }
    None
}

fn fallbacks<'b>(
    buckets: &'b BTreeMap<String, Placed>,
    name: &str,
) -> impl Iterator<Item = &'b str> + use<'b> {
    buckets.get(name).into_iter().flat_map(|placed| &placed.settings.fallback).map(String::as_str)
}
