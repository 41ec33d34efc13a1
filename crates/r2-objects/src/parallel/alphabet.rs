//! Where in a range of keys to look next, guessed from the characters of the keys seen so far.
//!
//! Each place of a key has a share of the range for each character: much for those that were seen
//! there, less for others of their kind (digits, small and capital letters), little for the rest.
//! That puts all keys on a line, as digits put numbers on one, and a range is halved on that line.
//! The guess decides how many requests a listing takes, never what it finds.

use std::collections::BTreeSet;

use unicode_normalization::is_nfc;

use crate::limits::KEY_BYTES_MAX;

/// What was seen has this share of a place, all of it together.
const SEEN_SHARE: f64 = 0.9;
/// What is of a kind with it has this one.
const KIN_SHARE: f64 = 0.09;
/// And what was never seen there shares this.
const OTHER_SHARE: f64 = 0.01;
/// The printable characters of ASCII.
const PRINTABLE: std::ops::RangeInclusive<u8> = b' '..=b'~';
/// Characters above ASCII that are remembered: more of them guess no better.
const WIDE_MAX: usize = 2048;
/// A range smaller than this on the line has no middle that can be told from its ends.
const RANGE_MIN: f64 = 1e-12;
/// Characters that a place may have behind what its range has in common.
const DEPTH_MAX: usize = 48;
/// From here on UTF-8 and UTF-16 order characters differently.
const ORDERS_DIFFER: char = '\u{e000}';

/// What was learned of the keys.
#[derive(Debug, Default)]
pub(super) struct Alphabet {
    /// ASCII characters seen, by place: one bit each.
    places: Vec<u128>,
    /// Characters above ASCII, at whatever place.
    wide: BTreeSet<char>,
    /// Places where such characters were seen.
    wide_places: Vec<bool>,
}

impl Alphabet {
    /// Learns from a key.
    pub(super) fn learn(&mut self, key: &str) {
        for (place, character) in key.chars().enumerate() {
            if self.places.len() <= place {
                self.places.push(0);
                self.wide_places.push(false);
            }
            if let Some(bit) = bit(character) {
                self.places[place] |= bit;
            } else if character < ORDERS_DIFFER {
                self.wide_places[place] = true;
                if self.wide.len() < WIDE_MAX {
                    self.wide.insert(character);
                }
            }
        }
    }

    /// How much of a range is left, in lengths of what was listed of it: of `first` to `last`.
    pub(super) fn left(&self, range: &Range<'_>, first: &str) -> Option<f64> {
        let listed = self.distance(first, Some(range.after), range.prefix)?;
        let left = self.distance(range.after, range.until, range.prefix)?;
        (listed > 0.0).then(|| left / listed).filter(|ratio| ratio.is_finite())
    }

    /// How far two keys are from each other. The scale is that of the prefix's range; what they
    /// have in common is a factor and not a summand, so that nothing is too small to be told.
    fn distance(&self, low: &str, high: Option<&str>, prefix: &str) -> Option<f64> {
        let common = common(low, high, prefix)?;
        let scale = self.span(prefix, &common[prefix.len()..]).1;
        let base = common.chars().count();
        let end = high.map_or(1.0, |high| self.at(base, &high[common.len()..]).0);
        Some(scale * (end - self.at(base, &low[common.len()..]).0))
    }

    /// A place in the middle of a range, strictly between its ends.
    pub(super) fn middle(&self, range: &Range<'_>) -> Option<String> {
        let common = common(range.after, range.until, range.prefix)?;
        let base = common.chars().count();
        let from = self.at(base, &range.after[common.len()..]).0;
        let to = range.until.map_or(1.0, |until| self.at(base, &until[common.len()..]).0);
        if to - from < RANGE_MIN {
            return None;
        }
        let target = f64::midpoint(from, to);
        let mut middle = common.to_owned();
        let (mut begin, mut width) = (0.0, 1.0);
        for place in base..base + DEPTH_MAX {
            let (character, before, share) = self.pick(place, (target - begin) / width)?;
            middle.push(character);
            begin += width * before;
            width *= share;
            // near enough: a shorter place may be far from the middle
            if width <= (to - from) / 8.0 && range.contains(&middle) {
                return Some(middle).filter(|middle| is_sound(middle));
            }
        }
        None
    }

    fn span(&self, prefix: &str, text: &str) -> (f64, f64) {
        self.at(prefix.chars().count(), text)
    }

    /// Where what begins with a text begins, and how wide it is, from 0 to 1.
    fn at(&self, base: usize, text: &str) -> (f64, f64) {
        let (mut begin, mut width) = (0.0, 1.0);
        for (place, character) in (base..).zip(text.chars()) {
            let (mut before, mut own) = (0.0, 0.0);
            for (other, share) in self.shares(place) {
                if other < character {
                    before += share;
                } else {
                    own = if other == character { share } else { 0.0 };
                    break;
                }
            }
            begin += width * before;
            width *= own;
            if width < f64::MIN_POSITIVE {
                break;
            }
        }
        (begin, width)
    }

