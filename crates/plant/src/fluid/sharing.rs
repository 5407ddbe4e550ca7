//! Who gets how much where not all can have what they want: the flows of a network at one moment.
//!
//! Every pump wants its own flow. A tank that is empty gives no more than comes in, one that is full takes no more than goes out;
//! what is to be had is shared in proportion to what is wanted, and who is held back further at the other end leaves the rest to
//! the others (weighted max-min fairness; Bertsekas and Gallager, Data Networks, 6.5.2). All flows are whole numbers.

/// A tank as those see it who draw from it and feed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Vessel {
    /// Nothing is in it: what goes out must come in.
    pub is_empty: bool,
    /// No more fits in: what comes in must go out.
    pub is_full: bool,
    /// What goes out of it besides, where it is full.
    pub drains: i128,
}

/// A way from one tank to another, by their numbers; `None` is the world outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    pub from: Option<usize>,
    pub to: Option<usize>,
    /// What would flow if nothing held it back.
    pub wants: i128,
}

/// Rounds after which shares have settled, but where circles of empty tanks feed each other.
const MOST_ROUNDS: usize = 256;

/// The flow of each way. No way takes more than it wants, no tank gives or takes what it cannot, and no single flow could be
/// larger (but in circles of empty tanks, where what comes in would have to go round very often). Costs some fifty
/// nanoseconds a way and round, and takes a few rounds but for long chains.
pub(super) fn flows(vessels: &[Vessel], ways: &[Way]) -> Vec<i128> {
    let ends = Ends::new(vessels.len(), ways);
    let mut shares = Shares::new(vessels, ways, &ends);
    let settled = (0..MOST_ROUNDS).any(|_| !shares.share_out());
    // What has not settled may ask too much of somebody; from nothing on, nobody does.
    let mut flows: Vec<i128> =
        if settled { (0..ways.len()).map(|way| shares.flow(way)).collect() } else { vec![0; ways.len()] };
    for _ in 0..MOST_ROUNDS * ways.len() {
        if !raise(vessels, ways, &ends, &mut flows) {
            break;
        }
    }
    flows
}

/// Not held back.
const UNLIMITED: i128 = i128::MAX;

/// Which ways lead into each tank, and which out of it.
struct Ends {
    into: Vec<Vec<usize>>,
    out_of: Vec<Vec<usize>>,
}

impl Ends {
    fn new(vessels: usize, ways: &[Way]) -> Self {
        let mut ends = Ends { into: vec![Vec::new(); vessels], out_of: vec![Vec::new(); vessels] };
        for (index, way) in ways.iter().enumerate() {
            if let Some(from) = way.from {
                ends.out_of[from].push(index);
            }
            if let Some(to) = way.to {
                ends.into[to].push(index);
            }
        }
        ends
    }
}

/// How much each way gets at either end.
struct Shares<'a> {
    vessels: &'a [Vessel],
    ways: &'a [Way],
    ends: &'a Ends,
    /// What the tank that each way comes from gives it.
    given: Vec<i128>,
    /// What the tank that each way leads to takes of it.
    taken: Vec<i128>,
}

impl<'a> Shares<'a> {
    fn new(vessels: &'a [Vessel], ways: &'a [Way], ends: &'a Ends) -> Self {
        // What comes out of empty tanks has to come from somewhere: it grows from nothing.
        let from_empty = |way: &Way| way.from.is_some_and(|from| vessels[from].is_empty);
        let given = ways.iter().map(|way| if from_empty(way) { 0 } else { UNLIMITED }).collect();
        Shares { vessels, ways, ends, given, taken: vec![UNLIMITED; ways.len()] }
    }

    fn flow(&self, way: usize) -> i128 {
        self.ways[way].wants.min(self.given[way]).min(self.taken[way])
    }

    fn sum(&self, ways: &[usize]) -> i128 {
        ways.iter().map(|way| self.flow(*way)).sum()
    }

    /// Shares out once at every tank; whether anything has changed.
    fn share_out(&mut self) -> bool {
        let mut changed = false;
        let ends = self.ends;
        for ((vessel, into), out_of) in self.vessels.iter().zip(&ends.into).zip(&ends.out_of) {
            if vessel.is_empty {
                let claims = out_of.iter().map(|way| (self.ways[*way].wants, self.taken[*way]));
                let shares = fair(self.sum(into), claims);
                for (way, share) in out_of.iter().zip(shares) {
                    changed |= std::mem::replace(&mut self.given[*way], share) != share;
                }
            }
            if vessel.is_full {
                let claims = into.iter().map(|way| (self.ways[*way].wants, self.given[*way]));
                let shares = fair(vessel.drains + self.sum(out_of), claims);
                for (way, share) in into.iter().zip(shares) {
                    changed |= std::mem::replace(&mut self.taken[*way], share) != share;
                }
            }
        }
        changed
    }
}

