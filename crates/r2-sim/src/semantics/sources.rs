//! Where behaviours are known from, and when that was.

pub(super) const API: &str = "Cloudflare: S3 API compatibility";
pub(super) const CODES: &str = "Cloudflare: R2 error codes";
pub(super) const CORS: &str = "Cloudflare: Configure CORS";
pub(super) const EXTENSIONS: &str = "Cloudflare: R2 extensions";
pub(super) const LIFECYCLE: &str = "Cloudflare: Object lifecycles";
pub(super) const LIMITS: &str = "Cloudflare: R2 limits";
pub(super) const LOCKS: &str = "Cloudflare: Bucket locks";
pub(super) const NOTES: &str = "Cloudflare: R2 release notes";
pub(super) const PLACES: &str = "Cloudflare: R2 data location";
pub(super) const PRESIGNED: &str = "Cloudflare: Presigned URLs";
pub(super) const PUBLIC: &str = "Cloudflare: Public buckets";
pub(super) const TOKENS: &str = "Cloudflare: R2 authentication";
pub(super) const UPLOADS: &str = "Cloudflare: Multipart upload";

/// Cloudflare's own local R2. Its S3 endpoint says that it was captured from a bucket.
pub(super) const WORKERS: &str = "cloudflare/workers-sdk, packages/miniflare/src/workers/r2";

/// The day of that capture, by the header of the endpoint's own source.
const CAPTURED: &str = "2026-06-11";

/// When users told what they saw: the month of the issue, or of what it quotes.
const SEEN: &[(&str, &str)] = &[
    ("SDK logs of many users", "2022 to 2026"),
    ("notes of users of R2", "2026-09"),
    ("livewire#10738", "2026-09"),
    ("s3fs-fuse#2095", "2024"),
    ("loki#9224", "2023"),
    ("home-assistant#176761", "2026"),
    ("bitplatform#13363", "2026-09"),
    ("backup-x#127", "2025-05"),
    ("cloudflare-docs#32888", "2026-08"),
    ("cloudflare-docs#8102", "2023-03"),
    ("workerd#4280", "2025"),
    ("cloudflare-docs#21277", "2025"),
    ("gobackup#182", "2023"),
    ("icechunk#1991", "2026-04"),
    ("kodbox#388", "2025-10"),
    ("litestream#951", "2026-01"),
    ("opendal#2227", "2023-05"),
    ("opendal#2904", "2023-08"),
    ("petdex#465", "2026-06"),
    ("rclone#8137", "2024-10"),
    ("s3cmd#1332", "2023"),
    ("rust-s3#466", "2026-06"),
    ("serverless-registry#69", "2024-10"),
    ("vector#23029", "2025-05"),
];

/// When the first of some sources was recorded.
pub(super) fn recorded_on(source: &str) -> Option<&'static str> {
    if source == WORKERS {
        return Some(CAPTURED);
    }
    let first = source.split([',', ';']).next().unwrap_or(source).trim();
    SEEN.iter().find(|(issue, _)| *issue == first).map(|(_, date)| *date)
}
