//! Lifecycle rules, applied by the clock at the moment somebody looks.
//!
//! R2 acts within about a day of a rule's time (Cloudflare's lifecycle page); here the effect is
//! exact, so that tests with a manual clock can see it.

use r2_xml::{
    Document as _, LifecycleConfiguration, LifecycleFilter, LifecycleRule, LifecycleTime,
    RuleStatus,
};

use super::locks::Locks;
use crate::protocol::unix_ms;
use crate::store::{BucketRecord, ObjectRecord};

const DAY_MS: u64 = 86_400_000;

/// R2 aborts uploads after seven days unless told otherwise (Cloudflare's lifecycle page).
const DEFAULT_ABORT_DAYS: u32 = 7;

/// The rules of a bucket that are enabled, and the locks that go before them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    lifecycle: Vec<LifecycleRule>,
    pub(crate) locks: Locks,
}

/// When an object goes, and by which rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Expiry {
    /// Milliseconds since 1970.
    pub(crate) at: u64,
    pub(crate) rule: String,
}

/// The configuration of a new bucket.
pub(crate) fn default_configuration() -> String {
    let mut rule = LifecycleRule {
        id: Some("Default Multipart Abort Rule".to_owned()),
        status: RuleStatus::Enabled,
        filter: LifecycleFilter::Filter(Some(String::new())),
        expiration: None,
        transitions: Vec::new(),
        abort_incomplete_multipart_upload_days: None,
    };
    rule.abort_incomplete_multipart_upload_days = Some(DEFAULT_ABORT_DAYS);
    LifecycleConfiguration { rules: vec![rule] }.encode()
}

impl Rules {
    pub(crate) fn of(bucket: &BucketRecord) -> Rules {
        let text = bucket.lifecycle.as_deref();
        let document = text.and_then(|text| LifecycleConfiguration::decode(text.as_bytes()).ok());
        let rules = document.map(|document| document.rules).unwrap_or_default();
        let enabled = rules.into_iter().filter(|rule| rule.status == RuleStatus::Enabled);
        Rules { lifecycle: enabled.collect(), locks: Locks::of(bucket) }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &LifecycleRule> {
        self.lifecycle.iter()
    }

    fn about<'r>(&'r self, key: &str) -> impl Iterator<Item = &'r LifecycleRule> {
        self.lifecycle.iter().filter(move |rule| key.starts_with(rule.filter.prefix()))
    }

    /// When an object will go: the earliest of its rules.
    pub(crate) fn expiry(&self, key: &str, modified: u64) -> Option<Expiry> {
        let expiries = self.about(key).filter_map(|rule| {
            let at = moment(rule.expiration.as_ref()?, modified);
            Some(Expiry { at, rule: rule.id.clone().unwrap_or_default() })
        });
        expiries.min_by_key(|expiry| expiry.at)
    }

    /// Whether an object is there at this moment.
    pub(crate) fn keeps(&self, key: &str, modified: u64, now: u64) -> bool {
        let keeps = self.expiry(key, modified).is_none_or(|expiry| now < expiry.at);
        keeps || self.locks.hold(key, modified, now)
    }

    /// The object as it is at this moment, if it is there.
    pub(crate) fn seen(
        &self,
        key: &str,
        object: Option<ObjectRecord>,
        now: u64,
    ) -> Option<ObjectRecord> {
        let mut object = object.filter(|object| self.keeps(key, object.modified, now))?;
        if let Some(class) = self.class(key, object.modified, now) {
            class.clone_into(&mut object.class);
        }
        Some(object)
    }

    /// The class that a rule has moved an object to.
    fn class(&self, key: &str, modified: u64, now: u64) -> Option<&str> {
        let expiry = self.expiry(key, modified);
        let happens = |at: u64| {
            // Of the two within a day only the expiry happens (Cloudflare's lifecycle page).
            let loses = expiry.as_ref().is_some_and(|end| end.at <= at.saturating_add(DAY_MS));
            at <= now && !loses
        };
        let mut transitions = self.about(key).flat_map(|rule| &rule.transitions);
        let due = transitions.find(|transition| happens(moment(&transition.time, modified)));
        due.map(|transition| transition.storage_class.as_str())
    }

    /// Whether an upload has not been given up yet.
    pub(crate) fn keeps_upload(&self, key: &str, initiated: u64, now: u64) -> bool {
        let days = self.about(key).filter_map(|rule| rule.abort_incomplete_multipart_upload_days);
        days.min().is_none_or(|days| now < initiated.saturating_add(u64::from(days) * DAY_MS))
    }
}

fn moment(time: &LifecycleTime, modified: u64) -> u64 {
    match time {
        LifecycleTime::Days(days) => modified.saturating_add(u64::from(*days) * DAY_MS),
        LifecycleTime::Date(date) => unix_ms((*date).into()),
        _ => u64::MAX,
    }
}
