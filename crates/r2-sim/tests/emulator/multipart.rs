//! Multipart uploads, with R2's own rules.

use bytes::Bytes;
use md5::{Digest as _, Md5};
use r2_sim::{Support, Switches};

use crate::world::{DAY, Reply, World};

/// Rules for tests: parts of at least ten bytes.
async fn small_parts() -> World {
    World::with(|builder| builder.switches(Switches::new().part_bytes_min(10))).await
}

async fn create(world: &World, key: &str, headers: &[(&str, &str)]) -> String {
    let reply = world.send(&format!("POST /b-one/{key}?uploads"), headers, "").await;
    assert_eq!(reply.status, 200, "{}", reply.said());
    r2_sign::encode::component(reply.element("UploadId").unwrap())
}

async fn part(world: &World, key: &str, id: &str, number: u32, body: impl Into<Bytes>) -> Reply {
    let line = format!("PUT /b-one/{key}?partNumber={number}&uploadId={id}");
    world.send(&line, &[], body.into()).await
}

async fn complete(
    world: &World,
    key: &str,
    id: &str,
    parts: &[(u32, String)],
    headers: &[(&str, &str)],
) -> Reply {
    let parts = parts.iter().map(|(number, etag)| {
        format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
    });
    let body =
        format!("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", parts.collect::<String>());
    world.send(&format!("POST /b-one/{key}?uploadId={id}"), headers, body).await
}

fn etag_of(body: &[u8]) -> String {
    Md5::digest(body).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Rows: multipart.part-etag, multipart.over.
#[tokio::test]
async fn from_parts_to_an_object() {
    for world in World::both().await {
        let bodies = [(0u8, 5 << 20), (1, 5 << 20), (2, 77)];
        let bodies: Vec<Bytes> =
            bodies.into_iter().map(|(byte, length)| vec![byte; length].into()).collect();
        let id = create(&world, "big", &[("content-type", "a/b"), ("x-amz-meta-m", "1")]).await;
        let mut parts = Vec::new();
        // Out of order, as concurrent clients send them.
        for number in [3u32, 1, 2] {
            let body = bodies[number as usize - 1].clone();
            let reply = part(&world, "big", &id, number, body.clone()).await;
            assert_eq!(reply.header("etag"), format!("\"{}\"", etag_of(&body)));
            parts.push((number, reply.header("etag").to_owned()));
        }
        parts.sort();
        let done = complete(&world, "big", &id, &parts, &[]).await;
        assert_eq!(done.status, 200, "{}", done.said());
        let digests: Vec<u8> = bodies.iter().flat_map(Md5::digest).collect();
        let etag = format!("&quot;{}-3&quot;", etag_of(&digests));
        assert_eq!(done.element("ETag"), Some(&*etag));
        assert_eq!(done.element("Key"), Some("big"));
        assert_eq!(done.element("Location"), Some("https://r2.local/b-one/big"));

        let whole = world.get("/b-one/big").await;
        assert_eq!(whole.body, bodies.concat());
        assert_eq!((whole.header("content-type"), whole.header("x-amz-meta-m")), ("a/b", "1"));
        for (number, body) in (1..).zip(&bodies) {
            let reply = world.get(&format!("/b-one/big?partNumber={number}")).await;
            assert_eq!((reply.status, &reply.body), (206, body));
            assert_eq!(reply.header("x-amz-mp-parts-count"), "3");
        }
        let across = [("range", "bytes=5242878-5242881")];
        assert_eq!(world.send("GET /b-one/big", &across, "").await.body, [0, 0, 1, 1].as_slice());
        // Over: nothing of the upload is left, and aborting it does no harm.
        assert_eq!(world.get("/b-one?uploads").await.elements("Upload").len(), 0);
        assert_eq!(complete(&world, "big", &id, &parts, &[]).await.said(), no_upload());
        assert_eq!(part(&world, "big", &id, 1, "x").await.said(), no_upload());
        let abort = world.send(&format!("DELETE /b-one/big?uploadId={id}"), &[], "").await;
        assert_eq!(abort.status, 204);
        assert_eq!(world.get("/b-one/big").await.status, 200);
    }
}

fn no_upload() -> &'static str {
    "404 NoSuchUpload: The specified multipart upload does not exist."
}

