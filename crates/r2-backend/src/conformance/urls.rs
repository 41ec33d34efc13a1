//! URLs, public and presigned.

use std::time::Duration;

use super::suite::{Check, check};
use super::world::{Outcome, World, expect, fails};
use crate::storage::{Capability, PresignMethod, StorageErrorKind};

pub(super) const CHECKS: &[Check] = &[
    check!("a public URL names the key", PublicUrl, public),
    check!("presigned requests name the key, and live as long as allowed", Presign, presigned),
    check!("URLs that it cannot give are refused", refused),
];

const HOUR: Duration = Duration::from_secs(3_600);

async fn public(world: &World) -> Outcome {
    let url = world.backend.get_url(&world.key("a b/ü#?%.txt")?)?;
    let ends = "/a%20b/%C3%BC%23%3F%25.txt";
    expect(url.ends_with(ends), || format!("{url} does not end in {ends}"))?;
    expect(url.contains("://"), || format!("{url} has no scheme"))
}

async fn presigned(world: &World) -> Outcome {
    let key = world.key("a b")?;
    let all = [PresignMethod::Get, PresignMethod::Head, PresignMethod::Put, PresignMethod::Delete];
    for method in all {
        let request = world.backend.presign(method, &key, HOUR)?;
        expect(request.url().contains("/a%20b?"), || "it does not name the key".to_owned())?;
    }
    for life in [Duration::ZERO, HOUR * 24 * 8] {
        let result = world.backend.presign(PresignMethod::Get, &key, life);
        fails("a life that is not allowed", result, StorageErrorKind::InvalidInput)?;
    }
    Ok(())
}

async fn refused(world: &World) -> Outcome {
    let (can, key) = (world.backend.capabilities(), world.key("a")?);
    if !can.has(Capability::PublicUrl) {
        fails("a URL", world.backend.get_url(&key), StorageErrorKind::Unsupported)?;
    }
    if !can.has(Capability::Presign) {
        let result = world.backend.presign(PresignMethod::Get, &key, HOUR);
        fails("a presigned URL", result, StorageErrorKind::Unsupported)?;
    }
    Ok(())
}
