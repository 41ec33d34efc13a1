//! Encoded words of RFC 2047, which is how text that is not ASCII travels in `x-amz-meta-*`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An encoded word may have 75 characters. `=?UTF-8?B?` and `?=` take 12, which leaves 63 for
/// base64: 60 characters, 45 bytes.
const WORD_BYTES_MAX: usize = 45;
const PREFIX: &str = "=?UTF-8?B?";
const SUFFIX: &str = "?=";

/// The value as it stands in a header: unchanged where that is safe, else as encoded words, which
/// R2 decodes before it stores them (Cloudflare's "Extensions" page).
pub(crate) fn encode(value: &str) -> String {
    if is_plain(value) {
        return value.to_owned();
    }
    let mut encoded = String::new();
    let mut rest = value;
    while !rest.is_empty() {
        let mut end = rest.len().min(WORD_BYTES_MAX);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (word, tail) = rest.split_at(end);
        if !encoded.is_empty() {
            encoded.push(' ');
        }
        encoded.push_str(PREFIX);
        STANDARD.encode_string(word, &mut encoded);
        encoded.push_str(SUFFIX);
        rest = tail;
    }
    encoded
}

/// A value that a header carries unchanged and nobody takes for an encoded word. Blanks at the ends
/// would be trimmed on the way, two in a row may be folded into one by what verifies a signature.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|b| (b' '..0x7f).contains(&b))
        && !value.contains("=?")
        && !value.contains("  ")
        && value.trim() == value
}

/// The text that a header value stands for. What is not a well-formed encoded word of UTF-8, ASCII
/// or Latin-1 stays as it is; blanks between two encoded words vanish, as RFC 2047 says.
pub(crate) fn decode(value: &str) -> String {
    let mut decoded = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some(start) = rest.find("=?") {
        let (before, candidate) = rest.split_at(start);
        let Some((text, tail)) = decode_word(candidate) else {
            decoded.push_str(before);
            decoded.push_str("=?");
            rest = &candidate[2..];
            after_word = false;
            continue;
        };
        if !(after_word && before.bytes().all(|b| b.is_ascii_whitespace())) {
            decoded.push_str(before);
        }
        decoded.push_str(&text);
        rest = tail;
        after_word = true;
    }
    decoded.push_str(rest);
    decoded
}

/// The text of the encoded word that `candidate` starts with, and what follows it.
fn decode_word(candidate: &str) -> Option<(String, &str)> {
    let (charset, rest) = candidate.strip_prefix("=?")?.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (payload, tail) = rest.split_once("?=")?;
    if payload.contains(' ') {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => STANDARD.decode(payload).ok()?,
        "Q" | "q" => decode_q(payload)?,
        _ => return None,
    };
    // RFC 2231 lets a language follow the charset: `utf-8*en`
    let charset = charset.split('*').next().unwrap_or(charset);
    let text = if charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("us-ascii")
    {
        String::from_utf8(bytes).ok()?
    } else if charset.eq_ignore_ascii_case("iso-8859-1") {
        bytes.into_iter().map(char::from).collect()
    } else {
        return None;
    };
    Some((text, tail))
}

fn decode_q(payload: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(payload.len());
    let mut input = payload.bytes();
    while let Some(byte) = input.next() {
        bytes.push(match byte {
            b'_' => b' ',
            b'=' => {
                let high = char::from(input.next()?).to_digit(16)?;
                let low = char::from(input.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_values_stay() {
        for value in ["", "abc", "a b", "100 %", "?=", "a=b"] {
            assert_eq!(encode(value), value);
        }
    }

    #[test]
    fn what_a_header_would_change_is_encoded() {
        for value in ["ä", " a", "a ", "a  b", "a\r\nb", "=?UTF-8?B?YQ==?=", "\u{1f980}"] {
            let encoded = encode(value);
            assert!(encoded.starts_with(PREFIX), "{encoded}");
            assert_eq!(decode(&encoded), value);
        }
    }

    #[test]
    fn replies_of_others_are_read() {
        let table = [
            ("=?utf-8?q?caf=C3=A9_au_lait?=", "café au lait"),
            ("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"),
            ("=?UTF-8?B?w6Q=?=\r\n =?UTF-8?B?w7Y=?=", "äö"),
            ("x =?UTF-8?B?w6Q=?= y", "x ä y"),
            ("=?utf-8*de?B?w6Q=?=", "ä"),
            // not ours to understand: kept
            ("=?UTF-8?B?!!!?=", "=?UTF-8?B?!!!?="),
            ("=?koi8-r?B?w6Q=?=", "=?koi8-r?B?w6Q=?="),
            ("=?UTF-8?B?/w==?=", "=?UTF-8?B?/w==?="),
            ("=?=?=?", "=?=?=?"),
        ];
        for (header, value) in table {
            assert_eq!(decode(header), value, "{header}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn every_value_survives(value in any::<String>()) {
            let encoded = encode(&value);
            prop_assert!(encoded.split(' ').all(|w| w.len() <= 75) || encoded == value);
            prop_assert!(encoded.bytes().all(|b| (b' '..0x7f).contains(&b)));
            prop_assert_eq!(decode(&encoded), value);
        }

        #[test]
        fn no_header_panics(header in "[=?a-zA-Z0-9_ éB-]{0,60}") {
            decode(&header);
        }
    }
}
