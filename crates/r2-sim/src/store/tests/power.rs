//! What a disk still has when the process dies, or the power goes, between two steps.

use super::simulated::{Image, Step};

/// The unit in which a disk writes: a write is cut between two of these, never inside one.
const SECTOR_BYTES: usize = 512;

/// How it ends.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum End {
    /// The process is killed: the system goes on and writes everything.
    Killed,
    /// The power goes, and nothing reached the disk but what was forced to it.
    Lost,
    /// As before, but all names did: files are there and have old bytes or none.
    NamesOnly,
    /// As before, but all bytes did and no name.
    BytesOnly,
    /// As before, but of each step, and of each sector of a write, by chance.
    Torn(u64),
}

/// The disk as programs see it, as it is without power, and what lies between.
#[derive(Clone, Debug)]
pub(super) struct Power {
    seen: Image,
    kept: Image,
    unsynced: Vec<Step>,
    /// Counts changes of what is kept.
    forced: u64,
    renamed: u64,
}

impl Power {
    /// A disk on which this lies, durably.
    pub(super) fn new(image: Image) -> Power {
        Power { seen: image.clone(), kept: image, unsynced: Vec::new(), forced: 0, renamed: 0 }
    }

    pub(super) fn step(&mut self, step: &Step) {
        self.seen.apply(step);
        match step {
            Step::SyncFile(file) => self.force(
                |step| matches!(step, Step::Write(of, ..) | Step::Resize(of, _) if of == file),
            ),
            Step::SyncFolder(folder) => self.force(|step| match step {
                Step::MakeFolder(path) | Step::Create(path, _) | Step::Remove(path, _) => {
                    path.parent() == Some(folder)
                }
                // A rename between folders is one step for any file system that can be trusted.
                Step::Rename(from, to, _) => {
                    from.parent() == Some(folder) || to.parent() == Some(folder)
                }
                _ => false,
            }),
            other => {
                self.renamed += u64::from(is_name(other));
                self.unsynced.push(other.clone());
            }
        }
    }

    fn force(&mut self, what: impl Fn(&Step) -> bool) {
        let steps = std::mem::take(&mut self.unsynced);
        for step in steps {
            if what(&step) {
                self.kept.apply(&step);
                self.forced += 1;
            } else {
                self.unsynced.push(step);
            }
        }
    }

    /// Equal for two moments at which this end leaves the same; `None` when no two are equal.
    pub(super) fn moment(&self, end: End) -> Option<(u64, u64)> {
        match end {
            End::Lost => Some((self.forced, 0)),
            End::NamesOnly => Some((self.forced, self.renamed)),
            End::Killed | End::BytesOnly | End::Torn(_) => None,
        }
    }

    /// What is on the disk after this end.
    pub(super) fn after(&self, end: End) -> Image {
        let mut image = match end {
            End::Killed => return self.seen.clone(),
            _ => self.kept.clone(),
        };
        let mut chance = match end {
            End::Torn(seed) => fastrand::Rng::with_seed(seed),
            _ => fastrand::Rng::with_seed(0),
        };
        for step in &self.unsynced {
            match end {
                End::NamesOnly if is_name(step) => image.apply(step),
                End::BytesOnly if !is_name(step) => image.apply(step),
                End::Torn(_) => tear(step, &mut image, &mut chance),
                _ => {}
            }
        }
        image
    }
}

fn is_name(step: &Step) -> bool {
    !matches!(step, Step::Write(..) | Step::Resize(..))
}

fn tear(step: &Step, image: &mut Image, chance: &mut fastrand::Rng) {
    let Step::Write(file, offset, bytes) = step else {
        if chance.bool() {
            image.apply(step);
        }
        return;
    };
    match chance.u8(..4) {
        0 => {}
        1 => image.apply(step),
        _ => {
            let mut from = *offset;
            for sector in bytes.chunks(SECTOR_BYTES) {
                if chance.bool() {
                    image.apply(&Step::Write(*file, from, sector.into()));
                }
                from += sector.len() as u64;
            }
        }
    }
}
