//! `CORSConfiguration`: which web pages may use a bucket.

use crate::codec::{Codec, Cursor, Writer};
use crate::limits::{CORS_BYTES_MAX, RULES_MAX, VALUES_MAX};
use crate::{Document, Error, Invalid, RequestDocument};

/// Cloudflare's CORS page: the longest time that a browser may keep an answer.
const MAX_AGE_SECONDS_MAX: u32 = 86_400;

/// The reply to GetBucketCors and the body of PutBucketCors.
///
/// ```
/// use r2_xml::{CorsConfiguration, CorsRule, Document, Invalid, RequestDocument};
///
/// let mut cors = CorsConfiguration {
///     rules: vec![CorsRule {
///         allowed_origins: vec!["https://example.com".into()],
///         allowed_methods: vec!["GET".into()],
///         ..CorsRule::default()
///     }],
/// };
/// assert_eq!(CorsConfiguration::decode_strict(cors.encode().as_bytes())?, cors);
///
/// cors.rules[0].allowed_origins[0] = "http://localhost:*".into();
/// assert_eq!(cors.validate(), Err(Invalid::CorsOrigin("http://localhost:*".into())));
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorsConfiguration {
    /// The first rule that fits a request decides.
    pub rules: Vec<CorsRule>,
}

/// What some origins may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorsRule {
    /// A name for people.
    pub id: Option<String>,
    /// `scheme://host[:port]`, where `*` may stand for a part of the host; or `*`.
    pub allowed_origins: Vec<String>,
    /// Of GET, PUT, POST, DELETE, HEAD.
    pub allowed_methods: Vec<String>,
    /// Request headers that a page may send, in any case; `*` may stand for a part.
    pub allowed_headers: Vec<String>,
    /// Reply headers that a page may see.
    pub expose_headers: Vec<String>,
    /// For how long a browser may keep the answer: at most 86,400 seconds.
    pub max_age_seconds: Option<u32>,
}

impl Document for CorsConfiguration {
    const ROOT: &'static str = "CORSConfiguration";
    const BYTES_MAX: usize = CORS_BYTES_MAX;
}

impl RequestDocument for CorsConfiguration {
    /// R2 refuses origins that are none, empty headers (release notes 2023-10-23, 2024-01-30),
    /// and OPTIONS as a method (workerd#4280).
    fn validate(&self) -> Result<(), Invalid> {
        if !(1..=RULES_MAX).contains(&self.rules.len()) {
            return Err(Invalid::RuleCount(self.rules.len()));
        }
        self.rules.iter().enumerate().try_for_each(|(index, rule)| rule.validate(index))
    }
}

impl CorsRule {
    fn validate(&self, index: usize) -> Result<(), Invalid> {
        if self.allowed_origins.is_empty() {
            return Err(Invalid::CorsNoOrigin(index));
        }
        if self.allowed_methods.is_empty() {
            return Err(Invalid::CorsNoMethod(index));
        }
        if let Some(origin) = self.allowed_origins.iter().find(|origin| !is_origin(origin)) {
            return Err(Invalid::CorsOrigin(origin.clone()));
        }
        let known = |method: &String| ["GET", "PUT", "POST", "DELETE", "HEAD"].contains(&&**method);
        if let Some(method) = self.allowed_methods.iter().find(|method| !known(method)) {
            return Err(Invalid::CorsMethod(method.clone()));
        }
        if self.allowed_headers.iter().any(String::is_empty) {
            return Err(Invalid::CorsEmptyHeader(index));
        }
        match self.max_age_seconds {
            Some(seconds) if seconds > MAX_AGE_SECONDS_MAX => Err(Invalid::CorsMaxAge(seconds)),
            _ => Ok(()),
        }
    }
}

/// `*`, or `scheme://host[:port]` without a path, where the host may hold a `*` and the port may
/// not (cloudflare-docs#32888).
fn is_origin(origin: &str) -> bool {
    if origin == "*" {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.bytes().all(scheme_byte) {
        return false;
    }
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, "")) => (address, None),
        Some((address, rest)) => match rest.strip_prefix(':') {
            Some(port) => (address, Some(port)),
            None => return false,
        },
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let ipv6 = authority.starts_with('[');
    let host_byte = |byte: u8| {
        byte.is_ascii_alphanumeric() || b"-._*".contains(&byte) || (ipv6 && byte == b':')
    };
    let host_fits = !host.is_empty()
        && host.bytes().all(host_byte)
        && host.bytes().filter(|&byte| byte == b'*').count() <= 1;
    let number = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let port_fits = port.is_none_or(|port| number(port) && port.parse::<u16>().is_ok());
    host_fits && port_fits
}

impl Codec for CorsConfiguration {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut rules = Vec::new();
        while let Some(name) = cursor.child()? {
            match name {
                "CORSRule" => cursor.push(&mut rules, RULES_MAX, CorsRule::read)?,
                _ => cursor.other_unless_strict(name)?,
            }
        }
        Ok(Self { rules })
    }

    fn write(&self, writer: &mut Writer) {
        for rule in &self.rules {
            writer.element("CORSRule", |writer| rule.write(writer));
        }
    }
}

impl CorsRule {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut rule = Self::default();
        while let Some(name) = cursor.child()? {
            let list = match name {
                "AllowedOrigin" => &mut rule.allowed_origins,
                "AllowedMethod" => &mut rule.allowed_methods,
                "AllowedHeader" => &mut rule.allowed_headers,
                "ExposeHeader" => &mut rule.expose_headers,
                "ID" => {
                    cursor.once(&mut rule.id, Cursor::string)?;
                    continue;
                }
                "MaxAgeSeconds" => {
                    cursor.once(&mut rule.max_age_seconds, Cursor::number)?;
                    continue;
                }
                _ => {
                    cursor.other_unless_strict(name)?;
                    continue;
                }
            };
            cursor.push(list, VALUES_MAX, Cursor::string)?;
        }
        Ok(rule)
    }

    fn write(&self, writer: &mut Writer) {
        writer.text_if("ID", self.id.as_deref());
        let lists = [
            ("AllowedOrigin", &self.allowed_origins),
            ("AllowedMethod", &self.allowed_methods),
            ("AllowedHeader", &self.allowed_headers),
            ("ExposeHeader", &self.expose_headers),
        ];
        for (name, list) in lists {
            for value in list {
                writer.text(name, value);
            }
        }
        writer.value_if("MaxAgeSeconds", self.max_age_seconds);
    }
}
