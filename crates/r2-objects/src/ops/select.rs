//! What GetObject and HeadObject ask for alike.

use http::Method;

use crate::error::Error;
use crate::names::{BucketName, ByteRange, ObjectKey};
use crate::operation::RequestParts;
use crate::values::{Conditions, Precondition, SseCustomerKey};

/// Which object, which part of it, and under which conditions.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    pub(super) bucket: BucketName,
    pub(super) key: ObjectKey,
    pub(super) range: Option<ByteRange>,
    pub(super) part_number: Option<u32>,
    pub(super) conditions: Conditions,
    pub(super) sse: Option<SseCustomerKey>,
    pub(super) checksum_mode: bool,
}

impl Selection {
    pub(super) fn new(bucket: BucketName, key: ObjectKey) -> Self {
        Self {
            bucket,
            key,
            range: None,
            part_number: None,
            conditions: Conditions::default(),
            sse: None,
            checksum_mode: false,
        }
    }

    pub(super) fn condition(&mut self, condition: Precondition) {
        self.conditions.set(condition);
    }

    pub(super) fn request(&self, method: Method) -> Result<RequestParts, Error> {
        let mut parts = RequestParts::new(method)
            .param_opt("partNumber", self.part_number)
            .header_opt("range", self.range.as_ref())?;
        for (name, value) in self.conditions.headers() {
            parts = parts.header(format!("if-{name}"), value)?;
        }
        if self.checksum_mode {
            parts = parts.header("x-amz-checksum-mode", "ENABLED")?;
        }
        match &self.sse {
            Some(key) => key.apply(parts),
            None => Ok(parts),
        }
    }
}
