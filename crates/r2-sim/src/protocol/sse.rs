//! Keys that customers bring (SSE-C): checked in R2's order, compared by their MD5, and kept only
//! as long as the request that brought them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::HeaderMap;
use r2_xml::ErrorCode;
use zeroize::{Zeroize as _, Zeroizing};

use super::Refusal;
use super::headers::text;
use crate::checksum::md5_of;
use crate::store::SealKey;

/// A key that came with a request. Its `Debug` hides it.
#[derive(Clone, Debug)]
pub(crate) struct CustomerKey {
    pub(crate) seal: SealKey,
    /// Base64 of the key's MD5: what is stored, compared and echoed.
    pub(crate) md5: String,
}

impl CustomerKey {
    /// The MD5 of a key that may be there.
    pub(crate) fn md5_of(key: Option<&CustomerKey>) -> Option<String> {
        key.map(|key| key.md5.clone())
    }

    /// What opens and seals bytes, of a key that may be there.
    pub(crate) fn seal_of(key: Option<&CustomerKey>) -> Option<&SealKey> {
        key.map(|key| &key.seal)
    }
}

/// Which side of a request a key is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    /// The object that is read or written.
    Object,
    /// The source of a copy.
    Source,
}

/// Reads the key from the three headers; `None` when there are none of them.
pub(crate) fn read(headers: &HeaderMap, side: Side) -> Result<Option<CustomerKey>, Refusal> {
    let prefix = match side {
        Side::Object => "x-amz-server-side-encryption-customer-",
        Side::Source => "x-amz-copy-source-server-side-encryption-customer-",
    };
    let get = |name: &str| text(headers, &format!("{prefix}{name}"));
    let (key, md5, algorithm) = (get("key"), get("key-md5"), get("algorithm"));
    if key.is_none() && md5.is_none() && algorithm.is_none() {
        return Ok(None);
    }
    let missing = |what: &str| {
        Refusal::invalid_argument(format!(
            "Requests specifying Server Side Encryption with Customer provided keys must provide \
             {what}."
        ))
    };
    let key = key.ok_or_else(|| missing("an appropriate secret key"))?;
    let md5 = md5.ok_or_else(|| missing("the client calculated MD5 of the secret key"))?;
    let algorithm = algorithm.ok_or_else(|| missing("a valid encryption algorithm"))?;
    if algorithm != "AES256" {
        return Err(Refusal::new(
            ErrorCode::InvalidEncryptionAlgorithmError,
            "The encryption request that you specified is not valid. The valid value is AES256.",
        ));
    }
    let key = decode(key).ok_or_else(|| missing("an appropriate secret key"))?;
    if BASE64.encode(md5_of(&*key)) != md5 {
        return Err(Refusal::invalid_argument(
            "The calculated MD5 hash of the key did not match the hash that was provided.",
        ));
    }
    // Not recorded; AWS refuses two kinds of encryption at once.
    if matches!(side, Side::Object) && text(headers, "x-amz-server-side-encryption").is_some() {
        return Err(Refusal::invalid_argument(
            "Server Side Encryption with Customer provided key is incompatible with the encryption \
             method specified",
        ));
    }
    Ok(Some(CustomerKey { seal: SealKey::new(key), md5: md5.to_owned() }))
}

/// 256 bits in base64. What is decoded on the way is wiped.
fn decode(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let decoded = Zeroizing::new(BASE64.decode(text).ok()?);
    let mut bytes = <[u8; 32]>::try_from(decoded.as_slice()).ok()?;
    let key = Zeroizing::new(bytes);
    bytes.zeroize();
    Some(key)
}

/// Compares the key of a read with the one the object was written with.
pub(crate) fn check(stored: Option<&str>, given: Option<&CustomerKey>) -> Result<(), Refusal> {
    match (stored, given.map(|key| key.md5.as_str())) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(Refusal::invalid_request(
            "The encryption parameters are not applicable to this object.",
        )),
        // What R2 says here is not documented; both answers are AWS's, the
        // second one that for parts: it names the reason.
        (Some(_), None) => Err(Refusal::invalid_request(
            "The object was stored using a form of Server Side Encryption. The correct parameters \
             must be provided to retrieve the object.",
        )),
        (Some(stored), Some(given)) if stored == given => Ok(()),
        (Some(_), Some(_)) => Err(Refusal::invalid_request(
            "The provided encryption parameters did not match the ones used originally to encrypt \
             the object.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(key: Option<&str>, md5: Option<&str>, algorithm: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-amz-server-side-encryption-customer-key", key),
            ("x-amz-server-side-encryption-customer-key-md5", md5),
            ("x-amz-server-side-encryption-customer-algorithm", algorithm),
        ] {
            if let Some(value) = value {
                headers.insert(name, value.parse().unwrap());
            }
        }
        match read(&headers, Side::Object) {
            Ok(key) => format!("{:?}", CustomerKey::md5_of(key.as_ref())),
            Err(refusal) => refusal.document().message.clone(),
        }
    }

    #[test]
    fn the_triple_is_checked_in_order() {
        let key = BASE64.encode([7; 32]);
        let md5 = BASE64.encode(md5_of(&[7; 32]));
        let (key, md5) = (key.as_str(), md5.as_str());
        assert_eq!(read_all(None, None, None), "None");
        assert!(read_all(None, None, Some("x")).ends_with("an appropriate secret key."));
        assert!(read_all(Some(key), None, None).ends_with("MD5 of the secret key."));
        assert!(read_all(Some(key), Some(md5), None).ends_with("encryption algorithm."));
        assert!(read_all(Some(key), Some(md5), Some("aws")).ends_with("value is AES256."));
        assert!(read_all(Some("AAAA"), Some(md5), Some("AES256")).ends_with("secret key."));
        assert!(read_all(Some(key), Some("AAAA"), Some("AES256")).contains("did not match"));
        assert_eq!(read_all(Some(key), Some(md5), Some("AES256")), format!("Some({md5:?})"));
    }

    #[test]
    fn reads_need_the_same_key() {
        let key = |md5: &str| {
            let seal = SealKey::new(Zeroizing::new([7; 32]));
            CustomerKey { seal, md5: md5.to_owned() }
        };
        let status = |stored, given: Option<&str>| {
            check(stored, given.map(key).as_ref()).map_err(|r| r.status().as_u16())
        };
        assert_eq!(status(None, None), Ok(()));
        assert_eq!(status(None, Some("a")), Err(400));
        assert_eq!(status(Some("a"), None), Err(400));
        assert_eq!(status(Some("a"), Some("b")), Err(400));
        assert_eq!(status(Some("a"), Some("a")), Ok(()));
    }

    #[test]
    fn a_key_does_not_show() {
        let mut headers = HeaderMap::new();
        let prefix = "x-amz-server-side-encryption-customer-";
        let (key, md5) = (BASE64.encode([7; 32]), BASE64.encode(md5_of(&[7; 32])));
        for (name, value) in [("key", key.as_str()), ("key-md5", &md5), ("algorithm", "AES256")] {
            let name: http::HeaderName = format!("{prefix}{name}").parse().unwrap();
            headers.insert(name, value.parse().unwrap());
        }
        let read = read(&headers, Side::Object).unwrap().unwrap();
        assert_eq!(
            format!("{read:?}"),
            format!("CustomerKey {{ seal: SealKey(..), md5: {md5:?} }}")
        );
    }
}
