//! AbortMultipartUpload: the parts are thrown away.

use http::Method;
use r2_objects::{
    BucketName, CostClass, Error, ObjectKey, Operation, Reply, RequestParts, Safety, Target,
};

/// Ends an upload and removes its parts. R2 answers the same when it was aborted or completed
/// before; other servers may say `NoSuchUpload`.
#[derive(Clone, Debug)]
pub struct AbortMultipartUpload {
    bucket: BucketName,
    key: ObjectKey,
    upload_id: String,
}

impl AbortMultipartUpload {
    /// Aborts `upload_id`.
    #[must_use]
    pub fn new(bucket: BucketName, key: ObjectKey, upload_id: impl Into<String>) -> Self {
        Self { bucket, key, upload_id: upload_id.into() }
    }
}

impl Operation for AbortMultipartUpload {
    type Output = ();

    fn name(&self) -> &'static str {
        "AbortMultipartUpload"
    }
    fn cost_class(&self) -> CostClass {
        CostClass::Free
    }
    fn safety(&self) -> Safety {
        Safety::Repeatable
    }
    fn target(&self) -> Target<'_> {
        Target::Object(&self.bucket, &self.key)
    }
    fn request(&self) -> Result<RequestParts, Error> {
        Ok(RequestParts::new(Method::DELETE).param("uploadId", &self.upload_id))
    }
    fn decode(&self, _: Reply) -> Result<(), Error> {
        Ok(())
    }
}
