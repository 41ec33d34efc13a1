//! Bucket locks: which objects may not change at this moment, and setting the rules.

use std::collections::HashSet;
use std::time::{Duration, UNIX_EPOCH};

use r2_xml::ErrorCode;

use super::core::{Service, open_bucket};
use super::millis;
use crate::limits::LOCK_RULES_MAX;
use crate::locks::{LockRule, LockUntil};
use crate::protocol::{Refusal, normalized, unix_ms};
use crate::store::{BucketRecord, LockRecord, ObjectRecord};
use crate::switches::KeyIdentity;

/// The rules of a bucket that act.
#[derive(Clone, Debug, Default)]
pub(crate) struct Locks(Vec<LockRecord>);

impl Locks {
    pub(crate) fn of(bucket: &BucketRecord) -> Locks {
        Locks(bucket.locks.iter().filter(|rule| rule.enabled).cloned().collect())
    }

    /// Whether an object that was written then is kept at this moment.
    pub(crate) fn hold(&self, key: &str, modified: u64, now: u64) -> bool {
        let about = self.0.iter().filter(|rule| key.starts_with(&rule.prefix));
        about.map(|rule| end(rule, modified)).any(|end| now < end)
    }

    /// Refuses to overwrite or delete an object that is kept.
    pub(crate) fn check(
        &self,
        key: &str,
        current: Option<&ObjectRecord>,
        now: u64,
    ) -> Result<(), Refusal> {
        match current {
            Some(object) if self.hold(key, object.modified, now) => Err(Refusal::new(
                ErrorCode::from("ObjectLockedByBucketPolicy"),
                "The object is locked by the bucket policy.",
            )
            .with_status(http::StatusCode::FORBIDDEN)),
            _ => Ok(()),
        }
    }
}

/// When a rule lets an object go; the end of time for never.
fn end(rule: &LockRecord, modified: u64) -> u64 {
    match (rule.age_ms, rule.date) {
        (Some(age), _) => modified.saturating_add(age),
        (None, Some(date)) => date,
        (None, None) => u64::MAX,
    }
}

/// Why rules were not set.
#[derive(Clone, Debug)]
pub(crate) enum NotLocked {
    Refused(Refusal),
    Rules(String),
}

impl From<Refusal> for NotLocked {
    fn from(refusal: Refusal) -> NotLocked {
        NotLocked::Refused(refusal)
    }
}

impl Service {
    /// Replaces the lock rules of a bucket. Objects that exist are covered as well.
    pub(crate) async fn set_locks(
        &self,
        bucket: &str,
        rules: Vec<LockRule>,
    ) -> Result<(), NotLocked> {
        check_rules(&rules)?;
        let identity = self.switches.key_identity;
        let locks = rules.into_iter().map(|rule| record(rule, identity)).collect();
        let name = bucket.to_owned();
        let change = self.change(move |txn| {
            let mut record = open_bucket(txn.bucket(&name)?)?.record;
            record.locks = locks;
            Ok(txn.put_bucket(&name, &record)?)
        });
        Ok(change.await?)
    }

    pub(crate) async fn locks(&self, bucket: &str) -> Result<Vec<LockRule>, Refusal> {
        let record = self.bucket(bucket).await?.record;
        Ok(record.locks.into_iter().map(rule).collect())
    }
}

fn check_rules(rules: &[LockRule]) -> Result<(), NotLocked> {
    if rules.len() > LOCK_RULES_MAX {
        let count = rules.len();
        return Err(NotLocked::Rules(format!(
            "{count} rules, at most {LOCK_RULES_MAX} are allowed"
        )));
    }
    let mut ids = HashSet::new();
    match rules.iter().find(|rule| rule.id.is_empty() || !ids.insert(&rule.id)) {
        Some(rule) => Err(NotLocked::Rules(format!("`{}` names no rule or two", rule.id))),
        None => Ok(()),
    }
}

fn record(rule: LockRule, identity: KeyIdentity) -> LockRecord {
    let (age_ms, date) = match rule.until {
        LockUntil::Age(age) => (Some(millis(age)), None),
        LockUntil::Date(date) => (None, Some(unix_ms(date))),
        LockUntil::Forever => (None, None),
    };
    let prefix = normalized(&rule.prefix, identity).into_owned();
    LockRecord { id: rule.id, prefix, enabled: rule.is_enabled, age_ms, date }
}

fn rule(record: LockRecord) -> LockRule {
    let until = match (record.age_ms, record.date) {
        (Some(age), _) => LockUntil::Age(Duration::from_millis(age)),
        (None, Some(date)) => {
            let date = UNIX_EPOCH.checked_add(Duration::from_millis(date));
            date.map_or(LockUntil::Forever, LockUntil::Date)
        }
        (None, None) => LockUntil::Forever,
    };
    let rule = LockRule::new(record.id, until).prefix(record.prefix);
    if record.enabled { rule } else { rule.disabled() }
}
