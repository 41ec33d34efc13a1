//! The query string, decoded as R2 reads it: `+` is a blank, names keep their order.

/// Decoded parameters in the order they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(raw: &str) -> Query {
        let pairs = raw.split('&').filter(|pair| !pair.is_empty());
        Query(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// The first value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether this is a presigned URL. It is the credential that decides, as on R2.
    pub(crate) fn is_presigned(&self) -> bool {
        self.has("X-Amz-Credential")
    }
}

/// The parameters of a signature itself.
pub(crate) fn is_signature(name: &str) -> bool {
    matches!(
        name,
        "X-Amz-Algorithm"
            | "X-Amz-Credential"
            | "X-Amz-Date"
            | "X-Amz-Expires"
            | "X-Amz-Security-Token"
            | "X-Amz-SignedHeaders"
            | "X-Amz-Signature"
    )
}

/// Whether a parameter belongs to a signature, or is a header in disguise.
pub(crate) fn is_amz(name: &str) -> bool {
    name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"))
}

/// Parameters that no operation looks at and that are screened nowhere: those of a signature, and
/// the two that SDKs and Cloudflare add for their logs.
pub(crate) fn is_exempt(name: &str) -> bool {
    is_amz(name) || name == "x-id" || name == "x-purpose"
}

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    String::from_utf8_lossy(&percent_decode(spaced.as_bytes())).into_owned()
}

/// Percent-decodes once. A `%` that begins no escape stands for itself.
pub(crate) fn percent_decode(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escape = (*byte == b'%').then(|| digit(at + 1).zip(digit(at + 2))).flatten();
        match escape.and_then(|(high, low)| u8::try_from(high << 4 | low).ok()) {
            Some(value) => {
                decoded.push(value);
                at += 3;
            }
            None => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_once() {
        let query = Query::parse("prefix=a%2Fb+c&&uploads&x=%2525&prefix=later&y=%zz%4");
        assert_eq!(query.get("prefix"), Some("a/b c"));
        assert_eq!(query.get("uploads"), Some(""));
        assert_eq!(query.get("x"), Some("%25"));
        assert_eq!(query.get("y"), Some("%zz%4"));
        assert_eq!(query.get("z"), None);
        assert_eq!(query.names().count(), 5);
    }

    #[test]
    fn signature_parameters_are_exempt() {
        assert!(is_exempt("X-Amz-Date") && is_exempt("x-id") && is_exempt("x-purpose"));
        assert!(!is_exempt("prefix") && !is_exempt("x-amé") && !is_exempt("x-am"));
    }
}
