//! The table of single settings: from it come reading, checking, explanation and documentation.

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SettingKind {
    /// A text, not empty.
    Text,
    /// A text that is never shown.
    Secret,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// True or false.
    Truth,
    /// A whole number.
    Count {
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A number of bytes, or a text like `10MiB`.
    Bytes {
        /// The least, in bytes.
        least: u64,
        /// The most, in bytes.
        most: u64,
    },
    /// A number above 0, per second.
    Rate,
    /// Seconds, above 0; fractions are fine.
    Seconds,
    /// Milliseconds, above 0.
    Millis,
}

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Setting {
    /// Where it stands in a file: names joined by dots.
    pub path: &'static str,
    /// What it takes.
    pub kind: SettingKind,
    /// What holds when nothing is said, as it would be written; `None` for no value.
    pub default: Option<&'static str>,
    /// Variables of the environment that set it; the first that is set, and not empty, counts.
    pub variables: &'static [&'static str],
    /// The flag of the program `r2` that sets it.
    pub flag: Option<&'static str>,
    /// What it is for.
    pub help: &'static str,
}

impl Setting {
    /// The setting at a path.
    pub(super) fn at(path: &str) -> Option<&'static Setting> {
        SETTINGS.iter().find(|setting| setting.path == path)
    }

    /// Whether its value is never shown.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, Secret)
    }
}

const fn row(
    path: &'static str,
    kind: SettingKind,
    default: Option<&'static str>,
    variables: &'static [&'static str],
    flag: Option<&'static str>,
    help: &'static str,
) -> Setting {
    Setting { path, kind, default, variables, flag, help }
}

use SettingKind::{Bytes, Count, Millis, OneOf, Rate, Seconds, Secret, Text, Truth};

/// One part, and what goes as one PUT, is at most this: 5 GiB less 5 MiB (Cloudflare: R2 limits).
const PART_BYTES_MAX: u64 = (5 << 30) - (5 << 20);

/// Least size of a part that is not the last (Cloudflare: R2 limits).
const PART_BYTES_MIN: u64 = 5 << 20;

