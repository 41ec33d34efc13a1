//! Scopes: a part of a store that nobody leaves, in neither direction.
//!
//! A [`Scope`] is a beginning of keys. Whatever a caller names, a key, a list prefix, a marker, a
//! copy source, the entries of a batch, is put below it or refused; whatever a store answers is
//! shown without it, or not shown. [`Scoped`] does so around any back end; a gateway does so with
//! the functions of [`Scope`] and binds what is opaque, tokens and upload ids, with [`ScopeSeal`].
//! Which scope a request belongs to is told by the host that it was sent to: [`DomainTable`].

mod confine;
mod domains;
mod headers;
mod host;
mod refusal;
mod scoped;
mod seal;
mod value;

pub use domains::{DomainTable, UnknownHosts};
pub use headers::ScopedPath;
pub use host::Host;
pub use refusal::{Refusal, RefusalKind};
pub use scoped::Scoped;
pub use seal::{ScopeSeal, Sealed};
pub use value::Scope;
