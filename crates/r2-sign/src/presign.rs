//! Presigned URLs: the whole signature in the query.

use crate::{
    Credentials, Error, ErrorKind, Input, Payload, Signer, Timestamp,
    canonical::{Headers, Query, push_start},
    encode::component_bytes_into,
    hash::sha256,
    hex,
    keys::SigningKey,
    payload::UNSIGNED,
    text::{owned_text, text},
};
use std::{ops::RangeInclusive, time::Duration};

/// How long a presigned URL may live, in seconds (Cloudflare's page on presigned URLs).
const LIFETIME_SECONDS: RangeInclusive<u64> = 1..=604_800;

/// The parameters of a signature: only presigning itself writes them.
const RESERVED: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
];
/// More than the parameters take beside credential, token and header names.
const OVERHEAD_BYTES: usize = 700;

impl Signer {
    /// The whole query of a presigned URL, without its question mark: what `input.query` says, and
    /// the signature. It holds until `at` plus `expires` and can be used again until then.
    ///
    /// Whoever uses the URL must send the headers of `input.headers` exactly as given: sign `host`
    /// and nothing else unless a header is to be forced on them. The payload must be
    /// [`Payload::Unsigned`].
    ///
    /// ```
    /// use r2_sign::{Credentials, Input, Payload, Signer, Timestamp};
    /// use std::time::Duration;
    ///
    /// let host = "account.r2.cloudflarestorage.com";
    /// let input = Input {
    ///     method: "GET",
    ///     path: "/bucket/key",
    ///     query: "",
    ///     headers: &[("host", host)],
    ///     payload: Payload::Unsigned,
    /// };
    /// let credentials = Credentials::new("0123456789abcdef0123456789abcdef", "secret");
    /// let at = Timestamp::from_unix(1_369_353_600);
    /// let hour = Duration::from_secs(3_600);
    /// let query = Signer::new("auto").presign(&input, &credentials, at, hour)?;
    /// let url = format!("https://{host}{}?{query}", input.path);
    /// assert!(url.contains("X-Amz-Date=20130524T000000Z&X-Amz-Expires=3600"));
    /// # Ok::<(), r2_sign::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Expiry`] outside 1 second to 7 days (fractions are dropped),
    /// [`ErrorKind::HostNotSigned`], [`ErrorKind::PresignedPayload`] and
    /// [`ErrorKind::ReservedParameter`] when `input` does not allow a presigned URL.
    pub fn presign(
        &self,
        input: &Input<'_>,
        credentials: &Credentials,
        at: Timestamp,
        expires: Duration,
    ) -> Result<String, Error> {
        let seconds = expires.as_secs();
        if !LIFETIME_SECONDS.contains(&seconds) {
            return Err(ErrorKind::Expiry { seconds }.into());
        }
        if input.payload != Payload::Unsigned {
            return Err(ErrorKind::PresignedPayload.into());
        }
        if !input.headers.iter().any(|(name, _)| *name == "host") {
            return Err(ErrorKind::HostNotSigned.into());
        }
        refuse_reserved(input.query)?;
        Ok(self.keys().with(credentials, at.day_bytes(), self.region(), |key| {
            Presigning { key, token: credentials.session_token(), at, seconds }.sign(input)
        }))
    }
}

/// What the parameters of one signature say.
struct Presigning<'a> {
    key: &'a SigningKey,
    token: Option<&'a str>,
    at: Timestamp,
    seconds: u64,
}

impl Presigning<'_> {
    /// The whole query, signed.
    fn sign(&self, input: &Input<'_>) -> String {
        // One buffer serves for the canonical request, the string to sign and the answer: the
        // canonical query is the answer, but for the signature.
        let mut out = Vec::with_capacity(self.bytes_max(input));
        push_start(&mut out, input.method, input.path);
        let start = out.len();
        self.push_parameters(&mut out, input.headers);
        if !input.query.is_empty() {
            let mut both = Query::default();
            both.load(&[text(&out[start..]), "&", input.query].concat(), None);
            out.truncate(start);
            both.write(&mut out);
        }
        let end = out.len();
        out.push(b'\n');
        Headers::new(input.headers, None).push(&mut out, &mut Vec::new());
        out.push(b'\n');
        out.extend_from_slice(UNSIGNED.as_bytes());

        let hash = sha256(&out);
        out.truncate(end);
        self.key.push_message(&mut out, &self.at, &hash);
        let signature = hex::digits(&self.key.sign(&out[end..]));

        out.truncate(end);
        out.extend_from_slice(b"&X-Amz-Signature=");
        out.extend_from_slice(&signature);
        out.drain(..start);
        owned_text(out)
    }

    /// Appends the parameters of the signature, in canonical order and form.
    fn push_parameters(&self, out: &mut Vec<u8>, headers: &[(&str, &str)]) {
        out.extend_from_slice(self.key.query_start().as_bytes());
        out.extend_from_slice(b"&X-Amz-Date=");
        out.extend_from_slice(self.at.as_bytes());
        out.extend_from_slice(b"&X-Amz-Expires=");
        push_decimal(out, self.seconds);
        if let Some(token) = self.token {
            out.extend_from_slice(b"&X-Amz-Security-Token=");
            component_bytes_into(out, token);
        }
        out.extend_from_slice(b"&X-Amz-SignedHeaders=");
        if let [(name, _)] = headers {
            return component_bytes_into(out, name);
        }
        let mut names: Vec<_> = headers.iter().map(|header| header.0).collect();
        names.sort_unstable();
        names.dedup();
        component_bytes_into(out, &names.join(";"));
    }

    /// More than the canonical request takes, so that the one allocation suffices.
    fn bytes_max(&self, input: &Input<'_>) -> usize {
        let header = |(name, value): &(&str, &str)| 5 * name.len() + value.len() + 8;
        let headers: usize = input.headers.iter().map(header).sum();
        let given = input.method.len() + input.path.len() + 3 * input.query.len();
        let token = self.token.map_or(0, str::len);
        OVERHEAD_BYTES + given + headers + self.key.query_start().len() + 3 * token
    }
}

