//! All sources as one configuration, and where each value came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::archive::ArchiveSettings;
use super::buckets::{self, BucketSettings, Placed};
use super::document::{self, Document};
use super::problem::{ConfigError, Place, Problem};
use super::scopes::ScopeSettings;
use super::settings::{SETTINGS, Setting};
use super::sources::ConfigSources;
use super::suggest::nearest;
use super::tree::Value;
use super::value::{Flaw, Typed, typed};

/// Settings that mean something together only: the highest source that has one of them has all.
/// An account from a file does not go together with an endpoint from the environment.
const TOGETHER: [&[&str]; 2] = [
    &["cloudflare_r2.account_id", "cloudflare_r2.endpoint"],
    &[
        "cloudflare_r2.credentials.access_key_id",
        "cloudflare_r2.credentials.secret_access_key",
        "cloudflare_r2.credentials.session_token",
        "cloudflare_r2.credentials.source",
    ],
];

/// Where a value came from, the strongest first.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Origin {
    /// A flag of the program, by its name.
    Flag(String),
    /// A variable of the environment, by its name.
    Environment(String),
    /// The file of the project.
    Project(PathBuf, Place),
    /// The file of the user.
    User(PathBuf, Place),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag {flag}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Project(path, place) | Self::User(path, place) => {
                write!(f, "{}:{}", path.display(), place.line)
            }
            Self::Default => f.write_str("default"),
        }
    }
}

/// A setting, its value and where that came from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explained {
    /// The setting.
    pub setting: &'static Setting,
    /// The value as it would be written; secrets are `(hidden)`; `None` for no value.
    pub value: Option<String>,
    /// Where it came from.
    pub origin: Origin,
}

/// A whole configuration.
#[derive(Clone)]
pub struct Config {
    values: BTreeMap<&'static str, (Typed, Origin)>,
    buckets: BTreeMap<String, BucketSettings>,
    scopes: Option<ScopeSettings>,
    archive: ArchiveSettings,
}

impl Config {
    /// Reads everything: flags go before the environment, this before the file of the project, this
    /// before the file of the user, this before defaults. Blocking, as it reads files.
    ///
    /// ```
    /// use r2_backend::config::{Config, ConfigSources};
    ///
    /// let config = Config::load(&ConfigSources::new())?;
    /// assert_eq!(config.text("cloudflare_r2.region").as_deref(), Some("auto"));
    /// # Ok::<(), r2_backend::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// With everything that is wrong, 20 problems at most, each with its file, line and advice.
    pub fn load(sources: &ConfigSources) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let mut archive = ArchiveSettings::default();
        let mut file = |path: &Option<PathBuf>| match path {
            Some(path) => document::read(path, &sources.environment, &mut archive, &mut problems),
            None => Document::default(),
        };
        // in this order: what the project says of the archive goes over what the user says
        let user = file(&sources.user);
        let project = file(&sources.project);
        let mut layers = vec![
            flags(&sources.flags, &mut problems),
            environment(&sources.environment, &mut problems),
        ];
        let mut buckets: BTreeMap<String, Placed> = user.buckets;
        buckets.extend(project.buckets);
        buckets::check(&buckets, &mut problems);
        let scopes = project.scopes.or(user.scopes);
        if let Some(path) = &sources.project {
            let origin = |place| Origin::Project(path.clone(), place);
            layers
                .push(project.settings.into_iter().map(|(s, v, at)| (s, v, origin(at))).collect());
        }
        if let Some(path) = &sources.user {
            let origin = |place| Origin::User(path.clone(), place);
            layers.push(user.settings.into_iter().map(|(s, v, at)| (s, v, origin(at))).collect());
        }
        ConfigError::unless_empty(problems)?;
        Ok(Self {
            values: resolve(layers),
            buckets: buckets.into_iter().map(|(name, placed)| (name, placed.settings)).collect(),
            scopes,
            archive,
        })
    }

    /// A setting's value as it would be written, secrets too. `None` when it has none, or when
    /// there is no such setting.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<String> {
        self.values.get(path).map(|(value, _)| value.to_string())
    }

    /// Where a setting's value came from.
    #[must_use]
    pub fn origin(&self, path: &str) -> Origin {
        self.values.get(path).map_or(Origin::Default, |(_, origin)| origin.clone())
    }

    /// Every setting with its value and where that came from, in the order of [`SETTINGS`].
    #[must_use]
    pub fn explain(&self) -> Vec<Explained> {
        let explain = |setting: &'static Setting| match self.values.get(setting.path) {
            None => Explained { setting, value: None, origin: Origin::Default },
            Some((value, origin)) => {
                let shown =
                    if setting.is_secret() { "(hidden)".to_owned() } else { value.to_string() };
                Explained { setting, value: Some(shown), origin: origin.clone() }
            }
        };
        SETTINGS.iter().map(explain).collect()
    }

    /// Buckets by names of one's own.
    #[must_use]
    pub fn buckets(&self) -> &BTreeMap<String, BucketSettings> {
        &self.buckets
    }

    /// Scopes by serving domain, if a file has them.
    #[must_use]
    pub fn scopes(&self) -> Option<&ScopeSettings> {
        self.scopes.as_ref()
    }

    /// The archive's settings.
    #[must_use]
    pub fn archive(&self) -> &ArchiveSettings {
        &self.archive
    }

    pub(super) fn count(&self, path: &str) -> Option<u64> {
        match self.values.get(path)? {
            (Typed::Count(count), _) => Some(*count),
            _ => None,
        }
    }

    pub(super) fn time(&self, path: &str) -> Option<Duration> {
        match self.values.get(path)? {
            (Typed::Time(time), _) => Some(*time),
            _ => None,
        }
    }

    pub(super) fn rate(&self, path: &str) -> Option<f64> {
        match self.values.get(path)? {
            (Typed::Rate(rate), _) => Some(*rate),
            _ => None,
        }
    }

    /// Whether a file says so, rather than the environment, a flag or nobody.
    pub(super) fn is_from_file(&self, path: &str) -> bool {
        matches!(self.origin(path), Origin::Project(..) | Origin::User(..))
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for Explained { setting, value, .. } in self.explain() {
            if let Some(value) = value {
                map.entry(&setting.path, &value);
            }
        }
        map.finish()
    }
}