/// Every setting that stands alone. Sections with names of one's own (`buckets`, `scopes`,
/// `archive`) have no row.
///
/// ```
/// use r2_backend::config::SETTINGS;
///
/// let row = SETTINGS.iter().find(|row| row.path == "cloudflare_r2.multipart.concurrency");
/// assert_eq!(row.unwrap().default, Some("4"));
/// ```
pub const SETTINGS: &[Setting] = &[
    row(
        "cloudflare_r2.account_id",
        Text,
        None,
        &["R2_ACCOUNT_ID", "CLOUDFLARE_ACCOUNT_ID"],
        Some("--account-id"),
        "the Cloudflare account: 32 hexadecimal digits",
    ),
    row(
        "cloudflare_r2.endpoint",
        Text,
        None,
        &["R2_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"],
        Some("--endpoint"),
        "the service's URL, for servers other than R2",
    ),
    row(
        "cloudflare_r2.jurisdiction",
        OneOf(&["default", "eu", "fedramp", "us"]),
        Some("default"),
        &["R2_JURISDICTION"],
        Some("--jurisdiction"),
        "where the buckets' data has to stay",
    ),
    row(
        "cloudflare_r2.region",
        Text,
        Some("auto"),
        &["R2_REGION"],
        Some("--region"),
        "the signing region; other services than R2 need theirs",
    ),
    row(
        "cloudflare_r2.timeout_seconds",
        Seconds,
        None,
        &["R2_TIMEOUT_SECONDS"],
        Some("--timeout"),
        "how long a call may take, retries included; no limit without it",
    ),
    row(
        "cloudflare_r2.credentials.source",
        OneOf(&["environment", "static", "profile", "file", "process", "vault"]),
        Some("environment"),
        &[],
        None,
        "where the access key comes from",
    ),
    row(
        "cloudflare_r2.credentials.access_key_id",
        Text,
        None,
        &["R2_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"],
        None,
        "the key's id, for the source `static`",
    ),
    row(
        "cloudflare_r2.credentials.secret_access_key",
        Secret,
        None,
        &["R2_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"],
        None,
        "the key's secret, for the source `static`: better as `${NAME}` than in the file",
    ),
    row(
        "cloudflare_r2.credentials.session_token",
        Secret,
        None,
        &["R2_SESSION_TOKEN", "AWS_SESSION_TOKEN"],
        None,
        "the token of a temporary key, for the source `static`",
    ),
    row(
        "cloudflare_r2.credentials.path",
        Text,
        None,
        &["AWS_SHARED_CREDENTIALS_FILE"],
        None,
        "the file, for the sources `file` and `profile`",
    ),
    row(
        "cloudflare_r2.credentials.profile",
        Text,
        Some("default"),
        &["AWS_PROFILE"],
        None,
        "the profile, for the source `profile`",
    ),
    row(
        "cloudflare_r2.credentials.command",
        Text,
        None,
        &[],
        None,
        "the program and its arguments, for the source `process`",
    ),
    row(
        "cloudflare_r2.credentials.vault.address",
        Text,
        None,
        &["VAULT_ADDR"],
        None,
        "the vault's URL, for the source `vault`",
    ),
    row(
        "cloudflare_r2.credentials.vault.token",
        Secret,
        None,
        &["VAULT_TOKEN"],
        None,
        "what opens the vault",
    ),
    row(
        "cloudflare_r2.credentials.vault.namespace",
        Text,
        None,
        &["VAULT_NAMESPACE"],
        None,
        "the vault's namespace, where it has several",
    ),
    row(
        "cloudflare_r2.credentials.vault.mount",
        Text,
        Some("secret"),
        &[],
        None,
        "where the vault's key-value engine, version 2, is mounted",
    ),
    row(
        "cloudflare_r2.credentials.vault.path",
        Text,
        None,
        &[],
        None,
        "the secret that holds access_key_id and secret_access_key",
    ),
    row(
        "cloudflare_r2.multipart.threshold_bytes",
        Bytes { least: 1, most: PART_BYTES_MAX },
        Some("104857600"),
        &["R2_MULTIPART_THRESHOLD_BYTES"],
        None,
        "from this length on uploads go in parts",
    ),
    row(
        "cloudflare_r2.multipart.part_size_bytes",
        Bytes { least: PART_BYTES_MIN, most: PART_BYTES_MAX },
        Some("10485760"),
        &["R2_MULTIPART_PART_SIZE_BYTES"],
        Some("--part-size"),
        "length of the parts; grows where 10,000 of them would not do",
    ),
    row(
        "cloudflare_r2.multipart.concurrency",
        Count { least: 1, most: 16 },
        Some("4"),
        &["R2_MULTIPART_CONCURRENCY"],
        None,
        "parts of one transfer in flight",
    ),
    row(
        "cloudflare_r2.resilience.retry.max_attempts",
        Count { least: 1, most: 100 },
        Some("10"),
        &["R2_RETRY_MAX_ATTEMPTS"],
        None,
        "attempts of one call, the first included; 1 means no retries",
    ),
    row(
        "cloudflare_r2.resilience.retry.initial_backoff_ms",
        Millis,
        None,
        &["R2_RETRY_INITIAL_BACKOFF_MS"],
        None,
        "the first wait, for every class of failure; without it each class has its own",
    ),
    row(
        "cloudflare_r2.resilience.retry.max_backoff_ms",
        Millis,
        None,
        &["R2_RETRY_MAX_BACKOFF_MS"],
        None,
        "the longest wait, for every class of failure; without it each class has its own",
    ),
    row(
        "cloudflare_r2.resilience.circuit_breaker.failure_threshold",
        Count { least: 1, most: 10_000 },
        Some("5"),
        &["R2_CIRCUIT_FAILURE_THRESHOLD"],
        None,
        "failures in a row after which nothing is sent for a while",
    ),
    row(
        "cloudflare_r2.resilience.circuit_breaker.reset_timeout_seconds",
        Seconds,
        Some("30"),
        &["R2_CIRCUIT_RESET_TIMEOUT_SECONDS"],
        None,
        "how long that while is",
    ),
    row(
        "cloudflare_r2.resilience.rate_limit.requests_per_second",
        Rate,
        None,
        &["R2_REQUESTS_PER_SECOND"],
        None,
        "requests a second at most; no limit without it",
    ),
    row(
        "cloudflare_r2.simulation.enabled",
        Truth,
        Some("false"),
        &["R2_SIMULATION"],
        None,
        "answer from the local R2 or a recording instead of an account; read, not used yet",
    ),
    row(
        "cloudflare_r2.simulation.recording_path",
        Text,
        None,
        &["R2_SIMULATION_RECORDING_PATH"],
        None,
        "the recording to answer from, or the folder of the local R2; read, not used yet",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::tree::Value;
    use super::super::value::typed;
    use super::*;

    #[test]
    fn rows_are_unique_and_their_defaults_fit() {
        let mut seen = HashSet::new();
        for setting in SETTINGS {
            assert!(seen.insert(setting.path), "{} stands twice", setting.path);
            for name in setting.variables {
                assert!(seen.insert(name), "{name} stands twice");
            }
            if let Some(default) = setting.default {
                let value = typed(&Value::Word(default.to_owned()), setting.kind);
                assert_eq!(value.unwrap().to_string(), default, "{}", setting.path);
            }
            assert!(!setting.help.ends_with('.'), "{}", setting.path);
        }
    }
}
