//! Where requests go: the parts of the service's URL, checked once.

use std::fmt;
use std::net::IpAddr;

use r2_sign::encode;

use crate::error::{Error, ErrorKind};
use crate::operation::Target;

const R2_SUFFIX: &str = ".r2.cloudflarestorage.com";
const R2_PUBLIC_SUFFIX: &str = ".r2.dev";
const ACCOUNT_ID_DIGITS: usize = 32;
/// The name under which an emulator inside the process is addressed.
const EMULATOR_HOST: &str = "r2.local";

/// Where an account's data may lie. Each jurisdiction has its own host, which sees only its own
/// buckets (Cloudflare's R2 page on data location).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Jurisdiction {
    /// None was asked for.
    #[default]
    Default,
    /// The European Union.
    Eu,
    /// The United States.
    Us,
    /// FedRAMP.
    FedRamp,
}

impl Jurisdiction {
    const ALL: [Self; 4] = [Self::Default, Self::Eu, Self::Us, Self::FedRamp];

    /// The name as Cloudflare writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Eu => "eu",
            Self::Us => "us",
            Self::FedRamp => "fedramp",
        }
    }

    /// Reads a name, whatever its case; empty means the default.
    ///
    /// # Errors
    ///
    /// A name that is none of them; the message lists them.
    ///
    /// ```
    /// use r2_objects::Jurisdiction;
    ///
    /// assert_eq!(Jurisdiction::parse("EU")?, Jurisdiction::Eu);
    /// assert!(Jurisdiction::parse("mars").is_err());
    /// # Ok::<(), r2_objects::Error>(())
    /// ```
    pub fn parse(name: &str) -> Result<Self, Error> {
        let name = name.trim();
        if name.is_empty() {
            return Ok(Self::Default);
        }
        let known = Self::ALL.into_iter().find(|known| name.eq_ignore_ascii_case(known.as_str()));
        known.ok_or_else(|| {
            config(format!("jurisdiction {name:?} is unknown: use default, eu, us or fedramp"))
        })
    }

    fn label(self) -> &'static str {
        match self {
            Self::Default => "",
            Self::Eu => ".eu",
            Self::Us => ".us",
            Self::FedRamp => ".fedramp",
        }
    }
}

/// Where the bucket's name stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "S3 has these two")]
pub enum Addressing {
    /// In the path: `https://host/bucket/key`. Works everywhere.
    #[default]
    Path,
    /// In the host: `https://bucket.host/key`. R2's certificate does not cover such names in every
    /// case, and a bucket name with dots never fits one.
    VirtualHosted,
}

/// The URL of an S3 service, in parts.
///
/// ```
/// use r2_objects::Endpoint;
///
/// let endpoint = Endpoint::parse("http://127.0.0.1:9000")?;
/// assert_eq!(endpoint.authority(), "127.0.0.1:9000");
/// assert!(!endpoint.is_r2() && !endpoint.is_tls());
///
/// let pasted = "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com/my-bucket";
/// let error = Endpoint::parse(pasted).unwrap_err();
/// assert!(error.to_string().contains("without \"/my-bucket\""), "{error}");
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    tls: bool,
    /// Host and, if it is not the scheme's own, port.
    authority: String,
    host: String,
    /// Empty, or starting with a slash and ending without one.
    base_path: String,
    account_id: Option<String>,
    jurisdiction: Jurisdiction,
    addressing: Addressing,
}

impl Endpoint {
    /// R2's endpoint of an account.
    ///
    /// # Errors
    ///
    /// An account id that is not 32 hexadecimal digits.
    pub fn r2(account_id: &str, jurisdiction: Jurisdiction) -> Result<Self, Error> {
        let account_id = check_account_id(account_id)?;
        let host = format!("{account_id}{}{R2_SUFFIX}", jurisdiction.label());
        Ok(Self {
            tls: true,
            authority: host.clone(),
            host,
            base_path: String::new(),
            account_id: Some(account_id),
            jurisdiction,
            addressing: Addressing::Path,
        })
    }

