//! A single value, checked against what its setting takes.

use std::fmt;
use std::time::Duration;

use super::settings::SettingKind;
use super::suggest::nearest;
use super::tree::Value;

/// A value of the right kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Typed {
    Text(String),
    Count(u64),
    Rate(f64),
    Time(Duration),
    Truth(bool),
}

/// As it would be written in a file.
impl fmt::Display for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Count(count) => write!(f, "{count}"),
            Self::Rate(rate) => write!(f, "{rate}"),
            Self::Time(time) => write!(f, "{}", time.as_secs_f64()),
            Self::Truth(truth) => write!(f, "{truth}"),
        }
    }
}

/// What is wrong with a value and what to write instead.
#[derive(Debug, PartialEq)]
pub(super) struct Flaw {
    pub(super) message: String,
    pub(super) advice: String,
}

/// Reads a value as a setting wants it. The message does not repeat the value: it may be a secret.
pub(super) fn typed(value: &Value, kind: SettingKind) -> Result<Typed, Flaw> {
    let wants = wanted(kind);
    let wrong = |message: String| Flaw { message, advice: format!("write {wants}") };
    let (text, is_number) = match (value, kind) {
        (Value::Truth(truth), SettingKind::Truth) => return Ok(Typed::Truth(*truth)),
        (Value::Number(text), _) => (text.as_str(), true),
        (Value::Word(text), _) => (text.as_str(), true),
        (Value::Text(text), _) => (text.as_str(), false),
        (other, _) => return Err(wrong(format!("is {}", other.kind()))),
    };
    let is_text = !matches!(value, Value::Number(_));
    match kind {
        SettingKind::Text | SettingKind::Secret if !is_text => {
            Err(wrong("is a number without quotes".to_owned()))
        }
        SettingKind::Text | SettingKind::Secret if text.trim() != text || text.is_empty() => {
            let what = if text.is_empty() { "is empty" } else { "has blanks around it" };
            Err(wrong(what.to_owned()))
        }
        SettingKind::Text | SettingKind::Secret => Ok(Typed::Text(text.to_owned())),
        SettingKind::OneOf(names) => one_of(text, names),
        SettingKind::Truth => match text {
            "true" | "yes" | "on" if is_number => Ok(Typed::Truth(true)),
            "false" | "no" | "off" if is_number => Ok(Typed::Truth(false)),
            _ => Err(wrong("is neither true nor false".to_owned())),
        },
        SettingKind::Bytes { least, most } => {
            let bytes = bytes(text).ok_or_else(|| wrong("is not a size".to_owned()))?;
            within(bytes, least, most).map_err(wrong)
        }
        _ if !is_number => Err(wrong("is a text where a number belongs".to_owned())),
        SettingKind::Count { least, most } => {
            let count = text.parse().map_err(|_| wrong("is not a whole number".to_owned()))?;
            within(count, least, most).map_err(wrong)
        }
        SettingKind::Rate => match text.parse::<f64>() {
            Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(Typed::Rate(rate)),
            _ => Err(wrong("is not a number above 0".to_owned())),
        },
        SettingKind::Seconds => time(text, 1.0).ok_or_else(|| wrong("is no time".to_owned())),
        SettingKind::Millis => time(text, 1e-3).ok_or_else(|| wrong("is no time".to_owned())),
    }
}

fn wanted(kind: SettingKind) -> String {
    match kind {
        SettingKind::Text | SettingKind::Secret => "a text in quotes".to_owned(),
        SettingKind::OneOf(names) => format!("one of {}", names.join(", ")),
        SettingKind::Truth => "true or false".to_owned(),
        SettingKind::Count { least, most } => format!("a whole number from {least} to {most}"),
        SettingKind::Bytes { .. } => "a number of bytes, or a size like \"10MiB\"".to_owned(),
        SettingKind::Rate => "a number above 0".to_owned(),
        SettingKind::Seconds => "a number of seconds above 0".to_owned(),
        SettingKind::Millis => "a number of milliseconds above 0".to_owned(),
    }
}

