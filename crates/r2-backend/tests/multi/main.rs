//! Several buckets as one, beside buckets that fail, dawdle and lie.

mod conformance;
mod doubles;
mod examples;
mod hedge;
mod model;
