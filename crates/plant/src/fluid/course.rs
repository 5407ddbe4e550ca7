//! How one network runs from some moment on while nobody touches it: volumes at any later time, and when something happens.
//!
//! Pumps run steadily, so what they feed and drain is a straight line; a tank that runs out by its weight follows
//! [`Fall`]; what that falls into is the sum of both. All times are found from these formulas: none is stepped to.

use kernel::SimDuration;
use kernel::limits::LONGEST_DURATION;

use super::amount::{Amount, cubic_metres_per_second, whole_rate};
use super::fall::Fall;

/// Looks for the moment at which a tank that several others fall into begins to rise or to fall, before one more look is
/// put off to when time has come so far.
const MOST_LOOKS: usize = 4_096;

/// The opening in the bottom of a tank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outlet {
    /// [`super::fall::coefficient`].
    pub coefficient: f64,
    /// The store that it falls into; `None` is the world outside.
    pub to: Option<usize>,
}

/// Something that holds liquid: a tank, or a pipe that fills before it lets anything out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Store {
    pub volume: Amount,
    pub capacity: Amount,
    /// The opening in its bottom, if it has one that is not shut.
    pub outlet: Option<Outlet>,
    /// Of a pipe: where it leads. What comes into a full one comes out at the other end.
    pub leads_to: Option<Option<usize>>,
}

/// A pump between two stores, and what it delivers; `None` is the world outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub from: Option<usize>,
    pub to: Option<usize>,
    /// Nanolitres per hour.
    pub flow: i128,
}

/// One network from some moment on.
#[derive(Debug, Clone)]
pub(super) struct Course {
    stores: Vec<Store>,
    lines: Vec<Line>,
    /// Where each line ends: behind the full pipes that it leads through.
    ends: Vec<Option<usize>>,
    /// Net steady flow into each store.
    steady: Vec<i128>,
    /// How each store runs that follows Torricelli's law.
    falls: Vec<Option<Fall>>,
}

/// What has moved within some time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moved {
    /// What is in each store at the end.
    pub volumes: Vec<Amount>,
    /// What has come into each store.
    pub came: Vec<Amount>,
    /// What has gone out of each store, but over its brim.
    pub went: Vec<Amount>,
    /// What each pump has moved.
    pub by_line: Vec<Amount>,
    /// What has run out of each store through its opening.
    pub by_outlet: Vec<Amount>,
    /// What has run over each store.
    pub spilled: Vec<Amount>,
}

impl Store {
    pub fn is_full(&self) -> bool {
        self.volume >= self.capacity
    }

    pub fn is_empty(&self) -> bool {
        self.volume == Amount::ZERO
    }

    /// What runs out through its opening when it is full, in whole nanolitres per hour.
    pub fn drains_when_full(&self) -> i128 {
        self.outlet
            .map_or(0, |outlet| whole_rate(outlet.coefficient * kernel::libm::sqrt(self.capacity.cubic_metres())))
    }
}

/// Where what is sent to `to` comes to: behind the full pipes on the way.
pub(super) fn end_of(stores: &[Store], mut to: Option<usize>) -> Option<usize> {
    // No pipe leads back to itself: planning sees to that.
    for _ in 0..stores.len() {
        match to.map(|store| &stores[store]) {
            Some(Store { leads_to: Some(next), volume, capacity, .. }) if volume >= capacity => to = *next,
            _ => break,
        }
    }
    to
}

impl Course {
    pub fn new(stores: Vec<Store>, lines: Vec<Line>) -> Self {
        let ends: Vec<Option<usize>> = lines.iter().map(|line| end_of(&stores, line.to)).collect();
        let mut steady = vec![0; stores.len()];
        for (line, end) in lines.iter().zip(&ends) {
            if let Some(from) = line.from {
                steady[from] -= line.flow;
            }
            if let Some(to) = end {
                steady[*to] += line.flow;
            }
        }
        let fall = |(store, steady): (&Store, &i128)| {
            let outlet = store.outlet?;
            // Full to the brim, and held there: what runs out is what comes in.
            let is_held = store.is_full() && *steady >= store.drains_when_full();
            let fall = || Fall::new(store.volume.cubic_metres(), cubic_metres_per_second(*steady), outlet.coefficient);
            (!is_held).then(fall)
        };
        let falls = stores.iter().zip(&steady).map(fall).collect();
        Course { stores, lines, ends, steady, falls }
    }

