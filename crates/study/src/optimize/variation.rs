//! New designs from old ones: Latin hypercube, crossover, mutation and neighbours.
//!
//! Real variables are crossed by simulated binary crossover (Deb and Agrawal 1995, Complex Systems 9) and mutated by polynomial
//! mutation (Deb and Goyal 1996), both within bounds as in Deb's own program. Integers go the same way and are rounded up or down
//! at random, so that short ranges do not stick; what has no order is swapped and drawn anew. Within a total, units also move
//! from one variable to another, which neither crossover nor mutation would do.

use kernel::{Stream, libm};

use super::problem::{Design, Domain, Problem, Total, Value};

/// Share of children that are crossed and not only mutated.
const CROSSED: f64 = 0.9;
/// Distribution index of crossover: the larger, the nearer a child is to a parent.
const CROSSOVER_INDEX: f64 = 15.0;
/// Distribution index of mutation.
const MUTATION_INDEX: f64 = 20.0;

/// Makes designs.
pub(super) struct Variation<'a> {
    /// What is optimised.
    pub problem: &'a Problem,
    /// Where chance comes from.
    pub stream: Stream,
}

impl Variation<'_> {
    /// `count` designs, spread so that each of as many equal slices of every variable's range is met once (McKay, Beckman and
    /// Conover 1979, Technometrics 21), before totals are made to hold.
    pub fn latin_hypercube(&mut self, count: usize) -> Vec<Design> {
        let mut designs = vec![Vec::with_capacity(self.problem.variables.len()); count];
        for variable in &self.problem.variables {
            let mut slices: Vec<usize> = (0..count).collect();
            for last in (1..count).rev() {
                slices.swap(last, self.stream.below(last as u64 + 1) as usize);
            }
            for (design, slice) in designs.iter_mut().zip(slices) {
                let share = (slice as f64 + self.stream.uniform()) / count as f64;
                design.push(value_at(variable.domain, share.min(1.0 - f64::EPSILON)));
            }
        }
        designs.iter_mut().for_each(|design| self.problem.repair(design, &mut self.stream));
        designs
    }

    /// A design out of the blue.
    pub fn random(&mut self) -> Design {
        let Variation { problem, stream } = self;
        let mut design: Design =
            problem.variables.iter().map(|variable| value_at(variable.domain, stream.uniform())).collect();
        self.problem.repair(&mut design, &mut self.stream);
        design
    }

    /// A child of two designs.
    pub fn child(&mut self, one: &[Value], other: &[Value]) -> Design {
        let mut child = one.to_vec();
        if self.stream.uniform() < CROSSED {
            for (position, variable) in self.problem.variables.iter().enumerate() {
                if self.stream.below(2) == 0 {
                    child[position] = cross(variable.domain, one[position], other[position], &mut self.stream);
                }
            }
        }
        self.mutate(&mut child);
        child
    }

    /// Changes one variable on average, and moves units within totals.
    pub fn mutate(&mut self, design: &mut Design) {
        let rate = 1.0 / self.problem.variables.len() as f64;
        for (variable, value) in self.problem.variables.iter().zip(design.iter_mut()) {
            if self.stream.uniform() < rate {
                *value = mutated(variable.domain, *value, &mut self.stream);
            }
        }
        for total in &self.problem.totals {
            if self.stream.below(2) == 0 {
                self.transfer(design, total);
            }
        }
        self.problem.repair(design, &mut self.stream);
    }

    fn transfer(&mut self, design: &mut [Value], total: &Total) {
        let count = total.variables.len() as u64;
        if count < 2 {
            return;
        }
        let from = self.stream.below(count) as usize;
        let to = (from + 1 + self.stream.below(count - 1) as usize) % total.variables.len();
        let room = self.room(design, total.variables[from], total.variables[to]);
        if room > 0 {
            let units = 1 + self.stream.below((room as u64).div_ceil(4)) as i64;
            shift(design, total.variables[from], total.variables[to], units);
        }
    }

    /// How many units may go from one integer variable to another.
    fn room(&self, design: &[Value], from: usize, to: usize) -> i64 {
        let ((low, _), (_, high)) = (self.problem.integer_range(from), self.problem.integer_range(to));
        match (design[from], design[to]) {
            (Value::Integer(giver), Value::Integer(taker)) => (giver - low).min(high - taker),
            _ => 0,
        }
    }

    /// How many numbers [`Variation::neighbour`] knows.
    pub fn neighbours(&self) -> u64 {
        let steps = self.problem.variables.iter().map(|variable| steps(variable.domain));
        let transfers = self.problem.totals.iter().map(transfers);
        steps.chain(transfers).sum()
    }

    /// The neighbour with that number: one step of an integer, another choice, or one unit moved within a total. `None` if that
    /// would leave a range or a total, or is no change.
    pub fn neighbour(&self, design: &[Value], mut number: u64) -> Option<Design> {
        let mut changed = design.to_vec();
        for (position, variable) in self.problem.variables.iter().enumerate() {
            let count = steps(variable.domain);
            if number < count {
                changed[position] = match design[position] {
                    Value::Integer(value) => Value::Integer(if number == 0 { value - 1 } else { value + 1 }),
                    Value::Choice(_) => Value::Choice(number as u32),
                    Value::Real(_) => return None,
                };
                let is_sound = self.problem.has(&changed) && self.problem.keeps_totals(&changed);
                return Some(changed).filter(|changed| is_sound && changed[position] != design[position]);
            }
            number -= count;
        }
        for total in &self.problem.totals {
            if number < transfers(total) {
                let others = total.variables.len() as u64 - 1;
                let (from, apart) = ((number / others) as usize, (number % others) as usize);
                let to = (from + 1 + apart) % total.variables.len();
                let (from, to) = (total.variables[from], total.variables[to]);
                if self.room(design, from, to) < 1 {
                    return None;
                }
                shift(&mut changed, from, to, 1);
                return Some(changed);
            }
            number -= transfers(total);
        }
        None
    }
}

