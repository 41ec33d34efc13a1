//! The canonical request and the string to sign: the bytes on which both ends must agree.

mod headers;
mod query;
mod string_to_sign;

pub(crate) use headers::{Headers, push_values};
pub(crate) use query::{Query, push_pair};
pub(crate) use string_to_sign::{ALGORITHM, TERMINATOR, push_scope, push_string_to_sign};
