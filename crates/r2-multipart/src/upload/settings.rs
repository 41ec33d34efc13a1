//! What the object is to be beside its content, and how each request says so.

use r2_objects::{
    HeadObject, ObjectAttributes, Payload, Precondition, PutObject, SseCustomerKey, StorageClass,
};

use crate::operations::{
    CompleteMultipartUpload, CreateMultipartUpload, UploadPart, UploadPartCopy,
};
use crate::place::Place;

/// Attributes, conditions and key of an object that is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct ObjectSettings {
    pub(crate) attributes: ObjectAttributes,
    pub(crate) conditions: Vec<Precondition>,
    pub(crate) sse: Option<SseCustomerKey>,
}

impl ObjectSettings {
    fn storage_class(&self) -> StorageClass {
        self.attributes.storage_class.clone().unwrap_or_default()
    }

    pub(crate) fn put(&self, place: &Place<'_>, payload: Payload) -> PutObject {
        let put = PutObject::new(place.bucket.clone(), place.key.clone(), payload)
            .attributes(self.attributes.clone());
        let put = self.conditions.iter().cloned().fold(put, PutObject::condition);
        self.sse.iter().cloned().fold(put, PutObject::customer_key)
    }

    pub(crate) fn create(&self, place: &Place<'_>) -> CreateMultipartUpload {
        let create = CreateMultipartUpload::new(place.bucket.clone(), place.key.clone())
            .attributes(self.attributes.clone());
        let endpoint = place.client.endpoint();
        // AWS knows conditions at completion only, and refuses headers that it does not know
        let early = endpoint.is_r2() || endpoint.is_emulator();
        let conditions = self.conditions.iter().filter(|_| early).cloned();
        let create = conditions.fold(create, CreateMultipartUpload::condition);
        self.sse.iter().cloned().fold(create, CreateMultipartUpload::customer_key)
    }

    pub(crate) fn part(&self, part: UploadPart) -> UploadPart {
        let part = part.storage_class(self.storage_class());
        self.sse.iter().cloned().fold(part, UploadPart::customer_key)
    }

    pub(crate) fn part_copy(&self, part: UploadPartCopy) -> UploadPartCopy {
        let part = part.storage_class(self.storage_class());
        self.sse.iter().cloned().fold(part, UploadPartCopy::customer_key)
    }

    pub(crate) fn complete(&self, complete: CompleteMultipartUpload) -> CompleteMultipartUpload {
        let complete = complete.storage_class(self.storage_class());
        self.conditions.iter().cloned().fold(complete, CompleteMultipartUpload::condition)
    }

    pub(crate) fn head(&self, place: &Place<'_>) -> HeadObject {
        let head = HeadObject::new(place.bucket.clone(), place.key.clone()).with_checksums();
        self.sse.iter().cloned().fold(head, HeadObject::customer_key)
    }
}
