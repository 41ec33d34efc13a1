//! Each command: what it prints, how it ends, what it leaves.

mod buckets;
mod config;
mod cost;
mod explain;
mod find;
mod form;
mod help;
mod objects;
mod patterns;
mod presign;
mod removing;
mod serving;
mod streams;
mod sync;
mod uploads;