/// The shares of `total` for those who want so much and are held back elsewhere to so much: in proportion to what they want,
/// without what others cannot use. Nobody is limited where all can have what they can use.
fn fair(total: i128, claims: impl Iterator<Item = (i128, i128)>) -> Vec<i128> {
    let claims: Vec<(i128, i128)> = claims.map(|(wants, limit)| (wants, limit.min(wants))).collect();
    let mut order: Vec<usize> = (0..claims.len()).filter(|claim| claims[*claim].0 > 0).collect();
    // By the part of what they want that they can use.
    order.sort_by(|one, other| {
        let ((wants, limit), (other_wants, other_limit)) = (claims[*one], claims[*other]);
        limit.saturating_mul(other_wants).cmp(&other_limit.saturating_mul(wants))
    });
    let (mut left, mut wanted) = (total, order.iter().map(|claim| claims[*claim].0).sum::<i128>());
    for claim in order {
        let (wants, limit) = claims[claim];
        if limit.saturating_mul(wanted) > left.saturating_mul(wants) {
            return claims.iter().map(|(wants, _)| left.saturating_mul(*wants) / wanted).collect();
        }
        left -= limit;
        wanted -= wants;
    }
    vec![UNLIMITED; claims.len()]
}

/// Raises a flow as far as both its ends allow: of those that could be larger the one that has the least of what it wants. What
/// division has left over comes to somebody so. Whether any was raised.
fn raise(vessels: &[Vessel], ways: &[Way], ends: &Ends, flows: &mut [i128]) -> bool {
    let sum = |ways: &[usize]| -> i128 { ways.iter().map(|way| flows[*way]).sum() };
    let surpluses: Vec<i128> =
        ends.into.iter().zip(&ends.out_of).map(|(into, out_of)| sum(into) - sum(out_of)).collect();
    let surplus = |number: usize| surpluses[number];
    let more = |index: usize| {
        let Way { from, to, wants } = ways[index];
        let supply = from.filter(|from| vessels[*from].is_empty).map_or(UNLIMITED, surplus);
        let room = to.filter(|to| vessels[*to].is_full).map_or(UNLIMITED, |to| vessels[to].drains - surplus(to));
        (wants - flows[index]).min(supply).min(room)
    };
    let least = (0..ways.len()).map(|index| (index, more(index))).filter(|(_, more)| *more > 0).min_by(|one, other| {
        let (one, other) = (one.0, other.0);
        flows[one].saturating_mul(ways[other].wants).cmp(&flows[other].saturating_mul(ways[one].wants))
    });
    if let Some((index, more)) = least {
        flows[index] += more;
    }
    least.is_some()
}

#[cfg(test)]
mod tests {
    use kernel::{Stream, StreamKey};

    use super::*;

    const EMPTY: Vessel = Vessel { is_empty: true, is_full: false, drains: 0 };
    const FULL: Vessel = Vessel { is_empty: false, is_full: true, drains: 0 };
    const PARTLY: Vessel = Vessel { is_empty: false, is_full: false, drains: 0 };

    fn way(from: Option<usize>, to: Option<usize>, wants: i128) -> Way {
        Way { from, to, wants }
    }

    #[test]
    fn an_empty_tank_passes_on_what_comes_in() {
        let ways = [way(None, Some(0), 2), way(Some(0), None, 3)];
        assert_eq!(flows(&[EMPTY], &ways), [2, 2]);
        assert_eq!(flows(&[PARTLY], &ways), [2, 3]);
        let ways = [way(None, Some(0), 10), way(Some(0), None, 3), way(Some(0), None, 6), way(Some(0), None, 21)];
        assert_eq!(flows(&[EMPTY], &ways), [10, 1, 2, 7], "in proportion to what they want");
    }

    #[test]
    fn a_full_tank_takes_what_goes_out() {
        let ways = [way(None, Some(0), 4), way(None, Some(0), 4), way(Some(0), None, 5)];
        assert_eq!(flows(&[FULL], &ways), [3, 2, 5], "the one that is left over goes to the first");
        assert_eq!(flows(&[Vessel { drains: 3, ..FULL }], &ways), [4, 4, 5]);
    }

