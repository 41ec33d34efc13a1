//! The values of switches as text.

use std::time::Duration;

use super::kinds::{
    ChecksumEra, CrowdRefusal, ExpiredStatus, HeadRange, KeyIdentity, LocationAnswer,
    MetadataCount, MultipartEtag, Presence, Support, TrailerRefusal, UnequalParts,
};

/// A value that can be written down and read back.
pub(super) trait Value: Sized {
    /// What may be written: every value, or a form with its unit.
    const FORMS: &'static [&'static str];

    fn parse(text: &str) -> Option<Self>;

    fn show(&self) -> String;
}

macro_rules! named {
    ($($type:ident { $($variant:ident = $name:literal),+ $(,)? })+) => {$(
        impl Value for $type {
            const FORMS: &'static [&'static str] = &[$($name),+];

            fn parse(text: &str) -> Option<$type> {
                match text {
                    $($name => Some($type::$variant),)+
                    _ => None,
                }
            }

            fn show(&self) -> String {
                match self {
                    $($type::$variant => $name.to_owned(),)+
                }
            }
        }
    )+};
}

named! {
    ExpiredStatus { Forbidden = "403", BadRequest = "400" }
    Support { Accept = "accept", Refuse = "refuse" }
    Presence { Send = "send", Omit = "omit" }
    ChecksumEra { Current = "current", Before2025 = "before-2025", Spring2025 = "spring-2025" }
    KeyIdentity { Nfc = "nfc", Bytes = "bytes" }
    LocationAnswer { Hint = "hint", Auto = "auto" }
    HeadRange { Partial = "206", Whole = "200" }
    UnequalParts { Short = "short", Long = "long" }
    TrailerRefusal { NotImplemented = "501", Unauthorized = "401" }
    CrowdRefusal { TooManyRequests = "429", InternalError = "500" }
    MultipartEtag { Composed = "composed", Opaque = "opaque" }
    MetadataCount { Utf8 = "utf-8", Utf16 = "utf-16" }
}

/// The value of a limit that is not there.
const OFF: &str = "off";

impl Value for Option<usize> {
    const FORMS: &'static [&'static str] = &[OFF, "<number>"];

    fn parse(text: &str) -> Option<Option<usize>> {
        if text == OFF { Some(None) } else { text.parse().ok().map(Some) }
    }

    fn show(&self) -> String {
        self.map_or_else(|| OFF.to_owned(), |number| number.to_string())
    }
}

impl Value for Option<Duration> {
    const FORMS: &'static [&'static str] = &[OFF, "<number>s", "<number>ms"];

    fn parse(text: &str) -> Option<Option<Duration>> {
        if text == OFF {
            return Some(None);
        }
        let (number, make): (&str, fn(u64) -> Duration) = match text.strip_suffix("ms") {
            Some(number) => (number, Duration::from_millis),
            None => (text.strip_suffix('s')?, Duration::from_secs),
        };
        number.parse().ok().map(|number| Some(make(number)))
    }

    fn show(&self) -> String {
        match self {
            None => OFF.to_owned(),
            Some(time) if time.subsec_millis() == 0 => format!("{}s", time.as_secs()),
            Some(time) => format!("{}ms", time.as_millis()),
        }
    }
}

impl Value for u64 {
    const FORMS: &'static [&'static str] = &["<bytes>"];

    fn parse(text: &str) -> Option<u64> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back<V: Value>(texts: &[&str]) {
        for text in texts {
            assert_eq!(V::parse(text).map(|value| value.show()).as_deref(), Some(*text));
        }
    }

    #[test]
    fn values_are_read_back() {
        there_and_back::<ChecksumEra>(ChecksumEra::FORMS);
        there_and_back::<Option<usize>>(&["off", "0", "700"]);
        there_and_back::<Option<Duration>>(&["off", "0s", "1s", "250ms"]);
        there_and_back::<u64>(&["5242880"]);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "1", "s", "-1s", "1.5s", "18446744073709551616s", "1 s"] {
            assert_eq!(Option::<Duration>::parse(text), None, "{text}");
        }
        assert_eq!(Option::<usize>::parse("none"), None);
        assert_eq!(Support::parse("Accept"), None);
    }
}
