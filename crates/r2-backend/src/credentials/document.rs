//! Keys as JSON, by the names that programs and vaults give them.

use std::time::SystemTime;

use r2_objects::{Credentials, Lease};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// The names that a part of a key goes by, in other programs and in vaults.
#[derive(Deserialize)]
pub(super) struct KeyDocument {
    #[serde(alias = "AccessKeyId", alias = "aws_access_key_id", alias = "R2_ACCESS_KEY_ID")]
    access_key_id: Option<String>,
    #[serde(
        alias = "SecretAccessKey",
        alias = "aws_secret_access_key",
        alias = "R2_SECRET_ACCESS_KEY",
        default,
        deserialize_with = "wiped"
    )]
    secret_access_key: Option<Zeroizing<String>>,
    #[serde(
        alias = "SessionToken",
        alias = "aws_session_token",
        alias = "R2_SESSION_TOKEN",
        default,
        deserialize_with = "wiped"
    )]
    session_token: Option<Zeroizing<String>>,
    #[serde(alias = "Expiration", alias = "expiration")]
    expires_at: Option<String>,
    #[serde(rename = "Version")]
    version: Option<u32>,
}

/// A secret that is wiped when it is dropped.
fn wiped<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Zeroizing<String>>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(Zeroizing::new))
}

impl KeyDocument {
    /// The version of the form, where it has one.
    pub(super) fn version(&self) -> Option<u32> {
        self.version
    }

    /// The key; the error names what is missing and nothing that is there.
    pub(super) fn lease(self) -> Result<Lease, String> {
        let id = self.access_key_id.ok_or("there is no access_key_id")?;
        let secret = self.secret_access_key.ok_or("there is no secret_access_key")?;
        let mut credentials = Credentials::new(id, secret.as_str());
        if let Some(token) = self.session_token.filter(|token| !token.is_empty()) {
            credentials = credentials.with_session_token(token.as_str());
        }
        let lease = Lease::new(credentials);
        match self.expires_at {
            None => Ok(lease),
            Some(text) => match instant(&text) {
                Some(end) => Ok(lease.expires_at(end)),
                None => Err(format!("{text:?} is not a time like 2026-11-20T12:00:00Z")),
            },
        }
    }
}

/// RFC 3339, in UTC or with an offset; fractions of a second are dropped.
fn instant(text: &str) -> Option<SystemTime> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let (time, offset_seconds) = match rest.strip_suffix(['Z', 'z']) {
        Some(time) => (time, 0),
        None => {
            let at = rest.rfind(['+', '-'])?;
            let (hours, minutes) = rest[at + 1..].split_once(':')?;
            let seconds = hours.parse::<i64>().ok()? * 3_600 + minutes.parse::<i64>().ok()? * 60;
            (&rest[..at], if rest[at..].starts_with('-') { -seconds } else { seconds })
        }
    };
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    let digits: String = date.chars().chain(time.chars()).filter(char::is_ascii_digit).collect();
    if digits.len() != 14 {
        return None;
    }
    let basic = format!("{}T{}Z", &digits[..8], &digits[8..]);
    let unix = r2_sign::Timestamp::parse_basic(&basic).ok()?.unix_seconds() - offset_seconds;
    let since = std::time::Duration::from_secs(u64::try_from(unix).ok()?);
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unix(text: &str) -> Option<u64> {
        let since = instant(text)?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(since.as_secs())
    }

    #[test]
    fn ends_are_read() {
        assert_eq!(unix("1970-01-02T00:00:01Z"), Some(86_401));
        assert_eq!(unix("2026-11-20T12:00:00.123Z"), Some(1_795_176_000));
        assert_eq!(unix("2026-11-20T13:00:00+01:00"), Some(1_795_176_000));
        assert_eq!(unix("2026-11-20T11:30:00-00:30"), Some(1_795_176_000));
        for wrong in ["", "soon", "2026-11-20", "2026-11-20T12:00", "2026-13-40T12:00:00Z"] {
            assert_eq!(unix(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn keys_go_by_many_names() {
        for text in [
            r#"{"access_key_id": "a", "secret_access_key": "b"}"#,
            r#"{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "b", "Expiration": null}"#,
            r#"{"R2_ACCESS_KEY_ID": "a", "R2_SECRET_ACCESS_KEY": "b", "more": [1]}"#,
        ] {
            let document: KeyDocument = serde_json::from_str(text).unwrap();
            assert_eq!(document.lease().unwrap().credentials.access_key_id(), "a", "{text}");
        }
        let half: KeyDocument = serde_json::from_str(r#"{"access_key_id": "hush"}"#).unwrap();
        assert_eq!(half.lease().unwrap_err(), "there is no secret_access_key");
    }
}