fn steps(domain: Domain) -> u64 {
    match domain {
        Domain::Integer { .. } => 2,
        Domain::Real { .. } => 0,
        Domain::Choice { count } => u64::from(count),
    }
}

fn transfers(total: &Total) -> u64 {
    let count = total.variables.len() as u64;
    count * count.saturating_sub(1)
}

fn shift(design: &mut [Value], from: usize, to: usize, units: i64) {
    for (position, change) in [(from, -units), (to, units)] {
        if let Value::Integer(value) = &mut design[position] {
            *value += change;
        }
    }
}

/// The value at a share, from 0 to below 1, of the range.
fn value_at(domain: Domain, share: f64) -> Value {
    match domain {
        Domain::Integer { low, high } => {
            let count = (high - low) as f64 + 1.0;
            Value::Integer((low + (share * count) as i64).min(high))
        }
        Domain::Real { low, high } => Value::Real((low + share * (high - low)).clamp(low, high)),
        Domain::Choice { count } => Value::Choice(((share * f64::from(count)) as u32).min(count - 1)),
    }
}

/// A real number to the whole one above or below, at random in proportion to how near it is.
fn rounded(value: f64, low: i64, high: i64, stream: &mut Stream) -> i64 {
    ((value + stream.uniform()).floor() as i64).clamp(low, high)
}

fn cross(domain: Domain, one: Value, other: Value, stream: &mut Stream) -> Value {
    match (domain, one, other) {
        (Domain::Integer { low, high }, Value::Integer(one), Value::Integer(other)) => {
            let value = crossed(one as f64, other as f64, low as f64, high as f64, stream);
            Value::Integer(rounded(value, low, high, stream))
        }
        (Domain::Real { low, high }, Value::Real(one), Value::Real(other)) => {
            Value::Real(crossed(one, other, low, high, stream))
        }
        _ => other,
    }
}

