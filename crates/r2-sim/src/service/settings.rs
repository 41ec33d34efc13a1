//! Settings of buckets: those that R2 keeps, and its constant answers for those it does not have.

use http::StatusCode;
use r2_transport::Body;
use r2_xml::{
    AccessControlPolicy, CorsConfiguration, Document as _, ErrorCode, Invalid,
    LifecycleConfiguration, LifecycleTime, LocationConstraint, Owner, RequestDocument,
    ServerSideEncryptionConfiguration, VersioningConfiguration,
};

use super::answer::{self, Answer};
use super::core::{Call, Service, open_bucket};
use super::intake::small_body;
use crate::protocol::{Operation, Query, Refusal, is_exempt, unix_ms};
use crate::store::BucketRecord;
use crate::switches::{LocationAnswer, Support};

const DAY_MS: u64 = 86_400_000;

impl Service {
    pub(crate) async fn bucket_setting(
        &self,
        operation: Operation,
        call: Call,
        body: Body,
    ) -> Result<Answer, Refusal> {
        let bucket = self.bucket(&call.head.bucket).await?.record;
        match operation {
            Operation::GetBucketLocation => self.location(&bucket, &call.head.query),
            Operation::GetBucketCors => stored(bucket.cors, || {
                Refusal::new(
                    ErrorCode::NoSuchCORSConfiguration,
                    "The CORS configuration does not exist.",
                )
            }),
            Operation::PutBucketCors => {
                let text = self.configuration::<CorsConfiguration>(&call, body).await?;
                self.update(call, StatusCode::OK, move |bucket| bucket.cors = Some(text)).await
            }
            Operation::DeleteBucketCors => {
                self.update(call, StatusCode::NO_CONTENT, |bucket| bucket.cors = None).await
            }
            Operation::GetBucketLifecycleConfiguration => stored(bucket.lifecycle, || {
                Refusal::new(
                    ErrorCode::NoSuchLifecycleConfiguration,
                    "The lifecycle configuration does not exist.",
                )
            }),
            Operation::PutBucketLifecycleConfiguration => {
                let text = self.lifecycle(&call, body).await?;
                self.settle(&call.head.bucket, call.now).await?;
                self.update(call, StatusCode::OK, move |bucket| bucket.lifecycle = Some(text)).await
            }
            Operation::DeleteBucketLifecycle => {
                self.settle(&call.head.bucket, call.now).await?;
                self.update(call, StatusCode::NO_CONTENT, |bucket| bucket.lifecycle = None).await
            }
            Operation::GetBucketEncryption => {
                Ok(answer::document(&ServerSideEncryptionConfiguration::aes256()))
            }
            Operation::PutBucketEncryption | Operation::DeleteBucketEncryption => {
                self.encryption(operation, &call, body).await
            }
            Operation::GetBucketVersioning => {
                Ok(answer::document(&VersioningConfiguration { status: None, mfa_delete: None }))
            }
            Operation::GetBucketAcl => {
                let owner = Owner::account(&self.account_id);
                Ok(answer::document(&AccessControlPolicy::private(owner)))
            }
            other => Err(constant(other)),
        }
    }

    fn location(&self, bucket: &BucketRecord, query: &Query) -> Result<Answer, Refusal> {
        if let Some(other) = query.names().find(|name| *name != "location" && !is_exempt(name)) {
            return Err(Refusal::invalid_argument(format!(
                "Search param {other} is unsupported for bucket location"
            )));
        }
        let hint = bucket
            .location
            .clone()
            .filter(|_| self.switches.bucket_location == LocationAnswer::Hint);
        let location = hint.unwrap_or_else(|| "auto".to_owned());
        Ok(answer::document(&LocationConstraint { location }))
    }

