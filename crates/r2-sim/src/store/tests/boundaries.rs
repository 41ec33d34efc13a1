//! The process dies, or the power goes, between any two steps of the disk: what was acknowledged is
//! there and whole, and of what was under way there is all or nothing.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::super::disk::Disk as _;
use super::power::{End, Power};
use super::simulated::{Entry, Image, Simulated, Step};
use super::workload::{self, Change, Lane, View};
use crate::{Durability, Emulator};

const FOLDER: &str = "/store";

/// Seeds of torn disks at each step.
#[derive(Clone, Copy, Debug)]
struct Effort {
    torn: u64,
    /// Every how many steps the recovery is itself cut off, step by step.
    recoveries: usize,
}

/// A run of changes on a disk that wrote everything down.
struct Run {
    log: Vec<Entry>,
    /// For each lane, what its bucket looks like after each change.
    views: Vec<Vec<View>>,
    durability: Durability,
}

fn open(disk: &Simulated, durability: Durability) -> Emulator {
    let disk = Arc::new(disk.clone());
    workload::builder(durability).on_disk(disk, Path::new(FOLDER)).unwrap()
}

impl Run {
    /// Makes the changes of each lane one after the other, all lanes at the same time.
    async fn new(lanes: Vec<Vec<Change>>, durability: Durability) -> Run {
        let disk = Simulated::new(Image::with_root());
        let r2 = open(&disk, durability);
        let mut views = Vec::new();
        for (lane, changes) in lanes.iter().enumerate() {
            views.push(workload::views(changes, lane).await);
        }
        let clients = lanes.iter().enumerate().map(|(lane, changes)| {
            let (mut client, disk) = (Lane::new(r2.clone(), lane), disk.clone());
            async move {
                for (number, change) in changes.iter().enumerate() {
                    disk.note(Entry::Begun(lane, number));
                    client.make(change).await;
                    disk.note(Entry::Done(lane, number));
                }
            }
        });
        futures_util::future::join_all(clients).await;
        Run { log: disk.log(), views, durability }
    }

    fn steps(&self) -> usize {
        self.log.iter().filter(|entry| matches!(entry, Entry::Step(_))).count()
    }

    /// Ends it at every step in every way, and looks at what is left.
    async fn end_everywhere(&self, effort: Effort) -> usize {
        let mut power = Power::new(Image::with_root());
        let mut progress = vec![(0, 0); self.views.len()];
        let (mut seen, mut step, mut looks) = (HashSet::new(), 0, 0);
        for entry in &self.log {
            match entry {
                Entry::Begun(lane, number) => progress[*lane].0 = number + 1,
                Entry::Done(lane, number) => progress[*lane].1 = number + 1,
                Entry::Step(taken) => {
                    power.step(taken);
                    step += 1;
                }
            }
            for end in self.ends(step, effort) {
                let moment = power.moment(end).map(|moment| (end, moment, progress.clone()));
                if moment.is_some_and(|moment| !seen.insert(moment)) {
                    continue;
                }
                let what = format!("{end:?} after step {step}, {entry:?}");
                let left = Simulated::new(power.after(end));
                self.look(&left, &progress, &what).await;
                looks += 1;
                if step % effort.recoveries == 0 {
                    looks += self.end_recovery(power.after(end), &left, &progress, &what).await;
                }
            }
        }
        looks
    }

    fn ends(&self, step: usize, effort: Effort) -> Vec<End> {
        if self.durability == Durability::System {
            return vec![End::Killed];
        }
        let torn = (0..effort.torn).map(|seed| End::Torn(seed * 1_000_003 + step as u64));
        [End::Killed, End::Lost, End::NamesOnly, End::BytesOnly].into_iter().chain(torn).collect()
    }

    /// Ends the recovery itself at each of its steps.
    async fn end_recovery(
        &self,
        before: Image,
        left: &Simulated,
        progress: &[(usize, usize)],
        what: &str,
    ) -> usize {
        let mut power = Power::new(before);
        let mut looks = 0;
        for entry in left.log() {
            let Entry::Step(taken) = entry else { continue };
            power.step(&taken);
            let end = match looks % 3 {
                _ if self.durability == Durability::System => End::Killed,
                0 => End::Lost,
                1 => End::Killed,
                _ => End::Torn(looks),
            };
            let what = format!("{what}; then {end:?} in the recovery after {taken:?}");
            self.look(&Simulated::new(power.after(end)), progress, &what).await;
            looks += 1;
        }
        usize::try_from(looks).unwrap()
    }

    async fn look(&self, left: &Simulated, progress: &[(usize, usize)], what: &str) {
        let r2 = open(left, self.durability);
        for (lane, (begun, done)) in progress.iter().enumerate() {
            let found = workload::view(r2.store(), lane).await;
            let allowed = &self.views[lane][*done..=*begun];
            assert!(
                allowed.contains(&found),
                "{what}, lane {lane}, {begun} begun, {done} done:\n{}",
                difference(&found, allowed)
            );
        }
        let report = r2.check().await.unwrap();
        assert!(report.problems.is_empty(), "{what}: {:#?}", report.problems);
        assert_eq!(left.image().below(Path::new("/store/incoming")), 0, "{what}");
    }
}

