//! Encoded words (RFC 2047): how text above ASCII travels in metadata headers.
//!
//! R2 decodes what comes in, stores the text, and encodes what goes out (Cloudflare's Extensions
//! page). Which of the two encodings R2 writes is not documented; base64 in one word is assumed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// The text of a header value that may hold encoded words.
pub(crate) fn decode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    let mut after_word = false;
    while let Some(at) = rest.find("=?") {
        let (before, tail) = rest.split_at(at);
        match word(tail) {
            Some((text, length)) => {
                // Blanks between two encoded words belong to neither.
                if !(after_word && before.trim().is_empty()) {
                    out.push_str(before);
                }
                out.push_str(&text);
                rest = &tail[length..];
                after_word = true;
            }
            None => {
                out.push_str(before);
                out.push_str("=?");
                rest = &tail[2..];
                after_word = false;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A value that fits into a header.
pub(crate) fn encode(text: &str) -> String {
    let plain = |byte: u8| byte == b'\t' || (b' '..=b'~').contains(&byte);
    if text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("=?UTF-8?B?{}?=", BASE64.encode(text))
    }
}

/// Reads one encoded word at the beginning; returns its text and its length in bytes.
fn word(tail: &str) -> Option<(String, usize)> {
    let body = tail.strip_prefix("=?")?;
    let (charset, body) = body.split_once('?')?;
    let (encoding, body) = body.split_once('?')?;
    let (payload, rest) = body.split_once("?=")?;
    let bytes = match encoding {
        "B" | "b" => BASE64.decode(payload).ok()?,
        "Q" | "q" => quoted(payload)?,
        _ => return None,
    };
    // A language may follow the character set: `utf-8*en`.
    let charset = charset.split('*').next()?.to_ascii_lowercase();
    let text = match charset.as_str() {
        "utf-8" | "us-ascii" => String::from_utf8(bytes).ok()?,
        "iso-8859-1" => bytes.into_iter().map(char::from).collect(),
        _ => return None,
    };
    Some((text, tail.len() - rest.len()))
}

fn quoted(payload: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(payload.len());
    let mut rest = payload.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'_' => b' ',
            b'=' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high << 4 | low).ok()?
            }
            other => other,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded() {
        for (value, text) in [
            ("plain", "plain"),
            ("=?UTF-8?Q?caf=C3=A9_au_lait?=", "café au lait"),
            ("=?utf-8?b?8J+YgA==?=", "😀"),
            ("=?iso-8859-1?q?caf=E9?=", "café"),
            ("=?utf-8*fr?Q?x?= y", "x y"),
            ("a =?UTF-8?Q?b?= =?UTF-8?Q?c?= d", "a bc d"),
            // Not encoded words: left alone.
            ("=?", "=?"),
            ("=?UTF-8?Q?x", "=?UTF-8?Q?x"),
            ("=?UTF-8?X?x?=", "=?UTF-8?X?x?="),
            ("=?UTF-8?B?!?=", "=?UTF-8?B?!?="),
            ("=?koi8-r?Q?x?=", "=?koi8-r?Q?x?="),
            ("=?UTF-8?Q?=FF?=", "=?UTF-8?Q?=FF?="),
            ("=?UTF-8?Q?=4?=", "=?UTF-8?Q?=4?="),
        ] {
            assert_eq!(decode(value), text, "{value}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_encoded_reads_back(text in "\\PC{0,40}") {
            // Text that looks like an encoded word cannot be told from one.
            proptest::prop_assume!(!text.contains("=?"));
            proptest::prop_assert_eq!(decode(&encode(&text)), text);
        }

        #[test]
        fn no_value_panics(value in "(=\\?|\\?=|\\?|[QqBb=_0-9A-Fé]){0,30}") {
            decode(&value);
        }
    }
}