/// One of the two children of simulated binary crossover.
fn crossed(one: f64, other: f64, low: f64, high: f64, stream: &mut Stream) -> f64 {
    let (less, more) = (one.min(other), one.max(other));
    let distance = more - less;
    if distance <= 1e-14 * (high - low) {
        return one;
    }
    let power = CROSSOVER_INDEX + 1.0;
    let is_lower = stream.below(2) == 0;
    let chance = stream.uniform();
    let room = if is_lower { less - low } else { high - more };
    let alpha = 2.0 - libm::pow(1.0 + 2.0 * room / distance, -power);
    let spread = if chance <= 1.0 / alpha {
        libm::pow(chance * alpha, 1.0 / power)
    } else {
        libm::pow(1.0 / (2.0 - chance * alpha), 1.0 / power)
    };
    let half = 0.5 * spread * distance;
    let middle = less + 0.5 * distance;
    (if is_lower { middle - half } else { middle + half }).clamp(low, high)
}

fn mutated(domain: Domain, value: Value, stream: &mut Stream) -> Value {
    match (domain, value) {
        (Domain::Integer { low, high }, Value::Integer(value)) if low < high => {
            let moved = moved(value as f64, low as f64, high as f64, stream);
            let mut found = rounded(moved, low, high, stream);
            if found == value {
                let up = value == low || (value < high && stream.below(2) == 0);
                found = if up { value + 1 } else { value - 1 };
            }
            Value::Integer(found)
        }
        (Domain::Real { low, high }, Value::Real(value)) if low < high => Value::Real(moved(value, low, high, stream)),
        (Domain::Choice { count }, Value::Choice(value)) if count > 1 => {
            // Any other one.
            let apart = 1 + stream.below(u64::from(count) - 1);
            Value::Choice(((u64::from(value) + apart) % u64::from(count)) as u32)
        }
        (_, value) => value,
    }
}