fn one_of(text: &str, names: &[&str]) -> Result<Typed, Flaw> {
    if names.contains(&text) {
        return Ok(Typed::Text(text.to_owned()));
    }
    let advice = match nearest(text, names.iter().copied()) {
        Some(name) => format!("did you mean {name:?}?"),
        None => format!("use one of {}", names.join(", ")),
    };
    let shown: String = text.chars().take(40).collect();
    Err(Flaw { message: format!("is {shown:?}, which is not known here"), advice })
}

fn within(count: u64, least: u64, most: u64) -> Result<Typed, String> {
    if (least..=most).contains(&count) {
        Ok(Typed::Count(count))
    } else {
        Err(format!("is {count}, which is not from {least} to {most}"))
    }
}

/// `10485760`, `10MiB`, `10 MB`: binary units are powers of 1,024, decimal ones of 1,000.
pub(super) fn bytes(text: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 9] = [
        ("", 1),
        ("b", 1),
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("tib", 1 << 40),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
    ];
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let unit = text[digits..].trim().to_ascii_lowercase();
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    text[..digits].parse::<u64>().ok()?.checked_mul(*factor)
}

fn time(text: &str, unit_seconds: f64) -> Option<Typed> {
    let seconds = text.parse::<f64>().ok()? * unit_seconds;
    let time = Duration::try_from_secs_f64(seconds).ok()?;
    (!time.is_zero()).then_some(Typed::Time(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Value {
        Value::Word(text.to_owned())
    }

    fn flaw(value: &Value, kind: SettingKind) -> String {
        let flaw = typed(value, kind).unwrap_err();
        format!("{}: {}", flaw.message, flaw.advice)
    }

    #[test]
    fn words_are_what_is_asked_for() {
        let count = SettingKind::Count { least: 1, most: 16 };
        assert_eq!(typed(&word("4"), count), Ok(Typed::Count(4)));
        assert_eq!(typed(&word("4"), SettingKind::Text), Ok(Typed::Text("4".to_owned())));
        let size = SettingKind::Bytes { least: 0, most: u64::MAX };
        assert_eq!(typed(&word("10 MiB"), size), Ok(Typed::Count(10 << 20)));
        assert_eq!(typed(&Value::Text("5MB".to_owned()), size), Ok(Typed::Count(5_000_000)));
        assert_eq!(typed(&word("yes"), SettingKind::Truth), Ok(Typed::Truth(true)));
        let half = Typed::Time(Duration::from_millis(1_500));
        assert_eq!(typed(&word("1.5"), SettingKind::Seconds), Ok(half.clone()));
        assert_eq!(typed(&word("1500"), SettingKind::Millis), Ok(half));
    }

    #[test]
    fn what_does_not_fit_is_told_without_the_value() {
        let count = SettingKind::Count { least: 1, most: 16 };
        assert_eq!(
            flaw(&word("17"), count),
            "is 17, which is not from 1 to 16: write a whole number from 1 to 16"
        );
        assert!(flaw(&Value::Text("4".to_owned()), count).contains("where a number belongs"));
        assert!(flaw(&word("x"), count).contains("not a whole number"));
        assert!(flaw(&Value::List(Vec::new()), count).starts_with("is a list"));
        assert!(flaw(&Value::Number("7".to_owned()), SettingKind::Text).contains("quotes"));
        assert!(flaw(&word(" x"), SettingKind::Secret).contains("blanks"));
        assert!(flaw(&word("-3"), SettingKind::Seconds).contains("no time"));
        assert!(flaw(&word("inf"), SettingKind::Rate).contains("above 0"));
        assert!(flaw(&word("10XiB"), SettingKind::Bytes { least: 0, most: 1 }).contains("size"));
        let names = SettingKind::OneOf(&["vault", "profile"]);
        assert!(flaw(&word("valut"), names).contains("did you mean \"vault\"?"));
    }
}
