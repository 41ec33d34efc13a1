//! The name that was probably meant.

/// The known name nearest to one that is not known, if it is near enough to be a slip.
pub(super) fn nearest<'n>(
    unknown: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let wanted = plain(unknown);
    let allowed = (wanted.len() / 3).clamp(1, 4);
    known
        .into_iter()
        .map(|name| (distance(&wanted, &plain(name)), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// `partSize`, `part-size` and `part_size` are the same slip.
fn plain(name: &str) -> Vec<char> {
    name.chars().filter(|c| c.is_alphanumeric()).take(64).flat_map(char::to_lowercase).collect()
}

/// How many letters have to be put in, left out, exchanged or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let exchanged = above[j] + usize::from(from != to);
            let mut least = exchanged.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *from == b[j - 1] && a[i - 1] == *to {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let known = ["account_id", "timeout_seconds", "multipart", "part_size_bytes"];
        assert_eq!(nearest("acount_id", known), Some("account_id"));
        assert_eq!(nearest("timeoutSeconds", known), Some("timeout_seconds"));
        assert_eq!(nearest("mutlipart", known), Some("multipart"));
        assert_eq!(nearest("part_size", known), None);
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
    }
}