/// Names of what is not as allowed.
fn difference(found: &View, allowed: &[View]) -> String {
    let one = |allowed: &View| {
        let names: std::collections::BTreeSet<_> = found.keys().chain(allowed.keys()).collect();
        let other = |name: &&&String| found.get(**name) != allowed.get(**name);
        let told = names.iter().filter(other).map(|name| {
            let length = |view: &View| view.get(*name).map(Vec::len);
            format!("  {name}: {:?} bytes, not {:?}\n", length(found), length(allowed))
        });
        told.collect::<String>()
    };
    allowed.iter().map(one).collect::<Vec<_>>().join("  or\n")
}

#[tokio::test]
async fn ended_at_any_step_the_store_keeps_its_promises() {
    let run = Run::new(vec![workload::every_kind()], Durability::Disk).await;
    let effort = Effort { torn: 1, recoveries: 50 };
    let looks = run.end_everywhere(effort).await;
    println!("{} steps, looked {looks} times", run.steps());
    assert!(run.steps() > 300 && looks > 1000, "{} steps, {looks} looks", run.steps());
}

/// Steps that must be among those at which it ended, or the enumeration is of nothing.
#[tokio::test]
async fn every_kind_of_step_is_taken() {
    let run = Run::new(vec![workload::every_kind()], Durability::Disk).await;
    let kinds: HashSet<_> = run.log.iter().filter_map(kind).collect();
    assert_eq!(kinds.len(), 8, "{kinds:?}");
}

fn kind(entry: &Entry) -> Option<&'static str> {
    let Entry::Step(step) = entry else { return None };
    Some(match step {
        Step::MakeFolder(_) => "make a folder",
        Step::Create(..) => "create",
        Step::Write(..) => "write",
        Step::Resize(..) => "resize",
        Step::SyncFile(_) => "sync a file",
        Step::Rename(..) => "rename",
        Step::Remove(..) => "remove",
        Step::SyncFolder(_) => "sync a folder",
    })
}

/// Without forced writes a killed process must still lose nothing.
#[tokio::test]
async fn killed_at_any_step_without_syncs() {
    let run = Run::new(vec![workload::a_few()], Durability::System).await;
    run.end_everywhere(Effort { torn: 0, recoveries: 20 }).await;
}

/// A copy of a folder that was cut off is no store; one that is a store has everything.
#[tokio::test]
async fn a_copy_is_whole_or_no_store() {
    let changes = [Change::Bucket, Change::Put("large", 20_000), Change::Put("small", 100)];
    let disk = Simulated::new(Image::with_root());
    let r2 = open(&disk, Durability::Disk);
    let mut client = Lane::new(r2.clone(), 0);
    for change in &changes {
        client.make(change).await;
    }
    let kept = workload::view(r2.store(), 0).await;
    let before = disk.log().len();
    r2.copy_to("/copy").await.unwrap();
    let (mut power, mut whole) = (Power::new(Image::with_root()), 0);
    for (number, entry) in disk.log().iter().enumerate() {
        let Entry::Step(step) = entry else { continue };
        power.step(step);
        if number < before {
            continue;
        }
        let torn = (0..20).map(|seed| End::Torn(seed * 1_000_003 + number as u64));
        for end in [End::Killed, End::Lost, End::NamesOnly, End::BytesOnly].into_iter().chain(torn)
        {
            let left = Simulated::new(power.after(end));
            if !left.exists(Path::new("/copy/r2-local-store")).unwrap() {
                continue;
            }
            let builder = workload::builder(Durability::Disk);
            let copy = builder.on_disk(Arc::new(left), Path::new("/copy")).unwrap();
            let found = workload::view(copy.store(), 0).await;
            assert!(found == kept, "{end:?} after {step:?}: {:?}", found.keys());
            assert!(copy.check().await.unwrap().problems.is_empty());
            whole += 1;
        }
    }
    assert!(whole > 10, "{whole} copies were whole");
}

/// Every lane's changes share commits with those of the others.
#[test]
#[ignore = "long, and cargo xtask soak runs it"]
#[expect(clippy::disallowed_methods, reason = "how a long run is told its length and its seed")]
fn soak_ended_at_any_step() {
    let number = |name: &str, or: u64| std::env::var(name).map_or(or, |text| text.parse().unwrap());
    let (rounds, seed) = (number("R2_SOAK_ROUNDS", 3), number("R2_SOAK_SEED", 1));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for round in seed..seed + rounds {
        let lane = |lane| workload::by_chance(round * 100 + lane, 25);
        let durability = if round % 4 == 3 { Durability::System } else { Durability::Disk };
        let lanes = if round % 2 == 0 { vec![lane(0), lane(1), lane(2)] } else { vec![lane(0)] };
        runtime.block_on(async {
            let run = Run::new(lanes, durability).await;
            let looks = run.end_everywhere(Effort { torn: 3, recoveries: 10 }).await;
            println!("seed {round}: {} steps, looked {looks} times", run.steps());
        });
    }
}