/// Polynomial mutation.
fn moved(value: f64, low: f64, high: f64, stream: &mut Stream) -> f64 {
    let (range, power) = (high - low, MUTATION_INDEX + 1.0);
    let chance = stream.uniform();
    let change = if chance < 0.5 {
        let edge = libm::pow(1.0 - (value - low) / range, power);
        libm::pow(2.0 * chance + (1.0 - 2.0 * chance) * edge, 1.0 / power) - 1.0
    } else {
        let edge = libm::pow(1.0 - (high - value) / range, power);
        1.0 - libm::pow(2.0 * (1.0 - chance) + 2.0 * (chance - 0.5) * edge, 1.0 / power)
    };
    (value + change * range).clamp(low, high)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kernel::StreamKey;

    use super::*;
    use crate::optimize::{Relation, Variable};
    use crate::select::Goal;

    fn problem(domains: &[Domain], totals: Vec<Total>) -> Problem {
        let variable = |domain: &Domain| Variable { name: String::new(), domain: *domain };
        let variables = domains.iter().map(variable).collect();
        Problem { variables, objectives: vec![Goal::Largest], constraints: 0, totals }
    }

    fn variation(problem: &Problem) -> Variation<'_> {
        let key = StreamKey { seed: 8, replication: 0, name: "variation", purpose: "test" };
        Variation { problem, stream: Stream::new(&key) }
    }

    #[test]
    fn a_latin_hypercube_meets_every_slice_once() {
        let problem = problem(&[Domain::Real { low: -1.0, high: 3.0 }, Domain::Integer { low: 0, high: 19 }], vec![]);
        let designs = variation(&problem).latin_hypercube(20);
        let slice = |value: &Value| match *value {
            Value::Real(value) => ((value + 1.0) / 0.2) as i64,
            Value::Integer(value) => value,
            Value::Choice(_) => -1,
        };
        for position in 0..2 {
            let slices: BTreeSet<i64> = designs.iter().map(|design| slice(&design[position])).collect();
            assert_eq!(slices, (0..20).collect());
        }
    }

    #[test]
    fn crossover_keeps_the_mean_and_mutation_stays_near() {
        let problem = problem(&[Domain::Real { low: 0.0, high: 10.0 }], vec![]);
        let mut variation = variation(&problem);
        let (mut sum, mut largest) = (0.0, 0.0f64);
        for _ in 0..10_000 {
            sum += crossed(4.0, 6.0, 0.0, 10.0, &mut variation.stream);
            let moved = moved(5.0, 0.0, 10.0, &mut variation.stream);
            largest = largest.max((moved - 5.0).abs());
            assert!((0.0..=10.0).contains(&moved));
        }
        // Standard error 0.01.
        assert!((sum / 10_000.0 - 5.0).abs() < 0.04, "{}", sum / 10_000.0);
        // Further than a share d of the range with probability (1 - d)^21: of 10,000 the furthest is at about 0.36.
        assert!((2.5..4.5).contains(&largest), "{largest}");
        assert_eq!(crossed(2.0, 2.0, 0.0, 10.0, &mut variation.stream), 2.0);
    }

    #[test]
    fn mutation_always_changes_what_can_be_changed() {
        let domains =
            [Domain::Integer { low: 0, high: 1 }, Domain::Integer { low: 0, high: 1_000 }, Domain::Choice { count: 3 }];
        let problem = problem(&domains, vec![]);
        let mut variation = variation(&problem);
        for (domain, value) in domains.iter().zip([Value::Integer(1), Value::Integer(0), Value::Choice(2)]) {
            let found: BTreeSet<String> =
                (0..500).map(|_| format!("{:?}", mutated(*domain, value, &mut variation.stream))).collect();
            assert!(!found.contains(&format!("{value:?}")), "{found:?}");
            assert!(found.len() >= if *domain == domains[0] { 1 } else { 2 });
        }
        let fixed = Domain::Choice { count: 1 };
        assert_eq!(mutated(fixed, Value::Choice(0), &mut variation.stream), Value::Choice(0));
    }

    #[test]
    fn units_move_within_a_total() {
        let total = Total { variables: vec![0, 2], relation: Relation::Exactly, bound: 10 };
        let problem = problem(&[Domain::Integer { low: 0, high: 9 }; 3], vec![total]);
        let mut variation = variation(&problem);
        let mut seen = BTreeSet::new();
        for _ in 0..200 {
            let mut design = vec![Value::Integer(5); 3];
            variation.transfer(&mut design, &problem.totals[0]);
            assert!(problem.keeps_totals(&design) && problem.has(&design));
            assert_eq!(design[1], Value::Integer(5));
            seen.insert(format!("{design:?}"));
        }
        // One unit, at most a quarter of the room of 4, either way.
        assert_eq!(seen.len(), 2);
    }

    #[test]
    fn neighbours_are_all_steps_and_transfers_that_are_allowed() {
        let domains = [
            Domain::Integer { low: 0, high: 5 },
            Domain::Integer { low: 0, high: 5 },
            Domain::Choice { count: 3 },
            Domain::Real { low: 0.0, high: 1.0 },
        ];
        let total = Total { variables: vec![0, 1], relation: Relation::AtMost, bound: 5 };
        let problem = problem(&domains, vec![total]);
        let variation = variation(&problem);
        let design = vec![Value::Integer(0), Value::Integer(5), Value::Choice(1), Value::Real(0.5)];
        let found: Vec<Design> =
            (0..variation.neighbours()).filter_map(|number| variation.neighbour(&design, number)).collect();
        let with = |position: usize, value: Value| {
            let mut changed = design.clone();
            changed[position] = value;
            changed
        };
        let mut moved = with(0, Value::Integer(1));
        moved[1] = Value::Integer(4);
        let expected = vec![with(1, Value::Integer(4)), with(2, Value::Choice(0)), with(2, Value::Choice(2)), moved];
        assert_eq!(found, expected);
        assert_eq!(variation.neighbour(&design, variation.neighbours()), None);
    }
}
