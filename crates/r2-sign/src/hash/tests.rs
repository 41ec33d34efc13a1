//! The two implementations agree, and neither shows its state.

use super::{Sha256, portable, ring, sha256};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn both_backends_agree(key in proptest::collection::vec(any::<u8>(), 0..200),
                           data in proptest::collection::vec(any::<u8>(), 0..500)) {
        prop_assert_eq!(ring::sha256(&data), portable::sha256(&data));
        let (ours, theirs) = (ring::HmacKey::new(&key), portable::HmacKey::new(&key));
        let tag = ours.sign(&data);
        prop_assert_eq!(tag, theirs.sign(&data));
        prop_assert!(ours.verify(&data, &tag) && theirs.verify(&data, &tag));
        let mut wrong = tag;
        wrong[0] ^= 1;
        prop_assert!(!ours.verify(&data, &wrong) && !theirs.verify(&data, &wrong));
    }

    #[test]
    fn pieces_hash_like_the_whole(data in proptest::collection::vec(any::<u8>(), 0..500),
                                  cut in any::<prop::sample::Index>()) {
        let (head, tail) = data.split_at(cut.index(data.len() + 1));
        let mut hash = Sha256::new();
        hash.update(head);
        hash.update(tail);
        prop_assert_eq!(hash.finish(), sha256(&data));
        let mut hash = portable::Hasher::default();
        hash.update(head);
        hash.update(tail);
        prop_assert_eq!(hash.finish(), sha256(&data));
    }
}

#[test]
fn rfc_4231_case_2() {
    let tag = ring::HmacKey::new(b"Jefe").sign(b"what do ya want for nothing?");
    assert_eq!(
        crate::hex::encode(&tag),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

#[test]
fn keys_are_redacted() {
    let shown = format!("{:?} {:?}", ring::HmacKey::new(b"s3cr3t"), portable::HmacKey::new(b"x"));
    assert_eq!(shown, "HmacKey(***) HmacKey(***)");
}
