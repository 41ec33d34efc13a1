//! Sealing: bytes under a customer's key, in frames that can be opened one by one.
//!
//! A sealed blob is a salt and then frames. Each blob has a key of its own, derived from the
//! customer's key and the salt, so numbering the frames is enough to never use a nonce twice. Every
//! frame but the last holds [`FRAME_BYTES`]; the last one holds fewer, maybe none, and is sealed
//! as the last, so that a blob which was cut short cannot pass for a whole one.
//!
//! `docs/local-store-format.md` has the layout, `docs/decisions/customer-keys.md` the reasons.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use super::failure::StoreError;

/// Bytes at the beginning of a sealed blob that make its key its own.
pub(super) const SALT_BYTES: usize = 32;

/// Plain bytes of a frame; a quarter of a step.
pub(super) const FRAME_BYTES: usize = 64 << 10;

/// What sealing adds to a frame.
pub(super) const TAG_BYTES: usize = MAX_TAG_LEN;

/// Binds derived keys to this use and this version of it.
const PURPOSE: &[u8] = b"r2-local-store sealed blob 1";

/// A customer's key: 256 bits that are wiped when the last handle goes.
#[derive(Clone)]
pub(crate) struct SealKey(Arc<Zeroizing<[u8; 32]>>);

impl SealKey {
    pub(crate) fn new(key: Zeroizing<[u8; 32]>) -> SealKey {
        SealKey(Arc::new(key))
    }

    fn derive(&self, salt: &[u8]) -> Result<LessSafeKey, StoreError> {
        let pseudo_random = Salt::new(HKDF_SHA256, salt).extract(&**self.0);
        let material = pseudo_random.expand(&[PURPOSE], &AES_256_GCM);
        let material = material.map_err(|_| StoreError::corrupt("a key cannot be derived"))?;
        Ok(LessSafeKey::new(UnboundKey::from(material)))
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}

/// Whether more bytes follow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    /// These are whole frames.
    Later,
    /// This is all of it.
    Here,
}

/// Seals one blob from its beginning to its end.
pub(super) struct Sealer {
    key: LessSafeKey,
    salt: Option<[u8; SALT_BYTES]>,
    frame: u64,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("frame", &self.frame).finish_non_exhaustive()
    }
}

impl Sealer {
    pub(super) fn new(key: &SealKey) -> Result<Sealer, StoreError> {
        let mut salt = [0; SALT_BYTES];
        let filled = SystemRandom::new().fill(&mut salt);
        filled.map_err(|_| StoreError::corrupt("the system has no randomness"))?;
        Ok(Sealer { key: key.derive(&salt)?, salt: Some(salt), frame: 0 })
    }

    /// The next bytes of the blob as they are stored.
    pub(super) fn seal(&mut self, plain: &[u8], end: End) -> Result<Bytes, StoreError> {
        let frames = plain.len() / FRAME_BYTES + 1;
        let mut sealed = Vec::with_capacity(SALT_BYTES + plain.len() + frames * TAG_BYTES);
        if let Some(salt) = self.salt.take() {
            sealed.extend_from_slice(&salt);
        }
        let mut whole = plain.chunks_exact(FRAME_BYTES);
        for frame in &mut whole {
            self.push(frame, Position::Inner, &mut sealed)?;
        }
        match end {
            End::Here => self.push(whole.remainder(), Position::Last, &mut sealed)?,
            End::Later if whole.remainder().is_empty() => {}
            End::Later => return Err(StoreError::corrupt("a step is not made of whole frames")),
        }
        Ok(sealed.into())
    }

    fn push(
        &mut self,
        plain: &[u8],
        position: Position,
        sealed: &mut Vec<u8>,
    ) -> Result<(), StoreError> {
        let start = sealed.len();
        sealed.extend_from_slice(plain);
        let nonce = nonce(self.frame, position);
        let bytes = &mut sealed[start..];
        let tag = self.key.seal_in_place_separate_tag(nonce, Aad::empty(), bytes);
        let tag = tag.map_err(|_| StoreError::corrupt("a frame cannot be sealed"))?;
        sealed.extend_from_slice(tag.as_ref());
        self.frame += 1;
        Ok(())
    }
}

/// Opens the frames of one blob.
#[derive(Clone)]
pub(super) struct Opener(LessSafeKey);

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opener(..)")
    }
}

impl Opener {
    pub(super) fn new(key: &SealKey, salt: &[u8]) -> Result<Opener, StoreError> {
        key.derive(salt).map(Opener)
    }

    /// The plain bytes of a frame. Fails when a bit of it changed, or when it is another frame, of
    /// another blob, or under another key.
    pub(super) fn open<'b>(
        &self,
        frame: u64,
        position: Position,
        bytes: &'b mut [u8],
    ) -> Result<&'b [u8], StoreError> {
        let opened = self.0.open_in_place(nonce(frame, position), Aad::empty(), bytes);
        let opened = opened.map_err(|_| {
            StoreError::corrupt(format!("frame {frame} of a sealed blob is not what was written"))
        })?;
        Ok(opened)
    }
}

