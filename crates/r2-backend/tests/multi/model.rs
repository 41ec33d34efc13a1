//! Random histories over three buckets, beside a model of three maps.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt as _;
use proptest::prelude::*;
use proptest::sample::select;
use r2_backend::multi::{
    BucketSync, ExtraObjects, FailingLists, HealthPolicy, MultiBackend, MultiOptions, ReadRepair,
    Search,
};
use r2_backend::storage::{CopyOptions, Entry, GetOptions, ListOptions, PutCondition, PutOptions};
use r2_backend::{
    MemoryBackend, StorageBackend as _, StorageBackendExt as _, StorageError, StorageErrorKind,
};
use r2_objects::{ETag, ObjectKey};

use super::doubles::{Double, MOODS, Mood};

const NAMES: [&str; 3] = ["main", "second", "third"];
const KEYS: [&str; 6] = ["a", "a/1", "a/2", "b", "b/1/x", "c"];
const CONTENTS: [&str; 4] = ["one", "two", "three", "four4"];

type Key = &'static str;
type Content = &'static str;

#[derive(Debug, Clone)]
enum Step {
    Mood(usize, Mood),
    PutIn(usize, Key, Content),
    DeleteIn(usize, Key),
    Put(Key, Content),
    Create(Key, Content),
    Replace(Key, Content, Content),
    Copy(Key, Key),
    Delete(Key),
    DeleteMany(Key, Key),
    Get(Key),
    Head(Key),
    List(&'static str, bool, u32),
    Sync(usize, usize, Option<usize>),
}

/// What came of a step.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    Done,
    NotFound,
    Refused,
    Failed,
    /// Who served what.
    Served(String, String),
    Listed(Vec<(String, Option<String>)>),
    Synced {
        copied: u64,
        same: u64,
        deleted: u64,
        failed: u64,
    },
}

#[derive(Debug, Clone)]
struct Rules {
    passes_over: bool,
    repairs: bool,
    hedges: bool,
}

struct Model {
    rules: Rules,
    stores: [BTreeMap<Key, Content>; 3],
    moods: [Mood; 3],
}

/// What a bucket says when it is asked for a key.
enum Says {
    Broken,
    Missing,
    Has(Content),
}

impl Model {
    fn says(&self, bucket: usize, key: Key, reads: bool) -> Says {
        let lies = match self.moods[bucket] {
            Mood::Fails | Mood::Slow => return Says::Broken,
            Mood::OtherKey => true,
            Mood::Short | Mood::ShortInSecret => reads,
            Mood::Fine | Mood::OutOfOrder => false,
        };
        match self.stores[bucket].get(key) {
            None => Says::Missing,
            Some(_) if lies => Says::Broken,
            Some(content) => Says::Has(content),
        }
    }

    fn read(&mut self, key: Key, reads: bool) -> Came {
        let mut came = Came::NotFound;
        for (bucket, name) in NAMES.into_iter().enumerate() {
            match self.says(bucket, key, reads) {
                Says::Broken => came = Came::Failed,
                Says::Missing => {}
                Says::Has(content) => {
                    if reads
                        && self.rules.repairs
                        && matches!(self.says(0, key, true), Says::Missing)
                    {
                        self.stores[0].insert(key, content);
                    }
                    return Came::Served(name.to_owned(), content.to_owned());
                }
            }
        }
        came
    }

    /// Everyone who may serve it when the quickest does.
    fn may_serve(&self, key: Key, reads: bool) -> Vec<Came> {
        let served = |bucket| match self.says(bucket, key, reads) {
            Says::Has(content) => Some(Came::Served(NAMES[bucket].to_owned(), content.to_owned())),
            _ => None,
        };
        (0..3).filter_map(served).collect()
    }

    /// What a condition is decided by: nothing may be broken on the way to it.
    fn current(&self, from: usize, key: Key) -> Result<Option<(usize, Content)>, Came> {
        for bucket in from..3 {
            match self.says(bucket, key, false) {
                Says::Broken => return Err(Came::Failed),
                Says::Missing => {}
                Says::Has(content) => return Ok(Some((bucket, content))),
            }
        }
        Ok(None)
    }

    fn write(&mut self, key: Key, content: Content) -> Came {
        if self.moods[0] == Mood::Fails {
            return Came::Failed;
        }
        self.stores[0].insert(key, content);
        Came::Done
    }

