//! `VersioningConfiguration`: whether a bucket keeps old versions. R2's does not.

use crate::codec::{Codec, Cursor, Writer};
use crate::limits::SMALL_BYTES_MAX;
use crate::{Document, Error};

/// The reply to GetBucketVersioning: empty on R2.
///
/// ```
/// use r2_xml::{Document, VersioningConfiguration};
///
/// let body = VersioningConfiguration::default().encode();
/// assert_eq!(VersioningConfiguration::decode(body.as_bytes())?.status, None);
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersioningConfiguration {
    /// `Enabled` or `Suspended`; absent where versions were never kept.
    pub status: Option<String>,
    /// `Enabled` or `Disabled`.
    pub mfa_delete: Option<String>,
}

impl Document for VersioningConfiguration {
    const ROOT: &'static str = "VersioningConfiguration";
    const BYTES_MAX: usize = SMALL_BYTES_MAX;
}

impl Codec for VersioningConfiguration {
    /// Moto's name for it.
    const OTHER_ROOTS: &'static [&'static str] = &["GetBucketVersioningResponse"];

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let (mut status, mut mfa_delete) = (None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "Status" => cursor.once(&mut status, Cursor::string)?,
                "MfaDelete" => cursor.once(&mut mfa_delete, Cursor::string)?,
                _ => cursor.other(name)?,
            }
        }
        Ok(Self { status, mfa_delete })
    }

    fn write(&self, writer: &mut Writer) {
        writer.text_if("Status", self.status.as_deref());
        writer.text_if("MfaDelete", self.mfa_delete.as_deref());
    }
}
