//! Nobody leaves a scope, in neither direction.

mod attempts;
mod hosts;
mod properties;
mod store;
