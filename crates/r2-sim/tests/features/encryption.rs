//! Objects under customers' keys: what is stored is not what was sent, and only the key brings it
//! back.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use md5::{Digest as _, Md5};
use r2_sim::Emulator;
use r2_transport::Body;

use crate::world::{Reply, World, send};

/// Text that no cipher makes by chance.
const SECRET: &str = "attack at dawn, said the general; ";

/// The three headers of a key made of one byte.
fn key(byte: u8) -> Vec<(&'static str, String)> {
    let [algorithm, key, md5] = [
        "x-amz-server-side-encryption-customer-algorithm",
        "x-amz-server-side-encryption-customer-key",
        "x-amz-server-side-encryption-customer-key-md5",
    ];
    triple([algorithm, key, md5], byte)
}

/// The same for the source of a copy.
fn source_key(byte: u8) -> Vec<(&'static str, String)> {
    let [algorithm, key, md5] = [
        "x-amz-copy-source-server-side-encryption-customer-algorithm",
        "x-amz-copy-source-server-side-encryption-customer-key",
        "x-amz-copy-source-server-side-encryption-customer-key-md5",
    ];
    triple([algorithm, key, md5], byte)
}

fn triple(names: [&'static str; 3], byte: u8) -> Vec<(&'static str, String)> {
    let md5 = BASE64.encode(Md5::digest([byte; 32]));
    let [algorithm, key, key_md5] = names;
    vec![(algorithm, "AES256".to_owned()), (key, BASE64.encode([byte; 32])), (key_md5, md5)]
}

fn borrowed<'h>(headers: &'h [(&'static str, String)]) -> Vec<(&'static str, &'h str)> {
    headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

async fn ask(
    r2: &Emulator,
    line: &str,
    headers: &[(&'static str, String)],
    body: impl Into<Body>,
) -> Reply {
    send(r2, line, &borrowed(headers), body.into()).await
}

fn text(length: usize) -> Bytes {
    SECRET.bytes().cycle().take(length).collect()
}

/// Every file below a folder that holds some of the text.
fn leaks(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(leaks(&entry.path()));
        } else {
            let bytes = fs::read(entry.path()).unwrap();
            let needle = &SECRET.as_bytes()[..16];
            if bytes.windows(needle.len()).any(|window| window == needle) {
                found.push(entry.path().display().to_string());
            }
        }
    }
    found
}

async fn in_folder() -> (Emulator, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let r2 = Emulator::builder().directory(folder.path()).unwrap();
    assert_eq!(ask(&r2, "PUT /b-one", &[], "").await.status, 200);
    (r2, folder)
}

/// Rows: sse-c.sealed, sse-c.etag.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lies_in_the_folder_is_not_what_was_sent() {
    let (r2, folder) = in_folder().await;
    for length in [0, 10, 16 << 10, (16 << 10) + 1, 256 << 10, 700_001] {
        let line = format!("PUT /b-one/k{length}");
        let put = ask(&r2, &line, &key(1), text(length)).await;
        assert_eq!(put.status, 200, "{length}: {}", put.said());
        assert_eq!(put.header("x-amz-server-side-encryption-customer-algorithm"), "AES256");
        assert!(!put.header("x-amz-server-side-encryption-customer-key-md5").is_empty());
        assert!(!put.headers.contains_key("x-amz-server-side-encryption-customer-key"));
        let get = ask(&r2, &format!("GET /b-one/k{length}"), &key(1), "").await;
        assert_eq!((get.status, get.body), (200, text(length)), "{length}");
        let md5 = Md5::digest(text(length));
        let etag: String = md5.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(get.headers["etag"], format!("\"{etag}\""), "{length}");
    }
    // A store that is closed moves no files any more.
    drop(r2);
    assert_eq!(leaks(folder.path()), Vec::<String>::new());
    // The search can find something.
    fs::write(folder.path().join("blobs/plain"), text(100)).unwrap();
    assert_eq!(leaks(folder.path()).len(), 1);
    let again = Emulator::builder().directory(folder.path()).unwrap();
    let get = ask(&again, "GET /b-one/k700001", &key(1), "").await;
    assert_eq!(get.body, text(700_001));
}

#[tokio::test]
async fn ranges_of_every_shape() {
    const SIZE: usize = 600_000;
    for world in World::both().await {
        let put = ask(&world.r2, "PUT /b-one/k", &key(1), text(SIZE)).await;
        assert_eq!(put.status, 200);
        let whole = text(SIZE);
        for (start, end) in [
            (0, 1),
            (0, SIZE),
            (1, SIZE - 1),
            (65_535, 65_537),
            (65_536, 131_072),
            (262_143, 262_145),
            (100_000, 500_000),
            (SIZE - 1, SIZE),
            (589_824, SIZE),
        ] {
            let mut headers = key(1);
            headers.push(("range", format!("bytes={start}-{}", end - 1)));
            let get = ask(&world.r2, "GET /b-one/k", &headers, "").await;
            assert_eq!(get.status, 206);
            assert_eq!(get.body, whole.slice(start..end), "{start}..{end}");
        }
    }
}

/// Rows: sse-c.read, sse-c.one-kind.
#[tokio::test]
async fn only_the_key_opens() {
    for world in World::both().await {
        let r2 = &world.r2;
        ask(r2, "PUT /b-one/k", &key(1), "secret").await;
        ask(r2, "PUT /b-one/plain", &[], "open").await;
        for method in ["GET", "HEAD"] {
            let status = async |path: &str, headers: &[(&'static str, String)]| {
                ask(r2, &format!("{method} {path}"), headers, "").await.status
            };
            assert_eq!(status("/b-one/k", &key(1)).await, 200);
            assert_eq!(status("/b-one/k", &[]).await, 400);
            assert_eq!(status("/b-one/k", &key(2)).await, 400);
            assert_eq!(status("/b-one/plain", &key(1)).await, 400);
        }
        let said = ask(r2, "GET /b-one/plain", &key(1), "").await.said();
        assert_eq!(
            said,
            "400 InvalidRequest: The encryption parameters are not applicable to this object."
        );
        // A key is of the object, not of its name.
        assert_eq!(ask(r2, "PUT /b-one/k", &key(2), "other").await.status, 200);
        assert_eq!(ask(r2, "GET /b-one/k", &key(2), "").await.body, "other");
        assert_eq!(ask(r2, "PUT /b-one/k", &[], "none").await.status, 200);
        assert_eq!(ask(r2, "GET /b-one/k", &[], "").await.body, "none");
        let mut both = key(1);
        both.push(("x-amz-server-side-encryption", "AES256".to_owned()));
        let said = ask(r2, "PUT /b-one/k", &both, "x").await.said();
        assert!(said.starts_with("400 InvalidArgument"), "{said}");
    }
}

#[tokio::test]
async fn copies_from_key_to_key() {
    const SIZE: usize = 300_000;
    for world in World::both().await {
        let r2 = &world.r2;
        let whole = text(SIZE);
        let keys: [Option<u8>; 3] = [None, Some(1), Some(2)];
        let of = |which: Option<u8>| which.map(key).unwrap_or_default();
        for from in keys {
            let put = ask(r2, "PUT /b-one/source", &of(from), whole.clone()).await;
            for to in keys {
                let mut headers = of(to);
                headers.extend(from.map(source_key).unwrap_or_default());
                headers.push(("x-amz-copy-source", "/b-one/source".to_owned()));
                let copy = ask(r2, "PUT /b-one/copy", &headers, "").await;
                assert_eq!(copy.status, 200, "{from:?} to {to:?}: {}", copy.said());
                assert_eq!(copy.element("ETag"), Some(&*put.header("etag").replace('"', "&quot;")));
                let get = ask(r2, "GET /b-one/copy", &of(to), "").await;
                assert_eq!((get.status, get.body), (200, whole.clone()), "{from:?} to {to:?}");
            }
        }
        // The source is under the second key now.
        for (name, wrong) in [("none", Vec::new()), ("wrong", source_key(1))] {
            let mut headers = wrong;
            headers.push(("x-amz-copy-source", "/b-one/source".to_owned()));
            let copy = ask(r2, "PUT /b-one/copy", &headers, "").await;
            assert_eq!(copy.status, 400, "{name}");
        }
    }
}

/// Rows: sse-c.parts.
#[tokio::test]
async fn uploads_in_parts() {
    const PART: usize = 5 << 20;
    for world in World::both().await {
        let r2 = &world.r2;
        ask(r2, "PUT /b-one/source", &key(2), text(PART)).await;
        let begun = ask(r2, "POST /b-one/k?uploads", &key(1), "").await;
        assert_eq!(begun.header("x-amz-server-side-encryption-customer-algorithm"), "AES256");
        let id = begun.element("UploadId").unwrap().replace('+', "%2B");
        let id = id.replace('/', "%2F").replace('=', "%3D");
        let line = |number| format!("PUT /b-one/k?partNumber={number}&uploadId={id}");
        assert_eq!(ask(r2, &line(1), &[], "x").await.status, 400);
        assert_eq!(ask(r2, &line(1), &key(2), "x").await.status, 400);
        let mut etags = Vec::new();
        let first = ask(r2, &line(1), &key(1), text(PART)).await;
        assert_eq!(first.status, 200, "{}", first.said());
        etags.push(first.header("etag").to_owned());
        let mut copied = key(1);
        copied.extend(source_key(2));
        copied.push(("x-amz-copy-source", "/b-one/source".to_owned()));
        copied.push(("x-amz-copy-source-range", format!("bytes=1-{}", PART - 1)));
        let second = ask(r2, &line(2), &copied, "").await;
        assert_eq!(second.status, 200, "{}", second.said());
        etags.push(second.element("ETag").unwrap().to_owned());
        let parts: String = (1..)
            .zip(&etags)
            .map(|(n, etag)| {
                format!("<Part><PartNumber>{n}</PartNumber><ETag>{etag}</ETag></Part>")
            })
            .collect();
        let document = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
        let complete = format!("POST /b-one/k?uploadId={id}");
        // Completion needs no key, but takes no other one.
        assert_eq!(ask(r2, &complete, &key(2), document.clone()).await.status, 400);
        let done = ask(r2, &complete, &[], document).await;
        assert_eq!(done.status, 200, "{}", done.said());
        let mut expected = text(PART).to_vec();
        expected.extend_from_slice(&text(PART)[1..]);
        let get = ask(r2, "GET /b-one/k", &key(1), "").await;
        assert!(get.body == expected, "{} of {} bytes", get.body.len(), expected.len());
        let part = ask(r2, "GET /b-one/k?partNumber=2", &key(1), "").await;
        assert!(part.body == expected[PART..]);
        let mut across = key(1);
        across.push(("range", format!("bytes={}-{}", PART - 3, PART + 3)));
        let get = ask(r2, "GET /b-one/k", &across, "").await;
        assert_eq!(get.body, expected[PART - 3..PART + 4]);
    }
}

/// Rows: sse-c.damage.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_changed_on_the_disk_are_never_given_out() {
    const SIZE: usize = 200_000;
    let (r2, folder) = in_folder().await;
    ask(&r2, "PUT /b-one/k", &key(1), text(SIZE)).await;
    // A store that is opened again has every file in its place.
    drop(r2);
    let r2 = Emulator::builder().directory(folder.path()).unwrap();
    let mut blobs = Vec::new();
    let mut folders = vec![folder.path().join("blobs"), folder.path().join("incoming")];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                blobs.push(entry.path());
            }
        }
    }
    let [blob] = blobs.as_slice() else { panic!("{blobs:?}") };
    let good = fs::read(blob).unwrap();
    // The salt, the first and the last frame, and the end cut off.
    for at in [0, 40, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(blob, &bad).unwrap();
        let (got, whole) = read(&r2).await;
        assert!(!whole, "byte {at} changed and nobody noticed");
        assert!(text(SIZE).starts_with(&got), "byte {at}: wrong bytes were given out");
    }
    fs::write(blob, &good[..good.len() - 20]).unwrap();
    assert!(!read(&r2).await.1);
    fs::write(blob, &good).unwrap();
    let (got, whole) = read(&r2).await;
    assert!(whole && got == text(SIZE));
}

/// The bytes of `k` until the body ends or breaks off, and whether it ended well.
async fn read(r2: &Emulator) -> (Vec<u8>, bool) {
    use r2_transport::Transport as _;
    let mut request = http::Request::get("http://r2.local/b-one/k");
    for (name, value) in key(1) {
        request = request.header(name, value);
    }
    let response = r2.send(request.body(Body::empty()).unwrap()).await.unwrap();
    let (mut body, mut got) = (response.into_body(), Vec::new());
    while let Some(chunk) = body.next_chunk().await {
        match chunk {
            Ok(bytes) => got.extend_from_slice(&bytes),
            Err(_) => return (got, false),
        }
    }
    (got, true)
}

#[tokio::test]
async fn keys_show_up_nowhere() {
    let world = World::memory().await;
    let journal = r2_sim::Journal::new(world.r2.clone());
    let headers = key(77);
    send(&journal, "PUT /b-one/k", &borrowed(&headers), Body::from("x")).await;
    let secret = BASE64.encode([77; 32]);
    let seen = format!("{journal:?} {:?} {:?}", journal.exchanges(), world.r2);
    assert!(!seen.contains(&secret), "the key is in {seen}");
    assert!(!seen.contains(&format!("{:?}", [77u8; 32])));
}