/// The caller must not bring the parameters that make up the signature.
fn refuse_reserved(query: &str) -> Result<(), Error> {
    if query.is_empty() {
        return Ok(());
    }
    let mut pairs = Query::default();
    pairs.load(query, None);
    let reserved = |name: &[u8]| RESERVED.iter().any(|ours| ours.as_bytes() == name);
    match pairs.pairs().find(|pair| reserved(pair.0)) {
        Some((name, _)) => Err(ErrorKind::ReservedParameter(text(name).to_owned()).into()),
        None => Ok(()),
    }
}

fn push_decimal(out: &mut Vec<u8>, number: u64) {
    if number >= 10 {
        push_decimal(out, number / 10);
    }
    out.push(b'0' + u8::try_from(number % 10).expect("one digit"));
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: &[(&str, &str)] = &[("host", "h")];

    fn presign(query: &str, headers: &[(&str, &str)], seconds: u64) -> Result<String, ErrorKind> {
        let credentials = Credentials::new("id/é", "secret").with_session_token("a+b/c==");
        let payload = Payload::Unsigned;
        let input = Input { method: "GET", path: "/k", query, headers, payload };
        let (at, expires) = (Timestamp::from_unix(0), Duration::from_secs(seconds));
        let signed = Signer::new("eu west").presign(&input, &credentials, at, expires);
        signed.map_err(|error| error.kind().clone())
    }

    #[test]
    fn lifetimes() {
        for seconds in [1, 604_800] {
            let expires = format!("&X-Amz-Expires={seconds}&");
            assert!(presign("", HEADERS, seconds).unwrap().contains(&expires));
        }
        for seconds in [0, 604_801, u64::MAX] {
            assert_eq!(presign("", HEADERS, seconds), Err(ErrorKind::Expiry { seconds }));
        }
    }

    #[test]
    fn parameters_are_merged_in_order_and_encoded() {
        let headers = &[("x-amz-meta-*", "1"), ("host", "h")];
        let query = presign("uploadId=a+b&partNumber=1&A=é&X-Amz-Meta&X-Amz-Zone=1", headers, 9);
        let (query, signature) = query.as_deref().unwrap().rsplit_once('=').unwrap();
        assert_eq!(
            query,
            "A=%C3%A9&X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=id%2F%C3%A9%2F19700101%2Feu%20west%2Fs3%2Faws4_request\
             &X-Amz-Date=19700101T000000Z&X-Amz-Expires=9&X-Amz-Meta=\
             &X-Amz-Security-Token=a%2Bb%2Fc%3D%3D&X-Amz-SignedHeaders=host%3Bx-amz-meta-%2A\
             &X-Amz-Zone=1&partNumber=1&uploadId=a%20b&X-Amz-Signature"
        );
        assert_eq!(signature.len(), 64);
    }

    #[test]
    fn what_cannot_be_presigned() {
        assert_eq!(presign("", &[("x-host", "h")], 9), Err(ErrorKind::HostNotSigned));
        for name in ["X-Amz-Signature", "X-Amz-Date", "X-Amz-Security-Token"] {
            let expected = Err(ErrorKind::ReservedParameter(name.to_owned()));
            assert_eq!(presign(&format!("a=1&{name}=x"), HEADERS, 9), expected);
        }
        let payload = Payload::of(b"");
        let input = Input { method: "PUT", path: "/k", query: "", headers: HEADERS, payload };
        let (credentials, at) = (Credentials::new("id", "secret"), Timestamp::from_unix(0));
        let signed = Signer::default().presign(&input, &credentials, at, Duration::from_secs(9));
        assert_eq!(signed.unwrap_err().kind(), &ErrorKind::PresignedPayload);
    }

    #[test]
    fn many_headers() {
        let many: Vec<_> =
            ["a", "b", "c", "d", "e", "f", "host", "i", "j", "k"].map(|n| (n, n)).into();
        assert!(
            presign("", &many, 9).unwrap().contains("=a%3Bb%3Bc%3Bd%3Be%3Bf%3Bhost%3Bi%3Bj%3Bk&")
        );
    }
}
