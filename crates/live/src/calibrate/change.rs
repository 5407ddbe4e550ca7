//! Whether times changed, and when: a scan over every moment at which they might have.
//!
//! For each split the ranks before and after it are compared (the statistic of Wilcoxon, in standard deviations; Pettitt 1979,
//! Applied Statistics 28). Ranks, because no law is known yet, and one odd time must not look like a change. The chance that times without any change differ so much at some split follows from
//! Miller and Siegmund (1982, Biometrics 38, "Maximally selected chi square statistics") for splits that leave at least a given
//! share on either side; for few times the true chance is smaller still. What lies before a change and what follows it are
//! scanned again by themselves (binary segmentation, Vostrikova 1981, Soviet Mathematics Doklady 24), and at the end every change is
//! looked for once more between its neighbours (Bai 1997, Econometric Theory 13).
//!
//! Where a change is, ranks tell less well, since they do not see how large it is: it is put where the likelihood ratio of two
//! levels of the logarithms against one is greatest (Hinkley 1970, Biometrika 57).
//!
//! It finds changes of level. A change of spread alone is no matter of ranks, and one that is soon taken back is hidden among
//! few times.

use kernel::libm;

/// The chance of a false alarm in one scan of times without a change.
pub const FALSE_ALARM: f64 = 0.001;
/// Fewest times on either side of a change.
const FEWEST: usize = 5;
/// Most changes that are looked for in one series.
const MOST: usize = 100;

/// A change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The first time after it, by its index.
    pub index: usize,
    /// Mean before it, back to the change before.
    pub before: f64,
    /// Mean after it, to the next one.
    pub after: f64,
    /// The chance of so large a difference without a change.
    pub p_value: f64,
}

/// The changes in `times`, in their order.
#[must_use]
pub fn changes(times: &[f64]) -> Vec<Change> {
    let mut found: Vec<(usize, f64)> = Vec::new();
    let mut stretches = vec![(0, times.len())];
    while let Some((begin, end)) = stretches.pop() {
        if let Some(p_value) = scan(&times[begin..end])
            && p_value <= FALSE_ALARM
            && found.len() < MOST
        {
            let split = place(&times[begin..end]);
            found.push((begin + split, p_value));
            // What came last is looked at first.
            stretches.extend([(begin, begin + split), (begin + split, end)]);
        }
    }
    found.sort_by_key(|(index, _)| *index);
    // While others were still in the way of it, each was found near its place only.
    for number in 0..found.len() {
        let begin = number.checked_sub(1).map_or(0, |before| found[before].0);
        let end = found.get(number + 1).map_or(times.len(), |next| next.0);
        if let Some(p_value) = scan(&times[begin..end]) {
            found[number] = (begin + place(&times[begin..end]), p_value);
        }
    }
    let ends = found.iter().skip(1).map(|(index, _)| *index).chain([times.len()]);
    let begins = std::iter::once(0).chain(found.iter().map(|(index, _)| *index));
    let mean = |times: &[f64]| times.iter().sum::<f64>() / times.len() as f64;
    found
        .iter()
        .zip(begins.zip(ends))
        .map(|((index, p_value), (begin, end))| Change {
            index: *index,
            before: mean(&times[begin..*index]),
            after: mean(&times[*index..end]),
            p_value: *p_value,
        })
        .collect()
}

/// The chance of such a difference, at whatever split it is greatest, without a change; `None` where there is nothing to scan.
fn scan(times: &[f64]) -> Option<f64> {
    let count = times.len();
    if count < 2 * FEWEST {
        return None;
    }
    let (ranks, ties) = ranks(times);
    let n = count as f64;
    // The variance of a rank sum is k (n - k) / 12 times this (Lehmann 1975, Nonparametrics, section 1.4).
    let spread = (n + 1.0 - ties / (n * (n - 1.0))) / 12.0;
    if spread <= 0.0 {
        return None;
    }
    let greatest = splits(&ranks, 0.5 * (n + 1.0)).map(|(_, square)| square).fold(0.0, f64::max);
    Some(chance((greatest / spread).sqrt(), FEWEST as f64 / n))
}

/// The split at which two levels explain the logarithms of the times best.
fn place(times: &[f64]) -> usize {
    let logarithms: Vec<f64> = times.iter().map(|x| libm::log(x.max(f64::MIN_POSITIVE))).collect();
    let mean = logarithms.iter().sum::<f64>() / times.len() as f64;
    // Of equals the first.
    splits(&logarithms, mean).fold((FEWEST, 0.0), |best, split| if split.1 > best.1 { split } else { best }).0
}

