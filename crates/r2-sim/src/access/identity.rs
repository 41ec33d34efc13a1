//! Who a request is from, and what that one may do.

use r2_sign::temporary::{Action, Grant, Scope};
use r2_sign::{ChunkSigner, Payload};

use std::sync::Mutex;

use super::keys::{AccessKey, Permission};
use crate::jurisdiction::Jurisdiction;
use crate::protocol::{Key, Need, Operation, Refusal, normalized};
use crate::switches::KeyIdentity;

/// The outcome of authentication.
pub(crate) struct Identity {
    /// `None` when the emulator asks for no signatures.
    key: Option<AccessKey>,
    /// The limits of temporary credentials.
    grant: Option<Grant>,
    /// How the body is bound to the signature.
    payload: Payload,
    /// In which the request is made.
    jurisdiction: Jurisdiction,
    /// Verifies a body whose chunks are signed. Behind a lock only because it is taken once.
    chunks: Mutex<Option<ChunkSigner>>,
}

impl Identity {
    /// Somebody whom nobody asked.
    pub(crate) fn anyone(payload: Payload) -> Identity {
        let (chunks, jurisdiction) = (Mutex::default(), Jurisdiction::Default);
        Identity { key: None, grant: None, payload, jurisdiction, chunks }
    }

    pub(super) fn known(key: AccessKey, payload: Payload, chunks: Option<ChunkSigner>) -> Identity {
        let (chunks, jurisdiction) = (Mutex::new(chunks), Jurisdiction::Default);
        Identity { key: Some(key), grant: None, payload, jurisdiction, chunks }
    }

    /// Limits it to what a token grants, in the form in which keys are compared: otherwise a prefix
    /// that ends in `e` would let its holder write `é`, as two characters.
    pub(super) fn granted(mut self, grant: Option<Grant>, rule: KeyIdentity) -> Identity {
        self.grant = grant.map(|mut grant| {
            for text in grant.prefixes.iter_mut().chain(&mut grant.objects) {
                *text = normalized(text, rule).into_owned();
            }
            grant
        });
        self
    }

    /// Says in which namespace buckets are meant.
    pub(crate) fn in_jurisdiction(mut self, jurisdiction: Jurisdiction) -> Identity {
        self.jurisdiction = jurisdiction;
        self
    }

    /// How the body is bound to the signature.
    pub(crate) fn payload(&self) -> Payload {
        self.payload
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
            Some(bucket) => {
                let name = self.jurisdiction.qualified(bucket);
                key.buckets.is_empty() || key.buckets.contains(&name)
            }
            None => key.buckets.is_empty(),
        };
        let granted = self.grant.as_ref().is_none_or(|grant| grants(grant, operation, bucket));
        if by_permission && in_bucket && granted { Ok(()) } else { Err(Refusal::access_denied()) }
    }

    /// Whether this key may be touched.
    pub(crate) fn check_key(&self, key: &Key) -> Result<(), Refusal> {
        match &self.grant {
            Some(grant) if !grant.allows_key(&key.identity) => Err(Refusal::access_denied()),
            _ => Ok(()),
        }
    }

    /// Whether keys with this prefix, in the form in which keys are compared, may be listed.
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