/// Rows: multipart.missing-part, multipart.unlisted.
#[tokio::test]
async fn completion_is_checked_as_r2_does() {
    let world = small_parts().await;
    let id = create(&world, "k", &[]).await;
    let mut etags = vec![String::new()];
    for (number, length) in [(1, 10), (2, 10), (3, 4), (4, 11)] {
        etags.push(part(&world, "k", &id, number, vec![1; length]).await.header("etag").to_owned());
    }
    let list = |numbers: &[u32]| -> Vec<(u32, String)> {
        numbers.iter().map(|number| (*number, etags[*number as usize].clone())).collect()
    };
    let missing = "400 InvalidPart: One or more of the specified parts could not be found.";
    let unequal = "400 InvalidPart: All non-trailing parts must have the same length.";
    let small = "400 EntityTooSmall: Your proposed upload is smaller than the minimum allowed \
                 object size.";
    for (parts, said) in [
        (vec![(9, etags[1].clone())], missing),
        (vec![(1, etags[3].clone())], missing),
        (vec![(70_000, etags[1].clone())], missing),
        (list(&[1, 4]), unequal),
        (list(&[1, 3, 2]), small),
        (list(&[3, 1]), small),
    ] {
        assert_eq!(complete(&world, "k", &id, &parts, &[]).await.said(), said, "{parts:?}");
    }
    let twice = complete(&world, "k", &id, &list(&[1, 1]), &[]).await;
    let problem = "400 InvalidPart: There was a problem with the multipart upload.";
    assert_eq!(twice.said(), problem);
    let empty = complete(&world, "k", &id, &[], &[]).await;
    assert!(empty.said().starts_with("400 MalformedXML"));
    // Unsorted, unquoted, with a gap; what is not listed is dropped.
    let bare = |number: usize| etags[number].trim_matches('"').to_owned();
    let done = complete(&world, "k", &id, &[(2, bare(2)), (1, bare(1))], &[]).await;
    assert_eq!(done.status, 200, "{}", done.said());
    assert_eq!(world.get("/b-one/k").await.body.len(), 20);
}

/// Rows: multipart.create-condition.
#[tokio::test]
async fn a_failed_condition_at_completion_destroys_the_upload() {
    let world = small_parts().await;
    let id = create(&world, "k", &[]).await;
    let etag = part(&world, "k", &id, 1, "x").await.header("etag").to_owned();
    world.put("/b-one/k", "winner").await;
    let parts = [(1, etag)];
    let first = complete(&world, "k", &id, &parts, &[("if-none-match", "*")]).await;
    assert!(first.said().starts_with("412 PreconditionFailed"), "{}", first.said());
    assert_eq!(complete(&world, "k", &id, &parts, &[]).await.said(), no_upload());
    assert_eq!(world.get("/b-one/k").await.text(), "winner");
    let refused = world.send("POST /b-one/k?uploads", &[("if-none-match", "*")], "").await;
    assert_eq!(refused.status, 412);
}

#[tokio::test]
async fn a_failed_upload_of_a_part_takes_the_old_one_with_it() {
    let world = small_parts().await;
    let id = create(&world, "k", &[]).await;
    let etag = part(&world, "k", &id, 1, "good").await.header("etag").to_owned();
    let line = format!("PUT /b-one/k?partNumber=1&uploadId={id}");
    let bad = world.send(&line, &[("content-md5", "CY9rzUYh03PK3k6DJie09g==")], "bad").await;
    assert!(bad.said().starts_with("400 BadDigest"));
    let done = complete(&world, "k", &id, &[(1, etag)], &[]).await;
    assert!(done.said().starts_with("400 InvalidPart"), "{}", done.said());
}

