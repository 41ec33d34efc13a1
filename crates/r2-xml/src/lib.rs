//! The XML documents of the S3 API as R2 writes and reads them, in both directions.
