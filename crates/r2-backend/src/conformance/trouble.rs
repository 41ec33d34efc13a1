//! Writes that end early, and many at once.

use std::io;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt as _};
use r2_transport::Body;
use tokio::sync::Notify;

use super::suite::{Check, check};
use super::world::{Fault, Outcome, World, expect, fails, noise};
use crate::storage::{
    GetOptions, HeadOptions, PutOptions, StorageBackendExt as _, StorageErrorKind,
};

pub(super) const CHECKS: &[Check] = &[
    check!("content that ends in an error leaves what was there", broken),
    check!("content of another length than announced is not stored", announced),
    check!("a write that is given up leaves what was there", given_up),
    check!("a reader of the old version is not disturbed by the new", reader),
    check!("of many writers one is last, and whole", writers),
    check!("many keys are written at once", side_by_side),
];

/// Some of it, then an error.
fn breaking(bytes: usize) -> Body {
    let error = Err(io::Error::other("the source broke"));
    let chunks = [Ok(noise(1, bytes / 2)), Ok(noise(2, bytes / 2)), error];
    Body::one_shot(stream::iter(chunks), None)
}

async fn broken(world: &World) -> Outcome {
    for bytes in [10, world.large_bytes, world.large_bytes * 2] {
        let result = world.put_with("a", breaking(bytes), PutOptions::new()).await?;
        fails("the write", result, StorageErrorKind::Content)?;
        world.absent("a").await?;
    }
    world.put("a", "before").await?;
    let result = world.put_with("a", breaking(world.large_bytes), PutOptions::new()).await?;
    fails("the write", result, StorageErrorKind::Content)?;
    world.holds("a", b"before").await
}

async fn announced(world: &World) -> Outcome {
    for (bytes, length) in [(10, 11), (11, 10), (world.large_bytes, world.large_bytes + 1)] {
        let chunk = Ok::<_, io::Error>(noise(3, bytes));
        let body = Body::one_shot(stream::iter([chunk]), Some(length as u64));
        let result = world.put_with("a", body, PutOptions::new()).await?;
        fails("the write", result, StorageErrorKind::Content)?;
        world.absent("a").await?;
    }
    Ok(())
}

/// A stream that never goes on, and what is told when somebody waits for it to.
fn never() -> (impl Stream<Item = Result<Bytes, io::Error>>, Arc<Notify>) {
    let waited_for = Arc::new(Notify::new());
    let tell = Arc::clone(&waited_for);
    let rest = stream::poll_fn(move |_| {
        tell.notify_one();
        Poll::Pending
    });
    (rest, waited_for)
}

async fn given_up(world: &World) -> Outcome {
    world.put("old", "before").await?;
    for name in ["old", "new"] {
        let key = world.key(name)?;
        for bytes in [10, world.large_bytes * 2] {
            let (rest, waited_for) = never();
            let begins = stream::iter([Ok::<Bytes, io::Error>(noise(4, bytes))]);
            let body = Body::one_shot(begins.chain(rest), None);
            let mut writing = world.backend.put(&key, body, PutOptions::new());
            tokio::select! {
                biased;
                ended = &mut writing => {
                    return Err(Fault::new(format!("it ends before its content: {ended:?}")));
                }
                () = waited_for.notified() => {}
            }
            drop(writing);
        }
    }
    world.holds("old", b"before").await?;
    world.absent("new").await?;
    world.put("new", "after").await?;
    world.holds("new", b"after").await
}

async fn reader(world: &World) -> Outcome {
    let old = noise(5, 300_000);
    world.put("a", old.clone()).await?;
    let fetched = world.get("a", GetOptions::new()).await??;
    world.put("a", noise(6, 200_000)).await?;
    match fetched.body.collect(usize::MAX).await {
        Ok(read) => expect(read == old, || "old and new bytes are mixed".to_owned())?,
        // a server may end the read, but not mix
        Err(error) => expect(fetched.meta.size > 0, || error.to_string())?,
    }
    world.holds("a", &noise(6, 200_000)).await
}

async fn writers(world: &World) -> Outcome {
    let key = world.key("a")?;
    let contents: Vec<Bytes> =
        (1..=8_u8).map(|at| noise(at.into(), 20_000 * usize::from(at))).collect();
    let writes = contents.iter().map(|content| async {
        let stored = world.backend.put_bytes(&key, content.clone()).await;
        // readers in between see one version or another, never a mixture
        let read = world.backend.get_bytes(&key, usize::MAX).await;
        (stored, read)
    });
    let mut tags = Vec::new();
    for (stored, read) in join_all(writes).await {
        match stored {
            Ok(stored) => tags.push(stored.etag),
            Err(error) if error.kind() == StorageErrorKind::Conflict => {}
            Err(error) => return Err(error.into()),
        }
        let read = read?;
        expect(contents.contains(&read), || format!("{} bytes that nobody wrote", read.len()))?;
    }
    let head = world.backend.head(&key, HeadOptions::new()).await?;
    expect(tags.contains(&head.etag), || format!("nobody wrote {}", head.etag))?;
    let last = world.read("a").await?;
    world.holds("a", &last).await?;
    expect(contents.contains(&last), || "nobody wrote what is there".to_owned())
}

async fn side_by_side(world: &World) -> Outcome {
    let names: Vec<String> = (0..24).map(|at| format!("{}/{}/{at}", at % 2, at % 3)).collect();
    let results = join_all(names.iter().map(|name| world.put(name, name.clone()))).await;
    results.into_iter().collect::<Result<Vec<_>, _>>()?;
    for name in &names {
        world.holds(name, name.as_bytes()).await?;
    }
    // writers and deleters in the same folders
    let work = names.iter().enumerate().map(|(at, name)| async move {
        match at % 2 {
            0 => Ok(world.backend.delete(&world.key(name)?).await?),
            _ => world.put(&format!("{name}x"), name.clone()).await.map(|_| ()),
        }
    });
    join_all(work).await.into_iter().collect::<Outcome>()?;
    for (at, name) in names.iter().enumerate() {
        match at % 2 {
            0 => world.absent(name).await?,
            _ => world.holds(&format!("{name}x"), name.as_bytes()).await?,
        }
    }
    Ok(())
}
