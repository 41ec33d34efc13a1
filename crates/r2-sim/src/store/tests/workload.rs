//! Changes of every kind, made through the API, and what must be there after each of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::{Method, Request};
use r2_transport::{Body, Transport as _};

use super::super::{Halt, Snapshot, Step, Store, Visit, decode_object};
use crate::{Durability, Emulator, EmulatorBuilder, ManualClock};

/// One request that changes something.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Bucket,
    NoBucket,
    Cors,
    NoCors,
    Lifecycle,
    Put(&'static str, usize),
    Delete(&'static str),
    DeleteAll(&'static [&'static str]),
    Copy(&'static str, &'static str),
    Upload(&'static str),
    Part(&'static str, u16, usize),
    PartCopy(&'static str, u16, &'static str),
    Complete(&'static str),
    Abort(&'static str),
}

/// In the index.
const SMALL: usize = 100;
/// In a file of one write.
const LARGE: usize = 20_000;
/// In a file of two writes.
const LARGER: usize = 270_000;

/// Every kind of change, and every kind of body before and after it.
pub(super) fn every_kind() -> Vec<Change> {
    use Change::*;
    vec![
        Bucket,
        Put("small", SMALL),
        Put("large", LARGER),
        Copy("large", "twin"),
        Put("large", LARGE),
        Put("small", LARGE),
        Upload("parts"),
        Part("parts", 1, LARGE),
        Part("parts", 1, LARGE + 1),
        PartCopy("parts", 2, "small"),
        Cors,
        Abort("parts"),
        Upload("whole"),
        Part("whole", 1, LARGE + 2),
        Complete("whole"),
        Copy("whole", "whole again"),
        Delete("twin"),
        Put("empty", 0),
        Lifecycle,
        DeleteAll(&["large", "small", "absent", "whole"]),
        NoCors,
        DeleteAll(&["empty", "whole again"]),
        NoBucket,
    ]
}

/// As many changes as one needs to see a body come, change and go.
pub(super) fn a_few() -> Vec<Change> {
    use Change::*;
    vec![Bucket, Put("a", LARGE), Put("a", SMALL), Copy("a", "b"), DeleteAll(&["a", "b"])]
}

/// The changes of `every_kind` in an order that a seed chooses, as far as they make sense.
pub(super) fn by_chance(seed: u64, length: usize) -> Vec<Change> {
    use Change::*;
    const KEYS: [&str; 3] = ["one", "two", "three"];
    let mut chance = fastrand::Rng::with_seed(seed);
    let (mut there, mut upload): (Vec<&'static str>, Option<(&'static str, u16)>) =
        Default::default();
    let mut changes = vec![Bucket];
    while changes.len() < length {
        let key = KEYS[chance.usize(..KEYS.len())];
        let bytes = [0, SMALL, LARGE, LARGER][chance.usize(..4)];
        let change = match chance.u8(..12) {
            0..=3 => Put(key, bytes),
            4 => Delete(key),
            5 => DeleteAll(&KEYS),
            6 if there.contains(&key) => Copy(key, KEYS[chance.usize(..KEYS.len())]),
            7 if upload.is_none() => Upload(key),
            8 => match upload {
                Some((of, _)) => Part(of, 1, bytes.max(1)),
                None => Cors,
            },
            9 => match upload {
                Some((of, 1)) => Complete(of),
                Some((of, _)) => Abort(of),
                None => NoCors,
            },
            10 => Cors,
            11 => Lifecycle,
            _ => continue,
        };
        match &change {
            Put(key, _) | Copy(_, key) => there.push(key),
            Delete(key) => there.retain(|there| there != key),
            DeleteAll(_) => there.clear(),
            Upload(key) => upload = Some((key, 0)),
            Part(key, ..) => upload = Some((key, 1)),
            Complete(key) => {
                there.push(key);
                upload = None;
            }
            Abort(_) => upload = None,
            _ => {}
        }
        changes.push(change);
    }
    changes
}

/// One client with a bucket of its own, making one change after the other.
pub(super) struct Lane {
    r2: Emulator,
    bucket: String,
    number: usize,
    uploads: HashMap<&'static str, (String, BTreeMap<u16, String>)>,
}

impl Lane {
    pub(super) fn new(r2: Emulator, lane: usize) -> Lane {
        Lane { r2, bucket: format!("bucket-{lane}"), number: 0, uploads: HashMap::new() }
    }

    /// Makes a change; returns when it is acknowledged.
    pub(super) async fn make(&mut self, change: &Change) {
        self.number += 1;
        match change {
            Change::Bucket => drop(self.send(Method::PUT, "", &[], Bytes::new()).await),
            Change::NoBucket => drop(self.send(Method::DELETE, "", &[], Bytes::new()).await),
            Change::Cors => drop(self.send(Method::PUT, "?cors", &[], CORS.into()).await),
            Change::NoCors => drop(self.send(Method::DELETE, "?cors", &[], Bytes::new()).await),
            Change::Lifecycle => {
                drop(self.send(Method::PUT, "?lifecycle", &[], LIFECYCLE.into()).await);
            }
            Change::Put(key, length) => {
                let body = self.body(*length);
                let kept = ("x-amz-meta-number", self.number.to_string());
                self.send(Method::PUT, &object(key), &[kept], body).await;
            }
            Change::Delete(key) => {
                self.send(Method::DELETE, &object(key), &[], Bytes::new()).await;
            }
            Change::DeleteAll(keys) => {
                let keys = keys.iter().map(|key| format!("<Object><Key>{key}</Key></Object>"));
                let document = format!("<Delete>{}</Delete>", keys.collect::<String>());
                self.send(Method::POST, "?delete", &[], document.into()).await;
            }
            Change::Copy(from, to) => {
                let from = ("x-amz-copy-source", format!("{}{}", self.bucket, object(from)));
                self.send(Method::PUT, &object(to), &[from], Bytes::new()).await;
            }
            upload => self.upload(upload).await,
        }
    }

    async fn upload(&mut self, change: &Change) {
        match change {
            Change::Upload(key) => {
                let path = format!("{}?uploads", object(key));
                let said = self.send(Method::POST, &path, &[], Bytes::new()).await;
                let id = between(&said.1, "<UploadId>", "</UploadId>");
                let id = id.replace('+', "%2B").replace('/', "%2F");
                self.uploads.insert(key, (id, BTreeMap::new()));
            }
            Change::Part(key, part, length) => {
                let path = format!("{}?partNumber={part}&uploadId={}", object(key), self.id(key));
                let body = self.body(*length);
                let said = self.send(Method::PUT, &path, &[], body).await;
                self.uploads.get_mut(key).unwrap().1.insert(*part, said.0);
            }
            Change::PartCopy(key, part, from) => {
                let path = format!("{}?partNumber={part}&uploadId={}", object(key), self.id(key));
                let from = ("x-amz-copy-source", format!("{}{}", self.bucket, object(from)));
                self.send(Method::PUT, &path, &[from], Bytes::new()).await;
            }
            Change::Complete(key) => {
                let (id, parts) = self.uploads.remove(key).unwrap();
                let parts = parts.into_iter().map(|(number, etag)| {
                    format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
                });
                let parts: String = parts.collect();
                let document =
                    format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
                let path = format!("{}?uploadId={id}", object(key));
                self.send(Method::POST, &path, &[], document.into()).await;
            }
            Change::Abort(key) => {
                let path = format!("{}?uploadId={}", object(key), self.id(key));
                self.uploads.remove(key);
                self.send(Method::DELETE, &path, &[], Bytes::new()).await;
            }
            _ => unreachable!("not of an upload"),
        }
    }

    fn id(&self, key: &str) -> String {
        self.uploads[key].0.clone()
    }

    /// Bytes that tell of which change they are.
    fn body(&self, length: usize) -> Bytes {
        let line = format!("{} {};", self.bucket, self.number);
        line.bytes().cycle().take(length).collect()
    }

    /// The ETag and the document of the answer.
    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> (String, String) {
        let uri = format!("http://r2.local/{}{path}", self.bucket);
        let mut request = Request::builder().method(method).uri(&uri);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = self.r2.send(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = response.status();
        let etag = response.headers().get("etag").map_or("", |etag| etag.to_str().unwrap());
        let etag = etag.to_owned();
        let said = response.into_body().collect(1 << 20).await.unwrap();
        let said = String::from_utf8(said.to_vec()).unwrap();
        assert!(status.is_success() && !said.contains("<Error>"), "{uri}: {status} {said}");
        (etag, said)
    }
}

fn object(key: &str) -> String {
    format!("/{}", key.replace(' ', "%20"))
}

fn between(text: &str, start: &str, end: &str) -> String {
    let from = text.find(start).unwrap() + start.len();
    text[from..][..text[from..].find(end).unwrap()].to_owned()
}

const CORS: &str = "<CORSConfiguration><CORSRule><AllowedOrigin>https://example.com\
</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";

const LIFECYCLE: &str = "<LifecycleConfiguration><Rule><ID>old</ID><Filter><Prefix>old/</Prefix>\
</Filter><Status>Enabled</Status><Expiration><Days>3</Days></Expiration></Rule>\
</LifecycleConfiguration>";

/// Everything of one bucket that a client could see, by name.
pub(super) type View = BTreeMap<String, Vec<u8>>;

/// Looks at a bucket, byte by byte. Numbers that the store gives out itself are left out.
pub(super) async fn view(store: &Store, lane: usize) -> View {
    let bucket = format!("bucket-{lane}");
    let read = move |snapshot: &Snapshot<'_>| -> Result<_, Halt<()>> {
        let mut view = View::new();
        let mut objects = Vec::new();
        let Some(mut row) = snapshot.bucket(&bucket)? else { return Ok((view, objects)) };
        let id = std::mem::take(&mut row.id);
        view.insert("bucket".to_owned(), format!("{row:?}").into());
        snapshot.objects(id, &[], |key, row| {
            objects.push((key.to_owned(), decode_object(row)?));
            Ok(Step::Next)
        })?;
        let mut uploads = Vec::new();
        snapshot.uploads(id, &[], |key, number, row| {
            uploads.push((key.to_owned(), number, row));
            Visit::Next
        })?;
        for (key, number, row) in uploads {
            view.insert(format!("upload {key}"), format!("{row:?}").into());
            snapshot.parts(number, 0, |part, mut row| {
                row.segments.clear();
                view.insert(format!("upload {key} part {part}"), format!("{row:?}").into());
                Visit::Next
            })?;
        }
        Ok((view, objects))
    };
    let (mut view, objects) = store.read(read).await.unwrap();
    for (key, mut row) in objects {
        let segments = std::mem::take(&mut row.segments);
        row.version.clear();
        let open = move |_: &Snapshot<'_>| -> Result<_, Halt<()>> { Ok(((), segments)) };
        let ((), content) = store.open(open).await.unwrap();
        let bytes: Vec<Bytes> = content.stream().try_collect().await.unwrap();
        view.insert(format!("object {key}"), format!("{row:?}").into());
        view.insert(format!("bytes {key}"), bytes.concat());
    }
    view
}

/// An account whose clock stands still, so that two runs of the same changes are equal.
pub(super) fn builder(durability: Durability) -> EmulatorBuilder {
    let clock = ManualClock::at_unix(1_700_000_000);
    Emulator::builder().clock(Arc::new(clock)).durability(durability)
}

/// What a bucket looks like before the first change and after each: made in memory.
pub(super) async fn views(changes: &[Change], lane: usize) -> Vec<View> {
    let r2 = builder(Durability::System).memory();
    let mut views = vec![view(r2.store(), lane).await];
    let mut client = Lane::new(r2.clone(), lane);
    for change in changes {
        client.make(change).await;
        views.push(view(r2.store(), lane).await);
    }
    views
}
