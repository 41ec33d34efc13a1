//! Uploads in parts.

use bytes::Bytes;
use r2_sim::{MultipartEtag, Switches, UnequalParts};

use crate::world::{Reply, World};

/// The same rules for parts a million times smaller.
const PART: usize = 10;

const UNEQUAL: &str = "400 InvalidPart: All non-trailing parts must have the same length.";

async fn small_parts(switches: Switches) -> World {
    let switches = switches.part_bytes_min(PART as u64);
    World::with(|builder| builder.switches(switches.clone())).await
}

async fn create(world: &World) -> String {
    let reply = world.send("POST /b-one/k?uploads", &[], "").await;
    r2_sign::encode::component(reply.element("UploadId").unwrap())
}

async fn upload(world: &World, id: &str, number: usize, length: usize) -> String {
    let body = Bytes::from(vec![b'x'; length]);
    let line = format!("PUT /b-one/k?partNumber={number}&uploadId={id}");
    let reply = world.send(&line, &[], body).await;
    assert_eq!(reply.status, 200, "{}", reply.said());
    reply.header("etag").to_owned()
}

async fn copy(world: &World, id: &str, number: usize, range: &str) -> String {
    let line = format!("PUT /b-one/k?partNumber={number}&uploadId={id}");
    let from = [("x-amz-copy-source", "/b-one/source"), ("x-amz-copy-source-range", range)];
    let reply = world.send(&line, &from, "").await;
    reply.element("ETag").unwrap_or_else(|| panic!("{}", reply.said())).to_owned()
}

/// Completes with the parts in the order of their numbers; `open` begins the document.
async fn complete_as(world: &World, id: &str, etags: &[String], open: &str) -> Reply {
    let parts = etags.iter().enumerate().map(|(index, etag)| {
        let number = index + 1;
        format!("<Part><ETag>{etag}</ETag><PartNumber>{number}</PartNumber></Part>")
    });
    let parts = parts.collect::<String>();
    let body = format!("{open}{parts}</CompleteMultipartUpload>");
    world.send(&format!("POST /b-one/k?uploadId={id}"), &[], body).await
}

async fn complete(world: &World, id: &str, etags: &[String]) -> Reply {
    complete_as(world, id, etags, "<CompleteMultipartUpload>").await
}

/// Uploads parts of these lengths and completes.
async fn of_lengths(world: &World, lengths: &[usize]) -> Reply {
    let id = create(world).await;
    let mut etags = Vec::new();
    for (number, length) in (1..).zip(lengths) {
        etags.push(upload(world, &id, number, *length).await);
    }
    complete(world, &id, &etags).await
}

/// apache/opendal#2904, also opendal#6252, iceberg-rust#1406: parts as large as the buffer happened
/// to be.
/// Rows: multipart.equal, answer.error-form.
#[tokio::test]
async fn case_01_opendal_2904_parts_of_unequal_size() {
    let world = small_parts(Switches::new()).await;
    let reply = of_lengths(&world, &[12, 15, 11, 3]).await;
    // The length that the issue logged.
    assert_eq!((reply.said(), reply.body.len()), (UNEQUAL.to_owned(), 145));
    assert_eq!(of_lengths(&world, &[12, 12, 12, 3]).await.status, 200);
}

/// apache/arrow-rs#4304, apache/arrow#34363: a writer that lets its parts grow.
#[tokio::test]
async fn case_02_arrow_rs_4304_parts_that_grow() {
    let world = small_parts(Switches::new()).await;
    assert_eq!(of_lengths(&world, &[10, 10, 20, 20]).await.said(), UNEQUAL);
}

/// tobi/walgit#33, also harbor#22063, open-balena-registry#251: a small uploaded part, then a large
/// copied one.
#[tokio::test]
async fn case_03_walgit_33_uploaded_and_copied_parts() {
    let world = small_parts(Switches::new()).await;
    world.put("/b-one/source", "y".repeat(60)).await;
    let id = create(&world).await;
    let first = upload(&world, &id, 1, 12).await;
    let etags = [first.clone(), copy(&world, &id, 2, "bytes=0-39").await];
    assert_eq!(complete(&world, &id, &etags).await.said(), UNEQUAL);
    let etags = [
        first,
        copy(&world, &id, 2, "bytes=0-11").await,
        copy(&world, &id, 3, "bytes=12-20").await,
    ];
    assert_eq!(complete(&world, &id, &etags).await.status, 200);
}

/// CapSoftware/Cap#2275, also tus-node-server#632, convex-backend#395, home-assistant.io#43416:
/// what is left at the end of a stream is put into one larger part.
#[tokio::test]
async fn case_04_cap_2275_a_larger_last_part() {
    let world = small_parts(Switches::new()).await;
    assert_eq!(of_lengths(&world, &[10, 10, 17]).await.said(), UNEQUAL);
    assert_eq!(of_lengths(&world, &[10, 10, 10, 7]).await.status, 200);
}