    /// The stores as they are at the beginning.
    pub fn stores(&self) -> &[Store] {
        &self.stores
    }

    /// The stores that what a pump delivers comes to, one after another, and whether it stays there.
    fn way_of(&self, line: &Line) -> Vec<(usize, bool)> {
        let (mut way, mut to) = (Vec::new(), line.to);
        while let Some(store) = to {
            let Store { leads_to, .. } = self.stores[store];
            let passes = leads_to.filter(|_| self.stores[store].is_full());
            way.push((store, passes.is_none()));
            to = passes.flatten();
            if way.len() > self.stores.len() {
                break;
            }
        }
        way
    }

    /// Whether pumps deliver anything into `store`, or through it.
    pub fn flows_into(&self, store: usize) -> bool {
        self.lines.iter().any(|line| line.flow > 0 && self.way_of(line).iter().any(|(other, _)| *other == store))
    }

    /// Whether `store` is empty and stays so.
    pub fn stays_empty(&self, store: usize) -> bool {
        self.stores[store].is_empty() && self.steady[store] <= 0 && (!self.catches(store) || self.rate(store, 0) <= 0.0)
    }

    /// Whether `store` is full and stays so.
    pub fn stays_full(&self, store: usize) -> bool {
        let stays = if self.stores[store].outlet.is_some() {
            self.falls[store].is_none()
        } else if self.catches(store) {
            self.rises(store, 0)
        } else {
            self.steady[store] >= 0
        };
        self.stores[store].is_full() && stays
    }

    /// What has run out of `store` through its opening.
    fn fallen(&self, store: usize, nanos: i64) -> Amount {
        let Store { volume, outlet, .. } = self.stores[store];
        if outlet.is_none() {
            return Amount::ZERO;
        }
        let came = Amount::flowing(self.steady[store], SimDuration::from_nanos(nanos));
        match &self.falls[store] {
            Some(fall) => {
                (volume + came - Amount::from_cubic_metres(fall.volume_after(nanos as f64))).max(Amount::ZERO)
            }
            None => came,
        }
    }

    /// The stores that fall into `store`.
    fn falling_into(&self, store: usize) -> impl Iterator<Item = usize> {
        let into = move |(number, other): (usize, &Store)| {
            other.outlet.is_some_and(|outlet| outlet.to == Some(store)).then_some(number)
        };
        self.stores.iter().enumerate().filter_map(into)
    }

    fn catches(&self, store: usize) -> bool {
        self.falling_into(store).next().is_some()
    }

    /// What would be in `store` if it had no brim and no bottom.
    fn unbounded(&self, store: usize, nanos: i64) -> Amount {
        let Store { volume, .. } = self.stores[store];
        let came = Amount::flowing(self.steady[store], SimDuration::from_nanos(nanos));
        let caught: Amount = self.falling_into(store).map(|from| self.fallen(from, nanos)).sum();
        volume + came + caught - self.fallen(store, nanos)
    }

    /// Whether `store` is full and runs over.
    fn spills(&self, store: usize) -> bool {
        self.stores[store].is_full() && self.catches(store) && self.rises(store, 0)
    }

    /// What is in `store` after so long, which nothing that happens comes before.
    pub fn volume(&self, store: usize, after: SimDuration) -> Amount {
        let Store { volume, capacity, .. } = self.stores[store];
        if after <= SimDuration::ZERO || self.spills(store) {
            return volume;
        }
        self.unbounded(store, after.as_nanos()).clamp(Amount::ZERO, capacity)
    }

