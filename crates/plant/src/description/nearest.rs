//! Did you mean: the known name that is closest to one that is not known.
//!
//! Closeness is the Damerau-Levenshtein distance in its restricted form (optimal string alignment): insertions,
//! deletions, substitutions and swaps of neighbours each count one. Source: Damerau, CACM 7(3), 1964.

/// The one of `candidates` that `name` was most likely meant to be, if any is close enough; the first of equals.
///
/// Close enough is one slip in three characters (at least one, at most three), or the same letters in another case,
/// or the same words joined otherwise, or, failing those, a beginning of three letters or more. Cost: product of the
/// lengths for every candidate.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted: Vec<char> = folded(name);
    if wanted.is_empty() {
        return None;
    }
    let allowed = (wanted.len() / 3).clamp(1, 3);
    let mut best: Option<(usize, &'c str)> = None;
    let mut begun: Option<&'c str> = None;
    for candidate in candidates {
        if candidate == name {
            continue;
        }
        let letters = folded(candidate);
        if wanted.len() >= 3 && letters.starts_with(&wanted) {
            begun = begun.or(Some(candidate));
        }
        if letters.len().abs_diff(wanted.len()) > allowed {
            continue;
        }
        let distance = distance(&wanted, &letters);
        // A name of one or two letters is "close" to any other; only another case counts there.
        let short = letters.len().min(wanted.len()) < 3 && !(letters.len() == 2 && wanted.starts_with(&letters));
        if distance <= allowed && (distance == 0 || !short) && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate).or(begun)
}

/// Lower case, without the marks people join words with.
pub(super) fn folded(name: &str) -> Vec<char> {
    name.chars().filter(|letter| !matches!(letter, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Number of slips between two names.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, letter) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let substituted = last[column] + usize::from(letter != other);
            let mut least = substituted.min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *letter == right[column - 1] && left[row - 1] == *other {
                least = least.min(before[column - 1] + 1);
            }
            current.push(least);
        }
        before = std::mem::replace(&mut last, current);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_slips_are_found() {
        let known = ["process_time", "capacity", "next", "Exponential", "Erlang", "min", "max"];
        for (name, expected) in [
            ("proces_time", Some("process_time")),
            ("processTime", Some("process_time")),
            ("capacty", Some("capacity")),
            ("cpaacity", Some("capacity")),
            ("nxet", Some("next")),
            ("exponential", Some("Exponential")),
            ("Exponental", Some("Exponential")),
            ("mim", Some("min")),
            ("colour", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, known), expected, "{name}");
        }
    }

    #[test]
    fn distances() {
        let count = |left: &str, right: &str| distance(&folded(left), &folded(right));
        for (left, right, expected) in
            [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("ca", "abc", 3), ("ab", "ba", 1)]
        {
            assert_eq!(count(left, right), expected, "{left} {right}");
            assert_eq!(count(right, left), expected, "{right} {left}");
        }
    }
}
