//! A client for Cloudflare R2: objects, buckets, presigned URLs, cost.