/// cloudflare/cloudflare-docs#9549: one byte more, in the longer words of 2023.
#[tokio::test]
async fn case_05_cloudflare_docs_9549_one_byte_more() {
    let long = "400 InvalidPart: All non-trailing parts must have the same length. Non Uniform \
                Part Sizes: Expected part 2 to have size 10, found 11";
    for (words, said) in [(UnequalParts::Short, UNEQUAL), (UnequalParts::Long, long)] {
        let world = small_parts(Switches::new().unequal_parts(words)).await;
        assert_eq!(of_lengths(&world, &[10, 11]).await.said(), said);
        assert_eq!(of_lengths(&world, &[10, 10]).await.status, 200);
        assert_eq!(of_lengths(&world, &[10, 9]).await.status, 200);
    }
}

/// f2face/cloudflare-r2#15: parts too small for the file. There is no part 10,001.
#[tokio::test]
async fn case_06_cloudflare_r2_15_more_than_ten_thousand_parts() {
    let world = small_parts(Switches::new()).await;
    let id = create(&world).await;
    let line = format!("PUT /b-one/k?partNumber=10001&uploadId={id}");
    assert_eq!(
        world.send(&line, &[], "x").await.said(),
        "400 InvalidArgument: Part number must be an integer between 1 and 10000, inclusive."
    );
    upload(&world, &id, 10_000, 1).await;
}

/// durch/rust-s3#302: an upload id that is not encoded is another one.
/// Rows: multipart.ids.
#[tokio::test]
async fn case_27_rust_s3_302_an_upload_id_not_encoded() {
    let world = small_parts(Switches::new()).await;
    let id = create(&world).await;
    let raw = id.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    assert!(raw.contains(['+', '/', '=']) && raw.len() > 300, "{raw}");
    let reply = world.send(&format!("PUT /b-one/k?partNumber=1&uploadId={raw}"), &[], "x").await;
    let said = "404 NoSuchUpload: The specified multipart upload does not exist.";
    assert_eq!(reply.said(), said);
    upload(&world, &id, 1, 1).await;
}

/// kopia/kopia#1964: the form of the completion. Today every form passes: quotes or none, with
/// declaration and namespace or without.
/// Rows: multipart.quotes.
#[tokio::test]
async fn case_50_kopia_1964_forms_of_the_completion() {
    let spaced = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CompleteMultipartUpload \
                  xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n";
    for open in ["<CompleteMultipartUpload>", spaced] {
        for quote in ["", "\"", "&quot;", "&#34;"] {
            let world = small_parts(Switches::new()).await;
            let id = create(&world).await;
            let etag = upload(&world, &id, 1, 4).await;
            let etag = format!("{quote}{}{quote}", etag.trim_matches('"'));
            let reply = complete_as(&world, &id, &[etag], open).await;
            assert_eq!(reply.status, 200, "{open} {quote}: {}", reply.said());
        }
    }
    let world = small_parts(Switches::new()).await;
    let id = create(&world).await;
    let broken = world.send(&format!("POST /b-one/k?uploadId={id}"), &[], "<Complete").await;
    assert!(broken.said().starts_with("400 MalformedXML: The XML you provided was not well"));
}

/// jb-alvarado/s3-stream-upload#46, s3fs-fuse#2095: the ETag of an upload in parts was no MD5 of
/// anything before June 2023.
#[tokio::test]
async fn case_52_s3_stream_upload_46_opaque_etags() {
    for (kind, digits) in [(MultipartEtag::Composed, 32), (MultipartEtag::Opaque, 64)] {
        let world = small_parts(Switches::new().multipart_etag(kind)).await;
        assert_eq!(of_lengths(&world, &[10, 4]).await.status, 200);
        let head = world.send("HEAD /b-one/k", &[], "").await;
        let etag = head.header("etag").trim_matches('"').to_owned();
        assert_eq!(etag.split('-').next().unwrap().len(), digits, "{etag}");
        assert_eq!(etag.ends_with("-2"), kind == MultipartEtag::Composed, "{etag}");
        let same = world.send("GET /b-one/k", &[("if-match", head.header("etag"))], "").await;
        assert_eq!(same.status, 200);
    }
}

/// s3fs-fuse#2095: a changed file is uploaded as copied parts around new ones (`nomixupload` is the
/// way out).
#[tokio::test]
async fn case_53_s3fs_2095_copied_parts_around_new_ones() {
    let world = small_parts(Switches::new()).await;
    world.put("/b-one/source", "y".repeat(60)).await;
    let id = create(&world).await;
    let mut etags = vec![copy(&world, &id, 1, "bytes=0-29").await];
    etags.push(upload(&world, &id, 2, 10).await);
    etags.push(copy(&world, &id, 3, "bytes=40-59").await);
    assert_eq!(complete(&world, &id, &etags).await.said(), UNEQUAL);
}
