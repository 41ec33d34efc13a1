//! Random histories against a map: whatever is done, the emulator shows what the map holds.

use std::collections::BTreeMap;

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use r2_sim::{Emulator, Switches};

use crate::world::send;

const KEYS: [&str; 8] = ["a", "a/1", "a/2", "a/b/1", "b", "b/", "caf\u{e9}", "\u{1f600}"];
/// Below and above what the index holds itself, and more than one step of a file.
const LENGTHS: [usize; 5] = [0, 10, 16_385, 100_000, 300_000];
const PART: usize = 20_000;

#[derive(Clone, Debug)]
enum Act {
    Put { key: usize, length: usize, seed: u8 },
    PutIfAbsent { key: usize, seed: u8 },
    Delete { key: usize },
    DeleteMany { keys: Vec<usize> },
    Copy { from: usize, to: usize },
    Upload { key: usize, parts: usize, seed: u8 },
    Abandon { key: usize },
    Range { key: usize, start: usize, length: usize },
    List { prefix: usize, grouped: bool, page: usize },
    Reopen,
}

fn act() -> impl Strategy<Value = Act> {
    let key = || 0..KEYS.len();
    prop_oneof![
        4 => (key(), 0..LENGTHS.len(), any::<u8>())
            .prop_map(|(key, length, seed)| Act::Put { key, length, seed }),
        1 => (key(), any::<u8>()).prop_map(|(key, seed)| Act::PutIfAbsent { key, seed }),
        2 => key().prop_map(|key| Act::Delete { key }),
        1 => vec(key(), 1..4).prop_map(|keys| Act::DeleteMany { keys }),
        2 => (key(), key()).prop_map(|(from, to)| Act::Copy { from, to }),
        1 => (key(), 1..4usize, any::<u8>())
            .prop_map(|(key, parts, seed)| Act::Upload { key, parts, seed }),
        1 => key().prop_map(|key| Act::Abandon { key }),
        2 => (key(), 0..400_000usize, 1..400_000usize)
            .prop_map(|(key, start, length)| Act::Range { key, start, length }),
        2 => (0..4usize, any::<bool>(), 1..4usize)
            .prop_map(|(prefix, grouped, page)| Act::List { prefix, grouped, page }),
        1 => Just(Act::Reopen),
    ]
}

fn body(seed: u8, length: usize) -> Bytes {
    (0..length).map(|at| seed.wrapping_add(at.to_le_bytes()[0] ^ at.to_le_bytes()[1])).collect()
}

fn path(key: usize) -> String {
    format!("/b-one/{}", r2_sign::encode::path(KEYS[key]))
}

struct Run {
    r2: Emulator,
    folder: Option<tempfile::TempDir>,
    model: BTreeMap<&'static str, Bytes>,
}

impl Run {
    async fn start(folder: Option<tempfile::TempDir>) -> Run {
        let r2 = open(folder.as_ref());
        send(&r2, "PUT /b-one", &[], "".into()).await;
        Run { r2, folder, model: BTreeMap::new() }
    }

    async fn act(&mut self, act: Act) {
        match act {
            Act::Put { key, length, seed } => {
                let body = body(seed, LENGTHS[length]);
                assert_eq!(self.send("PUT", key, &[], body.clone()).await, 200);
                self.model.insert(KEYS[key], body);
            }
            Act::PutIfAbsent { key, seed } => {
                let body = body(seed, 10);
                let status = self.send("PUT", key, &[("if-none-match", "*")], body.clone()).await;
                let is_there = self.model.contains_key(KEYS[key]);
                assert_eq!(status, if is_there { 412 } else { 200 });
                self.model.entry(KEYS[key]).or_insert(body);
            }
            Act::Delete { key } => {
                assert_eq!(self.send("DELETE", key, &[], Bytes::new()).await, 204);
                self.model.remove(KEYS[key]);
            }
            Act::DeleteMany { keys } => {
                let objects = keys.iter().map(|key| {
                    self.model.remove(KEYS[*key]);
                    format!("<Object><Key>{}</Key></Object>", KEYS[*key])
                });
                let body = format!("<Delete>{}</Delete>", objects.collect::<String>());
                let reply = send(&self.r2, "POST /b-one?delete", &[], body.into()).await;
                assert_eq!(reply.elements("Deleted").len(), keys.len());
            }
            Act::Copy { from, to } => {
                let source = path(from);
                let status =
                    self.send("PUT", to, &[("x-amz-copy-source", &source)], Bytes::new()).await;
                match self.model.get(KEYS[from]).cloned() {
                    Some(body) => {
                        assert_eq!(status, 200);
                        self.model.insert(KEYS[to], body);
                    }
                    None => assert_eq!(status, 404),
                }
            }
            Act::Upload { key, parts, seed } => self.upload(key, parts, seed).await,
            Act::Abandon { key } => {
                let id = self.create(key).await;
                self.part(key, &id, 1, body(1, PART)).await;
                let line = format!("DELETE {}?uploadId={id}", path(key));
                assert_eq!(send(&self.r2, &line, &[], "".into()).await.status, 204);
            }
            Act::Range { key, start, length } => self.range(key, start, length).await,
            Act::List { prefix, grouped, page } => self.list(prefix, grouped, page).await,
            Act::Reopen => self.reopen(),
        }
    }

