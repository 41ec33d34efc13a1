//! What a configuration is put together from, and where its files are looked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::problem::Problem;

/// Names of the project's file, in the working folder or one above it.
const PROJECT_NAMES: [&str; 4] = ["r2.toml", "r2.yaml", "r2.yml", "r2.json"];

/// Names of the user's file in the folder `r2` of their configuration.
const USER_NAMES: [&str; 4] = ["config.toml", "config.yaml", "config.yml", "config.json"];

/// Folders above the working one that are looked into.
const PARENTS_MAX: usize = 64;

/// What a [`Config`](super::Config) is read from. Nothing is there until it is given.
///
/// ```
/// use r2_backend::config::{Config, ConfigSources};
///
/// let sources = ConfigSources::new()
///     .variable("R2_ACCOUNT_ID", "0123456789abcdef0123456789abcdef")
///     .flag("--timeout", "cloudflare_r2.timeout_seconds", "30");
/// let config = Config::load(&sources)?;
/// assert_eq!(config.text("cloudflare_r2.timeout_seconds").as_deref(), Some("30"));
/// # Ok::<(), r2_backend::config::ConfigError>(())
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct ConfigSources {
    pub(super) flags: Vec<(String, String, String)>,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) project: Option<PathBuf>,
    pub(super) user: Option<PathBuf>,
}

impl ConfigSources {
    /// Nothing: all settings have their defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A flag as it was given, and the setting that it sets.
    #[must_use]
    pub fn flag(
        mut self,
        flag: impl Into<String>,
        path: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.flags.push((flag.into(), path.into(), value.into()));
        self
    }

    /// One variable of the environment.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// All variables of the environment, from `std::env::vars` or elsewhere.
    #[must_use]
    pub fn environment(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        self.environment.extend(variables);
        self
    }

    /// The file of the project.
    #[must_use]
    pub fn project_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.project = Some(path.into());
        self
    }

    /// The file of the user.
    #[must_use]
    pub fn user_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.user = Some(path.into());
        self
    }

    /// Looks for both files where they usually are: `r2.toml` (or `.yaml`, `.yml`, `.json`) in
    /// `folder` or the nearest folder above it; `r2/config.toml` (or the like) in
    /// `$XDG_CONFIG_HOME`, else in `~/.config`. The variable `R2_CONFIG` names the project's file
    /// outright. Set the environment first. Blocking.
    ///
    /// # Errors
    ///
    /// When two of the names stand in one folder: which of them counts is nobody's guess.
    pub fn find_files(mut self, folder: &Path) -> Result<Self, Problem> {
        let named = self.environment.get("R2_CONFIG").filter(|path| !path.is_empty());
        if let Some(path) = named {
            self.project = Some(PathBuf::from(path));
        } else {
            for folder in folder.ancestors().take(PARENTS_MAX) {
                self.project = one_of(folder, PROJECT_NAMES)?;
                if self.project.is_some() {
                    break;
                }
            }
        }
        if let Some(folder) = self.user_folder() {
            self.user = one_of(&folder, USER_NAMES)?;
        }
        Ok(self)
    }

    /// The folder of the user's file, by the environment.
    #[must_use]
    pub fn user_folder(&self) -> Option<PathBuf> {
        let set = |name: &str| self.environment.get(name).filter(|path| !path.is_empty());
        let base = match set("XDG_CONFIG_HOME") {
            Some(path) => PathBuf::from(path),
            None => Path::new(set("HOME").or_else(|| set("USERPROFILE"))?).join(".config"),
        };
        Some(base.join("r2"))
    }
}

impl std::fmt::Debug for ConfigSources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // the environment and flags hold secrets: names only
        f.debug_struct("ConfigSources")
            .field("flags", &self.flags.iter().map(|(flag, ..)| flag).collect::<Vec<_>>())
            .field("environment", &self.environment.keys())
            .field("project", &self.project)
            .field("user", &self.user)
            .finish()
    }
}

fn one_of(folder: &Path, names: [&str; 4]) -> Result<Option<PathBuf>, Problem> {
    let mut there = names.iter().map(|name| folder.join(name)).filter(|path| path.is_file());
    let Some(first) = there.next() else { return Ok(None) };
    match there.next() {
        None => Ok(Some(first)),
        Some(second) => {
            let name = second.file_name().unwrap_or_default().display().to_string();
            Err(Problem::new(&first.display().to_string(), None, format!("{name} is beside it"))
                .advice("keep one of the two"))
        }
    }
}
