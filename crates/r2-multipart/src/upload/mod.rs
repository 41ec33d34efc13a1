//! Uploads: one PUT or many parts, from memory, a file, or a stream.

mod already;
mod driver;
mod job;
mod options;
mod outcome;
mod resume;
mod run;
mod settings;
mod single;
mod source;

pub use options::{OnSourceChange, UploadOptions};
pub use outcome::{UploadVerdict, Uploaded};

pub use run::upload;
pub use source::Source;

pub(crate) use driver::{Driver, Feed, Finished};
pub(crate) use job::{Job, Made, count_part};
pub(crate) use settings::ObjectSettings;

#[cfg(test)]
mod tests;
