//! The one layer between the documents and XML text: a cursor to read, a writer to write.

mod cursor;
mod halves;
mod text;
mod values;
mod writer;

pub(crate) use cursor::{Cursor, Mode, missing};
pub(crate) use halves::Codec;
pub(crate) use text::is_name;
pub(crate) use writer::Writer;
