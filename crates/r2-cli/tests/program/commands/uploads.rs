//! Unfinished uploads are shown and aborted.

use r2_multipart::{CreateMultipartUpload, PartNumber, UploadPart};
use r2_objects::{BucketName, ObjectKey, Payload};

use crate::support::{Place, R2, Server, client_of, emulator_that_checks, runtime};

/// An emulator with uploads that somebody began and left.
fn left_behind(place: &Place, keys: &[&str]) -> (Server, R2) {
    let emulator = emulator_that_checks().memory();
    let client = client_of(emulator.clone());
    runtime().block_on(async {
        client.buckets().create("data").await.expect("a bucket");
        for key in keys {
            let bucket = BucketName::new("data").expect("a name");
            let key = ObjectKey::new(*key).expect("a key");
            let create = CreateMultipartUpload::new(bucket.clone(), key.clone());
            let upload = client.send(create).await.expect("an upload");
            let payload = Payload::from(vec![1; 5 << 20]);
            let part = UploadPart::new(bucket, key, upload.upload_id, PartNumber::FIRST, payload);
            client.send(part).await.expect("a part");
        }
    });
    let server = Server::start(emulator);
    let r2 = place.at(&server.url());
    (server, r2)
}

fn keys(r2: &R2, address: &str) -> Vec<String> {
    let ran = r2.run(["--json", "uploads", "ls", address]).ok();
    let found = ran.json_of("upload");
    found.iter().map(|upload| upload["key"].as_str().expect("a key").to_owned()).collect()
}

#[test]
fn shown_with_what_they_hold() {
    let place = Place::new();
    let (_server, r2) = left_behind(&place, &["a/one", "b two"]);
    assert_eq!(keys(&r2, "r2://data"), ["a/one", "b two"]);
    assert_eq!(keys(&r2, "r2://data/a/"), ["a/one"]);
    let shown = r2.run(["uploads", "ls", "r2://data"]).ok();
    shown.prints(["5.0 MiB", "1 parts", "b two"]).says(["2 unfinished uploads", "10.0 MiB"]);
    assert_eq!(r2.run(["ls", "-r", "r2://data"]).ok().text(), "", "none of it is an object");
}

#[test]
fn aborted_one_by_one_by_age_and_all() {
    let place = Place::new();
    let (_server, r2) = left_behind(&place, &["a", "b", "c"]);
    let shown = r2.run(["--json", "uploads", "ls", "r2://data"]).ok().json_of("upload");
    let id = shown[1]["upload_id"].as_str().expect("an id");
    r2.run(["uploads", "abort", "--upload-id", id, "r2://data"]).ok().prints(["aborted b"]);
    assert_eq!(keys(&r2, "r2://data"), ["a", "c"]);
    r2.run(["uploads", "abort", "--older-than", "1d", "r2://data"]).ok();
    assert_eq!(keys(&r2, "r2://data"), ["a", "c"]);
    r2.run(["--dry-run", "uploads", "abort", "r2://data"]).ok().prints(["would abort a"]);
    assert_eq!(keys(&r2, "r2://data"), ["a", "c"]);
    r2.run(["uploads", "abort", "r2://data/a"]).ok();
    assert_eq!(keys(&r2, "r2://data"), ["c"]);
    r2.run(["uploads", "abort", "r2://data"]).ok();
    assert_eq!(keys(&r2, "r2://data"), [""; 0]);
}

#[test]
fn an_id_that_does_not_exist_is_not_found() {
    let place = Place::new();
    let (_server, r2) = left_behind(&place, &["a"]);
    let ran = r2.run(["uploads", "abort", "--upload-id", "nonsense", "r2://data"]);
    ran.ends(4).says(["nonsense"]);
    assert_eq!(keys(&r2, "r2://data"), ["a"]);
    r2.run(["uploads", "ls", "r2://no-such-bucket"]).ends(4);
}