/// Rows: multipart.empty-part.
#[tokio::test]
async fn part_numbers_and_ids_are_checked() {
    let world = small_parts().await;
    let id = create(&world, "k", &[]).await;
    for number in [0, 10_001] {
        let reply = part(&world, "k", &id, number, "x").await;
        assert_eq!(
            reply.said(),
            "400 InvalidArgument: Part number must be an integer between 1 and 10000, inclusive."
        );
    }
    assert_eq!(part(&world, "k", &id, 10_000, "").await.status, 200);
    assert_eq!(part(&world, "other", &id, 1, "x").await.said(), no_upload());
    assert_eq!(part(&world, "k", "nonsense", 1, "x").await.said(), no_upload());
    // An id with its `+` not encoded is another id.
    let unencoded = id.replace("%2B", "+");
    assert_ne!(unencoded, id, "ids hold a plus sign");
    assert_eq!(part(&world, "k", &unencoded, 1, "x").await.said(), no_upload());
    let forged = world.send("DELETE /b-one/k?uploadId=AAAA", &[], "").await;
    assert_eq!(forged.said(), no_upload());
    for _ in 0..2 {
        let abort = world.send(&format!("DELETE /b-one/k?uploadId={id}"), &[], "").await;
        assert_eq!(abort.status, 204);
    }
}

#[tokio::test]
async fn listing_parts() {
    let world = small_parts().await;
    let id = create(&world, "k", &[]).await;
    for number in [2u32, 5, 7] {
        part(&world, "k", &id, number, vec![0; number as usize]).await;
    }
    let all = world.get(&format!("/b-one/k?uploadId={id}")).await;
    assert_eq!(all.elements("PartNumber"), ["2", "5", "7"]);
    assert_eq!(all.elements("Size"), ["2", "5", "7"]);
    assert_eq!(all.element("IsTruncated"), Some("false"));
    let page = world.get(&format!("/b-one/k?uploadId={id}&max-parts=1&part-number-marker=2")).await;
    assert_eq!(page.elements("PartNumber"), ["5"]);
    assert_eq!(page.element("NextPartNumberMarker"), Some("5"));
    assert_eq!(page.element("IsTruncated"), Some("true"));
}

#[tokio::test]
async fn listing_uploads() {
    let world = small_parts().await;
    let mut ids = Vec::new();
    for key in ["a/1", "a/2", "b", "b", "c"] {
        ids.push(create(&world, key, &[]).await);
        world.clock.advance(std::time::Duration::from_secs(1));
    }
    let all = world.get("/b-one?uploads").await;
    assert_eq!(all.elements("Key"), ["a/1", "a/2", "b", "b", "c"]);
    let grouped = world.get("/b-one?uploads&delimiter=/").await;
    assert_eq!(grouped.elements("Key"), ["b", "b", "c"]);
    assert!(grouped.text().contains("<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>"));
    let prefixed = world.get("/b-one?uploads&prefix=a/2").await;
    assert_eq!(prefixed.elements("Key"), ["a/2"]);
    for size in 1..=5 {
        let (mut keys, mut next) = (Vec::new(), String::new());
        for _ in 0..6 {
            let page = world.get(&format!("/b-one?uploads&max-uploads={size}{next}")).await;
            keys.extend(page.elements("Key").into_iter().map(str::to_owned));
            if page.element("IsTruncated") == Some("false") {
                break;
            }
            let encode = |name| r2_sign::encode::component(page.element(name).unwrap());
            next = format!(
                "&key-marker={}&upload-id-marker={}",
                encode("NextKeyMarker"),
                encode("NextUploadIdMarker")
            );
        }
        assert_eq!(keys, ["a/1", "a/2", "b", "b", "c"], "{size}");
    }
}

