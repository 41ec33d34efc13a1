//! `AccessControlPolicy`: who may do what. On R2 the account may, and that is all.

use crate::codec::{Codec, Cursor, Writer, missing};
use crate::limits::{SMALL_BYTES_MAX, VALUES_MAX};
use crate::{Document, Error, Owner};

/// The reply to GetBucketAcl, which R2 answers with the account as the owner (release notes
/// 2022-07-21).
///
/// ```
/// use r2_xml::{AccessControlPolicy, Document, Owner};
///
/// let policy = AccessControlPolicy::private(Owner::account("0123456789abcdef"));
/// assert_eq!(AccessControlPolicy::decode(policy.encode().as_bytes())?, policy);
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessControlPolicy {
    /// Who owns the bucket.
    pub owner: Owner,
    /// Who may do what.
    pub grants: Vec<Grant>,
}

/// One right of one grantee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// The grantee, when it is an account.
    pub grantee: Option<Owner>,
    /// The grantee, when it is a predefined group.
    pub group_uri: Option<String>,
    /// `FULL_CONTROL`, `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP`.
    pub permission: String,
}

impl AccessControlPolicy {
    /// Full control for the owner and nothing for anyone else.
    #[must_use]
    pub fn private(owner: Owner) -> Self {
        let permission = "FULL_CONTROL".into();
        let grant = Grant { grantee: Some(owner.clone()), group_uri: None, permission };
        Self { owner, grants: vec![grant] }
    }
}

impl Document for AccessControlPolicy {
    const ROOT: &'static str = "AccessControlPolicy";
    const BYTES_MAX: usize = SMALL_BYTES_MAX;
}

impl Codec for AccessControlPolicy {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let (mut owner, mut grants) = (None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "Owner" => cursor.once(&mut owner, Owner::read)?,
                "AccessControlList" => cursor.once(&mut grants, read_grants)?,
                _ => cursor.other(name)?,
            }
        }
        Ok(Self { owner: owner.unwrap_or_default(), grants: grants.unwrap_or_default() })
    }

    fn write(&self, writer: &mut Writer) {
        writer.element("Owner", |writer| self.owner.write(writer));
        writer.element("AccessControlList", |writer| {
            for grant in &self.grants {
                writer.element("Grant", |writer| grant.write(writer));
            }
        });
    }
}

fn read_grants(cursor: &mut Cursor<'_>) -> Result<Vec<Grant>, Error> {
    let mut grants = Vec::new();
    while let Some(name) = cursor.child()? {
        match name {
            "Grant" => cursor.push(&mut grants, VALUES_MAX, Grant::read)?,
            _ => cursor.other(name)?,
        }
    }
    Ok(grants)
}

impl Grant {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let (mut grantee, mut permission) = (None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "Grantee" => cursor.once(&mut grantee, read_grantee)?,
                "Permission" => cursor.once(&mut permission, Cursor::string)?,
                _ => cursor.other(name)?,
            }
        }
        let (grantee, group_uri) = grantee.unwrap_or_default();
        let permission = permission.ok_or_else(|| missing(at, "Grant", "Permission"))?;
        Ok(Self { grantee, group_uri, permission })
    }

    fn write(&self, writer: &mut Writer) {
        // Its kind is an attribute on AWS (`xsi:type`); what stands inside tells as much.
        writer.element("Grantee", |writer| {
            if let Some(grantee) = &self.grantee {
                grantee.write(writer);
            }
            writer.text_if("URI", self.group_uri.as_deref());
        });
        writer.text("Permission", &self.permission);
    }
}

/// An account, a group, or neither: an e-mail address, say.
fn read_grantee(cursor: &mut Cursor<'_>) -> Result<(Option<Owner>, Option<String>), Error> {
    let (mut id, mut display_name, mut uri) = (None, None, None);
    while let Some(name) = cursor.child()? {
        match name {
            "ID" => cursor.once(&mut id, Cursor::string)?,
            "DisplayName" => cursor.once(&mut display_name, Cursor::string)?,
            "URI" => cursor.once(&mut uri, Cursor::string)?,
            _ => cursor.other(name)?,
        }
    }
    Ok((id.map(|id| Owner { id, display_name }), uri))
}