    fn copy(&mut self, from: Key, to: Key) -> Came {
        if self.moods[0] == Mood::Fails {
            return Came::Failed;
        }
        if let Some(content) = self.stores[0].get(from).copied() {
            return self.write(to, content);
        }
        match self.current(1, from) {
            Err(came) => came,
            Ok(None) => Came::NotFound,
            Ok(Some((bucket, content))) => match self.says(bucket, from, true) {
                Says::Has(_) => self.write(to, content),
                _ => Came::Failed,
            },
        }
    }

    fn delete(&mut self, key: Key) -> Came {
        for bucket in (0..3).rev() {
            if self.moods[bucket] == Mood::Fails {
                return Came::Failed;
            }
            self.stores[bucket].remove(key);
        }
        Came::Done
    }

    /// What one bucket lists; `None` if that is seen to be wrong.
    fn names(&self, bucket: usize, prefix: &str, groups: bool) -> Option<BTreeMap<String, bool>> {
        let mut names = BTreeMap::new();
        for key in self.stores[bucket].keys().filter(|key| key.starts_with(prefix)) {
            match key[prefix.len()..].find('/').filter(|_| groups) {
                Some(end) => names.insert(key[..=prefix.len() + end].to_owned(), false),
                None => names.insert((*key).to_owned(), true),
            };
        }
        let is_broken = match self.moods[bucket] {
            Mood::Fails | Mood::Slow => true,
            Mood::OutOfOrder => names.len() > 1,
            _ => false,
        };
        (!is_broken).then_some(names)
    }

    fn list(&self, prefix: &str, groups: bool) -> Came {
        let mut all: BTreeMap<String, Option<String>> = BTreeMap::new();
        let mut broken = 0;
        for (bucket, name) in NAMES.into_iter().enumerate() {
            let Some(names) = self.names(bucket, prefix, groups) else {
                broken += 1;
                continue;
            };
            for (key, is_object) in names {
                all.entry(key).or_insert(is_object.then(|| name.to_owned()));
            }
        }
        if broken == 3 || (broken > 0 && !self.rules.passes_over) {
            return Came::Failed;
        }
        Came::Listed(all.into_iter().collect())
    }

    fn sync(&mut self, from: usize, to: usize, deletes: Option<usize>) -> Came {
        if from == to || [from, to].iter().any(|side| self.names(*side, "", false).is_none()) {
            return Came::Failed;
        }
        let (mut copied, mut same, mut failed) = (0, 0, 0);
        for (key, content) in self.stores[from].clone() {
            if self.stores[to].get(key) == Some(&content) {
                same += 1;
            } else if matches!(self.says(from, key, true), Says::Has(_)) {
                self.stores[to].insert(key, content);
                copied += 1;
            } else {
                failed += 1;
            }
        }
        let kept: BTreeSet<_> = self.stores[from].keys().copied().collect();
        let before = self.stores[to].len();
        let extra = self.stores[to].keys().filter(|key| !kept.contains(*key)).count();
        match deletes {
            Some(at_most) if extra > at_most => return Came::Failed,
            Some(_) => self.stores[to].retain(|key, _| kept.contains(key)),
            None => {}
        }
        let deleted = (before - self.stores[to].len()).try_into().expect("it works in memory");
        Came::Synced { copied, same, deleted, failed }
    }

    fn step(&mut self, step: &Step) -> Vec<Came> {
        let came = match *step {
            Step::Mood(bucket, mood) => {
                self.moods[bucket] = mood;
                Came::Done
            }
            Step::PutIn(bucket, key, content) => {
                self.stores[bucket].insert(key, content);
                Came::Done
            }
            Step::DeleteIn(bucket, key) => {
                self.stores[bucket].remove(key);
                Came::Done
            }
            Step::Put(key, content) => self.write(key, content),
            Step::Create(key, content) => match self.current(0, key) {
                Err(came) => came,
                Ok(Some(_)) => Came::Refused,
                Ok(None) => self.write(key, content),
            },
            Step::Replace(key, old, new) => match self.current(0, key) {
                Err(came) => came,
                Ok(Some((_, content))) if content == old => self.write(key, new),
                Ok(_) => Came::Refused,
            },
            Step::Copy(from, to) => self.copy(from, to),
            Step::Delete(key) => self.delete(key),
            Step::DeleteMany(a, b) => {
                // each is deleted as far as it goes
                let both = [self.delete(a), self.delete(b)];
                both.into_iter().find(|came| *came == Came::Failed).unwrap_or(Came::Done)
            }
            Step::Get(key) | Step::Head(key) => {
                let reads = matches!(step, Step::Get(_));
                let may_serve = self.may_serve(key, reads);
                if self.rules.hedges && !may_serve.is_empty() {
                    return may_serve;
                }
                self.read(key, reads)
            }
            Step::List(prefix, groups, _) => self.list(prefix, groups),
            Step::Sync(from, to, deletes) => self.sync(from, to, deletes),
        };
        vec![came]
    }
}

