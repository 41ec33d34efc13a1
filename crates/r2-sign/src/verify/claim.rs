//! A claim: what a request says of its own signature.

use super::{Mismatch, Received, Rejection, Rules, parse};
use crate::{
    ChunkSigner, Credentials, Error, KeyCache, Payload, Signature, Timestamp,
    canonical::{Query, push_start, push_values},
    hash::sha256,
    hex,
    keys::{ALGORITHM, SigningKey},
    payload::UNSIGNED,
};
use std::{fmt, sync::Arc};

/// The longest that a presigned URL may live, in seconds.
const LIFETIME_SECONDS_MAX: i64 = 604_800;

/// A well-formed signature, not yet checked.
///
/// ```
/// use r2_sign::verify::{Claim, Received, Rejection, Rules};
/// use r2_sign::{Credentials, Input, KeyCache, Payload, Scratch, Signer, Timestamp};
///
/// let credentials = Credentials::new("0123456789abcdef0123456789abcdef", "secret");
/// let at = Timestamp::from_unix(1_369_353_600);
/// let host = ("host", "account.r2.cloudflarestorage.com");
/// let payload = Payload::Unsigned;
/// let input = Input { method: "GET", path: "/b/k", query: "", headers: &[host], payload };
/// let mut scratch = Scratch::new();
/// let signer = Signer::new("auto");
/// let authorization = signer.authorization(&input, &credentials, at, &mut scratch);
///
/// let headers = [
///     host,
///     ("authorization", authorization),
///     ("x-amz-date", at.as_str()),
///     ("x-amz-content-sha256", &payload.header_value()),
/// ];
/// let received = Received { method: "GET", path: "/b/k", query: "", headers: &headers };
/// let claim = Claim::read(&received, at, &Rules::new())?;
/// assert_eq!(claim.access_key_id(), credentials.access_key_id());
/// claim.verify(&received, &credentials, &KeyCache::new())?;
///
/// let other = Received { path: "/b/other", ..received };
/// let refused = claim.verify(&other, &credentials, &KeyCache::new());
/// assert!(matches!(refused, Err(Rejection::Mismatch(_))));
/// # Ok::<(), Rejection>(())
/// ```
#[derive(Clone)]
pub struct Claim {
    carrier: Carrier,
    access_key_id: String,
    region: String,
    at: Timestamp,
    signed_headers: Vec<String>,
    signature: String,
    payload: String,
    session_token: Option<String>,
    /// As it came: R2 reads it only after it has looked up the key.
    expires: Option<String>,
    now: Timestamp,
    rules: Rules,
}

/// Where a signature was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two places SigV4 knows")]
pub enum Carrier {
    /// In the `Authorization` header, which wins when both are there.
    Header,
    /// In the query: a presigned URL.
    Query,
}

impl Claim {
    /// Reads the signature of a request that arrived at `now`.
    ///
    /// # Errors
    /// The [`Rejection`]s that need no key, in R2's order.
    pub fn read(received: &Received<'_>, now: Timestamp, rules: &Rules) -> Result<Self, Rejection> {
        if let Some(authorization) = received.header("authorization") {
            return Self::read_header(received, &authorization, now, rules);
        }
        let parameters = parse::Parameters::of(received.query);
        match &parameters.credential {
            Some(credential) => Self::read_query(credential, &parameters, now, rules),
            None => Err(Rejection::Missing),
        }
    }

    fn read_header(
        received: &Received<'_>,
        authorization: &str,
        now: Timestamp,
        rules: &Rules,
    ) -> Result<Self, Rejection> {
        if authorization.starts_with("AWS ") {
            return Err(Rejection::SignatureV2);
        }
        let payload =
            received.header("x-amz-content-sha256").ok_or(Rejection::PayloadHashMissing)?;
        let at = parse::header_date(received)?;
        if at.distance(&now) > rules.skew_max {
            return Err(Rejection::Skewed { request: at, server: now });
        }
        let fields = parse::authorization(authorization).ok_or(Rejection::Algorithm)?;
        let (access_key_id, region) = parse::credential(fields.credential, at, rules)?;
        Ok(Self {
            carrier: Carrier::Header,
            access_key_id: access_key_id.to_owned(),
            region: region.to_owned(),
            at,
            signed_headers: parse::signed_headers(fields.signed_headers)?,
            signature: fields.signature.to_owned(),
            payload: payload.into_owned(),
            session_token: received.header("x-amz-security-token").map(|token| token.into_owned()),
            expires: None,
            now,
            rules: rules.clone(),
        })
    }

    fn read_query(
        credential: &str,
        parameters: &parse::Parameters,
        now: Timestamp,
        rules: &Rules,
    ) -> Result<Self, Rejection> {
        let parse::Parameters {
            algorithm: Some(algorithm),
            date: Some(date),
            expires: Some(expires),
            signed_headers: Some(signed_headers),
            signature: Some(signature),
            ..
        } = parameters
        else {
            return Err(Rejection::ParametersMissing(parameters.missing()));
        };
        if algorithm != ALGORITHM {
            return Err(Rejection::Algorithm);
        }
        let at = parse::date(date, super::DateSource::Query)?;
        let (access_key_id, region) = parse::credential(credential, at, rules)?;
        Ok(Self {
            carrier: Carrier::Query,
            access_key_id: access_key_id.to_owned(),
            region: region.to_owned(),
            at,
            signed_headers: parse::signed_headers(signed_headers)?,
            signature: signature.clone(),
            payload: UNSIGNED.to_owned(),
            session_token: parameters.security_token.clone(),
            expires: Some(expires.clone()),
            now,
            rules: rules.clone(),
        })
    }

