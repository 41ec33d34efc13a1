//! Bodies in aws-chunked form, in pieces that a case may change, drop or swap.

use super::ask::{Ask, Mode, Shot, ask};
use super::reference::{date, sha256, sign};

/// A request whose body is still in pieces.
#[derive(Clone, Debug)]
pub(crate) struct Chunks {
    shot: Shot,
    /// Heads and data, in turn: `5;chunk-signature=…\r\n`, `hello\r\n`.
    pub(crate) pieces: Vec<(String, String)>,
    /// Lines of the trailer, without the blank one.
    pub(crate) trailer: Vec<String>,
    pub(crate) end: String,
}

/// Whose signature goes on from chunk to chunk.
struct Chain {
    secret: String,
    date: String,
    region: String,
    previous: String,
}

impl Chain {
    fn next(&mut self, kind: &str, rest: &str) -> String {
        let rest = format!("{}\n{rest}", self.previous);
        self.previous = sign(kind, &self.secret, &self.date, &self.region, &rest);
        self.previous.clone()
    }
}

/// The body that follows a head with this signature.
pub(crate) fn body_after(
    signature: &str,
    mode: Mode,
    chunks: &[&str],
    trailer: &[(&str, &str)],
) -> Vec<u8> {
    let ask = ask("PUT /b-one/x");
    let trailer = if mode == Mode::Signed { &[] } else { trailer };
    let chain = Chain {
        secret: ask.secret.clone(),
        date: date(ask.at),
        region: ask.region.clone(),
        previous: signature.to_owned(),
    };
    Chunks::after(ask.signed(), chain, mode, chunks, trailer).shot().body
}

impl Chunks {
    pub(crate) fn new(ask: Ask, mode: Mode, chunks: &[&str], trailer: &[(&str, &str)]) -> Chunks {
        let (secret, date, region) = (ask.secret.clone(), date(ask.at), ask.region.clone());
        let (shot, previous) = ask.signed_with("x-amz-date");
        Chunks::after(shot, Chain { secret, date, region, previous }, mode, chunks, trailer)
    }

    fn after(
        shot: Shot,
        mut chain: Chain,
        mode: Mode,
        chunks: &[&str],
        trailer: &[(&str, &str)],
    ) -> Chunks {
        let mut pieces = Vec::new();
        for chunk in chunks.iter().copied().chain([""]) {
            let hashes = format!("{}\n{}", sha256(b""), sha256(chunk.as_bytes()));
            let extension = match mode {
                Mode::Unsigned => String::new(),
                _ => {
                    format!(";chunk-signature={}", chain.next("AWS4-HMAC-SHA256-PAYLOAD", &hashes))
                }
            };
            let data = if chunk.is_empty() { String::new() } else { format!("{chunk}\r\n") };
            pieces.push((format!("{:x}{extension}\r\n", chunk.len()), data));
        }
        let mut lines: Vec<_> =
            trailer.iter().map(|(name, value)| format!("{name}:{value}\r\n")).collect();
        if mode == Mode::SignedTrailer {
            let text: String =
                trailer.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
            let signature = chain.next("AWS4-HMAC-SHA256-TRAILER", &sha256(text.as_bytes()));
            lines.push(format!("x-amz-trailer-signature:{signature}\r\n"));
        }
        Chunks { shot, pieces, trailer: lines, end: "\r\n".to_owned() }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Chunks)) -> Chunks {
        change(&mut self);
        self
    }

    pub(crate) fn shot(self) -> Shot {
        let mut body = String::new();
        for (head, data) in &self.pieces {
            body.push_str(head);
            body.push_str(data);
        }
        self.trailer.iter().for_each(|line| body.push_str(line));
        body.push_str(&self.end);
        Shot { body: body.into_bytes(), ..self.shot }
    }
}