    /// The integral of the volume of `store` over the time up to then, in cubic metres x seconds.
    pub fn integral(&self, store: usize, after: SimDuration) -> f64 {
        let Store { volume, .. } = self.stores[store];
        let (nanos, seconds) = (after.as_nanos() as f64, after.as_seconds_f64());
        if self.spills(store) {
            return volume.cubic_metres() * seconds;
        }
        let straight = |store: usize| {
            let half = cubic_metres_per_second(self.steady[store]) * seconds / 2.0;
            (self.stores[store].volume.cubic_metres() + half) * seconds
        };
        let own = match &self.falls[store] {
            Some(fall) => fall.integral(nanos),
            None if self.stores[store].outlet.is_some() => volume.cubic_metres() * seconds,
            None => straight(store),
        };
        let caught = self.falling_into(store).map(|from| match &self.falls[from] {
            Some(fall) => straight(from) - fall.integral(nanos),
            None => cubic_metres_per_second(self.steady[from]) * seconds * seconds / 2.0,
        });
        own + caught.sum::<f64>()
    }

    /// What runs out of `store` through its opening after so long, in cubic metres per second.
    fn outflow(&self, store: usize, nanos: i64) -> f64 {
        match &self.falls[store] {
            Some(fall) => fall.outflow_after(nanos as f64),
            None => cubic_metres_per_second(self.steady[store]),
        }
    }

    /// The net flow into `store`, which others fall into, after so long.
    fn rate(&self, store: usize, nanos: i64) -> f64 {
        let caught: f64 = self.falling_into(store).map(|from| self.outflow(from, nanos)).sum();
        cubic_metres_per_second(self.steady[store]) + caught
    }

    fn rises(&self, store: usize, nanos: i64) -> bool {
        self.rate(store, nanos) >= 0.0
    }

    /// When `store`, which others fall into, begins to fall if it rises, or to rise if it falls; at the latest when one should
    /// look again.
    fn turn(&self, store: usize) -> Option<i64> {
        let (end, rises) = (LONGEST_DURATION.as_nanos(), self.rises(store, 0));
        // What runs out of a tank by itself only grows or only falls, so between two times it lies between its values there.
        let extreme = |from: i64, to: i64| {
            let pick = if rises { f64::min } else { f64::max };
            let caught = self.falling_into(store).map(|other| pick(self.outflow(other, from), self.outflow(other, to)));
            cubic_metres_per_second(self.steady[store]) + caught.sum::<f64>()
        };
        let (mut from, mut width) = (0, end);
        for _ in 0..MOST_LOOKS {
            let to = end.min(from + width);
            if (extreme(from, to) >= 0.0) == rises {
                if to == end {
                    return None;
                }
                (from, width) = (to, width.saturating_mul(2).min(end));
            } else if to - from > 1 {
                width = (to - from) / 2;
            } else if self.rises(store, to) != rises {
                return Some(to);
            } else {
                (from, width) = (to, 2);
            }
        }
        Some(from.max(1))
    }

    /// When the volume of `store` comes to `target`, or beyond it, from where it is now; `None` if never, or if it is there.
    /// Of a tank that others fall into, as long as it only rises or only falls.
    pub fn reaches(&self, store: usize, target: Amount) -> Option<SimDuration> {
        let volume = self.stores[store].volume;
        if target == volume || self.spills(store) {
            return None;
        }
        let is_there = |nanos: i64| {
            let volume_then = self.unbounded(store, nanos);
            if target > volume { volume_then >= target } else { volume_then <= target }
        };
        let nanos = if let Some(fall) = &self.falls[store] {
            let exact =
                if target <= Amount::ZERO { fall.nanos_to_nothing() } else { fall.nanos_to(target.cubic_metres()) };
            let mut nanos = whole_nanos(exact?)?;
            // The last digits of the formula for the time and of that for the volume need not agree.
            let mut further = 1;
            while !is_there(nanos) && further < 1_000_000 {
                nanos += further;
                further *= 2;
            }
            nanos
        } else if self.stores[store].outlet.is_some() {
            return None;
        } else if self.catches(store) {
            let end = self.turn(store).unwrap_or(LONGEST_DURATION.as_nanos());
            if !is_there(end) {
                return None;
            }
            let (mut before, mut there) = (0, end);
            while there - before > 1 {
                let middle = before + (there - before) / 2;
                if is_there(middle) { there = middle } else { before = middle }
            }
            there
        } else {
            let (way, rate) = if target > volume {
                (target - volume, self.steady[store])
            } else {
                (volume - target, -self.steady[store])
            };
            return way.time_at(rate);
        };
        Some(SimDuration::from_nanos(nanos.max(1)))
    }