    /// Checks the signature of the request it was read from against the secret of its key, in
    /// constant time. The cache takes the derived key only when it fits, so that forgeries cannot
    /// fill it.
    ///
    /// # Errors
    /// A presigned URL's [`Rejection::ExpiresUnreadable`], [`Rejection::ExpiresTooLong`],
    /// [`Rejection::Expired`] and [`Rejection::NotYetValid`]; [`Rejection::HostNotSigned`];
    /// [`Rejection::UnknownAccessKey`] when `credentials` are those of another key;
    /// [`Rejection::Mismatch`].
    pub fn verify(
        &self,
        received: &Received<'_>,
        credentials: &Credentials,
        keys: &KeyCache,
    ) -> Result<(), Rejection> {
        if credentials.access_key_id() != self.access_key_id {
            return Err(Rejection::UnknownAccessKey);
        }
        self.check_lifetime()?;
        if !self.signed_headers.iter().any(|name| name == "host") {
            return Err(Rejection::HostNotSigned);
        }
        let canonical = self.canonical_request(received);
        let day = self.at.day_bytes();
        let cached = keys.find(credentials, day, &self.region);
        let is_cached = cached.is_some();
        let key =
            cached.unwrap_or_else(|| Arc::new(SigningKey::derive(credentials, day, &self.region)));
        let mut message = Vec::new();
        key.push_message(&mut message, &self.at, &sha256(&canonical));
        let tag = Signature::parse(&self.signature).ok().and_then(|s| hex::decode_32(s.as_str()));
        if tag.is_some_and(|tag| key.verify(&message, &tag)) {
            if !is_cached {
                keys.keep(credentials, day, &self.region, key);
            }
            return Ok(());
        }
        Err(Rejection::Mismatch(Box::new(Mismatch {
            string_to_sign: String::from_utf8_lossy(&message).into_owned(),
            canonical_request: String::from_utf8_lossy(&canonical).into_owned(),
            provided: self.signature.clone(),
        })))
    }

    /// Verifies the chunks of the body that follows, once the request itself is verified.
    ///
    /// # Errors
    /// [`ErrorKind::Signature`](crate::ErrorKind::Signature) when the claim's signature is none,
    /// which [`verify`](Self::verify) refuses as well.
    pub fn chunks(&self, credentials: &Credentials, keys: &KeyCache) -> Result<ChunkSigner, Error> {
        let seed = Signature::parse(&self.signature)?;
        let key = keys.get(credentials, self.at.day_bytes(), &self.region);
        Ok(ChunkSigner::new(key, self.at, seed))
    }

    /// Where the signature was found.
    #[must_use]
    pub const fn carrier(&self) -> Carrier {
        self.carrier
    }

    /// The key that is said to have signed.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The region of the credential. Which ones are right is for the server to say: R2 takes
    /// `auto`, `us-east-1` and none at all.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// When it was signed.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The names of the signed headers, in lower case.
    #[must_use]
    pub fn signed_headers(&self) -> &[String] {
        &self.signed_headers
    }

    /// The `x-amz-` headers of the request that the signature does not cover. Which of them may
    /// pass is for the server to say: AWS refuses those that change what is read or written.
    pub fn unsigned_amz_headers<'a>(
        &'a self,
        received: &Received<'a>,
    ) -> impl Iterator<Item = &'a str> + use<'a> {
        let names = received.headers.iter().map(|header| header.0);
        names.filter(|name| {
            name.starts_with("x-amz-") && !self.signed_headers.iter().any(|signed| signed == name)
        })
    }

    /// The session token of temporary credentials, to be read by
    /// [`Token::read`](crate::temporary::Token::read).
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref()
    }

    /// How the body is bound; `None` when `x-amz-content-sha256` is no value that SigV4 knows.
    /// Presigned URLs are [`Payload::Unsigned`].
    #[must_use]
    pub fn payload(&self) -> Option<Payload> {
        Payload::parse(&self.payload)
    }

    /// `x-amz-content-sha256` as it came.
    #[must_use]
    pub fn payload_text(&self) -> &str {
        &self.payload
    }

    fn check_lifetime(&self) -> Result<(), Rejection> {
        let Some(expires) = &self.expires else { return Ok(()) };
        let seconds = parse::expires(expires)?;
        if seconds > LIFETIME_SECONDS_MAX {
            return Err(Rejection::ExpiresTooLong);
        }
        if seconds < 1 || self.now.unix_seconds() > self.at.unix_seconds() + seconds {
            return Err(Rejection::Expired);
        }
        match self.rules.presigned_future_max {
            Some(future) if self.at > self.now && self.at.distance(&self.now) > future => {
                Err(Rejection::NotYetValid)
            }
            _ => Ok(()),
        }
    }

    fn canonical_request(&self, received: &Received<'_>) -> Vec<u8> {
        let leave_out = match self.carrier {
            Carrier::Header => None,
            Carrier::Query => Some("X-Amz-Signature"),
        };
        let mut query = Query::default();
        query.load(received.query, leave_out);
        let mut out = Vec::with_capacity(1_024);
        push_start(&mut out, received.method, received.path);
        query.write(&mut out);
        out.push(b'\n');
        for name in &self.signed_headers {
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            push_values(&mut out, received.values(name));
            out.push(b'\n');
        }
        out.push(b'\n');
        out.extend_from_slice(self.signed_headers.join(";").as_bytes());
        out.push(b'\n');
        out.extend_from_slice(self.payload.as_bytes());
        out
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("carrier", &self.carrier)
            .field("access_key_id", &self.access_key_id)
            .field("region", &self.region)
            .field("at", &self.at)
            .field("signed_headers", &self.signed_headers)
            .field("payload", &self.payload)
            .field("session_token", &self.session_token.as_ref().map(|_| "***"))
            .finish_non_exhaustive()
    }
}
