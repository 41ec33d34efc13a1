//! R2's rules as pure functions: from what a request says to what it means, or to why not.

mod conditions;
mod dates;
mod head;
mod headers;
mod hosts;
mod metadata;
mod names;
mod naming;
mod operation;
mod query;
mod ranges;
mod refusal;
mod rfc2047;
mod routing;
mod screening;
mod sse;

pub(crate) use conditions::{Conditions, Outcome, State};
pub(crate) use dates::{http_date, timestamp, unix_ms};
pub(crate) use head::Head;
pub(crate) use headers::{decoded, text};
pub(crate) use metadata::{merge as merge_headers, read as read_headers, write as write_headers};
pub(crate) use names::{Key, check_bucket_name, normalized};
pub(crate) use naming::Named;
pub(crate) use operation::{Need, Operation};
pub(crate) use query::{Query, is_exempt, is_signature, percent_decode};
pub(crate) use ranges::{RangeHeader, Span};
pub(crate) use refusal::Refusal;
pub(crate) use routing::{Hints, Place, route};
pub(crate) use screening::{screen, screen_query, storage_class};
pub(crate) use sse::{CustomerKey, Side, check as check_sse, read as read_sse};