    /// Reads a URL. Without a scheme it is taken as `https`. Other services than R2 may have a path
    /// before the bucket.
    ///
    /// # Errors
    ///
    /// What cannot be an endpoint, with the correction where the mistake is a known one: a bucket
    /// pasted into it, a doubled scheme, plain HTTP to R2.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let shown = without_secrets(url);
        let bad = |why: String| config(format!("endpoint {shown:?} {why}"));
        if url.trim() != url || url.is_empty() {
            return Err(bad("is empty or has blanks around it: remove them".to_owned()));
        }
        let (tls, rest) = match url.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            Some((scheme, _)) => {
                return Err(bad(format!("has the scheme {scheme:?}: use https")));
            }
            None => (true, url),
        };
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        if path.contains("//") || authority.starts_with("http") && !authority.contains('.') {
            return Err(bad("names its scheme twice: write it once, as https://host".to_owned()));
        }
        if authority.contains('@') || rest.contains(['?', '#']) {
            return Err(bad("must be scheme, host and port only".to_owned()));
        }
        let authority = authority.to_ascii_lowercase();
        let parsed: http::uri::Authority =
            authority.parse().map_err(|_| bad("has no host that can be understood".to_owned()))?;
        let default_port = if tls { 443 } else { 80 };
        let host = parsed.host().to_owned();
        let authority = match parsed.port_u16() {
            Some(port) if port != default_port => authority,
            _ => host.clone(),
        };
        let mut endpoint = Self {
            tls,
            authority,
            host,
            base_path: path.trim_end_matches('/').to_owned(),
            account_id: None,
            jurisdiction: Jurisdiction::Default,
            addressing: Addressing::Path,
        };
        endpoint.read_host(&bad)?;
        Ok(endpoint)
    }

    fn read_host(&mut self, bad: &dyn Fn(String) -> Error) -> Result<(), Error> {
        if self.host.ends_with(R2_PUBLIC_SUFFIX) {
            let advice = "is a bucket's public address, which only serves downloads: use the S3 \
                          address, https://<account id>.r2.cloudflarestorage.com";
            return Err(bad(advice.to_owned()));
        }
        if self.host.ends_with(R2_SUFFIX) || self.host == R2_SUFFIX[1..] {
            return self.read_r2_host(bad);
        }
        Ok(())
    }

    fn read_r2_host(&mut self, bad: &dyn Fn(String) -> Error) -> Result<(), Error> {
        if !self.tls {
            return Err(bad("is plain http, and R2 takes https only: write https://".to_owned()));
        }
        if !self.base_path.is_empty() {
            let path = &self.base_path;
            let fixed = format!("https://{}", self.authority);
            return Err(bad(format!(
                "holds a path: give it without {path:?}, as {fixed}, and name the bucket in each \
                 call"
            )));
        }
        let labels = self.host.strip_suffix(R2_SUFFIX).unwrap_or_default();
        let (front, jurisdiction) = Jurisdiction::ALL
            .into_iter()
            .filter(|jurisdiction| *jurisdiction != Jurisdiction::Default)
            .find_map(|known| Some((labels.strip_suffix(known.label())?, known)))
            .unwrap_or((labels, Jurisdiction::Default));
        if let Some((bucket, account)) = front.rsplit_once('.') {
            return Err(bad(format!(
                "names the bucket {bucket:?}: give it as https://{account}{}{R2_SUFFIX}, and name \
                 the bucket in each call",
                jurisdiction.label()
            )));
        }
        self.account_id = Some(check_account_id(front)?);
        self.jurisdiction = jurisdiction;
        Ok(())
    }

    pub(crate) fn with_addressing(mut self, addressing: Addressing) -> Self {
        self.addressing = addressing;
        self
    }

    /// Is it Cloudflare's own?
    #[must_use]
    pub fn is_r2(&self) -> bool {
        self.account_id.is_some()
    }

    /// Is it an emulator inside the process, `http://r2.local`?
    #[must_use]
    pub fn is_emulator(&self) -> bool {
        self.host == EMULATOR_HOST
    }

    /// Is it reached over TLS?
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// Does it lie on this machine?
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
    }

    /// Host and, if it is not the scheme's own, port.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The host alone.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The account, if this is R2.
    #[must_use]
    pub fn account_id(&self) -> Option<&str> {
        self.account_id.as_deref()
    }

    /// The jurisdiction, if this is R2.
    #[must_use]
    pub fn jurisdiction(&self) -> Jurisdiction {
        self.jurisdiction
    }

    /// The value of `Host` for a target, and its path on the wire: encoded once, nothing cleaned
    /// up.
    pub(crate) fn locate(&self, target: Target<'_>) -> (String, String) {
        let mut authority = self.authority.clone();
        let mut path = String::with_capacity(self.base_path.len() + 64);
        path.push_str(&self.base_path);
        path.push('/');
        if let Some(bucket) = target.bucket() {
            match self.addressing {
                Addressing::Path => {
                    encode::component_into(&mut path, bucket.as_str());
                    if target.key().is_some() {
                        path.push('/');
                    }
                }
                Addressing::VirtualHosted => authority = format!("{bucket}.{}", self.authority),
            }
        }
        if let Some(key) = target.key() {
            encode::path_into(&mut path, key.as_str());
        }
        (authority, path)
    }

    pub(crate) fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }
}

