//! Keys that several clients write at the same time: one winner of a creation, and a log to which
//! everybody appends by compare-and-swap.

use std::cell::RefCell;
use std::collections::BTreeMap;

use bytes::Bytes;
use r2_objects::{Client, ErrorKind, Precondition, PutObject, PutOutcome};

use crate::actor::Actor;
use crate::content::{brief, content};
use crate::model::Violation;
use crate::world::{BUCKET, bucket, key};

/// Keys that are created once.
const CREATED: u64 = 3;
const LOG: &str = "shared/log";

/// What the clients were told of the keys that they share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    created: RefCell<BTreeMap<String, Contest>>,
    appended: RefCell<Vec<(String, Told)>>,
}

#[derive(Debug, Default)]
struct Contest {
    entries: Vec<(Bytes, Told)>,
    /// Somebody was told that it exists.
    is_taken: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Done,
    NotDone,
    /// Nobody knows.
    Maybe,
}

impl Shared {
    pub(crate) fn keys(&self) -> Vec<String> {
        self.created.borrow().keys().cloned().chain([LOG.to_owned()]).collect()
    }

    /// Holds what is there at the end against what everybody was told.
    pub(crate) async fn check(&self, truth: &Client) -> Result<(), Violation> {
        let created = self.created.take();
        for (name, contest) in &created {
            contest.check(name, state(truth, name).await?.as_ref())?;
        }
        self.created.replace(created);
        let log = state(truth, LOG).await?.unwrap_or_default();
        let log = String::from_utf8_lossy(&log).into_owned();
        let mut lines: Vec<&str> = log.lines().collect();
        for (line, told) in &*self.appended.borrow() {
            let count = lines.iter().filter(|found| *found == line).count();
            let right = match told {
                Told::Done => count == 1,
                Told::NotDone => count == 0,
                Told::Maybe => count <= 1,
            };
            if !right {
                return Err(format!("{line} was told {told:?} and is {count} times in the log"));
            }
            lines.retain(|found| found != line);
        }
        match lines.first() {
            None => Ok(()),
            Some(other) => Err(format!("nobody appended {other:?}")),
        }
    }
}

impl Contest {
    fn check(&self, name: &str, found: Option<&Bytes>) -> Result<(), Violation> {
        let winners = self.entries.iter().filter(|(_, told)| *told == Told::Done).count();
        if winners > 1 {
            return Err(format!("{name} was created {winners} times"));
        }
        if self.is_taken && found.is_none() {
            return Err(format!("{name} was told to exist, and does not"));
        }
        for (entry, told) in &self.entries {
            let is_there = found == Some(entry);
            let wrong = match told {
                Told::Done => !is_there,
                Told::NotDone => is_there,
                Told::Maybe => false,
            };
            if wrong {
                let (entry, found) = (brief(Some(entry)), brief(found));
                return Err(format!("{name}: {entry} was told {told:?}, and {found} is there"));
            }
        }
        match found {
            Some(found) if !self.entries.iter().any(|(entry, _)| entry == found) => {
                Err(format!("{name} holds {}, which nobody wrote", brief(Some(found))))
            }
            _ => Ok(()),
        }
    }
}

impl Actor<'_> {
    /// Everybody creates the same few objects: one succeeds.
    pub(crate) async fn contend(&mut self) -> Result<(), Violation> {
        let name = format!("shared/once {}", self.random.u64(0..CREATED));
        let length = self.random.usize(1..500);
        let entry = content(self.random.u64(..), length);
        let (client, body) = (self.client.clone(), entry.clone());
        let call = async { client.objects().create(BUCKET, name.as_str(), body).await };
        let (result, sent) = self.live("contend", call).await;
        sent.explained("PutObject", 1)?;
        let mut taken = false;
        let told = match result {
            Some(Ok(PutOutcome::AlreadyExists)) => {
                taken = true;
                Told::NotDone
            }
            Some(Ok(_)) => Told::Done,
            None => Told::Maybe,
            Some(Err(error)) => {
                self.fair(&error)?;
                if error.may_have_applied() { Told::Maybe } else { Told::NotDone }
            }
        };
        let mut created = self.shared.created.borrow_mut();
        let contest = created.entry(name).or_default();
        contest.is_taken |= taken;
        contest.entries.push((entry, told));
        Ok(())
    }

    /// Reads the log, adds a line and writes it back, if nobody was faster.
    pub(crate) async fn append(&mut self) -> Result<(), Violation> {
        let line = format!("{}.{}", self.name, self.random.u64(..));
        let client = self.client.clone();
        let call = async { client.objects().get(BUCKET, LOG).await };
        let (result, _) = self.live("read log", call).await;
        let (text, condition) = match result {
            Some(Ok(object)) => (object.body, Precondition::unchanged(object.info.etag)),
            Some(Err(error)) if error.is_not_found() => (Bytes::new(), Precondition::absent()),
            Some(Err(error)) => return self.fair(&error),
            None => return Ok(()),
        };
        let text = format!("{}{line}\n", String::from_utf8_lossy(&text));
        let put = PutObject::new(bucket(), key(LOG), text).condition(condition);
        let client = self.client.clone();
        let (result, sent) = self.live("append", client.send(put)).await;
        sent.explained("PutObject", 1)?;
        let told = match result {
            Some(Ok(PutOutcome::AlreadyExists)) => Told::NotDone,
            Some(Ok(_)) => Told::Done,
            None => Told::Maybe,
            Some(Err(error)) => {
                let lost = error.kind() == ErrorKind::PreconditionFailed;
                if !lost {
                    self.fair(&error)?;
                }
                if error.may_have_applied() { Told::Maybe } else { Told::NotDone }
            }
        };
        self.world.note(&self.name, &format!("append {line}: {told:?}"));
        self.shared.appended.borrow_mut().push((line, told));
        Ok(())
    }
}

/// What really is there.
pub(crate) async fn state(truth: &Client, name: &str) -> Result<Option<Bytes>, Violation> {
    match truth.objects().get(BUCKET, name).await {
        Ok(object) => Ok(Some(object.body)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(format!("a look at {name} without any trouble failed: {error:?}")),
    }
}