struct World {
    doubles: [Double; 3],
    multi: MultiBackend,
}

fn key(name: &str) -> ObjectKey {
    name.try_into().expect("it works in memory")
}

async fn tag(content: Content) -> ETag {
    MemoryBackend::new().put_bytes(&key("x"), content).await.expect("it works in memory").etag
}

fn failed(error: &StorageError) -> Came {
    match error.kind() {
        StorageErrorKind::NotFound => Came::NotFound,
        StorageErrorKind::PreconditionFailed => Came::Refused,
        _ => Came::Failed,
    }
}

impl World {
    fn new(rules: &Rules) -> Self {
        let doubles = [Double::new(), Double::new(), Double::new()];
        // the order must not change, so that the model need not know about health
        let mut options = MultiOptions::new().health(HealthPolicy::new().failures(u32::MAX));
        if rules.passes_over {
            options = options.lists(FailingLists::PassOver);
        }
        if rules.repairs {
            options = options.repair(ReadRepair::UpTo(1_000));
        }
        if rules.hedges {
            options = options.search(Search::Hedged { delay: std::time::Duration::ZERO });
        }
        let multi = MultiBackend::builder(NAMES[0], doubles[0].clone())
            .secondary(NAMES[1], doubles[1].clone())
            .secondary(NAMES[2], doubles[2].clone());
        Self { doubles, multi: multi.options(options).build().expect("it works in memory") }
    }

    async fn step(&self, step: &Step) -> Came {
        self.try_step(step).await.unwrap_or_else(|error| failed(&error))
    }

    async fn try_step(&self, step: &Step) -> Result<Came, StorageError> {
        match *step {
            Step::Mood(bucket, mood) => self.doubles[bucket].set(mood),
            Step::PutIn(bucket, name, content) => {
                self.doubles[bucket].inner.put_bytes(&key(name), content).await?;
            }
            Step::DeleteIn(bucket, name) => self.doubles[bucket].inner.delete(&key(name)).await?,
            Step::Put(name, content) => drop(self.multi.put_bytes(&key(name), content).await?),
            Step::Create(name, content) => drop(self.multi.create(&key(name), content).await?),
            Step::Replace(name, old, new) => {
                let condition = PutCondition::Matches(tag(old).await);
                let options = PutOptions::new().condition(condition);
                self.multi.put(&key(name), new.into(), options).await?;
            }
            Step::Copy(from, to) => {
                self.multi.copy(&key(from), &key(to), CopyOptions::new()).await?;
            }
            Step::Delete(name) => self.multi.delete(&key(name)).await?,
            Step::DeleteMany(a, b) => {
                let failed = self.multi.delete_many(vec![key(a), key(b)]).await?;
                if let Some((_, error)) = failed.into_iter().next() {
                    return Err(error);
                }
            }
            Step::Get(name) => {
                let fetched = self.multi.get(&key(name), GetOptions::new()).await?;
                let served_by = fetched.meta.served_by.to_string();
                let bytes = fetched.body.collect(1_000).await.map_err(StorageError::of_body)?;
                return Ok(Came::Served(served_by, String::from_utf8_lossy(&bytes).into_owned()));
            }
            Step::Head(name) => return self.head(name).await,
            Step::List(prefix, groups, page_size) => {
                return self.list(prefix, groups, page_size).await;
            }
            Step::Sync(from, to, deletes) => {
                let extra =
                    deletes.map_or(ExtraObjects::Keep, |at_most| ExtraObjects::Delete { at_most });
                let how = BucketSync::new().extra(extra);
                let report = self.multi.sync_between(NAMES[from], NAMES[to], &how).await?;
                return Ok(Came::Synced {
                    copied: report.copied,
                    same: report.same,
                    deleted: report.deleted,
                    failed: report.failures,
                });
            }
        }
        Ok(Came::Done)
    }

    async fn head(&self, name: Key) -> Result<Came, StorageError> {
        let meta = self.multi.head(&key(name), Default::default()).await?;
        let mut content = None;
        for candidate in CONTENTS {
            if tag(candidate).await == meta.etag {
                content = Some(candidate.to_owned());
            }
        }
        Ok(Came::Served(meta.served_by.to_string(), content.expect("it works in memory")))
    }