/// As a URL.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority, self.base_path)
    }
}

/// For messages: no password in front of the host, and no query, which may be a signature.
fn without_secrets(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match url.split_once("://").map(|(scheme, rest)| (scheme, rest.rsplit_once('@'))) {
        Some((scheme, Some((_, rest)))) => format!("{scheme}://***@{rest}"),
        _ => url.to_owned(),
    }
}

fn check_account_id(account_id: &str) -> Result<String, Error> {
    let digits = account_id.bytes().all(|b| b.is_ascii_hexdigit());
    if account_id.len() == ACCOUNT_ID_DIGITS && digits {
        return Ok(account_id.to_ascii_lowercase());
    }
    let advice = if account_id.trim() != account_id {
        "remove the blanks around it"
    } else if account_id.contains("://") || account_id.contains('.') {
        "a url goes into the endpoint instead"
    } else {
        "it is the part before .r2.cloudflarestorage.com in the bucket's S3 address"
    };
    Err(config(format!(
        "account id {account_id:?} is not {ACCOUNT_ID_DIGITS} hexadecimal digits: {advice}"
    )))
}

fn config(message: String) -> Error {
    Error::new(ErrorKind::InvalidConfiguration, message)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;
    use crate::names::{BucketName, ObjectKey};
    use crate::testing::wrapped;

    const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";

    fn refused(url: &str, expected: &Expect) {
        let url = url.replace("ACCOUNT", ACCOUNT);
        let text = Endpoint::parse(&url).unwrap_err().to_string().replace(ACCOUNT, "ACCOUNT");
        expected.assert_eq(&wrapped(&text));
    }

    #[test]
    fn jurisdictions_have_hosts_of_their_own() {
        for (jurisdiction, host) in [
            (Jurisdiction::Default, format!("{ACCOUNT}.r2.cloudflarestorage.com")),
            (Jurisdiction::Eu, format!("{ACCOUNT}.eu.r2.cloudflarestorage.com")),
            (Jurisdiction::Us, format!("{ACCOUNT}.us.r2.cloudflarestorage.com")),
            (Jurisdiction::FedRamp, format!("{ACCOUNT}.fedramp.r2.cloudflarestorage.com")),
        ] {
            let endpoint = Endpoint::r2(ACCOUNT, jurisdiction).unwrap();
            assert_eq!(endpoint.authority(), host);
            assert_eq!(Endpoint::parse(&endpoint.to_string()).unwrap(), endpoint);
        }
    }

    #[test]
    fn urls_are_normalised() {
        let account = format!("{ACCOUNT}.r2.cloudflarestorage.com");
        for url in [
            account.clone(),
            format!("https://{account}/"),
            format!("https://{account}:443"),
            format!("HTTPS://{}", account.to_uppercase()),
        ] {
            assert_eq!(Endpoint::parse(&url).unwrap().to_string(), format!("https://{account}"));
        }
        let other = Endpoint::parse("http://[::1]:9000/base/path/").unwrap();
        assert_eq!(other.to_string(), "http://[::1]:9000/base/path");
        assert!(other.is_loopback());
    }

    #[test]
    fn known_mistakes_are_named_with_their_fix() {
        refused(
            "https://ACCOUNT.r2.cloudflarestorage.com/photos",
            &expect![[r#"
                endpoint "https://ACCOUNT.r2.cloudflarestorage.com/photos" holds a
                path: give it without "/photos", as https://
                ACCOUNT.r2.cloudflarestorage.com, and name the bucket in each call
            "#]],
        );
        refused(
            "https://photos.ACCOUNT.eu.r2.cloudflarestorage.com",
            &expect![[r#"
                endpoint "https://photos.ACCOUNT.eu.r2.cloudflarestorage.com" names the
                bucket "photos": give it as https://
                ACCOUNT.eu.r2.cloudflarestorage.com, and name the bucket in each call
            "#]],
        );
        refused(
            "https://https//ACCOUNT.r2.cloudflarestorage.com",
            &expect![[r#"
                endpoint "https://https//ACCOUNT.r2.cloudflarestorage.com" names its
                scheme twice: write it once, as https://host
            "#]],
        );
        refused(
            "https://https://ACCOUNT.r2.cloudflarestorage.com",
            &expect![[r#"
                endpoint "https://https://ACCOUNT.r2.cloudflarestorage.com" names its
                scheme twice: write it once, as https://host
            "#]],
        );
    }

    #[test]
    fn what_is_no_s3_address_is_told_so() {
        refused(
            "http://ACCOUNT.r2.cloudflarestorage.com",
            &expect![[r#"
                endpoint "http://ACCOUNT.r2.cloudflarestorage.com" is plain http, and
                R2 takes https only: write https://
            "#]],
        );
        refused(
            " https://ACCOUNT.r2.cloudflarestorage.com",
            &expect![[r#"
                endpoint " https://ACCOUNT.r2.cloudflarestorage.com" is empty or has
                blanks around it: remove them
            "#]],
        );
        refused(
            "https://abc.r2.cloudflarestorage.com",
            &expect![[r#"
                account id "abc" is not 32 hexadecimal digits: it is the part before
                .r2.cloudflarestorage.com in the bucket's S3 address
            "#]],
        );
        refused(
            "ftp://host",
            &expect![[r#"
                endpoint "ftp://host" has the scheme "ftp": use https
            "#]],
        );
        refused(
            "https://user:hush@host/?X-Amz-Signature=hush",
            &expect![[r#"
                endpoint "https://***@host/" must be scheme, host and port only
            "#]],
        );
        refused(
            "https://pub-0123.r2.dev",
            &expect![[r#"
                endpoint "https://pub-0123.r2.dev" is a bucket's public address, which
                only serves downloads: use the S3 address, https://<account id>
                .r2.cloudflarestorage.com
            "#]],
        );
    }

    #[test]
    fn paths_are_encoded_once_and_never_cleaned_up() {
        let bucket = BucketName::new("photos").unwrap();
        let key = ObjectKey::new("a//../b c+%#?!'()*ä/").unwrap();
        let endpoint = Endpoint::parse("https://host/base").unwrap();
        let (authority, path) = endpoint.locate(Target::Object(&bucket, &key));
        assert_eq!(authority, "host");
        assert_eq!(path, "/base/photos/a//../b%20c%2B%25%23%3F%21%27%28%29%2A%C3%A4/");
        let hosted = endpoint.with_addressing(Addressing::VirtualHosted);
        let (authority, path) = hosted.locate(Target::Bucket(&bucket));
        assert_eq!((authority.as_str(), path.as_str()), ("photos.host", "/base/"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn every_key_is_encoded_once_and_comes_back(text in ".{1,60}") {
            let bucket = BucketName::new("photos").unwrap();
            let key = ObjectKey::new(&text).unwrap();
            let endpoint = Endpoint::parse("https://host").unwrap();
            let (_, path) = endpoint.locate(Target::Object(&bucket, &key));
            prop_assert!(path.parse::<http::uri::PathAndQuery>().is_ok());
            let encoded = path.strip_prefix("/photos/").unwrap();
            prop_assert_eq!(encode::decode_utf8(encoded).unwrap(), text);
        }

        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = Endpoint::parse(&text);
            let _ = Endpoint::parse(&format!("https://{text}.r2.cloudflarestorage.com"));
        }
    }
}
