//! Conditions hold, under a race too.

use futures_util::future::join_all;
use r2_objects::{ETag, Precondition};

use super::suite::{Check, check};
use super::world::{Fault, Outcome, World, expect, fails};
use crate::storage::{
    GetOptions, HeadOptions, PutCondition, PutOptions, StorageBackendExt as _, StorageErrorKind,
};

pub(super) const CHECKS: &[Check] = &[
    check!("a read meets the version asked for", reads),
    check!("create only: the second fails and changes nothing", CreateOnly, create),
    check!("create only: of eight at once one wins", CreateOnly, create_race),
    check!("replace: only the version named", ReplaceMatching, replace),
    check!("replace: of eight at once one wins", ReplaceMatching, replace_race),
];

const RACERS: usize = 8;

fn other() -> Result<ETag, Fault> {
    Ok(ETag::parse("00000000000000000000000000000000")?)
}

async fn reads(world: &World) -> Outcome {
    let etag = world.put("a", "hello").await?.etag;
    let table = [
        (Precondition::unchanged(etag.clone()), None),
        (Precondition::unchanged(other()?), Some(StorageErrorKind::PreconditionFailed)),
        (Precondition::changed(other()?), None),
        (Precondition::changed(etag), Some(StorageErrorKind::NotModified)),
    ];
    for (condition, expected) in table {
        let what = format!("{condition:?}");
        let got = world.get("a", GetOptions::new().condition(condition.clone())).await?;
        let options = HeadOptions::new().condition(condition);
        let head = world.backend.head(&world.key("a")?, options).await;
        match expected {
            None => {
                got?;
                head?;
            }
            Some(kind) => {
                fails(&what, got, kind)?;
                fails(&what, head, kind)?;
            }
        }
    }
    Ok(())
}

async fn create(world: &World) -> Outcome {
    world.backend.create(&world.key("a")?, "first").await?;
    let second = world.backend.create(&world.key("a")?, "second").await;
    fails("the second", second, StorageErrorKind::PreconditionFailed)?;
    world.holds("a", b"first").await?;
    world.backend.delete(&world.key("a")?).await?;
    world.backend.create(&world.key("a")?, "third").await?;
    world.holds("a", b"third").await
}

/// Exactly one of many writers under the same condition wins, and the object is his.
async fn race(world: &World, name: &str, condition: PutCondition) -> Outcome {
    let key = world.key(name)?;
    let contents: Vec<String> =
        (0..RACERS).map(|at| format!("{name} {at}").repeat(at + 1)).collect();
    let writes = contents.iter().map(|content| {
        let options = PutOptions::new().condition(condition.clone());
        world.backend.put(&key, content.clone().into(), options)
    });
    let results = join_all(writes).await;
    let mut winners = Vec::new();
    for (at, result) in results.into_iter().enumerate() {
        match result {
            Ok(_) => winners.push(at),
            Err(error)
                if matches!(
                    error.kind(),
                    StorageErrorKind::PreconditionFailed | StorageErrorKind::Conflict
                ) => {}
            Err(error) => return Err(error.into()),
        }
    }
    expect(winners.len() == 1, || format!("{name}: {} of {RACERS} win", winners.len()))?;
    world.holds(name, contents[winners[0]].as_bytes()).await
}

async fn create_race(world: &World) -> Outcome {
    for round in 0..3 {
        race(world, &format!("round {round}"), PutCondition::Absent).await?;
    }
    Ok(())
}

async fn replace(world: &World) -> Outcome {
    let replace = |etag: ETag| PutOptions::new().condition(PutCondition::Matches(etag));
    let failed = world.put_with("a", "x".into(), replace(other()?)).await?;
    fails("nothing to replace", failed, StorageErrorKind::PreconditionFailed)?;
    world.absent("a").await?;
    let first = world.put("a", "first").await?.etag;
    let second = world.put_with("a", "second".into(), replace(first.clone())).await??;
    let failed = world.put_with("a", "third".into(), replace(first)).await?;
    fails("a version that is gone", failed, StorageErrorKind::PreconditionFailed)?;
    world.holds("a", b"second").await?;
    world.put_with("a", "fourth".into(), replace(second.etag)).await??;
    world.holds("a", b"fourth").await
}

async fn replace_race(world: &World) -> Outcome {
    for round in 0..3 {
        let name = format!("round {round}");
        let etag = world.put(&name, "before").await?.etag;
        race(world, &name, PutCondition::Matches(etag)).await?;
    }
    Ok(())
}