type Layer = Vec<(&'static Setting, Typed, Origin)>;

fn flags(flags: &[(String, String, String)], problems: &mut Vec<Problem>) -> Layer {
    let mut layer = Layer::new();
    for (flag, path, text) in flags {
        let source = format!("flag {flag}");
        let Some(setting) = Setting::at(path) else {
            let problem = Problem::new(&source, None, format!("there is no setting `{path}`"));
            problems.push(match nearest(path, SETTINGS.iter().map(|setting| setting.path)) {
                Some(near) => problem.advice(format!("did you mean `{near}`?")),
                None => problem.advice("`r2 config explain` shows them all"),
            });
            continue;
        };
        if let Some(value) = checked(setting, text, &source, problems) {
            layer.push((setting, value, Origin::Flag(flag.clone())));
        }
    }
    layer
}

fn environment(environment: &BTreeMap<String, String>, problems: &mut Vec<Problem>) -> Layer {
    let mut layer = Layer::new();
    for setting in SETTINGS {
        let found = setting.variables.iter().find_map(|name| {
            let text = environment.get(*name)?.trim();
            (!text.is_empty()).then_some((*name, text))
        });
        let Some((name, text)) = found else { continue };
        if let Some(value) = checked(setting, text, &format!("environment {name}"), problems) {
            layer.push((setting, value, Origin::Environment(name.to_owned())));
        }
    }
    layer
}

fn checked(
    setting: &'static Setting,
    text: &str,
    source: &str,
    problems: &mut Vec<Problem>,
) -> Option<Typed> {
    match typed(&Value::Word(text.to_owned()), setting.kind) {
        Ok(value) => Some(value),
        Err(Flaw { message, advice }) => {
            let message = format!("`{}` {message}", setting.path);
            problems.push(Problem::new(source, None, message).advice(advice));
            None
        }
    }
}

/// The strongest value of each setting; what belongs together comes from one layer.
fn resolve(layers: Vec<Layer>) -> BTreeMap<&'static str, (Typed, Origin)> {
    let mut values: BTreeMap<&'static str, (Typed, Origin)> = BTreeMap::new();
    let mut taken: [bool; TOGETHER.len()] = [false; TOGETHER.len()];
    for layer in layers {
        let before = taken;
        for (setting, value, origin) in layer {
            let group = TOGETHER.iter().position(|group| group.contains(&setting.path));
            if group.is_some_and(|group| before[group]) {
                continue;
            }
            if let Some(group) = group {
                taken[group] = true;
            }
            values.entry(setting.path).or_insert((value, origin));
        }
    }
    for setting in SETTINGS {
        let Some(default) = setting.default else { continue };
        if let Ok(value) = typed(&Value::Word(default.to_owned()), setting.kind) {
            values.entry(setting.path).or_insert((value, Origin::Default));
        }
    }
    values
}
