//! The canonical request: the bytes on which both ends must agree.

mod headers;
mod query;
mod start;

pub(crate) use headers::{Headers, Own, push_values};
pub(crate) use query::Query;
pub(crate) use start::push_start;
