//! Copies, renames and deletions of many.

use r2_objects::{ETag, Metadata, ObjectAttributes};

use super::suite::{Check, check};
use super::world::{Outcome, World, expect, fails, noise, same};
use crate::storage::{
    Capability, CopyOptions, HeadOptions, PutCondition, PutOptions, StorageBackendExt as _,
    StorageErrorKind,
};

pub(super) const CHECKS: &[Check] = &[
    check!("a copy is equal to its source", copy),
    check!("a copy keeps attributes, or has those given", Attributes, attributes),
    check!("a copy of one version only", version),
    check!("a copy under a condition", ConditionalCopy, conditional),
    check!("a copy onto itself changes attributes", Attributes, onto_itself),
    check!("a rename leaves one object", rename),
    check!("many are deleted at once", delete_many),
    check!("what it cannot do is refused before anything changes", unsupported),
];

async fn copy(world: &World) -> Outcome {
    let content = noise(1, 100_000);
    world.put("from", content.clone()).await?;
    world.put("a b/ü+%", "before").await?;
    for to in ["to", "a b/ü+%", "from/below"] {
        world.backend.copy(&world.key("from")?, &world.key(to)?, CopyOptions::new()).await?;
        world.holds(to, &content).await?;
    }
    world.holds("from", &content).await?;
    let (none, to) = (world.key("none")?, world.key("to")?);
    let nothing = world.backend.copy(&none, &to, CopyOptions::new()).await;
    fails("without a source", nothing, StorageErrorKind::NotFound)?;
    world.holds("to", &content).await
}

async fn attributes(world: &World) -> Outcome {
    let first = ObjectAttributes::new()
        .content_type("text/x-first")
        .metadata(Metadata::new().with("name", "Zoë")?);
    let second = ObjectAttributes::new().content_type("text/x-second");
    let options = PutOptions::new().attributes(first.clone());
    world.put_with("from", "x".into(), options).await??;
    let replace = CopyOptions::new().attributes(second.clone());
    for (to, options, expected) in [("kept", CopyOptions::new(), first), ("new", replace, second)] {
        world.backend.copy(&world.key("from")?, &world.key(to)?, options).await?;
        let head = world.backend.head(&world.key(to)?, HeadOptions::new()).await?;
        same("content type", &head.attributes.content_type, &expected.content_type)?;
        same("metadata", &head.attributes.metadata, &expected.metadata)?;
    }
    Ok(())
}

async fn version(world: &World) -> Outcome {
    let old = world.put("from", "old").await?.etag;
    let new = world.put("from", "newer").await?.etag;
    let (from, to) = (world.key("from")?, world.key("to")?);
    let failed = world.backend.copy(&from, &to, CopyOptions::new().source(old)).await;
    fails("a version that is gone", failed, StorageErrorKind::PreconditionFailed)?;
    world.absent("to").await?;
    world.backend.copy(&from, &to, CopyOptions::new().source(new)).await?;
    world.holds("to", b"newer").await
}

async fn conditional(world: &World) -> Outcome {
    world.put("from", "x").await?;
    let (from, to) = (world.key("from")?, world.key("to")?);
    let made = world.backend.copy_if_absent(&from, &to).await?;
    world.put("from", "other").await?;
    let again = world.backend.copy_if_absent(&from, &to).await;
    fails("a second copy", again, StorageErrorKind::PreconditionFailed)?;
    world.holds("to", b"x").await?;
    let wrong = ETag::parse("00000000000000000000000000000000")?;
    let over = |etag| CopyOptions::new().condition(PutCondition::Matches(etag));
    let failed = world.backend.copy(&from, &to, over(wrong)).await;
    fails("over another version", failed, StorageErrorKind::PreconditionFailed)?;
    world.backend.copy(&from, &to, over(made.etag)).await?;
    world.holds("to", b"other").await
}

async fn onto_itself(world: &World) -> Outcome {
    let options = PutOptions::new().attributes(ObjectAttributes::new().content_type("a/a"));
    world.put_with("a", "x".into(), options).await??;
    let key = world.key("a")?;
    let attributes = ObjectAttributes::new().content_type("b/b");
    world.backend.copy(&key, &key, CopyOptions::new().attributes(attributes)).await?;
    world.holds("a", b"x").await?;
    let head = world.backend.head(&key, HeadOptions::new()).await?;
    same("content type", &head.attributes.content_type.as_deref(), &Some("b/b"))
}

async fn rename(world: &World) -> Outcome {
    world.put("from", "x").await?;
    world.put("to", "before").await?;
    world.backend.rename(&world.key("from")?, &world.key("to")?).await?;
    world.absent("from").await?;
    world.holds("to", b"x").await?;
    world.backend.rename(&world.key("to")?, &world.key("to")?).await?;
    world.holds("to", b"x").await?;
    let failed = world.backend.rename(&world.key("none")?, &world.key("to")?).await;
    fails("without a source", failed, StorageErrorKind::NotFound)?;
    world.holds("to", b"x").await
}

async fn delete_many(world: &World) -> Outcome {
    let names: Vec<String> = (0..25).map(|at| format!("a b/{at} & ü")).collect();
    for name in &names {
        world.put(name, "x").await?;
    }
    world.put("stays", "x").await?;
    let mut keys = names.iter().map(|name| world.key(name)).collect::<Result<Vec<_>, _>>()?;
    keys.push(world.key("was never there")?);
    let failed = world.backend.delete_many(keys).await?;
    expect(failed.is_empty(), || format!("{failed:?}"))?;
    same("what is left", &world.names(Default::default()).await?, &vec!["stays".to_owned()])?;
    let failed = world.backend.delete_many(Vec::new()).await?;
    expect(failed.is_empty(), || "nothing to delete fails".to_owned())
}

async fn unsupported(world: &World) -> Outcome {
    let can = world.backend.capabilities();
    let etag = world.put("a", "x").await?.etag;
    let (from, to) = (world.key("a")?, world.key("b")?);
    if !can.has(Capability::CreateOnly) {
        let result = world.backend.create(&to, "y").await;
        fails("create only", result, StorageErrorKind::Unsupported)?;
    }
    if !can.has(Capability::ReplaceMatching) {
        let options = PutOptions::new().condition(PutCondition::Matches(etag));
        let result = world.put_with("a", "y".into(), options).await?;
        fails("replace", result, StorageErrorKind::Unsupported)?;
    }
    if !can.has(Capability::ConditionalCopy) {
        let result = world.backend.copy_if_absent(&from, &to).await;
        fails("copy under a condition", result, StorageErrorKind::Unsupported)?;
    }
    world.holds("a", b"x").await?;
    world.absent("b").await
}