    /// When the first store is full or empty or, where others fall into it, begins to rise or fall.
    pub fn next_bound(&self) -> Option<SimDuration> {
        let bounds = (0..self.stores.len()).flat_map(|store| {
            let turn = if self.catches(store) { self.turn(store).map(SimDuration::from_nanos) } else { None };
            [self.reaches(store, self.stores[store].capacity), self.reaches(store, Amount::ZERO), turn]
        });
        bounds.flatten().min()
    }

    /// What moves within `duration`, at most up to what happens next. Where a store is full or empty a fraction of a nanosecond
    /// before the end, what comes and goes in that is cut, so that no store ever holds more than fits in, or less than nothing.
    pub fn moved(&self, duration: SimDuration) -> Moved {
        let nanos = duration.as_nanos();
        let count = self.stores.len();
        let mut moved = Moved {
            volumes: Vec::new(),
            came: vec![Amount::ZERO; count],
            went: vec![Amount::ZERO; count],
            by_line: self.lines.iter().map(|line| Amount::flowing(line.flow, duration)).collect(),
            by_outlet: (0..count).map(|store| self.fallen(store, nanos)).collect(),
            spilled: vec![Amount::ZERO; count],
        };
        // A cut at one store may show at the next; each takes something away, so this ends.
        let mut passes = 0;
        while let Some(store) = (0..count).find(|store| !self.is_within(*store, &moved)) {
            passes += 1;
            self.cut(store, &mut moved, passes > 4 * (count + self.lines.len()));
        }
        moved.volumes = (0..count).map(|store| self.balance(store, &moved)).collect();
        for (line, amount) in self.lines.iter().zip(&moved.by_line) {
            if let Some(from) = line.from {
                moved.went[from] += *amount;
            }
            for (store, is_end) in self.way_of(line) {
                moved.came[store] += *amount;
                moved.went[store] += if is_end { Amount::ZERO } else { *amount };
            }
        }
        for (from, store) in self.stores.iter().enumerate() {
            moved.went[from] += moved.by_outlet[from];
            if let Some(to) = store.outlet.and_then(|outlet| outlet.to) {
                moved.came[to] += moved.by_outlet[from];
            }
        }
        moved
    }

    /// What is in `store` after all that moved.
    fn balance(&self, store: usize, moved: &Moved) -> Amount {
        let mut volume = self.stores[store].volume - moved.by_outlet[store] - moved.spilled[store];
        volume += self.falling_into(store).map(|from| moved.by_outlet[from]).sum();
        for (index, line) in self.lines.iter().enumerate() {
            if line.from == Some(store) {
                volume -= moved.by_line[index];
            }
            if self.ends[index] == Some(store) {
                volume += moved.by_line[index];
            }
        }
        volume
    }

    fn is_within(&self, store: usize, moved: &Moved) -> bool {
        (Amount::ZERO..=self.stores[store].capacity).contains(&self.balance(store, moved))
    }

    /// Takes so much off what comes into `store`, or goes out of it, that what is in it is within its bounds; all of a flow where
    /// it is to be done with.
    fn cut(&self, store: usize, moved: &mut Moved, thoroughly: bool) {
        let (balance, capacity) = (self.balance(store, moved), self.stores[store].capacity);
        let is_over = balance > capacity;
        let mut beyond = if is_over { balance - capacity } else { -balance };
        if is_over && self.catches(store) {
            moved.spilled[store] += beyond;
            return;
        }
        if !is_over {
            let outlet = beyond.min(moved.by_outlet[store]);
            moved.by_outlet[store] -= outlet;
            beyond -= outlet;
        }
        let other_end = |line: usize| if is_over { self.lines[line].from } else { self.ends[line] };
        let is_its = |line: usize| (if is_over { self.ends[line] } else { self.lines[line].from }) == Some(store);
        let mut lines: Vec<usize> = (0..self.lines.len()).filter(|line| is_its(*line)).collect();
        // Where nobody misses it first.
        lines.sort_by_key(|line| {
            other_end(*line).map_or(Amount::from_units(i128::MIN), |other| {
                let balance = self.balance(other, moved);
                if is_over { balance - self.stores[other].capacity } else { -balance }
            })
        });
        for line in lines {
            let amount = if thoroughly { moved.by_line[line] } else { beyond.min(moved.by_line[line]) };
            moved.by_line[line] -= amount;
            beyond -= amount;
            if beyond <= Amount::ZERO {
                return;
            }
        }
        if is_over {
            moved.spilled[store] += beyond;
        }
    }
}

