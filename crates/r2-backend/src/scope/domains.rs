//! Which host serves which scope.

use std::collections::BTreeMap;

use super::host::Host;
use super::refusal::{Refusal, RefusalKind};
use super::value::Scope;

/// What becomes of requests to hosts that the table does not name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "they have a scope, or they have none")]
pub enum UnknownHosts {
    /// They are refused.
    Refuse,
    /// They are served from this scope.
    Serve(Scope),
}

/// Hosts and their scopes. A host is matched exactly: no wildcard, no suffix.
///
/// ```
/// use r2_backend::scope::{DomainTable, RefusalKind, Scope, UnknownHosts};
///
/// let table = DomainTable::example();
/// assert_eq!(table.scope("apple.factory-wager.com")?.prefix(), "enterprise/");
/// assert_eq!(table.scope("localhost:8080")?.prefix(), "local-sandbox/");
/// assert_eq!(table.scope("anything.else")?.prefix(), "global/");
///
/// // from configuration
/// let rows = [("files.example.com", "public/"), ("intern.example.com", "intern/")];
/// let table = DomainTable::new(rows, UnknownHosts::Refuse)?;
/// assert_eq!(table.scope("Files.Example.com.")?.prefix(), "public/");
/// assert_eq!(table.scope("example.com").unwrap_err().kind(), RefusalKind::UnknownHost);
/// # Ok::<(), r2_backend::scope::Refusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainTable {
    scopes: BTreeMap<Host, Scope>,
    unknown: UnknownHosts,
}

impl DomainTable {
    /// A table from rows of host and scope, as a configuration has them.
    ///
    /// # Errors
    ///
    /// [`RefusalKind::Configuration`] names the row: a host that is none or has a port, a host that
    /// comes twice, a scope that cannot be one, and two scopes of which one lies inside the other.
    /// Several hosts may share one scope.
    pub fn new<H: AsRef<str>, S: AsRef<str>>(
        rows: impl IntoIterator<Item = (H, S)>,
        unknown: UnknownHosts,
    ) -> Result<Self, Refusal> {
        let mut table = Self { scopes: BTreeMap::new(), unknown };
        for (host, scope) in rows {
            table.add(host.as_ref(), scope.as_ref())?;
        }
        Ok(table)
    }

    /// The table that the product ships as an example: `apple.factory-wager.com` is `enterprise/`,
    /// `dev.apple.factory-wager.com` is `development/`, `localhost` is `local-sandbox/`, and all
    /// else is `global/`.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "a fixed table, which the doctest makes")]
    pub fn example() -> Self {
        let rows = [
            ("apple.factory-wager.com", "enterprise/"),
            ("dev.apple.factory-wager.com", "development/"),
            ("localhost", "local-sandbox/"),
        ];
        let global = Scope::new("global/").expect("it is a plain name");
        Self::new(rows, UnknownHosts::Serve(global)).expect("its rows are plain and apart")
    }

    /// The scope of a request, by its `Host` header.
    ///
    /// # Errors
    ///
    /// [`RefusalKind::Host`] for a header that cannot be understood, also where unknown hosts are
    /// served; [`RefusalKind::UnknownHost`] where they are not.
    pub fn scope(&self, host_header: &str) -> Result<&Scope, Refusal> {
        let host = Host::parse(host_header)?;
        match (self.scopes.get(&host), &self.unknown) {
            (Some(scope), _) | (None, UnknownHosts::Serve(scope)) => Ok(scope),
            (None, UnknownHosts::Refuse) => {
                Err(Refusal::of(RefusalKind::UnknownHost, "host", host.as_str()))
            }
        }
    }

    /// Hosts and their scopes, by host.
    pub fn iter(&self) -> impl Iterator<Item = (&Host, &Scope)> {
        self.scopes.iter()
    }

    fn add(&mut self, host: &str, scope: &str) -> Result<(), Refusal> {
        let bad = |why: String| {
            let message = format!("the domain {host:?} cannot have the scope {scope:?}: {why}");
            Refusal::new(RefusalKind::Configuration, message)
        };
        let name = Host::parse(host).map_err(|_| {
            bad("it is no host name (names of other scripts are written in punycode)".to_owned())
        })?;
        let is_bare = host.starts_with('[') && host.ends_with(']') || !host.contains(':');
        if !is_bare {
            return Err(bad("leave the port out, a scope has all ports of its host".to_owned()));
        }
        let new = Scope::new(scope).map_err(|refusal| bad(refusal.to_string()))?;
        let fallback = match &self.unknown {
            UnknownHosts::Serve(scope) => Some(scope),
            UnknownHosts::Refuse => None,
        };
        let others = self.scopes.values().chain(fallback);
        if let Some(other) =
            others.filter(|other| **other != new).find(|other| other.overlaps(&new))
        {
            return Err(bad(format!("it has keys in common with the scope \"{other}\"")));
        }
        if self.scopes.insert(name, new).is_some() {
            return Err(bad("it is in the table already".to_owned()));
        }
        Ok(())
    }
}