/// Every split that leaves enough on either side, with the square of the sum before it, as distances from the mean, over
/// k (n - k).
fn splits(values: &[f64], mean: f64) -> impl Iterator<Item = (usize, f64)> {
    let n = values.len() as f64;
    let mut sum = 0.0;
    let sums = values[..values.len().saturating_sub(FEWEST)].iter().map(move |value| {
        sum += value - mean;
        sum
    });
    (1..).zip(sums).skip(FEWEST - 1).map(move |(split, sum)| {
        let k = split as f64;
        (split, sum * sum / (k * (n - k)))
    })
}

/// The chance that the largest of the differences at all splits but the outer `share` on either side is `distance` or more.
fn chance(distance: f64, share: f64) -> f64 {
    if distance < 1.0 {
        return 1.0;
    }
    let density = libm::exp(-0.5 * distance * distance) / (2.0 * std::f64::consts::PI).sqrt();
    let inner = (1.0 - share) / share;
    (density * (4.0 / distance + 2.0 * libm::log(inner) * (distance - 1.0 / distance))).min(1.0)
}

/// Ranks from 1, equal times at their mean rank, and the sum of t^3 - t over groups of t equal times.
fn ranks(times: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|one, other| times[*one].total_cmp(&times[*other]));
    let mut ranks = vec![0.0; times.len()];
    let mut ties = 0.0;
    let mut first = 0;
    while first < order.len() {
        let same = order[first..].iter().take_while(|index| times[**index] == times[order[first]]).count();
        let group = same as f64;
        ties += group * group * group - group;
        for index in &order[first..first + same] {
            ranks[*index] = first as f64 + 0.5 * (group + 1.0);
        }
        first += same;
    }
    (ranks, ties)
}

#[cfg(test)]
mod tests {
    use kernel::{Distribution, Stream, StreamKey};

    use super::*;

    fn drawn(law: &Distribution, count: usize, replication: u64) -> Vec<f64> {
        let mut stream = Stream::new(&StreamKey { seed: 4, replication, name: "times", purpose: "test" });
        (0..count).map(|_| law.sample(&mut stream)).collect()
    }

    #[test]
    fn a_change_is_found_where_it_is() {
        let (before, after) = (
            Distribution::Normal { mean: 80.0, standard_deviation: 2.0 },
            Distribution::Normal { mean: 25.0, standard_deviation: 2.0 },
        );
        for replication in 0..50 {
            let mut times = drawn(&before, 11, replication);
            times.extend(drawn(&after, 23, replication + 100));
            let found = changes(&times);
            assert_eq!(found.iter().map(|change| change.index).collect::<Vec<usize>>(), [11], "{replication}");
            assert!((found[0].before - 80.0).abs() < 3.0 && (found[0].after - 25.0).abs() < 3.0);
            // Down, and back up again.
            let mut times = drawn(&before, 60, replication);
            times.extend(drawn(&after, 60, replication + 100));
            times.extend(drawn(&before, 60, replication + 200));
            let found = changes(&times);
            assert_eq!(found.iter().map(|change| change.index).collect::<Vec<usize>>(), [60, 120], "{replication}");
        }
        // A smaller one, in long tails: within a few times of where it is.
        let mut off = 0;
        for replication in 0..50 {
            let mut times = drawn(&Distribution::Gamma { shape: 2.0, scale: 30.0 }, 100, replication);
            times.extend(drawn(&Distribution::Gamma { shape: 2.0, scale: 15.0 }, 100, replication + 100));
            let found = changes(&times);
            off += usize::from(!found.iter().any(|change| change.index.abs_diff(100) <= 25));
        }
        assert!(off <= 7, "{off} of 50");
    }

    #[test]
    fn false_alarms_are_no_more_often_than_said() {
        for (count, law) in [
            (12, Distribution::Exponential { mean: 1.0 }),
            (40, Distribution::LogNormal { mean: 1.0, cv: 2.0 }),
            (300, Distribution::Normal { mean: 10.0, standard_deviation: 1.0 }),
        ] {
            for level in [0.05, 0.01, FALSE_ALARM] {
                let trials = 4_000;
                let alarms =
                    (0..trials).filter(|trial| scan(&drawn(&law, count, *trial)).is_some_and(|p| p <= level)).count();
                let expected = level * trials as f64;
                let most = expected + 4.0 * expected.sqrt();
                assert!(alarms as f64 <= most, "{alarms} of {trials} at {level} with {count} times");
            }
        }
    }

    #[test]
    fn equal_times_and_few_times_change_nothing() {
        assert!(changes(&[3.0; 50]).is_empty());
        assert!(changes(&[1.0, 1.0, 1.0, 1.0, 9.0, 9.0, 9.0, 9.0]).is_empty());
        assert!(changes(&[]).is_empty());
        assert_eq!(ranks(&[5.0, 1.0, 5.0]), (vec![2.5, 1.0, 2.5], 6.0));
    }
}