    async fn send(&self, method: &str, key: usize, headers: &[(&str, &str)], body: Bytes) -> u16 {
        send(&self.r2, &format!("{method} {}", path(key)), headers, body.into()).await.status
    }

    async fn create(&self, key: usize) -> String {
        let reply = send(&self.r2, &format!("POST {}?uploads", path(key)), &[], "".into()).await;
        r2_sign::encode::component(reply.element("UploadId").unwrap())
    }

    async fn part(&self, key: usize, id: &str, number: usize, body: Bytes) -> String {
        let line = format!("PUT {}?partNumber={number}&uploadId={id}", path(key));
        let reply = send(&self.r2, &line, &[], body.into()).await;
        format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag></Part>",
            reply.header("etag")
        )
    }

    async fn upload(&mut self, key: usize, parts: usize, seed: u8) {
        let id = self.create(key).await;
        let whole = body(seed, PART * (parts - 1) + 7);
        let mut list = String::new();
        let is_sorted = !seed.is_multiple_of(4);
        for number in (1..=parts).rev() {
            let end = (number * PART).min(whole.len());
            let part = whole.slice((number - 1) * PART..end);
            let item = self.part(key, &id, number, part).await;
            list = if is_sorted { item + &list } else { list + &item };
        }
        let list = format!("<CompleteMultipartUpload>{list}</CompleteMultipartUpload>");
        let line = format!("POST {}?uploadId={id}", path(key));
        let reply = send(&self.r2, &line, &[], list.into()).await;
        // A short part that comes first in the list is too small, unless it is alone.
        if is_sorted || parts == 1 {
            assert_eq!(reply.status, 200, "{}", reply.said());
            self.model.insert(KEYS[key], whole);
        } else {
            assert!(reply.said().starts_with("400 EntityTooSmall"), "{}", reply.said());
        }
    }

    async fn range(&self, key: usize, start: usize, length: usize) {
        let range = format!("bytes={start}-{}", start + length - 1);
        let line = format!("GET {}", path(key));
        let reply = send(&self.r2, &line, &[("range", &range)], "".into()).await;
        match self.model.get(KEYS[key]) {
            None => assert_eq!(reply.status, 404),
            Some(body) if start >= body.len() => assert_eq!(reply.status, 416),
            Some(body) => {
                assert_eq!(reply.status, 206);
                assert_eq!(reply.body, body.slice(start..body.len().min(start + length)));
            }
        }
    }

    async fn list(&self, prefix: usize, grouped: bool, page: usize) {
        let prefix = ["", "a", "a/", "z"][prefix];
        let mut expected = Vec::new();
        for key in self.model.keys().filter(|key| key.starts_with(prefix)) {
            let at = grouped.then(|| key[prefix.len()..].find('/')).flatten();
            let shown = at.map_or(*key, |at| &key[..=prefix.len() + at]);
            if expected.last() != Some(&shown.to_owned()) {
                expected.push(shown.to_owned());
            }
        }
        let delimiter = if grouped { "/" } else { "" };
        let base = format!("/b-one?list-type=2&prefix={prefix}&delimiter={delimiter}");
        let (mut found, mut token) = (Vec::new(), String::new());
        for _ in 0..20 {
            let line = format!("GET {base}&max-keys={page}{token}");
            let reply = send(&self.r2, &line, &[], "".into()).await;
            let mut names: Vec<_> = reply.elements("Key").into_iter().map(str::to_owned).collect();
            let groups = reply.elements("CommonPrefixes").into_iter();
            names.extend(groups.map(|g| g.replace("<Prefix>", "").replace("</Prefix>", "")));
            names.sort();
            found.extend(names);
            match reply.element("NextContinuationToken") {
                Some(next) => {
                    token = format!("&continuation-token={}", r2_sign::encode::component(next));
                }
                None => break,
            }
        }
        assert_eq!(found, expected, "{base}&max-keys={page}");
    }

    fn reopen(&mut self) {
        if self.folder.is_some() {
            // The folder must be given up before it is taken again.
            self.r2 = Emulator::memory();
            self.r2 = open(self.folder.as_ref());
        } else {
            self.r2 = self.r2.fork().unwrap();
        }
    }

    async fn check(&self) {
        for (key, name) in KEYS.iter().enumerate() {
            let reply = send(&self.r2, &format!("GET {}", path(key)), &[], "".into()).await;
            match self.model.get(name) {
                Some(body) => assert_eq!(&reply.body, body, "{name}"),
                None => assert_eq!(reply.status, 404, "{name}"),
            }
        }
    }
}

fn open(folder: Option<&tempfile::TempDir>) -> Emulator {
    let builder = Emulator::builder().switches(Switches::new().part_bytes_min(PART as u64));
    match folder {
        Some(folder) => builder.directory(folder.path()).unwrap(),
        None => builder.memory(),
    }
}

fn run(acts: Vec<Act>, folder: Option<tempfile::TempDir>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut run = Run::start(folder).await;
        for act in acts {
            run.act(act).await;
        }
        run.check().await;
        run.reopen();
        run.check().await;
    });
}

fn few(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, max_shrink_iters: 200, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(few(24))]
    #[test]
    fn in_memory(acts in vec(act(), 1..60)) {
        run(acts, None);
    }
}

proptest! {
    #![proptest_config(few(10))]
    #[test]
    fn in_a_folder(acts in vec(act(), 1..30)) {
        run(acts, Some(tempfile::tempdir().unwrap()));
    }
}