    async fn encryption(
        &self,
        operation: Operation,
        call: &Call,
        body: Body,
    ) -> Result<Answer, Refusal> {
        if self.switches.bucket_encryption == Support::Refuse {
            return Err(Refusal::not_implemented(operation.name()));
        }
        if operation == Operation::DeleteBucketEncryption {
            return Ok(answer::empty(StatusCode::NO_CONTENT));
        }
        // AES256 is what everything is encrypted with anyway.
        self.configuration::<ServerSideEncryptionConfiguration>(call, body).await?;
        Ok(answer::empty(StatusCode::OK))
    }

    /// A valid document, as it will be answered.
    async fn configuration<D: RequestDocument>(
        &self,
        call: &Call,
        body: Body,
    ) -> Result<String, Refusal> {
        let bytes = small_body(self, call, body).await?;
        let document = D::decode_strict(&bytes).map_err(|error| broken_rule(&error))?;
        Ok(document.encode())
    }

    /// The same for lifecycle rules: each has an id afterwards, its own or one made up.
    async fn lifecycle(&self, call: &Call, body: Body) -> Result<String, Refusal> {
        let text = self.configuration::<LifecycleConfiguration>(call, body).await?;
        let document = LifecycleConfiguration::decode(text.as_bytes());
        let mut document = document.map_err(|_| Refusal::malformed_xml())?;
        for rule in &mut document.rules {
            let transitions = rule.transitions.iter().map(|transition| &transition.time);
            if rule.expiration.iter().chain(transitions).any(is_odd_date) {
                return Err(Refusal::invalid_argument("'Date' must be at midnight GMT"));
            }
            if rule.id.is_none() && self.switches.lifecycle_without_id == Support::Refuse {
                return Err(Refusal::malformed_xml());
            }
            rule.id.get_or_insert_with(|| self.ids.version());
        }
        Ok(document.encode())
    }

    async fn update(
        &self,
        call: Call,
        status: StatusCode,
        change: impl FnOnce(&mut BucketRecord) + Send + 'static,
    ) -> Result<Answer, Refusal> {
        let name = call.bucket();
        self.change(move |txn| {
            let mut record = open_bucket(txn.bucket(&name)?)?.record;
            change(&mut record);
            Ok(txn.put_bucket(&name, &record)?)
        })
        .await?;
        Ok(answer::empty(status))
    }

    /// A signed POST on a bucket that asks for nothing: 200 and no body.
    pub(crate) async fn post_bucket(&self, call: &Call) -> Result<Answer, Refusal> {
        self.bucket(&call.head.bucket).await?;
        Ok(answer::empty(StatusCode::OK))
    }
}

/// Lifecycle rules act at midnight, as on AWS.
fn is_odd_date(time: &LifecycleTime) -> bool {
    match time {
        LifecycleTime::Date(date) => !unix_ms((*date).into()).is_multiple_of(DAY_MS),
        _ => false,
    }
}

/// A document that breaks a rule. R2's answer to three of them is not recorded, and AWS's is taken.
fn broken_rule(error: &r2_xml::Error) -> Refusal {
    match error.invalid() {
        Some(
            rule @ (Invalid::LifecycleDuplicateId(_)
            | Invalid::LifecycleIdLength(_)
            | Invalid::LifecycleZeroDays(_)),
        ) => Refusal::invalid_argument(rule.to_string()),
        _ => Refusal::malformed_xml(),
    }
}

fn stored(document: Option<String>, missing: impl Fn() -> Refusal) -> Result<Answer, Refusal> {
    document.map(|text| answer::xml(StatusCode::OK, text)).ok_or_else(missing)
}

/// R2's answers for what a bucket never has.
fn constant(operation: Operation) -> Refusal {
    match operation {
        Operation::GetBucketTagging => {
            Refusal::new(ErrorCode::NoSuchTagSet, "The TagSet does not exist.")
        }
        Operation::GetObjectLockConfiguration => Refusal::new(
            ErrorCode::ObjectLockConfigurationNotFoundError,
            "Object Lock configuration does not exist for this bucket.",
        ),
        Operation::GetBucketReplication => Refusal::new(
            ErrorCode::ReplicationConfigurationNotFoundError,
            "The replication configuration was not found.",
        ),
        other => Refusal::not_implemented(other.name()),
    }
}
