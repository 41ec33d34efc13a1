//! A local R2 with an eye on what is asked of it, and a hand that makes it fail.

use std::collections::BTreeMap;
use std::fs;
use std::marker;
use std::path::Path;
use std::sync::{Arc, Mutex};

use r2_backend::{Location, Plan, Report, Sync, SyncOptions};
use r2_objects::{BoxFuture, BucketName, Client, ClientBuilder, Transport};
use r2_sim::Emulator;
use r2_transport::{Body, TransportError};

pub(crate) type Reply = Result<http::Response<Body>, TransportError>;
type Trouble = Box<dyn Fn(&http::Request<Body>) -> Option<Reply> + Send + marker::Sync>;

/// A transport that writes down each request and may answer in place of the emulator.
#[derive(Clone)]
pub(crate) struct Watched {
    emulator: Emulator,
    seen: Arc<Mutex<Vec<String>>>,
    trouble: Arc<Mutex<Option<Trouble>>>,
}

impl std::fmt::Debug for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watched")
    }
}

impl Transport for Watched {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Reply> {
        let query = request.uri().query().unwrap_or_default();
        let list = query.contains("list-type");
        let what = if list { "list" } else { request.uri().path() };
        self.seen.lock().unwrap().push(format!("{} {what}", request.method()));
        let trouble = self.trouble.lock().unwrap();
        if let Some(reply) = trouble.as_ref().and_then(|trouble| trouble(&request)) {
            return Box::pin(async { reply });
        }
        drop(trouble);
        self.emulator.send(request)
    }
}

/// A bucket `box` on an emulator, and a client for it.
pub(crate) struct World {
    pub(crate) client: Client,
    watched: Watched,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::of(Emulator::memory(), |builder| builder).await
    }

    pub(crate) async fn of(
        emulator: Emulator,
        configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let watched = Watched { emulator, seen: Arc::default(), trouble: Arc::default() };
        let builder = Client::builder().endpoint("http://r2.local").transport(watched.clone());
        let client = configure(builder).build().unwrap();
        client.buckets().create("box").await.unwrap();
        let world = Self { client, watched };
        world.seen();
        world
    }

    /// Another client for the same emulator, under another name.
    pub(crate) fn client_at(&self, endpoint: &str) -> Client {
        Client::builder().endpoint(endpoint).transport(self.watched.clone()).build().unwrap()
    }

    pub(crate) fn bucket(&self, prefix: &str) -> Location {
        Location::bucket(&self.client, BucketName::new("box").unwrap(), prefix)
    }

    /// What was asked since the last call, list requests left out.
    pub(crate) fn seen(&self) -> Vec<String> {
        let seen = std::mem::take(&mut *self.watched.seen.lock().unwrap());
        seen.into_iter().filter(|request| request != "GET list").collect()
    }

    /// From now on `trouble` may answer instead.
    pub(crate) fn trouble(
        &self,
        trouble: impl Fn(&http::Request<Body>) -> Option<Reply> + Send + marker::Sync + 'static,
    ) {
        *self.watched.trouble.lock().unwrap() = Some(Box::new(trouble));
    }

    pub(crate) fn no_trouble(&self) {
        *self.watched.trouble.lock().unwrap() = None;
    }

    pub(crate) async fn put(&self, key: &str, content: impl Into<Vec<u8>>) {
        self.client.objects().put("box", key, content.into()).await.unwrap();
    }

    /// All objects with their content.
    pub(crate) async fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        use futures_util::TryStreamExt as _;
        let objects = self.client.objects();
        let all: Vec<_> = objects.list_all("box").unwrap().try_collect().await.unwrap();
        let mut contents = BTreeMap::new();
        for entry in all {
            let key = entry.object().unwrap().key;
            let content = objects.get("box", key.as_str()).await.unwrap().body.to_vec();
            contents.insert(key.as_str().to_owned(), content);
        }
        contents
    }
}

pub(crate) async fn plan(from: &Location, to: &Location, options: &SyncOptions) -> Plan {
    Sync::plan(from, to, options).await.unwrap()
}

/// Plans and runs.
pub(crate) async fn sync(from: &Location, to: &Location, options: &SyncOptions) -> Report {
    plan(from, to, options).await.run(|_| {}).await.unwrap()
}

/// Makes a file with its folders.
pub(crate) fn file(root: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// All files below a directory with their content, by name.
pub(crate) fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// An error reply as R2 gives it.
pub(crate) fn error_reply(status: u16, code: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code>\
         <Message>made by a test</Message></Error>"
    );
    let reply = http::Response::builder().status(status).header("content-type", "application/xml");
    Ok(reply.body(Body::from(body)).unwrap())
}