    #[test]
    fn who_is_held_back_elsewhere_leaves_the_rest_to_others() {
        // The tank 0 is empty and gets 4; of its pumps one leads to the full tank 1, which takes 1.
        let ways = [way(None, Some(0), 4), way(Some(0), Some(1), 3), way(Some(0), None, 3), way(Some(1), None, 1)];
        assert_eq!(flows(&[EMPTY, FULL], &ways), [4, 1, 3, 1]);
        // Whatever the order of the tanks.
        let ways = [way(None, Some(1), 4), way(Some(1), Some(0), 3), way(Some(1), None, 3), way(Some(0), None, 1)];
        assert_eq!(flows(&[FULL, EMPTY], &ways), [4, 1, 3, 1]);
        // A full tank that takes 2, fed from outside and from an empty one that gets enough.
        let ways = [way(None, Some(0), 3), way(None, Some(1), 5), way(Some(1), Some(0), 3), way(Some(0), None, 2)];
        assert_eq!(flows(&[FULL, EMPTY], &ways)[2], 1);
    }

    #[test]
    fn chains_and_circles_settle() {
        // Five empty tanks in a row, the narrowest pump in the middle.
        let ways: Vec<Way> = (0..6)
            .map(|step| way((step > 0).then(|| step - 1), (step < 5).then_some(step), [7, 9, 8, 2, 9, 9][step]))
            .collect();
        assert_eq!(flows(&[EMPTY, EMPTY, PARTLY, EMPTY, EMPTY], &ways), [7, 7, 7, 2, 2, 2]);
        let ways = [way(Some(0), Some(1), 3), way(Some(1), Some(0), 3)];
        assert_eq!(flows(&[EMPTY, EMPTY], &ways), [0, 0], "nothing is there that could go round");
        assert_eq!(flows(&[FULL, FULL], &ways), [3, 3], "what is full goes round");
        // A circle that half of what passes leaves.
        let ways =
            [way(None, Some(0), 6), way(Some(0), Some(1), 90), way(Some(1), Some(0), 50), way(Some(1), None, 50)];
        assert_eq!(flows(&[EMPTY, EMPTY], &ways), [6, 12, 6, 6]);
    }

    #[test]
    fn random_networks_keep_the_rules_and_waste_nothing() {
        let mut stream = Stream::new(&StreamKey { seed: 1, replication: 0, name: "flows", purpose: "test" });
        for case in 0..3_000 {
            let tanks = 1 + stream.below(6) as usize;
            let vessels: Vec<Vessel> = (0..tanks)
                .map(|_| match stream.below(3) {
                    0 => EMPTY,
                    1 => Vessel { drains: i128::from(stream.below(3)) * 1_000_003, ..FULL },
                    _ => PARTLY,
                })
                .collect();
            let mut end = || (stream.below(4) > 0).then(|| stream.below(tanks as u64) as usize);
            let mut ends: Vec<(Option<usize>, Option<usize>)> = (0..8).map(|_| (end(), end())).collect();
            let has_circles = case % 2 == 0;
            if !has_circles {
                ends.retain(|(from, to)| from.is_none() || to.is_none() || from < to);
            }
            let ways: Vec<Way> = ends
                .into_iter()
                .filter(|(from, to)| from != to)
                .map(|(from, to)| way(from, to, i128::from(stream.below(5)) * 3_600_000_000_001))
                .collect();
            let mut found = flows(&vessels, &ways);
            for (number, vessel) in vessels.iter().enumerate() {
                let sum = |of: fn(&Way) -> Option<usize>| -> i128 {
                    ways.iter().zip(&found).filter(|(way, _)| of(way) == Some(number)).map(|(_, flow)| *flow).sum()
                };
                let (comes_in, goes_out) = (sum(|way| way.to), sum(|way| way.from));
                assert!(!vessel.is_empty || goes_out <= comes_in, "case {case}: {vessels:?} {ways:?} {found:?}");
                assert!(!vessel.is_full || comes_in <= goes_out + vessel.drains, "case {case}: {ways:?} {found:?}");
            }
            assert!(ways.iter().zip(&found).all(|(way, flow)| (0..=way.wants).contains(flow)), "case {case}");
            assert!(
                has_circles || !raise(&vessels, &ways, &Ends::new(tanks, &ways), &mut found),
                "case {case}: one could have more: {vessels:?} {ways:?}"
            );
        }
    }
}
