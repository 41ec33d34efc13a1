//! AWS Signature Version 4 for R2: sign, presign, verify, mint; no I/O, no clock.
