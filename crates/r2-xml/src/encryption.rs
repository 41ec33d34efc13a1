//! `ServerSideEncryptionConfiguration`: how a bucket encrypts.

use crate::codec::{Codec, Cursor, Writer, missing};
use crate::limits::{RULES_MAX, SMALL_BYTES_MAX};
use crate::{Document, Error, Invalid, RequestDocument};

/// The reply to GetBucketEncryption and the body of PutBucketEncryption.
///
/// ```
/// use r2_xml::{Document, ServerSideEncryptionConfiguration};
///
/// let always = ServerSideEncryptionConfiguration::aes256();
/// let body = always.encode();
/// assert_eq!(ServerSideEncryptionConfiguration::decode(body.as_bytes())?, always);
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerSideEncryptionConfiguration {
    /// One rule, on every service.
    pub rules: Vec<EncryptionRule>,
}

/// One way to encrypt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncryptionRule {
    /// The encryption of objects whose writer asks for none.
    pub default: Option<DefaultEncryption>,
    /// Whether the bucket has one key for all objects.
    pub bucket_key_enabled: Option<bool>,
}

/// An encryption.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DefaultEncryption {
    /// `AES256`; other services also `aws:kms`.
    pub algorithm: String,
    /// A key of another service's key store.
    pub kms_master_key_id: Option<String>,
}

impl ServerSideEncryptionConfiguration {
    /// What R2 always answers.
    #[must_use]
    pub fn aes256() -> Self {
        let default = DefaultEncryption { algorithm: "AES256".into(), kms_master_key_id: None };
        let rule = EncryptionRule { default: Some(default), bucket_key_enabled: Some(true) };
        Self { rules: vec![rule] }
    }
}

impl Document for ServerSideEncryptionConfiguration {
    const ROOT: &'static str = "ServerSideEncryptionConfiguration";
    const BYTES_MAX: usize = SMALL_BYTES_MAX;
}

impl RequestDocument for ServerSideEncryptionConfiguration {
    /// R2 knows AES256 only.
    fn validate(&self) -> Result<(), Invalid> {
        let [EncryptionRule { default: Some(default), .. }] = self.rules.as_slice() else {
            return Err(Invalid::Encryption);
        };
        if default.algorithm == "AES256" { Ok(()) } else { Err(Invalid::Encryption) }
    }
}

impl Codec for ServerSideEncryptionConfiguration {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut rules = Vec::new();
        while let Some(name) = cursor.child()? {
            match name {
                "Rule" => cursor.push(&mut rules, RULES_MAX, EncryptionRule::read)?,
                _ => cursor.other(name)?,
            }
        }
        Ok(Self { rules })
    }

    fn write(&self, writer: &mut Writer) {
        for rule in &self.rules {
            writer.element("Rule", |writer| rule.write(writer));
        }
    }
}

impl EncryptionRule {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let (mut default, mut bucket_key_enabled) = (None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "ApplyServerSideEncryptionByDefault" => {
                    cursor.once(&mut default, DefaultEncryption::read)?;
                }
                "BucketKeyEnabled" => cursor.once(&mut bucket_key_enabled, Cursor::boolean)?,
                _ => cursor.other(name)?,
            }
        }
        Ok(Self { default, bucket_key_enabled })
    }

    fn write(&self, writer: &mut Writer) {
        if let Some(default) = &self.default {
            writer.element("ApplyServerSideEncryptionByDefault", |writer| {
                writer.text("SSEAlgorithm", &default.algorithm);
                writer.text_if("KMSMasterKeyID", default.kms_master_key_id.as_deref());
            });
        }
        writer.value_if("BucketKeyEnabled", self.bucket_key_enabled);
    }
}

impl DefaultEncryption {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let (mut algorithm, mut kms_master_key_id) = (None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "SSEAlgorithm" => cursor.once(&mut algorithm, Cursor::string)?,
                "KMSMasterKeyID" => cursor.once(&mut kms_master_key_id, Cursor::string)?,
                _ => cursor.other(name)?,
            }
        }
        let parent = "ApplyServerSideEncryptionByDefault";
        let algorithm = algorithm.ok_or_else(|| missing(at, parent, "SSEAlgorithm"))?;
        Ok(Self { algorithm, kms_master_key_id })
    }
}
