//! `LifecycleConfiguration`: what happens to objects as they age.

use std::collections::HashSet;

use crate::codec::{Codec, Cursor, Writer, missing};
use crate::error::quoted;
use crate::limits::{LIFECYCLE_BYTES_MAX, RULES_MAX, VALUES_MAX};
use crate::{Document, Error, ErrorKind, Invalid, RequestDocument, Timestamp};

const ID_CHARS_MAX: usize = 255;

/// The reply to GetBucketLifecycleConfiguration and the body of PutBucketLifecycleConfiguration.
///
/// What R2 does not have (tags, sizes, versions) is refused, not skipped: a rule without its
/// filter would act on more objects than it should.
///
/// ```
/// use r2_xml::{Document, LifecycleConfiguration, LifecycleRule, RuleStatus};
///
/// let lifecycle = LifecycleConfiguration {
///     rules: vec![LifecycleRule {
///         id: Some("abort".into()),
///         status: RuleStatus::Enabled,
///         abort_incomplete_multipart_upload_days: Some(7),
///         ..LifecycleRule::default()
///     }],
/// };
/// let body = lifecycle.encode();
/// assert_eq!(LifecycleConfiguration::decode(body.as_bytes())?, lifecycle);
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LifecycleConfiguration {
    /// At most 1,000.
    pub rules: Vec<LifecycleRule>,
}

/// What happens to some objects, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LifecycleRule {
    /// A name, at most 255 characters, used once.
    pub id: Option<String>,
    /// Whether the rule acts.
    pub status: RuleStatus,
    /// Which objects it is about.
    pub filter: LifecycleFilter,
    /// When they are deleted.
    pub expiration: Option<LifecycleTime>,
    /// When they move to which storage class.
    pub transitions: Vec<LifecycleTransition>,
    /// Days after which an unfinished upload is aborted.
    pub abort_incomplete_multipart_upload_days: Option<u32>,
}

/// Whether a rule acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "S3 has these two")]
pub enum RuleStatus {
    /// It acts.
    #[default]
    Enabled,
    /// It does not.
    Disabled,
}

/// Which objects a rule is about: the three ways to write it, which mean the same when the prefix
/// is the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LifecycleFilter {
    /// No element: all objects.
    #[default]
    Absent,
    /// `Filter`, with a `Prefix` inside or without: all objects.
    Filter(Option<String>),
    /// `Prefix` in the rule itself, S3's older form.
    Prefix(String),
}

/// When something happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LifecycleTime {
    /// Days after it was written.
    Days(u32),
    /// From a date on.
    Date(Timestamp),
}

/// A change of the storage class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifecycleTransition {
    /// When.
    pub time: LifecycleTime,
    /// To what: `STANDARD_IA` on R2.
    pub storage_class: String,
}

impl LifecycleFilter {
    /// The prefix of the objects, empty for all.
    #[must_use]
    pub fn prefix(&self) -> &str {
        match self {
            Self::Absent | Self::Filter(None) => "",
            Self::Filter(Some(prefix)) | Self::Prefix(prefix) => prefix,
        }
    }
}

impl Document for LifecycleConfiguration {
    const ROOT: &'static str = "LifecycleConfiguration";
    const BYTES_MAX: usize = LIFECYCLE_BYTES_MAX;
}

impl RequestDocument for LifecycleConfiguration {
    /// S3's rules for ids, days and actions; R2's for storage classes and their number.
    fn validate(&self) -> Result<(), Invalid> {
        if !(1..=RULES_MAX).contains(&self.rules.len()) {
            return Err(Invalid::RuleCount(self.rules.len()));
        }
        let mut ids = HashSet::new();
        for (index, rule) in self.rules.iter().enumerate() {
            rule.validate(index)?;
            if let Some(id) = rule.id.as_deref().filter(|id| !ids.insert(*id)) {
                return Err(Invalid::LifecycleDuplicateId(id.to_owned()));
            }
        }
        Ok(())
    }
}

impl LifecycleRule {
    fn validate(&self, index: usize) -> Result<(), Invalid> {
        let id_chars = self.id.as_deref().map_or(0, |id| id.chars().count());
        if id_chars > ID_CHARS_MAX {
            return Err(Invalid::LifecycleIdLength(id_chars));
        }
        let abort = self.abort_incomplete_multipart_upload_days;
        if self.expiration.is_none() && self.transitions.is_empty() && abort.is_none() {
            return Err(Invalid::LifecycleNoAction(index));
        }
        let times = self.transitions.iter().map(|transition| &transition.time);
        let zero = |time: &LifecycleTime| *time == LifecycleTime::Days(0);
        if abort == Some(0) || times.chain(&self.expiration).any(zero) {
            return Err(Invalid::LifecycleZeroDays(index));
        }
        let known = |transition: &&LifecycleTransition| transition.storage_class == "STANDARD_IA";
        match self.transitions.iter().find(|transition| !known(transition)) {
            Some(odd) => Err(Invalid::LifecycleStorageClass(odd.storage_class.clone())),
            None => Ok(()),
        }
    }
}

