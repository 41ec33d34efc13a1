//! The operations: what each does to the store, and what it answers.

mod answer;
mod buckets;
mod complete;
mod copy;
mod core;
mod cors;
mod delete;
mod get;
mod ids;
mod intake;
mod lifecycle;
mod list_objects;
mod list_uploads;
mod locks;
mod object;
mod pace;
mod parts;
mod put;
mod reseal;
mod settings;
mod settle;
mod uploads;

use self::core::millis;
pub(crate) use self::core::{Call, Service};
pub(crate) use answer::{Answer, Form, empty, set};
pub(crate) use cors::Origin;
pub(crate) use ids::Ids;
pub(crate) use locks::NotLocked;
pub(crate) use pace::Pace;
