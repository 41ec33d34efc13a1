//! Bytes and attributes come back as they went in.

use bytes::Bytes;
use futures_util::stream;
use r2_objects::{ByteRange, Metadata, ObjectAttributes};
use r2_transport::Body;

use super::suite::{Check, check};
use super::world::{Fault, Outcome, World, expect, fails, noise, same};
use crate::storage::{
    GetOptions, HeadOptions, PutOptions, StorageBackendExt as _, StorageErrorKind,
};

pub(super) const CHECKS: &[Check] = &[
    check!("what was written is read", written_is_read),
    check!("an empty object is an object", empty),
    check!("a large object is whole", large),
    check!("a stream of unknown length is written", streamed),
    check!("a file is uploaded", file),
    check!("ranges of all shapes", ranges),
    check!("another content is another version", versions),
    check!("what is not there is not found", missing),
    check!("attributes come back", Attributes, attributes),
    check!("a new version has only its own attributes", Attributes, attributes_replaced),
    check!("a content encoding is not undone", Attributes, encoded),
];

async fn written_is_read(world: &World) -> Outcome {
    let stored = world.put("a", "hello").await?;
    world.holds("a", b"hello").await?;
    let head = world.backend.head(&world.key("a")?, HeadOptions::new()).await?;
    same("the tag that the write told", &stored.etag, &head.etag)?;
    expect(stored.size.is_none_or(|size| size == 5), || format!("{stored:?}"))?;
    expect(!head.served_by.is_empty(), || "nobody says who served it".to_owned())
}

async fn empty(world: &World) -> Outcome {
    world.put("empty", "").await?;
    world.holds("empty", b"").await?;
    same("what is listed", &world.names(Default::default()).await?, &vec!["empty".to_owned()])?;
    let range = GetOptions::new().range(ByteRange::from_offset(0));
    fails("a range of nothing", world.get("empty", range).await?, StorageErrorKind::InvalidRange)
}

async fn large(world: &World) -> Outcome {
    let content = noise(1, world.large_bytes);
    world.put("large", content.clone()).await?;
    world.holds("large", &content).await?;
    let middle = content.len() / 2;
    let range = middle as u64..middle as u64 + 1_000;
    let read = world.backend.get_range(&world.key("large")?, range).await?;
    expect(read == content[middle..middle + 1_000], || "a range in the middle differs".to_owned())
}

/// Chunks of uneven lengths.
pub(super) fn chunks(content: &Bytes) -> Vec<Result<Bytes, std::io::Error>> {
    let (mut rest, mut length, mut chunks) = (content.clone(), 1, Vec::new());
    while !rest.is_empty() {
        chunks.push(Ok(rest.split_to(length.min(rest.len()))));
        length = (length * 3 + 1) % 300_007;
    }
    chunks
}

async fn streamed(world: &World) -> Outcome {
    for (name, length) in [("none", 0), ("little", 10), ("large", world.large_bytes)] {
        let content = noise(2, length);
        let body = Body::one_shot(stream::iter(chunks(&content)), None);
        world.put_with(name, body, PutOptions::new()).await??;
        world.holds(name, &content).await?;
    }
    Ok(())
}

async fn file(world: &World) -> Outcome {
    let content = noise(3, world.large_bytes);
    let written = content.clone();
    let made = crate::blocking::blocking(move || {
        let mut file = tempfile::NamedTempFile::new()?;
        std::io::Write::write_all(&mut file, &written)?;
        Ok(file)
    });
    let file = made.await?;
    let key = world.key("file")?;
    world.backend.upload_file(&key, file.path(), PutOptions::new()).await?;
    world.holds("file", &content).await?;
    let nothing = file.path().with_extension("gone");
    let result = world.backend.upload_file(&key, &nothing, PutOptions::new()).await;
    fails("a file that is not there", result, StorageErrorKind::Content)?;
    world.holds("file", &content).await
}

