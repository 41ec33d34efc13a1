//! One run: everything from one number.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::stream::FuturesUnordered;
use r2_multipart::{ListMultipartUploads, MultipartExt as _};

use crate::account::Account;
use crate::actor::Actor;
use crate::disk::InTurn;
use crate::model::Violation;
use crate::shared::{Shared, state};
use crate::tally::Tally;
use crate::tree::Tree;
use crate::weather::Weather;
use crate::world::{BUCKET, World, bucket};

/// Steps of each client, unless said otherwise.
pub(crate) const STEPS: u32 = 12;
/// Simulated time after which a run counts as hung.
const HUNG: Duration = Duration::from_secs(30 * 86_400);
/// Of these steps of the others, one of who syncs.
const STEPS_PER_SYNC: u32 = 4;

/// A run that kept every promise.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Done {
    /// Of all that happened, in its order.
    pub(crate) hash: u64,
    pub(crate) tally: Tally,
}

/// A run that did not.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) what: Violation,
    /// Every event, if they were asked for.
    pub(crate) trace: Vec<String>,
}

/// Runs `seed` with so many steps of each client.
pub(crate) fn run(seed: u64, steps: u32, traced: bool) -> Result<Done, Broken> {
    in_simulated_time(async move {
        let world = World::new(Weather::new(seed), traced).await;
        let ended = tokio::time::timeout(HUNG, everything(&world, steps)).await;
        let ended = ended.unwrap_or_else(|_| Err("the run hangs".to_owned()));
        match ended {
            Ok(()) => Ok(Done { hash: world.hash(), tally: world.tally.take() }),
            Err(what) => Err(Broken { what, trace: world.trace() }),
        }
    })
}

/// A runtime of one thread whose clock jumps to the next event, with one more thread for the disk.
pub(crate) fn in_simulated_time<T>(work: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).max_blocking_threads(1).build();
    runtime.expect("a runtime without sockets needs nothing").block_on(work)
}

type Life<'a> = Pin<Box<dyn Future<Output = Result<(), Violation>> + 'a>>;

async fn everything(world: &World, steps: u32) -> Result<(), Violation> {
    let shared = Shared::default();
    let mut actors: Vec<_> =
        (0..world.weather.actors as u64).map(|number| Actor::new(world, &shared, number)).collect();
    let mut tree = match world.weather.syncs {
        true => Some(Tree::new(Actor::new(world, &shared, 99))?),
        false => None,
    };
    // each is polled only when it was woken itself
    let lives: FuturesUnordered<Life<'_>> = FuturesUnordered::new();
    for actor in &mut actors {
        lives.push(Box::pin(async move {
            for _ in 0..steps {
                actor.step().await?;
            }
            Ok(())
        }));
    }
    if let Some(tree) = &mut tree {
        lives.push(Box::pin(InTurn::new(async move {
            for _ in 0..steps.div_ceil(STEPS_PER_SYNC) {
                tree.step().await?;
            }
            Ok(())
        })));
    }
    lives.try_collect::<()>().await?;
    let others = tree.map(|tree| tree.actor);
    actors.extend(others);
    at_the_end(world, &shared, &mut actors).await
}

/// What must be true when everybody is done.
pub(crate) async fn at_the_end(
    world: &World,
    shared: &Shared,
    actors: &mut [Actor<'_>],
) -> Result<(), Violation> {
    for actor in actors.iter_mut() {
        for (name, cell) in &mut actor.cells {
            let found = state(&world.truth, name).await?;
            cell.saw_state(&format!("at the end, {name}"), found.as_ref())?;
        }
        let mut tally = world.tally.borrow_mut();
        let Account { exchanges, troubled, .. } = actor.account;
        tally.exchanges += exchanges;
        tally.troubled += troubled;
        tally.checks += actor.cells.len() as u64;
        tally.faults(&actor.line.journal.inner().injected());
    }
    shared.check(&world.truth).await?;
    nothing_else(world, shared, actors).await?;
    orphans(world, actors).await?;
    let mut tally = world.tally.borrow_mut();
    tally.runs = 1;
    tally.seconds = world.seconds();
    Ok(())
}

/// Every object is one that somebody wrote.
async fn nothing_else(
    world: &World,
    shared: &Shared,
    actors: &[Actor<'_>],
) -> Result<(), Violation> {
    let listed = world.truth.objects().list_all(BUCKET).map_err(|error| error.to_string())?;
    let listed: Vec<_> = listed.try_collect().await.map_err(|error| format!("{error:?}"))?;
    let shared = shared.keys();
    for entry in listed {
        let Some(object) = entry.object() else { return Err("a prefix is listed".to_owned()) };
        let name = object.key.as_str();
        let known = name.starts_with("tree/")
            || shared.iter().any(|key| key == name)
            || actors.iter().any(|actor| actor.cells.contains_key(name));
        if !known {
            return Err(format!("{name} is there, and nobody wrote it"));
        }
        world.note("end", &format!("{name} {:?}", object.etag));
    }
    Ok(())
}

/// Unfinished uploads are those that nobody could have aborted, and one clean-up ends them.
async fn orphans(world: &World, actors: &[Actor<'_>]) -> Result<(), Violation> {
    let list = || world.truth.send(ListMultipartUploads::new(bucket()));
    let uploads = list().await.map_err(|error| format!("{error:?}"))?.uploads;
    let created = world.server.exchanges();
    let created = created.iter().filter(|exchange| {
        exchange.operation == "CreateMultipartUpload"
            && exchange.status.is_some_and(|status| status.is_success())
    });
    let mut explained = created.count() as u64;
    for actor in actors {
        explained -= actor.account.uploads_known;
        explained += actor.uploads_abandoned + actor.account.aborts_failed;
        explained += actor.tokens.count();
    }
    if uploads.len() as u64 > explained {
        let count = uploads.len();
        return Err(format!("{count} unfinished uploads are left, {explained} are explained"));
    }
    world.tally.borrow_mut().orphans += uploads.len() as u64;
    for upload in uploads {
        let open = world.truth.multipart().open(BUCKET, &upload.key, upload.upload_id);
        let open = open.map_err(|error| error.to_string())?;
        open.abort().await.map_err(|error| format!("the clean-up failed: {error:?}"))?;
    }
    let left = list().await.map_err(|error| format!("{error:?}"))?.uploads;
    if left.is_empty() { Ok(()) } else { Err(format!("left after a clean-up: {left:?}")) }
}
