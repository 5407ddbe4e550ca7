//! How one network runs from some moment on while nobody touches it: volumes at any later time, and when something happens.
//!
//! Pumps run steadily, so what they feed and drain is a straight line; a tank that runs out by its weight follows
//! [`Fall`]; what that falls into is the sum of both. All times are found from these formulas: none is stepped to.

mod events;

use std::cell::OnceCell;

use kernel::SimDuration;

use super::amount::{Amount, cubic_metres_per_second, whole_rate};
use super::fall::Fall;

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
    /// The stores that fall into each store.
    above: Vec<Vec<usize>>,
    /// When each store that others fall into turns, where somebody has asked.
    turns: Vec<OnceCell<Option<i64>>>,
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
        let mut above = vec![Vec::new(); stores.len()];
        for (from, store) in stores.iter().enumerate() {
            if let Some(to) = store.outlet.and_then(|outlet| outlet.to) {
                above[to].push(from);
            }
        }
        let turns = vec![OnceCell::new(); stores.len()];
        Course { stores, lines, ends, steady, falls, above, turns }
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
        self.above[store].iter().copied()
    }

    fn catches(&self, store: usize) -> bool {
        !self.above[store].is_empty()
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
        moved.volumes = self.balances(&moved);
        let is_within = |store: &usize, volume: &Amount| (Amount::ZERO..=self.stores[*store].capacity).contains(volume);
        while let Some(store) = (0..count).find(|store| !is_within(store, &moved.volumes[*store])) {
            passes += 1;
            self.cut(store, &mut moved, passes > 4 * (count + self.lines.len()));
            moved.volumes = self.balances(&moved);
        }
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

    /// What is in each store after all that moved.
    fn balances(&self, moved: &Moved) -> Vec<Amount> {
        let mut volumes: Vec<Amount> = self.stores.iter().map(|store| store.volume).collect();
        for (store, volume) in volumes.iter_mut().enumerate() {
            *volume += self.falling_into(store).map(|from| moved.by_outlet[from]).sum();
            *volume -= moved.by_outlet[store] + moved.spilled[store];
        }
        for ((line, end), amount) in self.lines.iter().zip(&self.ends).zip(&moved.by_line) {
            if let Some(from) = line.from {
                volumes[from] -= *amount;
            }
            if let Some(to) = end {
                volumes[*to] += *amount;
            }
        }
        volumes
    }

    /// Takes so much off what comes into `store`, or goes out of it, that what is in it is within its bounds; all of a flow where
    /// it is to be done with.
    fn cut(&self, store: usize, moved: &mut Moved, thoroughly: bool) {
        let (balance, capacity) = (moved.volumes[store], self.stores[store].capacity);
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
                let balance = moved.volumes[other];
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

#[cfg(test)]
mod tests;