    /// The character that has a point of a place, what is before it, and its share.
    fn pick(&self, place: usize, point: f64) -> Option<(char, f64, f64)> {
        let mut before = 0.0;
        let mut last = None;
        for (character, share) in self.shares(place) {
            last = Some((character, before, share));
            if point < before + share {
                break;
            }
            before += share;
        }
        last
    }

    /// The characters of a place in order, with their shares.
    fn shares(&self, place: usize) -> impl Iterator<Item = (char, f64)> {
        let seen = self.places.get(place).copied().unwrap_or_default();
        let wide = self.wide_places.get(place).copied().unwrap_or_default();
        let wide = wide.then_some(&self.wide);
        let kin = kin(seen) & !seen;
        let seen_share =
            share(SEEN_SHARE, seen.count_ones() as usize + wide.map_or(0, BTreeSet::len));
        let kin_share = share(KIN_SHARE, kin.count_ones() as usize);
        let other_share = share(OTHER_SHARE, PRINTABLE.len());
        let ascii = PRINTABLE.map(move |byte| {
            let bit = 1_u128 << byte;
            let share = if seen & bit != 0 {
                seen_share
            } else if kin & bit != 0 {
                kin_share
            } else {
                other_share
            };
            (char::from(byte), share)
        });
        ascii.chain(wide.into_iter().flatten().map(move |wide| (*wide, seen_share)))
    }
}

/// A range of keys: what comes after one, up to and with another, below a prefix.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range<'a> {
    pub(super) after: &'a str,
    pub(super) until: Option<&'a str>,
    pub(super) prefix: &'a str,
}

impl Range<'_> {
    /// Strictly inside.
    fn contains(&self, key: &str) -> bool {
        key > self.after && self.until.is_none_or(|until| key < until)
    }
}

/// A place where a listing may begin whatever the server does with it: no other spelling of it
/// exists, and it is in the same order to those who compare UTF-8 and to those who compare UTF-16.
fn is_sound(place: &str) -> bool {
    place.len() <= KEY_BYTES_MAX
        && is_nfc(place)
        && place.chars().all(|character| character < ORDERS_DIFFER)
}

/// What two keys begin with alike; the prefix where there is no second one.
fn common<'a>(low: &'a str, high: Option<&str>, prefix: &str) -> Option<&'a str> {
    if !low.starts_with(prefix) {
        return None;
    }
    let Some(high) = high else { return low.get(..prefix.len()) };
    let same = low.chars().zip(high.chars()).take_while(|(low, high)| low == high);
    let length = same.map(|(character, _)| character.len_utf8()).sum::<usize>();
    low.get(..length).filter(|common| common.len() >= prefix.len())
}

fn bit(character: char) -> Option<u128> {
    u8::try_from(character).ok().filter(u8::is_ascii).map(|byte| 1_u128 << byte)
}

/// All of the kinds that were seen.
fn kin(seen: u128) -> u128 {
    let kinds = [b'0'..=b'9', b'a'..=b'z', b'A'..=b'Z'];
    let kinds = kinds.map(|kind| kind.fold(0, |bits, byte| bits | (1_u128 << byte)));
    kinds.into_iter().filter(|kind| seen & kind != 0).fold(0, |bits, kind| bits | kind)
}

fn share(of: f64, count: usize) -> f64 {
    of / f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(keys: &[&str]) -> Alphabet {
        let mut alphabet = Alphabet::default();
        keys.iter().for_each(|key| alphabet.learn(key));
        alphabet
    }

    fn middle(alphabet: &Alphabet, after: &str, until: Option<&str>, prefix: &str) -> String {
        alphabet.middle(&Range { after, until, prefix }).unwrap_or_else(|| "none".into())
    }

    #[test]
    fn a_counter_is_halved_at_a_digit() {
        let keys: Vec<_> = (0..1000).map(|number| format!("obj-{number:04}")).collect();
        let alphabet = learned(&keys.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(middle(&alphabet, "obj-1000", Some("obj-9000"), ""), "obj-5");
        assert!(middle(&alphabet, "obj-0999", None, "obj-").starts_with("obj-"));
    }

    #[test]
    fn no_middle_has_another_spelling_or_order() {
        // after `e` an accent would make another character of both
        let alphabet = learned(&["xe\u{301}", "xf\u{302}", "xg\u{302}"]);
        let found = middle(&alphabet, "xe", Some("xe\u{302}z"), "");
        assert!(found == "none" || is_sound(&found), "{found}");
        assert!(!is_sound("e\u{301}") && !is_sound("\u{10000}") && is_sound("a/\u{e9}"));
    }

    #[test]
    fn a_range_without_keys_between_has_no_middle() {
        let alphabet = learned(&["a", "b"]);
        assert_eq!(middle(&alphabet, "a", Some("a"), ""), "none");
        assert_eq!(middle(&alphabet, "b/a", None, "a/"), "none", "not below the prefix");
    }

    #[test]
    fn what_is_left_is_told_in_what_was_listed() {
        let keys: Vec<_> = (0..10_000).map(|number| format!("{number:04}")).collect();
        let alphabet = learned(&keys.iter().map(String::as_str).collect::<Vec<_>>());
        let range = Range { after: "0999", until: Some("5000"), prefix: "" };
        let left = alphabet.left(&range, "0000").expect("known");
        assert!((3.0..5.0).contains(&left), "{left}");
    }
}