    /// Lists by pages and at once, which must be the same.
    async fn list(&self, prefix: &str, groups: bool, page: u32) -> Result<Came, StorageError> {
        let mut options = ListOptions::new().prefix(prefix).page_size(page);
        if groups {
            options = options.delimiter("/");
        }
        let shown = |entry: Entry| match entry {
            Entry::Object(object) => (object.key.to_string(), Some(object.served_by.to_string())),
            Entry::Prefix(prefix) => (prefix, None),
        };
        let mut at_once = options.clone();
        at_once.page_size = None;
        let merged = self.multi.list_merged(&at_once).map_ok(shown);
        let merged: Result<Vec<_>, _> = merged.try_collect().await;
        let paged: Result<Vec<_>, _> = self.multi.list(options).map_ok(shown).try_collect().await;
        assert_eq!(paged.as_ref().ok(), merged.as_ref().ok());
        paged.map(Came::Listed)
    }

    async fn store(&self, bucket: usize) -> BTreeMap<String, String> {
        let inner = &self.doubles[bucket].inner;
        let mut store = BTreeMap::new();
        let entries: Vec<_> =
            inner.list(ListOptions::new()).try_collect().await.expect("it works in memory");
        for entry in entries {
            let content =
                inner.get_bytes(&key(entry.name()), 1_000).await.expect("it works in memory");
            let content = String::from_utf8(content.to_vec()).expect("it works in memory");
            store.insert(entry.name().to_owned(), content);
        }
        store
    }
}

async fn check(rules: Rules, steps: Vec<Step>) {
    let world = World::new(&rules);
    let mut model = Model { rules, stores: Default::default(), moods: [Mood::Fine; 3] };
    for (index, step) in steps.iter().enumerate() {
        let came = world.step(step).await;
        let expected = model.step(step);
        assert!(expected.contains(&came), "step {index} {step:?}: {came:?}, not {expected:?}");
        for (bucket, store) in model.stores.iter().enumerate() {
            let expected: BTreeMap<_, _> =
                store.iter().map(|(key, content)| (key.to_string(), content.to_string())).collect();
            assert_eq!(world.store(bucket).await, expected, "{bucket} after {index} {step:?}");
        }
    }
}

fn steps() -> impl Strategy<Value = Step> {
    let (keys, contents) = (|| select(&KEYS[..]), || select(&CONTENTS[..]));
    prop_oneof![
        3 => (0..3usize, select(&MOODS[..])).prop_map(|(bucket, mood)| Step::Mood(bucket, mood)),
        2 => (0..3usize).prop_map(|bucket| Step::Mood(bucket, Mood::Fine)),
        4 => (0..3usize, keys(), contents()).prop_map(|(b, k, c)| Step::PutIn(b, k, c)),
        1 => (0..3usize, keys()).prop_map(|(bucket, key)| Step::DeleteIn(bucket, key)),
        2 => (keys(), contents()).prop_map(|(key, content)| Step::Put(key, content)),
        2 => (keys(), contents()).prop_map(|(key, content)| Step::Create(key, content)),
        2 => (keys(), contents(), contents()).prop_map(|(k, old, new)| Step::Replace(k, old, new)),
        2 => (keys(), keys()).prop_map(|(from, to)| Step::Copy(from, to)),
        1 => keys().prop_map(Step::Delete),
        1 => (keys(), keys()).prop_map(|(a, b)| Step::DeleteMany(a, b)),
        4 => keys().prop_map(Step::Get),
        2 => keys().prop_map(Step::Head),
        3 => (select(&["", "a", "a/", "b/"][..]), any::<bool>(), 1..5u32)
            .prop_map(|(prefix, groups, page)| Step::List(prefix, groups, page)),
        1 => (0..3usize, 0..3usize, proptest::option::of(0..4usize))
            .prop_map(|(from, to, deletes)| Step::Sync(from, to, deletes)),
    ]
}

fn rules() -> impl Strategy<Value = Rules> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(passes_over, repairs, hedges)| Rules {
        passes_over,
        // who answers first decides whether a repair takes place
        repairs: repairs && !hedges,
        hedges,
    })
}

/// Under this rule a bucket out of order is passed over once it is seen, page by page: the model
/// has it fail altogether.
fn settled(rules: &Rules, step: Step) -> Step {
    match step {
        Step::Mood(bucket, Mood::OutOfOrder) if rules.passes_over => {
            Step::Mood(bucket, Mood::Fails)
        }
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn the_buckets_do_what_three_maps_do(
        rules in rules(),
        steps in proptest::collection::vec(steps(), 1..50),
    ) {
        let steps = steps.into_iter().map(|step| settled(&rules, step)).collect();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(check(rules, steps));
    }
}
