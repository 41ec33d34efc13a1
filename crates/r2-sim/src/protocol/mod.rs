//! R2's rules as pure functions: from what a request says to what it means, or to why not.

mod conditions;
mod dates;
mod headers;
mod metadata;
mod names;
mod operation;
mod query;
mod ranges;
mod refusal;
mod rfc2047;
mod routing;
mod screening;
mod sse;

pub(crate) use conditions::{Conditions, Outcome, State};
pub(crate) use dates::{http_date, parse_http_date, parse_iso, timestamp, unix_ms};
pub(crate) use headers::{owned, text};
pub(crate) use metadata::{
    META_PREFIX, merge as merge_headers, read as read_headers, write as write_headers,
};
pub(crate) use names::{Key, check_bucket_name, normalized};
pub(crate) use operation::{Need, Operation};
pub(crate) use query::{Query, percent_decode};
pub(crate) use ranges::{RangeHeader, Span};
pub(crate) use refusal::Refusal;
pub(crate) use routing::{Hints, Place, route};
pub(crate) use screening::{screen, storage_class};
pub(crate) use sse::{Side, check as check_sse, read as read_sse};