impl Codec for LifecycleConfiguration {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut rules = Vec::new();
        while let Some(name) = cursor.child()? {
            match name {
                "Rule" => cursor.push(&mut rules, RULES_MAX, LifecycleRule::read)?,
                // MinIO adds the time of the last change here.
                _ => cursor.other_unless_strict(name)?,
            }
        }
        Ok(Self { rules })
    }

    fn write(&self, writer: &mut Writer) {
        for rule in &self.rules {
            writer.element("Rule", |writer| rule.write(writer));
        }
    }
}

impl LifecycleRule {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let (mut id, mut status, mut filter) = (None, None, None);
        let (mut expiration, mut transitions, mut abort) = (None, Vec::new(), None);
        while let Some(name) = cursor.child()? {
            match name {
                "ID" => cursor.once(&mut id, Cursor::string)?,
                "Status" => cursor.once(&mut status, RuleStatus::read)?,
                "Filter" => cursor.once(&mut filter, read_filter)?,
                "Prefix" => cursor
                    .once(&mut filter, |cursor| cursor.string().map(LifecycleFilter::Prefix))?,
                "Expiration" => cursor.once(&mut expiration, read_expiration)?,
                "Transition" => {
                    cursor.push(&mut transitions, VALUES_MAX, LifecycleTransition::read)?;
                }
                "AbortIncompleteMultipartUpload" => cursor.once(&mut abort, read_abort)?,
                _ => return Err(cursor.refuse(name)),
            }
        }
        Ok(Self {
            id,
            status: status.ok_or_else(|| missing(at, "Rule", "Status"))?,
            filter: filter.unwrap_or_default(),
            expiration,
            transitions,
            abort_incomplete_multipart_upload_days: abort,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.text_if("ID", self.id.as_deref());
        match &self.filter {
            LifecycleFilter::Absent => {}
            LifecycleFilter::Filter(prefix) => {
                writer.element("Filter", |writer| writer.text_if("Prefix", prefix.as_deref()));
            }
            LifecycleFilter::Prefix(prefix) => writer.text("Prefix", prefix),
        }
        writer.text("Status", self.status.as_str());
        if let Some(time) = &self.expiration {
            writer.element("Expiration", |writer| time.write(writer));
        }
        for transition in &self.transitions {
            writer.element("Transition", |writer| {
                transition.time.write(writer);
                writer.text("StorageClass", &transition.storage_class);
            });
        }
        if let Some(days) = self.abort_incomplete_multipart_upload_days {
            writer.element("AbortIncompleteMultipartUpload", |writer| {
                writer.value("DaysAfterInitiation", days);
            });
        }
    }
}

impl RuleStatus {
    /// The text of the element.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
        }
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let text = cursor.text()?;
        match text.trim_ascii() {
            "Enabled" => Ok(Self::Enabled),
            "Disabled" => Ok(Self::Disabled),
            _ => {
                let reason = format!("`Status`: {} is not Enabled or Disabled", quoted(&text));
                Err(cursor.error(ErrorKind::Value, reason))
            }
        }
    }
}

impl LifecycleTime {
    fn write(self, writer: &mut Writer) {
        match self {
            Self::Days(days) => writer.value("Days", days),
            Self::Date(date) => writer.value("Date", date),
        }
    }

    fn read_days(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        cursor.number().map(Self::Days)
    }

    fn read_date(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        cursor.timestamp().map(Self::Date)
    }
}

impl LifecycleTransition {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let (mut time, mut storage_class) = (None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "Days" => cursor.once(&mut time, LifecycleTime::read_days)?,
                "Date" => cursor.once(&mut time, LifecycleTime::read_date)?,
                "StorageClass" => cursor.once(&mut storage_class, Cursor::string)?,
                _ => return Err(cursor.refuse(name)),
            }
        }
        Ok(Self {
            time: time.ok_or_else(|| missing(at, "Transition", "Days"))?,
            storage_class: storage_class
                .ok_or_else(|| missing(at, "Transition", "StorageClass"))?,
        })
    }
}

fn read_expiration(cursor: &mut Cursor<'_>) -> Result<LifecycleTime, Error> {
    let at = cursor.element();
    let mut time = None;
    while let Some(name) = cursor.child()? {
        match name {
            "Days" => cursor.once(&mut time, LifecycleTime::read_days)?,
            "Date" => cursor.once(&mut time, LifecycleTime::read_date)?,
            _ => return Err(cursor.refuse(name)),
        }
    }
    time.ok_or_else(|| missing(at, "Expiration", "Days"))
}

fn read_filter(cursor: &mut Cursor<'_>) -> Result<LifecycleFilter, Error> {
    let mut prefix = None;
    while let Some(name) = cursor.child()? {
        match name {
            "Prefix" => cursor.once(&mut prefix, Cursor::string)?,
            _ => return Err(cursor.refuse(name)),
        }
    }
    Ok(LifecycleFilter::Filter(prefix))
}

fn read_abort(cursor: &mut Cursor<'_>) -> Result<u32, Error> {
    let at = cursor.element();
    let mut days = None;
    while let Some(name) = cursor.child()? {
        match name {
            "DaysAfterInitiation" => cursor.once(&mut days, Cursor::number)?,
            _ => return Err(cursor.refuse(name)),
        }
    }
    days.ok_or_else(|| missing(at, "AbortIncompleteMultipartUpload", "DaysAfterInitiation"))
}
