//! Every death of a short life, one after the other.

use bytes::Bytes;
use r2_multipart::UploadOptions;

use crate::actor::{Actor, Pending};
use crate::content::content;
use crate::model::Violation;
use crate::run::{at_the_end, in_simulated_time};
use crate::shared::Shared;
use crate::weather::Weather;
use crate::world::{PART, World};

/// The calls of the short life, in their order.
pub(crate) const CALLS: [&str; 11] = [
    "put",
    "create",
    "copy",
    "upload",
    "upload anew",
    "download",
    "list",
    "append",
    "delete many",
    "get",
    "resume",
];
/// No call here takes so many polls; one that did would never end.
const POLLS_MAX: u32 = 500;

/// Lets the client die in `CALLS[call]` at each of its awaits, and says how many there are.
pub(crate) fn every_death(call: usize) -> Result<u32, Violation> {
    for polls in 0..POLLS_MAX {
        let died = in_simulated_time(life(call, polls))
            .map_err(|what| format!("death in {} after {polls} polls: {what}", CALLS[call]))?;
        if !died {
            return Ok(polls);
        }
    }
    Err(format!("{} does not end", CALLS[call]))
}

/// Everything in order; the client dies once, and the next one goes on.
async fn life(dies_in: usize, polls: u32) -> Result<bool, Violation> {
    let world = World::new(Weather::calm(), false).await;
    let shared = Shared::default();
    let mut actor = Actor::new(&world, &shared, 0);
    for (number, call) in CALLS.iter().enumerate() {
        if number == dies_in {
            actor.dies_at = Some(polls);
        }
        match *call {
            "put" => actor.put().await?,
            "create" => actor.create().await?,
            "copy" => actor.copy().await?,
            "upload" => upload(&mut actor, content(7, 5 * PART + 1), true).await?,
            "upload anew" => upload(&mut actor, content(8, 3 * PART), false).await?,
            "download" => actor.download().await?,
            "list" => actor.list().await?,
            "append" => actor.append().await?,
            "delete many" => actor.delete_many().await?,
            "get" => actor.get().await?,
            // whatever is pending by now
            _ if actor.pending.is_some() => actor.upload().await?,
            _ => {}
        }
        actor.account.check(&actor.client)?;
        actor.dies_at = None;
    }
    if actor.tokens.count() > 0 {
        return Err("an upload was interrupted, and going on did not end it".to_owned());
    }
    at_the_end(&world, &shared, std::slice::from_mut(&mut actor)).await?;
    Ok(world.tally.borrow().crashes > 0)
}

async fn upload(actor: &mut Actor<'_>, content: Bytes, resumes: bool) -> Result<(), Violation> {
    let options = UploadOptions::new().transfer(actor.transfer()).threshold_bytes(1);
    let options = match resumes {
        true => options.resume(actor.tokens.clone()),
        false => options,
    };
    let key = actor.any_key();
    actor.run_upload(Pending { key, content }, options, false).await
}
