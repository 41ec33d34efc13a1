//! Jurisdictions: namespaces of buckets that do not see each other.

/// Where the data of a bucket must stay. Each jurisdiction is a namespace of its own, reached at
/// its own host: the same bucket name can exist in several, and no host shows the buckets of
/// another (Cloudflare's data location page).
///
/// ```
/// use http::Request;
/// use r2_sim::{Emulator, Jurisdiction};
/// use r2_transport::{Body, Transport as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let r2 = Emulator::memory();
/// let make = Request::put("http://eu.r2.local/photos").body(Body::empty())?;
/// assert_eq!(r2.send(make).await?.status(), 200);
/// let look = || Request::head("http://r2.local/photos").body(Body::empty());
/// assert_eq!(r2.send(look()?).await?.status(), 404);
/// assert_eq!(r2.in_jurisdiction(Jurisdiction::Eu).send(look()?).await?.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Jurisdiction {
    /// None in particular: `<account>.r2.cloudflarestorage.com`.
    #[default]
    Default,
    /// The European Union: `<account>.eu.r2.cloudflarestorage.com`.
    Eu,
    /// FedRAMP: `<account>.fedramp.r2.cloudflarestorage.com`.
    FedRamp,
    /// The United States: `<account>.us.r2.cloudflarestorage.com`.
    Us,
}

impl Jurisdiction {
    /// The one that a label of a host means.
    pub(crate) fn from_label(label: &str) -> Option<Jurisdiction> {
        match label {
            "eu" => Some(Jurisdiction::Eu),
            "fedramp" => Some(Jurisdiction::FedRamp),
            "us" => Some(Jurisdiction::Us),
            _ => None,
        }
    }

    /// What comes before the names of its buckets in the index. No name begins with `~`, and all
    /// that begin so come after the names.
    pub(crate) fn namespace(self) -> &'static str {
        match self {
            Jurisdiction::Default => "",
            Jurisdiction::Eu => "~eu/",
            Jurisdiction::FedRamp => "~fedramp/",
            Jurisdiction::Us => "~us/",
        }
    }

    /// A bucket as an access key is limited to it: `photos`, `eu/photos`.
    pub(crate) fn qualified(self, bucket: &str) -> String {
        format!("{}{bucket}", self.namespace().trim_start_matches('~'))
    }
}