/// The next whole nanosecond; `None` beyond the longest duration.
fn whole_nanos(nanos: f64) -> Option<i64> {
    let up = kernel::libm::ceil(nanos);
    (up <= LONGEST_DURATION.as_nanos() as f64).then_some(up as i64)
}

#[cfg(test)]
mod tests {
    use super::super::fall;
    use super::*;

    const LITRE: i128 = 3_600_000_000_000_000_000_000;
    /// A litre per second in nanolitres per hour.
    const PER_SECOND: i128 = 3_600_000_000_000;

    fn litres(amount: i128) -> Amount {
        Amount::from_units(amount * LITRE)
    }

    fn tank(volume: i128, capacity: i128) -> Store {
        Store { volume: litres(volume), capacity: litres(capacity), outlet: None, leads_to: None }
    }

    /// A tank of 1 m^2 with an opening of 10 cm^2.
    fn tower(volume: i128, capacity: i128, to: Option<usize>) -> Store {
        let outlet = Outlet { coefficient: fall::coefficient(0.001, 1.0), to };
        Store { outlet: Some(outlet), ..tank(volume, capacity) }
    }

    fn line(from: Option<usize>, to: Option<usize>, litres_per_second: i128) -> Line {
        Line { from, to, flow: litres_per_second * PER_SECOND }
    }

    fn seconds(duration: Option<SimDuration>) -> Option<f64> {
        duration.map(SimDuration::as_seconds_f64)
    }

    #[test]
    fn straight_lines_meet_their_bounds() {
        let course =
            Course::new(vec![tank(10, 40), tank(5, 8)], vec![line(None, Some(0), 3), line(Some(0), Some(1), 1)]);
        assert_eq!(seconds(course.reaches(0, litres(40))), Some(15.0));
        assert_eq!(seconds(course.reaches(1, litres(8))), Some(3.0));
        assert_eq!((course.reaches(0, litres(9)), course.reaches(0, litres(10))), (None, None));
        assert_eq!(seconds(course.next_bound()), Some(3.0));
        let moved = course.moved(SimDuration::from_secs(3));
        assert_eq!(moved.volumes, [litres(16), litres(8)]);
        assert_eq!((moved.came, moved.went), (vec![litres(9), litres(3)], vec![litres(3), litres(0)]));
        assert!((course.integral(0, SimDuration::from_secs(3)) - 0.039).abs() < 1e-15);
    }

    #[test]
    fn what_is_beyond_within_the_last_nanosecond_is_cut() {
        // 1 l at 7 l/s takes 142857142.857 ns.
        let course = Course::new(vec![tank(9, 10), tank(50, 90)], vec![line(Some(1), Some(0), 7)]);
        let full = course.next_bound().expect("it fills up");
        assert_eq!(full.as_nanos(), 142_857_143);
        let moved = course.moved(full);
        assert_eq!(moved.volumes, [litres(10), litres(49)], "to the last unit");
        let course = Course::new(vec![tank(1, 10), tank(50, 90)], vec![line(Some(0), Some(1), 7)]);
        assert_eq!(course.moved(full).volumes, [litres(0), litres(51)]);
        // Two that are full or empty at the same time, and feed each other.
        let lines = vec![line(Some(0), Some(1), 7), line(Some(1), Some(2), 7), line(Some(2), None, 0)];
        let course = Course::new(vec![tank(1, 10), tank(0, 10), tank(9, 10)], lines);
        let moved = course.moved(full);
        assert_eq!(moved.volumes, [litres(0), litres(0), litres(10)]);
    }

    #[test]
    fn a_pipe_lets_out_when_it_is_full() {
        let pipe = Store { leads_to: Some(Some(1)), ..tank(0, 6) };
        let filling = Course::new(vec![pipe, tank(0, 10)], vec![line(None, Some(0), 2)]);
        assert_eq!(seconds(filling.next_bound()), Some(3.0));
        let full = Course::new(vec![Store { volume: litres(6), ..pipe }, tank(0, 10)], vec![line(None, Some(0), 2)]);
        assert_eq!(seconds(full.next_bound()), Some(5.0));
        let moved = full.moved(SimDuration::from_secs(2));
        assert_eq!(moved.volumes, [litres(6), litres(4)]);
        assert_eq!((moved.came[0], moved.went[0], moved.came[1]), (litres(4), litres(4), litres(4)));
    }

