//! Somebody who keeps a folder in step with a bucket, both ways.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use r2_backend::{Compare, Extra, Location, Report, Sync, SyncOptions};
use r2_objects::Clock as _;
use tempfile::TempDir;

use crate::actor::Actor;
use crate::content::brief;
use crate::disk::on_disk;
use crate::model::{Cell, Violation};
use crate::shared::state;
use crate::world::{PART, bucket, part_size};

const PREFIX: &str = "tree";
const NAMES: [&str; 6] = ["a", "b/c", "b/d e", "ü+%", "z/z/z", "z/y"];

/// A folder that goes up, and another one that comes down.
pub(crate) struct Tree<'w> {
    pub(crate) actor: Actor<'w>,
    folders: TempDir,
    local: BTreeMap<&'static str, Bytes>,
    /// What may be under each name in the bucket, and in the folder that comes down.
    remote: BTreeMap<&'static str, Cell>,
    copied: BTreeMap<&'static str, Cell>,
}

impl<'w> Tree<'w> {
    pub(crate) fn new(actor: Actor<'w>) -> Result<Self, Violation> {
        let folders = tempfile::tempdir().map_err(|error| format!("no folder: {error}"))?;
        let cells = || NAMES.into_iter().map(|name| (name, Cell::default())).collect();
        Ok(Self { actor, folders, local: BTreeMap::new(), remote: cells(), copied: cells() })
    }

    fn up(&self) -> PathBuf {
        self.folders.path().join("up")
    }

    fn down(&self) -> PathBuf {
        self.folders.path().join("down")
    }

    pub(crate) async fn step(&mut self) -> Result<(), Violation> {
        // times in listings are whole seconds
        tokio::time::sleep(Duration::from_secs(2)).await;
        self.change().await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        self.sync_up().await?;
        if self.actor.random.bool() {
            self.sync_down().await?;
        }
        self.actor.account.check(&self.actor.client)
    }

    /// Writes and removes some files.
    async fn change(&mut self) -> Result<(), Violation> {
        let now = self.actor.world.clock.now();
        for name in NAMES {
            let path = self.up().join(name);
            match self.actor.random.u8(0..6) {
                0 | 1 => {
                    let content = self.actor.any_content();
                    self.local.insert(name, content.clone());
                    on_disk(move || write(&path, &content, now)).await?;
                }
                2 if self.local.remove(name).is_some() => {
                    on_disk(move || fs::remove_file(&path)).await?;
                }
                _ => {}
            }
        }
        let path = self.up();
        on_disk(move || fs::create_dir_all(path)).await
    }

    fn options(&mut self) -> SyncOptions {
        let random = &mut self.actor.random;
        let compare = [Compare::Time, Compare::Checksum, Compare::Always][random.usize(0..3)];
        let options = SyncOptions::new()
            .compare(compare)
            .transfers(random.usize(1..5))
            .part_size(part_size())
            .known_part_size(PART as u64)
            .threshold_bytes(PART as u64)
            .extra(Extra::Delete { at_most: 1_000 });
        match random.bool() {
            true => options.resume(self.actor.tokens.clone()),
            false => options,
        }
    }

    async fn sync_up(&mut self) -> Result<(), Violation> {
        let options = self.options();
        let (from, to) = (Location::directory(self.up()), self.location());
        let report = self.sync(("sync up", from, to), &options).await?;
        for (name, cell) in &mut self.remote {
            let state = self.local.get(name).cloned();
            match report {
                Some(true) => cell.wrote(state),
                _ => cell.may_hold(state),
            }
        }
        for (name, cell) in &mut self.remote {
            let found = state(&self.actor.world.truth, &format!("{PREFIX}/{name}")).await?;
            cell.saw_state(&format!("after a sync, {name} in the bucket"), found.as_ref())?;
        }
        Ok(())
    }

    async fn sync_down(&mut self) -> Result<(), Violation> {
        let options = self.options();
        let (from, to) = (self.location(), Location::directory(self.down()));
        let report = self.sync(("sync down", from, to), &options).await?;
        for (name, cell) in &mut self.copied {
            // the look after going up left one state
            let state = self.remote.get(name).and_then(Cell::only).cloned().flatten();
            match report {
                Some(true) => cell.wrote(state),
                _ => cell.may_hold(state),
            }
            let path = self.folders.path().join("down").join(name);
            let found = on_disk(move || read(&path)).await?;
            let what = format!("after a sync, the file {name} is {}", brief(found.as_ref()));
            cell.saw(&what, |state| state == found.as_ref())?;
        }
        Ok(())
    }

    fn location(&self) -> Location {
        Location::bucket(&self.actor.client, bucket(), PREFIX)
    }

    /// Whether everything is said to be in step; `None` if nothing is said.
    async fn sync(
        &mut self,
        (name, from, to): (&'static str, Location, Location),
        options: &SyncOptions,
    ) -> Result<Option<bool>, Violation> {
        let call = async { Sync::plan(&from, &to, options).await?.run(|_| {}).await };
        let (result, _) = self.actor.live(name, call).await;
        let calm = self.actor.world.weather.is_calm();
        match result {
            None => {
                // whatever was under way
                self.actor.uploads_abandoned += options.transfers as u64;
                Ok(None)
            }
            Some(Ok(report)) if calm && !report.is_complete() => Err(format!("{name}: {report:?}")),
            Some(Ok(report)) => self.reported(name, &report),
            Some(Err(error)) if calm => Err(format!("{name}: nothing explains {error:?}")),
            Some(Err(error)) => {
                self.actor.world.note(&self.actor.name, &format!("{name} failed: {error:?}"));
                Ok(None)
            }
        }
    }

    fn reported(&mut self, name: &str, report: &Report) -> Result<Option<bool>, Violation> {
        for failed in &report.failed {
            let what = format!("{name}: {} failed: {:?}", failed.name, failed.error);
            self.actor.world.note(&self.actor.name, &what);
            match (failed.error.request(), failed.error.transfer()) {
                (Some(request), _) => self.actor.fair(request)?,
                (None, Some(transfer)) => self.actor.fair_transfer(transfer)?,
                (None, None) => return Err(what),
            }
        }
        Ok(Some(report.is_complete()))
    }
}

fn write(path: &Path, content: &[u8], modified: SystemTime) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.set_modified(modified)
}

fn read(path: &Path) -> std::io::Result<Option<Bytes>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content.into())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
