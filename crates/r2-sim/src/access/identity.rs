//! Who a request is from, and what that one may do.

use r2_sign::temporary::{Action, Grant, Scope};
use r2_sign::verify::Claim;
use r2_sign::{ChunkSigner, Payload};

use std::sync::Mutex;

use super::keys::{AccessKey, Permission};
use crate::protocol::{Need, Operation, Refusal};

/// The outcome of authentication.
pub(crate) struct Identity {
    /// `None` when the emulator asks for no signatures.
    key: Option<AccessKey>,
    /// The limits of temporary credentials.
    grant: Option<Grant>,
    /// `x-amz-content-sha256` as it came.
    payload: Option<String>,
    /// Verifies a body whose chunks are signed. Behind a lock only because it is taken once.
    chunks: Mutex<Option<ChunkSigner>>,
}

impl Identity {
    /// Somebody whom nobody asked.
    pub(super) fn anyone(payload: Option<&str>) -> Identity {
        Identity {
            key: None,
            grant: None,
            payload: payload.map(str::to_owned),
            chunks: Mutex::default(),
        }
    }

    pub(super) fn known(
        key: AccessKey,
        grant: Option<Grant>,
        claim: &Claim,
        chunks: Option<ChunkSigner>,
    ) -> Identity {
        let payload = Some(claim.payload_text().to_owned());
        Identity { key: Some(key), grant, payload, chunks: Mutex::new(chunks) }
    }

    /// How the body is bound to the signature; `None` for a value that means nothing.
    pub(crate) fn payload(&self) -> Option<Payload> {
        self.payload.as_deref().map_or(Some(Payload::Unsigned), Payload::parse)
    }

    /// What verifies the chunks of the body; to be called once.
    pub(crate) fn chunk_signer(&self) -> Option<ChunkSigner> {
        crate::store::locked(&self.chunks).take()
    }

    /// Whether the operation on this bucket is allowed at all.
    pub(crate) fn check(&self, operation: Operation, bucket: Option<&str>) -> Result<(), Refusal> {
        let Some(key) = &self.key else { return Ok(()) };
        let by_permission = match operation.need() {
            Need::AccountRead => key.permission.is_admin(),
            Need::AccountWrite => key.permission == Permission::AdminReadWrite,
            Need::ObjectRead => true,
            Need::ObjectWrite => key.permission.allows_writes(),
        };
        let in_bucket = match bucket {
            Some(bucket) => key.buckets.is_empty() || key.buckets.iter().any(|name| name == bucket),
            None => key.buckets.is_empty(),
        };
        let granted = self.grant.as_ref().is_none_or(|grant| grants(grant, operation, bucket));
        if by_permission && in_bucket && granted { Ok(()) } else { Err(Refusal::access_denied()) }
    }

    /// Whether this key may be touched.
    pub(crate) fn check_key(&self, key: &str) -> Result<(), Refusal> {
        match &self.grant {
            Some(grant) if !grant.allows_key(key) => Err(Refusal::access_denied()),
            _ => Ok(()),
        }
    }

    /// Whether keys with this prefix may be listed.
    pub(crate) fn check_listing(&self, prefix: &str) -> Result<(), Refusal> {
        match &self.grant {
            Some(grant) if !grant.allows_listing(prefix) => Err(Refusal::access_denied()),
            _ => Ok(()),
        }
    }
}

fn grants(grant: &Grant, operation: Operation, bucket: Option<&str>) -> bool {
    if bucket != Some(grant.bucket.as_str()) {
        return false;
    }
    if let Some(action) = action(operation) {
        return grant.allows_action(action);
    }
    // What no action names belongs to the two admin scopes.
    match (grant.scope, operation.need()) {
        (Some(Scope::AdminReadWrite), _) => grant.actions.is_empty(),
        (Some(Scope::AdminReadOnly), need) => grant.actions.is_empty() && need == Need::AccountRead,
        _ => false,
    }
}

fn action(operation: Operation) -> Option<Action> {
    Some(match operation {
        Operation::HeadObject => Action::HeadObject,
        Operation::GetObject => Action::GetObject,
        Operation::GetBucketLocation => Action::GetBucketLocation,
        Operation::ListObjectsV1 => Action::ListObjectsV1,
        Operation::ListObjectsV2 => Action::ListObjectsV2,
        Operation::ListMultipartUploads => Action::ListMultipartUploads,
        Operation::ListParts => Action::ListParts,
        Operation::PutObject => Action::PutObject,
        Operation::DeleteObject => Action::DeleteObject,
        Operation::DeleteObjects => Action::DeleteObjects,
        Operation::CopyObject => Action::CopyObject,
        Operation::CreateMultipartUpload => Action::CreateMultipartUpload,
        Operation::UploadPart => Action::UploadPart,
        Operation::UploadPartCopy => Action::UploadPartCopy,
        Operation::AbortMultipartUpload => Action::AbortMultipartUpload,
        Operation::CompleteMultipartUpload => Action::CompleteMultipartUpload,
        _ => return None,
    })
}