    #[test]
    fn what_falls_into_a_basin_is_all_that_runs_out_of_the_tower() {
        let course = Course::new(vec![tower(2_000, 3_000, Some(1)), tank(0, 5_000)], vec![]);
        let empty = course.next_bound().expect("the tower runs empty");
        assert_eq!(empty.as_nanos(), 638_659_913_563);
        let moved = course.moved(empty);
        assert_eq!(moved.volumes, [litres(0), litres(2_000)], "to the last unit");
        for nanos in [1, 1_000, 1_000_000_000, 300_000_000_001] {
            let moved = course.moved(SimDuration::from_nanos(nanos));
            assert_eq!(moved.volumes[0] + moved.volumes[1], litres(2_000));
        }
        // With what is pumped out of the basin, it rises first and then falls: q = 6.263 l/s at first, 2 l/s later.
        let course = Course::new(vec![tower(2_000, 3_000, Some(1)), tank(0, 5_000)], vec![line(Some(1), None, 2)]);
        let turn = course.turn(1).expect("it turns") as f64 / 1e9;
        let outflow_at_first = 0.001 * (2.0 * 9.80665 * 2.0_f64).sqrt() * 1e3;
        assert!((turn - 638.659_913_562_117_5 * (1.0 - 2.0 / outflow_at_first)).abs() < 2e-9, "{turn}");
        let peak = course.moved(SimDuration::from_nanos((turn * 1e9) as i64)).volumes[1].litres();
        let reached = course.reaches(1, litres(500)).expect("on its way up");
        assert!(peak > 500.0 && course.moved(reached).volumes[1] >= litres(500));
        assert!(course.moved(reached - SimDuration::from_nanos(1)).volumes[1] < litres(500));
    }

    #[test]
    fn a_full_tower_is_held_and_a_full_basin_runs_over() {
        // 10 l/s come in and at most 6.263 l/s run out: pumps are held to that by sharing, not here.
        let drains = tower(2_000, 2_000, None).drains_when_full();
        let held = Course::new(vec![tower(2_000, 2_000, None)], vec![Line { from: None, to: Some(0), flow: drains }]);
        assert!(held.stays_full(0) && held.next_bound().is_none());
        let moved = held.moved(SimDuration::from_secs(100));
        assert_eq!(
            (moved.volumes[0], moved.by_outlet[0]),
            (litres(2_000), Amount::flowing(drains, SimDuration::from_secs(100)))
        );
        let course = Course::new(vec![tower(2_000, 3_000, Some(1)), tank(7, 7)], vec![line(Some(1), None, 2)]);
        let turn = course.next_bound().expect("less comes than is pumped out");
        assert!(course.stays_full(1) && turn < SimDuration::from_secs(639));
        let moved = course.moved(turn);
        assert_eq!(moved.volumes[1], litres(7));
        assert_eq!(moved.spilled[1] + moved.went[1], moved.came[1]);
    }

    #[test]
    fn two_towers_fall_into_one_basin() {
        let stores = vec![tower(2_000, 3_000, Some(2)), tower(100, 3_000, Some(2)), tank(900, 5_000)];
        // One runs empty while the other fills up: what falls grows and shrinks at once.
        let course = Course::new(stores, vec![line(None, Some(1), 5), line(Some(2), None, 8)]);
        let turn = SimDuration::from_nanos(course.turn(2).expect("it turns"));
        let just = SimDuration::from_nanos(1_000);
        assert_ne!(course.rises(2, 0), course.rises(2, turn.as_nanos()));
        assert_eq!(course.rises(2, 0), course.rises(2, (turn - just).as_nanos()));
        let whole: Amount = course.moved(turn).volumes.into_iter().sum();
        let net = Amount::flowing(-3 * PER_SECOND, turn);
        assert_eq!(whole, litres(3_000) + net);
    }
}
