//! Objects that are written in parts.

use std::sync::Arc;

use r2_multipart::PartNumber;
use r2_transport::Body;

use super::suite::{Check, check};
use super::world::{Fault, Outcome, World, fails, noise};
use crate::storage::{PutOptions, StorageErrorKind, begin_parts};

pub(super) const CHECKS: &[Check] = &[
    check!("parts in any order become one object", any_order),
    check!("an upload in parts that is aborted leaves nothing", aborted),
];

/// What S3 takes at least, for all parts but the last.
const PART_BYTES: usize = 5 << 20;

fn number(at: u32) -> Result<PartNumber, Fault> {
    PartNumber::new(at).ok_or_else(|| Fault::new("no part number"))
}

async fn any_order(world: &World) -> Outcome {
    let (first, last) = (noise(1, PART_BYTES), noise(2, 10_000));
    let key = world.key("a")?;
    let mut upload = begin_parts(Arc::clone(&world.backend), &key, PutOptions::new()).await?;
    let sending_last = upload.put_part(number(2)?, Body::from(last.clone()));
    let sending_wrong = upload.put_part(number(1)?, Body::from(noise(3, PART_BYTES)));
    let (one, other) = tokio::join!(sending_last, sending_wrong);
    one.and(other)?;
    upload.put_part(number(1)?, Body::from(first.clone())).await?;
    world.absent("a").await?;
    upload.complete().await?;
    world.holds("a", &[&first[..], &last[..]].concat()).await?;
    fails("a second completion", upload.complete().await, StorageErrorKind::InvalidInput)
}

async fn aborted(world: &World) -> Outcome {
    world.put("a", "before").await?;
    let key = world.key("a")?;
    let mut upload = begin_parts(Arc::clone(&world.backend), &key, PutOptions::new()).await?;
    upload.put_part(number(1)?, Body::from(noise(4, 1_000))).await?;
    upload.abort().await?;
    fails("completion", upload.complete().await, StorageErrorKind::InvalidInput)?;
    world.holds("a", b"before").await
}