async fn ranges(world: &World) -> Outcome {
    let content = noise(4, 100);
    world.put("a", content.clone()).await?;
    let span = |from, to| ByteRange::new(from..to);
    let table = [
        (span(0, 1)?, Some(0..1)),
        (span(10, 20)?, Some(10..20)),
        (span(99, 100)?, Some(99..100)),
        (span(90, 1_000)?, Some(90..100)),
        (span(0, u64::MAX)?, Some(0..100)),
        (span(100, 101)?, None),
        (ByteRange::from_offset(0), Some(0..100)),
        (ByteRange::from_offset(99), Some(99..100)),
        (ByteRange::from_offset(100), None),
        (ByteRange::suffix(1)?, Some(99..100)),
        (ByteRange::suffix(1_000)?, Some(0..100)),
    ];
    for (range, expected) in table {
        let result = world.get("a", GetOptions::new().range(range)).await?;
        let Some(expected) = expected else {
            fails(&range.to_string(), result, StorageErrorKind::InvalidRange)?;
            continue;
        };
        let fetched = result?;
        let told = (fetched.range.start, fetched.range.end, fetched.meta.size);
        same(&range.to_string(), &told, &(expected.start as u64, expected.end as u64, 100))?;
        let read = fetched.body.collect(1_000).await?;
        expect(read == content[expected], || format!("{range}: other bytes"))?;
    }
    Ok(())
}

async fn versions(world: &World) -> Outcome {
    let first = world.put("a", "first").await?;
    let second = world.put("a", "second, longer").await?;
    expect(first.etag != second.etag, || format!("both are {}", first.etag))?;
    world.holds("a", b"second, longer").await?;
    world.put("a", "3").await?;
    world.holds("a", b"3").await
}

async fn missing(world: &World) -> Outcome {
    world.put("there", "x").await?;
    for name in ["nothing", "there/below", "ther"] {
        let result = world.get(name, GetOptions::new()).await?;
        fails("get", result, StorageErrorKind::NotFound)?;
        let result = world.backend.head(&world.key(name)?, HeadOptions::new()).await;
        fails("head", result, StorageErrorKind::NotFound)?;
        // and deleting it is no error, nor does it delete anything else
        world.backend.delete(&world.key(name)?).await?;
        world.backend.delete(&world.key(name)?).await?;
    }
    world.holds("there", b"x").await?;
    world.backend.delete(&world.key("there")?).await?;
    world.absent("there").await
}

fn some() -> Result<ObjectAttributes, Fault> {
    Ok(ObjectAttributes::new()
        .content_type("text/plain; charset=utf-8")
        .cache_control("public, max-age=60")
        .content_disposition("attachment; filename=\"a b.txt\"")
        .content_language("de")
        .metadata(Metadata::new().with("author", "Zoë")?.with("x-1", "two  blanks")?))
}

async fn attributes(world: &World) -> Outcome {
    let options = PutOptions::new().attributes(some()?);
    world.put_with("a", "hello".into(), options).await??;
    let head = world.backend.head(&world.key("a")?, HeadOptions::new()).await?;
    let fetched = world.get("a", GetOptions::new()).await??;
    for mut seen in [head.attributes, fetched.meta.attributes] {
        seen.storage_class = None;
        same("attributes", &seen, &some()?)?;
    }
    Ok(())
}

async fn attributes_replaced(world: &World) -> Outcome {
    world.put_with("a", "1".into(), PutOptions::new().attributes(some()?)).await??;
    world.put("a", "2").await?;
    let head = world.backend.head(&world.key("a")?, HeadOptions::new()).await?;
    same("metadata", &head.attributes.metadata, &Metadata::new())?;
    same("cache control", &head.attributes.cache_control, &None)
}

async fn encoded(world: &World) -> Outcome {
    let content = noise(5, 1_000);
    let attributes = ObjectAttributes::new().content_encoding("zstd");
    let options = PutOptions::new().attributes(attributes);
    world.put_with("a", content.clone().into(), options).await??;
    world.holds("a", &content).await?;
    let head = world.backend.head(&world.key("a")?, HeadOptions::new()).await?;
    same("content encoding", &head.attributes.content_encoding.as_deref(), &Some("zstd"))
}