/// Where a frame stands in its blob.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Position {
    Inner,
    Last,
}

fn nonce(frame: u64, position: Position) -> Nonce {
    let mut nonce = [0; 12];
    nonce[3] = u8::from(position == Position::Last);
    nonce[4..].copy_from_slice(&frame.to_be_bytes());
    Nonce::assume_unique_for_key(nonce)
}

const SEALED_FRAME: u64 = (FRAME_BYTES + TAG_BYTES) as u64;

/// Bytes of a sealed blob with this many plain bytes.
pub(super) fn stored_length(plain: u64) -> u64 {
    let frames = plain / FRAME_BYTES as u64 + 1;
    SALT_BYTES as u64 + plain + frames * TAG_BYTES as u64
}

/// Plain bytes of a sealed blob; `None` when no blob has this length.
pub(super) fn plain_length(stored: u64) -> Option<u64> {
    let frames = stored.checked_sub(SALT_BYTES as u64)?;
    let last = (frames % SEALED_FRAME).checked_sub(TAG_BYTES as u64)?;
    Some(frames / SEALED_FRAME * FRAME_BYTES as u64 + last)
}

/// Where the bytes of a frame begin.
pub(super) fn frame_start(frame: u64) -> u64 {
    SALT_BYTES as u64 + frame * SEALED_FRAME
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SealKey {
        SealKey::new(Zeroizing::new([byte; 32]))
    }

    fn open_all(key: &SealKey, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (salt, frames) = sealed.split_at(SALT_BYTES);
        let opener = Opener::new(key, salt)?;
        let count = frames.len() / (FRAME_BYTES + TAG_BYTES);
        let mut plain = Vec::new();
        for (index, frame) in frames.chunks(FRAME_BYTES + TAG_BYTES).enumerate() {
            let position = if index == count { Position::Last } else { Position::Inner };
            plain.extend_from_slice(opener.open(index as u64, position, &mut frame.to_vec())?);
        }
        Ok(plain)
    }

    fn sealed(plain: &[u8]) -> Vec<u8> {
        Sealer::new(&key(7)).unwrap().seal(plain, End::Here).unwrap().to_vec()
    }

    #[test]
    fn what_was_sealed_opens_whatever_its_length() {
        for length in [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES] {
            let plain: Vec<u8> = (0..=250u8).cycle().take(length).collect();
            let sealed = sealed(&plain);
            assert_eq!(sealed.len() as u64, stored_length(length as u64), "{length}");
            assert_eq!(plain_length(sealed.len() as u64), Some(length as u64));
            assert_eq!(open_all(&key(7), &sealed).unwrap(), plain);
        }
        assert_eq!(plain_length(SALT_BYTES as u64 + 15), None);
        assert_eq!(plain_length(0), None);
    }

    #[test]
    fn steps_make_the_same_frames() {
        let plain = vec![9; 3 * FRAME_BYTES];
        let mut sealer = Sealer::new(&key(7)).unwrap();
        let mut sealed = sealer.seal(&plain[..2 * FRAME_BYTES], End::Later).unwrap().to_vec();
        sealer.seal(&plain[..1], End::Later).unwrap_err();
        sealed.extend_from_slice(&sealer.seal(&plain[2 * FRAME_BYTES..], End::Here).unwrap());
        assert_eq!(open_all(&key(7), &sealed).unwrap(), plain);
    }

    #[test]
    fn nothing_else_opens() {
        let plain = vec![5; FRAME_BYTES + 10];
        let good = sealed(&plain);
        open_all(&key(8), &good).unwrap_err();
        let changed = |at: usize| {
            let mut bad = good.clone();
            bad[at] ^= 1;
            open_all(&key(7), &bad).unwrap_err();
        };
        for at in [0, SALT_BYTES, SALT_BYTES + FRAME_BYTES, good.len() - 1] {
            changed(at);
        }
        // Cut after the first frame, which then would have to be the last.
        let first = &good[..SALT_BYTES + FRAME_BYTES + TAG_BYTES];
        let opener = Opener::new(&key(7), &first[..SALT_BYTES]).unwrap();
        let frame = &first[SALT_BYTES..];
        opener.open(0, Position::Last, &mut frame.to_vec()).unwrap_err();
        opener.open(1, Position::Inner, &mut frame.to_vec()).unwrap_err();
        assert_eq!(opener.open(0, Position::Inner, &mut frame.to_vec()).unwrap()[0], 5);
    }

    #[test]
    fn equal_bodies_do_not_look_equal() {
        let (one, two) = (sealed(&[1; 100]), sealed(&[1; 100]));
        assert_ne!(one[..SALT_BYTES], two[..SALT_BYTES]);
        assert_ne!(one[SALT_BYTES..], two[SALT_BYTES..]);
        assert!(!one.windows(8).any(|bytes| bytes == [1; 8]));
    }

    #[test]
    fn keys_do_not_show() {
        let sealer = Sealer::new(&key(7)).unwrap();
        assert_eq!(format!("{:?} {sealer:?}", key(7)), "SealKey(..) Sealer { frame: 0, .. }");
    }
}
