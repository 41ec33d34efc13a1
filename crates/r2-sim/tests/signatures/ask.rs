//! A request in the making: what it says, who signs it and how; then the request itself, which a
//! case may spoil.

use super::chunks::Chunks;
use super::reference::{canonical_headers, canonical_query, date, encode, scope, sha256, sign};

pub(crate) const ID: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const SECRET: &str = "the secret of the administrator";
/// 2026-08-17T10:40:00Z.
pub(crate) const NOW: i64 = 1_786_963_200;
pub(crate) const HOST: &str = "r2.local";
pub(crate) const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// What is to be signed.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    pub(crate) region: String,
    pub(crate) at: i64,
    /// Value of `x-amz-content-sha256`; the hash of the body if none.
    pub(crate) payload: Option<String>,
    /// Headers that are sent and not signed.
    pub(crate) unsigned: Vec<String>,
    pub(crate) host: String,
    /// Signed headers in another order or case.
    pub(crate) arrange: fn(Vec<String>) -> Vec<String>,
}

/// A request as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Shot {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// `GET /bucket/key?query`.
pub(crate) fn ask(line: &str) -> Ask {
    let (method, target) = line.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ask {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        id: ID.to_owned(),
        secret: SECRET.to_owned(),
        token: None,
        region: "auto".to_owned(),
        at: NOW,
        payload: None,
        unsigned: Vec::new(),
        host: HOST.to_owned(),
        arrange: |names| names,
    }
}

impl Ask {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Ask {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A header that the signature does not cover.
    pub(crate) fn loose(mut self, name: &str, value: &str) -> Ask {
        self.unsigned.push(name.to_owned());
        self.header(name, value)
    }

    pub(crate) fn body(mut self, body: &str) -> Ask {
        self.body = body.as_bytes().to_vec();
        self
    }

    pub(crate) fn payload(mut self, value: &str) -> Ask {
        self.payload = Some(value.to_owned());
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Ask)) -> Ask {
        change(&mut self);
        self
    }

    fn names(&self, headers: &[(String, String)]) -> Vec<String> {
        let mut names: Vec<_> = headers.iter().map(|(name, _)| name.clone()).collect();
        names.retain(|name| !self.unsigned.contains(name));
        names.sort();
        names.dedup();
        (self.arrange)(names)
    }

    fn signature(&self, headers: &[(String, String)], names: &[String], payload: &str) -> String {
        let names: Vec<_> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        let request = format!(
            "{}\n{}\n{}\n{}\n{}\n{payload}",
            self.method,
            self.path,
            canonical_query(&self.query),
            canonical_headers(headers, &names),
            names.join(";"),
        );
        let hash = sha256(request.as_bytes());
        sign("AWS4-HMAC-SHA256", &self.secret, &date(self.at), &self.region, &hash)
    }

    /// Signed in the `Authorization` header.
    pub(crate) fn signed(self) -> Shot {
        self.signed_with("x-amz-date").0
    }

    /// The same, the date in a header of this name; with the signature.
    pub(crate) fn signed_with(self, date_header: &str) -> (Shot, String) {
        let payload = self.payload.clone().unwrap_or_else(|| sha256(&self.body));
        let mut headers = vec![("host".to_owned(), self.host.clone())];
        headers.extend(self.headers.clone());
        headers.push((date_header.to_owned(), date(self.at)));
        headers.push(("x-amz-content-sha256".to_owned(), payload.clone()));
        if let Some(token) = &self.token {
            headers.push(("x-amz-security-token".to_owned(), token.clone()));
        }
        let names = self.names(&headers);
        let signature = self.signature(&headers, &names, &payload);
        let value = format!(
            "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={signature}",
            self.id,
            scope(&date(self.at), &self.region),
            names.join(";"),
        );
        headers.push(("authorization".to_owned(), value));
        let Ask { method, path, query, body, .. } = self;
        (Shot { method, path, query, headers, body }, signature)
    }

    /// Signed in the query. A negative lifetime is one that is over.
    pub(crate) fn presigned(mut self, lifetime: impl std::fmt::Display) -> Shot {
        let mut headers = vec![("host".to_owned(), self.host.clone())];
        headers.extend(self.headers.clone());
        let names = self.names(&headers);
        let credential = format!("{}/{}", self.id, scope(&date(self.at), &self.region));
        let mut query = vec![
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("X-Amz-Credential", encode(credential.as_bytes())),
            ("X-Amz-Date", date(self.at)),
            ("X-Amz-Expires", lifetime.to_string()),
            ("X-Amz-SignedHeaders", encode(names.join(";").as_bytes())),
        ];
        query.extend(
            self.token.as_ref().map(|token| ("X-Amz-Security-Token", encode(token.as_bytes()))),
        );
        for (name, value) in query {
            let separator = if self.query.is_empty() { "" } else { "&" };
            self.query = format!("{}{separator}{name}={value}", self.query);
        }
        let signature = self.signature(&headers, &names, UNSIGNED);
        let query = format!("{}&X-Amz-Signature={signature}", self.query);
        let Ask { method, path, body, .. } = self;
        Shot { method, path, query, headers, body }
    }

    /// A body of chunks, each signed where the mode says so.
    pub(crate) fn chunked(self, mode: Mode, chunks: &[&str], trailer: &[(&str, &str)]) -> Chunks {
        let length: usize = chunks.iter().map(|chunk| chunk.len()).sum();
        let mut ask = self
            .payload(mode.value())
            .header("content-encoding", "aws-chunked")
            .header("x-amz-decoded-content-length", &length.to_string());
        if !trailer.is_empty() {
            let names: Vec<_> = trailer.iter().map(|(name, _)| *name).collect();
            ask = ask.header("x-amz-trailer", &names.join(","));
        }
        Chunks::new(ask, mode, chunks, trailer)
    }
}

/// How a chunked body is signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    Unsigned,
    Signed,
    SignedTrailer,
}

impl Mode {
    fn value(self) -> &'static str {
        match self {
            Mode::Unsigned => "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            Mode::Signed => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            Mode::SignedTrailer => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        }
    }
}

impl Shot {
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Shot)) -> Shot {
        change(&mut self);
        self
    }

    /// Replaces the value of a header, which must be there.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Shot {
        let header = self.headers.iter_mut().find(|(known, _)| known == name);
        value.clone_into(&mut header.unwrap_or_else(|| panic!("no {name}")).1);
        self
    }

    pub(crate) fn add(mut self, name: &str, value: &str) -> Shot {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Shot {
        let before = self.headers.len();
        self.headers.retain(|(known, _)| known != name);
        assert!(self.headers.len() < before, "no {name}");
        self
    }

    /// Changes a text in a header, which must have it.
    pub(crate) fn edit(self, name: &str, from: &str, to: &str) -> Shot {
        let value = self.headers.iter().find(|(known, _)| known == name).unwrap().1.clone();
        assert!(value.contains(from), "{name}: {value}");
        self.set(name, &value.replacen(from, to, 1))
    }

    /// Changes a text in the query, which must have it.
    pub(crate) fn requery(mut self, from: &str, to: &str) -> Shot {
        assert!(self.query.contains(from), "{}", self.query);
        self.query = self.query.replacen(from, to, 1);
        self
    }

    /// The signature, wherever it is.
    pub(crate) fn signature(&self) -> String {
        let text = self.headers.iter().find(|(name, _)| name == "authorization");
        let text = text.map_or(&self.query, |(_, value)| value);
        text.rsplit("Signature=").next().unwrap().to_owned()
    }
}
