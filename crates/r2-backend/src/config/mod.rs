//! Configuration: files in YAML, TOML or JSON, the environment and flags, as one set of settings
//! that knows where each value came from.
//!
//! | file | what it holds |
//! |---|---|
//! | `settings` | the table of all single settings: name, kind, default, variables, flag |
//! | `tree`, `format` | a file as a tree in which everything knows its line |
//! | `interpolate` | `${NAME}` in a value |
//! | `reader` | from the tree to typed values, with every problem named |
//! | `load` | flag > environment > project file > user file > default |
//! | `buckets`, `scopes`, `archive` | the sections with names of the user's own |
//! | `apply` | from settings to a client |

mod apply;
mod archive;
mod buckets;
mod document;
mod format;
mod interpolate;
mod load;
mod problem;
mod reader;
mod scopes;
mod settings;
mod sources;
mod suggest;
mod tree;
mod value;

pub use archive::{ArchiveSettings, ArchiveType};
pub use buckets::BucketSettings;
pub use load::{Config, Explained, Origin};
pub use problem::{ConfigError, Place, Problem};
pub use scopes::ScopeSettings;
pub use settings::{SETTINGS, Setting, SettingKind};
pub use sources::ConfigSources;