#[tokio::test]
async fn uploads_are_given_up_after_seven_days() {
    let world = small_parts().await;
    let id = create(&world, "k", &[]).await;
    world.clock.advance(7 * DAY - std::time::Duration::from_secs(1));
    assert_eq!(part(&world, "k", &id, 1, "x").await.status, 200);
    world.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(part(&world, "k", &id, 1, "x").await.said(), no_upload());
    assert_eq!(world.get("/b-one?uploads").await.elements("Upload").len(), 0);
}

#[tokio::test]
async fn parts_from_other_objects() {
    for world in World::both().await {
        let body: Bytes = (0u32..2_000_000).flat_map(u32::to_le_bytes).collect();
        world.put("/b-one/source", body.clone()).await;
        let id = create(&world, "k", &[]).await;
        let copy = async |number: u32, range: Option<&str>| {
            let line = format!("PUT /b-one/k?partNumber={number}&uploadId={id}");
            let mut headers = vec![("x-amz-copy-source", "/b-one/source")];
            headers.extend(range.map(|range| ("x-amz-copy-source-range", range)));
            world.send(&line, &headers, "").await
        };
        let first = copy(1, Some("bytes=0-5242879")).await;
        let expected = format!("&quot;{}&quot;", etag_of(&body[..5 << 20]));
        assert_eq!(first.element("ETag"), Some(&*expected), "{}", first.said());
        let second = copy(2, Some("bytes=5242880-7999999")).await;
        assert_eq!(copy(3, Some("bytes=8000000-8000001")).await.status, 416);
        assert_eq!(copy(3, None).await.status, 200);
        let line = format!("PUT /b-one/k?partNumber=3&uploadId={id}");
        let headers = [("x-amz-copy-source", "/b-one/source"), ("x-amz-copy-source-if-match", "*")];
        assert_eq!(world.send(&line, &headers, "").await.status, 501);
        // The copied bytes stay when their source goes.
        world.send("DELETE /b-one/source", &[], "").await;
        let etag = |reply: &Reply| reply.element("ETag").unwrap().to_owned();
        let parts = [(1, etag(&first)), (2, etag(&second))];
        let done = complete(&world, "k", &id, &parts, &[]).await;
        assert_eq!(done.status, 200, "{}", done.said());
        assert_eq!(world.get("/b-one/k").await.body, body);
    }
}

#[tokio::test]
async fn conditions_on_the_source_of_a_part() {
    let switches = Switches::new().part_copy_conditions(Support::Accept);
    let world = World::with(|builder| builder.switches(switches.clone())).await;
    let etag = world.put("/b-one/source", "x").await.header("etag").to_owned();
    let id = create(&world, "k", &[]).await;
    let line = format!("PUT /b-one/k?partNumber=1&uploadId={id}");
    for (etag, status) in [(etag.as_str(), 200), ("\"other\"", 412)] {
        let headers =
            [("x-amz-copy-source", "/b-one/source"), ("x-amz-copy-source-if-match", etag)];
        assert_eq!(world.send(&line, &headers, "").await.status, status);
    }
}

#[tokio::test]
async fn parts_in_flight_can_be_limited() {
    let switches = Switches::new().parts_in_flight_max(Some(1));
    let world = World::with(|builder| builder.switches(switches.clone())).await;
    let id = create(&world, "k", &[]).await;
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    let slow = futures_util::stream::once(async move {
        receiver.await.ok();
        Ok::<_, std::io::Error>(Bytes::from("x"))
    });
    let slow = r2_transport::Body::one_shot(slow, Some(1));
    let first = format!("PUT /b-one/k?partNumber=1&uploadId={id}");
    let second = async {
        let reply = part(&world, "k", &id, 2, "x").await;
        sender.send(()).unwrap();
        reply
    };
    let (first, second) = tokio::join!(world.send(&first, &[], slow), second);
    assert_eq!((first.status, second.status), (200, 429));
    assert_eq!(part(&world, "k", &id, 2, "x").await.status, 200);
}
