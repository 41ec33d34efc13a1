//! Keys are exact.

use super::suite::{Check, check};
use super::world::{Fault, Outcome, World, expect, same};
use crate::storage::{StorageBackendExt as _, StorageErrorKind};

pub(super) const CHECKS: &[Check] = &[
    check!("awkward keys are kept exactly, or refused", awkward),
    check!("keys that differ in case or shape are different", different),
    check!("an object may have the name of a folder", folder),
    check!("keys that are equal in NFC are told apart", ExactKeys, normal_forms),
    check!("the longest keys", longest),
];

/// What trips file systems, URLs and XML.
const AWKWARD: [&str; 34] = [
    "a b",
    " leading and trailing ",
    "a+b",
    "a%41%2Fb%",
    "ü/é/\u{1f980}",
    "!'()*",
    "a#b?c&d=e;f",
    "quote\"'`",
    "<xml>&amp;",
    "back\\slash",
    "a//b",
    "/absolute",
    "trailing/",
    "//",
    ".",
    "..",
    "../up",
    "a/./b",
    "a/../b",
    "...",
    ".hidden",
    "ends.",
    "con",
    "NUL.txt",
    "a/aux/b",
    "com1",
    "colon:name",
    "star*|pipe",
    "tilde~",
    "{brace}[bracket]^",
    "a=b",
    "UPPER",
    "\u{fffd}\u{ffff}",
    "tab\tnew\nline",
];

/// Writes each name under itself, and says which are kept: a refusal is allowed, and changes
/// nothing.
async fn put_all(world: &World, names: &[String]) -> Result<Vec<String>, Fault> {
    let mut kept = Vec::new();
    for name in names {
        match world.backend.put_bytes(&world.key(name)?, name.clone()).await {
            Ok(_) => kept.push(name.clone()),
            Err(error)
                if matches!(
                    error.kind(),
                    StorageErrorKind::InvalidInput | StorageErrorKind::OutsideScope
                ) => {}
            Err(error) => return Err(error.into()),
        }
    }
    for name in &kept {
        let held = world.holds(name, name.as_bytes()).await;
        held.map_err(|fault| Fault::new(format!("{name:?}: {}", fault.text())))?;
    }
    kept.sort();
    same("what is listed", &world.names(Default::default()).await?, &kept)?;
    Ok(kept)
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn awkward(world: &World) -> Outcome {
    let kept = put_all(world, &owned(&AWKWARD)).await?;
    expect(kept.len() * 2 > AWKWARD.len(), || format!("only {} are kept", kept.len()))?;
    // one goes, the others stay
    let (first, rest) = (&kept[0], &kept[1..]);
    world.backend.delete(&world.key(first)?).await?;
    world.absent(first).await?;
    same("how many are left", &world.names(Default::default()).await?.len(), &rest.len())
}

async fn different(world: &World) -> Outcome {
    let names = ["a", "A", "a.", "a ", "a/", "a%", "%61", "a//", "./a", "a\\"];
    let kept = put_all(world, &owned(&names)).await?;
    expect(kept.len() > 4, || format!("only {kept:?} are kept"))
}

async fn folder(world: &World) -> Outcome {
    let names = ["a", "a/", "a/b", "a/b/c", "a/b/c/d"];
    for name in names.iter().rev() {
        world.put(name, *name).await?;
    }
    for (gone, name) in names.iter().enumerate() {
        world.backend.delete(&world.key(name)?).await?;
        for name in &names[gone + 1..] {
            world.holds(name, name.as_bytes()).await?;
        }
    }
    // and the other way round
    for name in names {
        world.put(name, name).await?;
    }
    world.holds("a", b"a").await
}

async fn normal_forms(world: &World) -> Outcome {
    let names = ["caf\u{e9}", "cafe\u{301}", "\u{2126}", "\u{3a9}"];
    for name in names {
        world.put(name, name).await?;
    }
    for name in names {
        world.holds(name, name.as_bytes()).await?;
    }
    Ok(())
}

async fn longest(world: &World) -> Outcome {
    let room = r2_objects::limits::KEY_BYTES_MAX - world.full("").len();
    let wide = "\u{1f980}".repeat(room / 4);
    let names = ["x".repeat(room), "X".repeat(room), wide, "a/".repeat(room / 2), "/".repeat(room)];
    put_all(world, &names).await?;
    Ok(())
}
