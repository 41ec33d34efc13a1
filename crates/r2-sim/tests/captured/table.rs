//! A table of requests, and the runner that puts them one after the other.

use std::collections::HashMap;

use http::{HeaderMap, Request};
use r2_sim::{Emulator, Switches};
use r2_transport::{Body, Transport};

/// One line: a name, a request, and what the answer has to show.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    name: &'static str,
    line: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    body: String,
    said: &'static str,
    shown: Vec<&'static str>,
}

/// `line` is method and path; `said` is `404 NoSuchKey: …`, a status and a code, or a status.
///
/// In the path, in headers and in the body `{upload}`, `{etag}`, `{token}` and `{marker}` stand for
/// what the last answer that had one said.
pub(crate) fn case(name: &'static str, line: &'static str, said: &'static str) -> Case {
    Case { name, line, headers: Vec::new(), body: String::new(), said, shown: Vec::new() }
}

impl Case {
    pub(crate) fn with(mut self, header: &'static str, value: &'static str) -> Case {
        self.headers.push((header, value));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<String>) -> Case {
        self.body = body.into();
        self
    }

    /// What has to be there: `name: value` is a header, `-name` is a header that must not be,
    /// `!text` is text that the body must not hold, `=text` is the whole body, anything else is a
    /// part of it.
    pub(crate) fn shows(mut self, shown: &[&'static str]) -> Case {
        self.shown.extend(shown);
        self
    }
}

/// Asks every line of a fresh account with the buckets `bucket` and `other`.
pub(crate) async fn run(cases: Vec<Case>) {
    run_with(Switches::new(), cases).await;
}

pub(crate) async fn run_with(switches: Switches, cases: Vec<Case>) {
    let r2 = Emulator::builder().switches(switches).memory();
    let mut said = HashMap::new();
    for bucket in ["bucket", "other"] {
        let line = format!("PUT /{bucket}");
        assert_eq!(ask(&r2, &line, &[], "").await.status, 200);
    }
    for case in cases {
        let Case { name, line, headers, body, said: expected, shown } = case;
        let line = filled(line, &said, r2_xml::url::encode);
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, filled(value, &said, str::to_owned)))
            .collect();
        let reply = ask(&r2, &line, &headers, &filled(&body, &said, str::to_owned)).await;
        assert!(reply.says(expected), "{name}: {} {}", reply.status, reply.text);
        for shown in shown {
            assert!(reply.shows(shown), "{name}: no {shown:?} in {reply:?}");
        }
        reply.remember(&mut said);
    }
}

/// Replaces what stands for earlier answers.
fn filled(text: &str, said: &HashMap<&str, String>, spell: impl Fn(&str) -> String) -> String {
    let mut filled = text.to_owned();
    for (name, value) in said {
        filled = filled.replace(&format!("{{{name}}}"), &spell(value));
    }
    filled
}

#[derive(Debug)]
struct Reply {
    status: u16,
    headers: HeaderMap,
    text: String,
}

async fn ask(r2: &Emulator, line: &str, headers: &[(&str, String)], body: &str) -> Reply {
    let (method, path) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(format!("http://r2.local{path}"));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let response = r2.send(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect(8 << 20).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    Reply { status: parts.status.as_u16(), headers: parts.headers, text }
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn element(&self, name: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(&format!("<{name}>"))?;
        let (text, _) = rest.split_once(&format!("</{name}>"))?;
        Some(text.replace("&apos;", "'").replace("&quot;", "\"").replace("&lt;", "<"))
    }

    fn says(&self, expected: &str) -> bool {
        let (status, rest) = expected.split_once(' ').unwrap_or((expected, ""));
        let (code, message) = rest.split_once(": ").unwrap_or((rest, ""));
        let same = |element: &str, text: &str| {
            text.is_empty() || self.element(element).as_deref() == Some(text)
        };
        self.status.to_string() == status && same("Code", code) && same("Message", message)
    }

    fn shows(&self, shown: &str) -> bool {
        if let Some(name) = shown.strip_prefix('-') {
            return self.header(name).is_none();
        }
        if let Some(text) = shown.strip_prefix('!') {
            return !self.text.contains(text);
        }
        if let Some(text) = shown.strip_prefix('=') {
            return self.text == text;
        }
        match shown.split_once(": ") {
            Some((name, value)) if !name.contains('<') => self.header(name) == Some(value),
            _ => self.text.contains(shown),
        }
    }

    fn remember(&self, said: &mut HashMap<&'static str, String>) {
        let etag = self.header("etag").map(str::to_owned).or_else(|| self.element("ETag"));
        for (name, value) in [
            ("upload", self.element("UploadId")),
            ("etag", etag),
            ("token", self.element("NextContinuationToken")),
            ("marker", self.element("NextMarker")),
        ] {
            if let Some(value) = value {
                said.insert(name, value);
            }
        }
    }
}
