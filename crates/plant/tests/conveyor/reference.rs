//! A second model of a conveyor with a station behind it, written without regard to speed: every part has its own
//! position and velocity, and each step looks at all of them. It shares nothing with the engine but the random numbers
//! that make up the cases.

use kernel::{Stream, StreamKey};

/// Attometres in a nanometre; a speed of 1 nm/s is 1 am/ns.
const NANOMETRE: i128 = 1_000_000_000;
/// End of the run in nanoseconds.
const HORIZON: i64 = 400_000_000_000;

#[derive(Debug, Clone)]
pub struct Arrival {
    pub at: i64,
    pub part_type: usize,
}

#[derive(Debug, Clone)]
pub struct Stopper {
    pub name: &'static str,
    pub position: i64,
    pub dwell: Option<i64>,
    pub closed: bool,
}

#[derive(Debug, Clone)]
pub enum Change {
    Speed(i64),
    Gap(i64),
    Accumulating(bool),
    Closed(usize, bool),
    Stop,
    Go,
}

#[derive(Debug, Clone)]
pub struct Reference {
    pub length: i64,
    pub speed: i64,
    pub gap: i64,
    pub accumulating: bool,
    /// Name, length in nanometres and process time at the station in nanoseconds.
    pub types: Vec<(&'static str, i64, i64)>,
    pub stoppers: Vec<Stopper>,
    pub eyes: Vec<i64>,
    pub arrivals: Vec<Arrival>,
    pub changes: Vec<(i64, Change)>,
}

/// What happened, in nanoseconds.
#[derive(Debug, Default)]
pub struct Outcome {
    pub entered: Vec<i64>,
    pub left: Vec<i64>,
    pub edges: Vec<Vec<(i64, bool)>>,
}

#[derive(Debug, Clone)]
struct Part {
    part_type: usize,
    length: i128,
    front: i128,
    velocity: i128,
    /// Stoppers behind it.
    passed: usize,
    /// When the stopper at which it is lets it go.
    release: Option<i64>,
}

impl Reference {
    pub fn random(seed: u64) -> Reference {
        let mut stream = Stream::new(&StreamKey { seed, replication: 0, name: "reference", purpose: "case" });
        let mut between = |from: i64, to: i64| from + stream.below((to - from) as u64) as i64;
        let metre = 1_000_000_000;
        let second = 1_000_000_000;
        let types = vec![
            ("long", between(metre / 2, 2 * metre), between(second / 2, 9 * second)),
            ("mid", between(metre / 4, metre), between(second / 2, 9 * second)),
            ("short", between(metre / 9, metre / 2), between(second / 9, 3 * second)),
        ];
        let length = between(4 * metre, 15 * metre);
        let stoppers = match between(0, 4) {
            0 => vec![],
            1 => vec![Stopper {
                name: "one",
                position: between(metre, 3 * metre),
                dwell: Some(between(1, 3 * second)),
                closed: false,
            }],
            2 => vec![Stopper {
                name: "one",
                position: between(metre, 3 * metre),
                dwell: None,
                closed: between(0, 2) == 0,
            }],
            _ => vec![
                Stopper {
                    name: "one",
                    position: between(metre / 2, metre),
                    dwell: Some(between(1, 2 * second)),
                    closed: false,
                },
                Stopper {
                    name: "two",
                    position: between(2 * metre, 3 * metre),
                    dwell: Some(between(1, second)),
                    closed: false,
                },
                Stopper { name: "three", position: between(3 * metre, 4 * metre), dwell: None, closed: true },
            ],
        };
        let mut arrivals: Vec<Arrival> = (0..between(1, 80))
            .map(|_| Arrival { at: between(0, 300 * second), part_type: between(0, 3) as usize })
            .collect();
        arrivals.sort_by_key(|arrival| arrival.at);
        let mut changes = Vec::new();
        for _ in 0..between(0, 30) {
            let at = between(1, HORIZON - 1);
            let change = match between(0, 10) {
                0 => Change::Stop,
                1 | 2 => Change::Go,
                3 => Change::Gap(between(0, metre / 3)),
                4 => Change::Accumulating(between(0, 2) == 0),
                5 => Change::Speed(0),
                6 if !stoppers.is_empty() => {
                    Change::Closed(between(0, stoppers.len() as i64) as usize, between(0, 3) == 0)
                }
                _ => Change::Speed(between(metre / 50, metre)),
            };
            changes.push((at, change));
        }
        // Nothing is stopped for ever.
        changes.push((between(310 * second, 320 * second), Change::Go));
        changes.push((between(320 * second, 330 * second), Change::Speed(between(metre / 3, metre))));
        for stopper in 0..stoppers.len() {
            changes.push((between(320 * second, 330 * second), Change::Closed(stopper, false)));
        }
        changes.sort_by_key(|(at, _)| *at);
        // Gaps only shrink: parts closer than a gap made wider afterwards move as they were, which this model, in which
        // no part knows another, would have to be told.
        let initial_gap = between(0, metre / 4);
        let mut gap = initial_gap;
        for (_, change) in &mut changes {
            if let Change::Gap(value) = change {
                gap = gap.min(*value);
                *value = gap;
            }
        }
        Reference {
            length,
            speed: between(metre / 20, metre),
            gap: initial_gap,
            accumulating: between(0, 2) == 0,
            types,
            stoppers,
            eyes: vec![0, between(metre / 3, 3 * metre), length - metre / 7, length],
            arrivals,
            changes,
        }
    }

    pub fn play(&self) -> Outcome {
        let mut model = Model {
            now: 0,
            speed: i128::from(self.speed),
            stopped: false,
            gap: i128::from(self.gap) * NANOMETRE,
            accumulating: self.accumulating,
            stoppers: self.stoppers.clone(),
            parts: Vec::new(),
            gone: None,
            belt: 0,
            open: true,
            outside: Vec::new(),
            busy_until: None,
            outcome: Outcome { edges: vec![Vec::new(); self.eyes.len()], ..Outcome::default() },
            covered: vec![false; self.eyes.len()],
        };
        let mut arrivals = self.arrivals.iter().peekable();
        let mut changes = self.changes.iter().peekable();
        loop {
            while let Some((_, change)) = changes.next_if(|(at, _)| *at == model.now) {
                match change {
                    Change::Speed(speed) => model.speed = i128::from(*speed),
                    Change::Gap(gap) => model.gap = i128::from(*gap) * NANOMETRE,
                    Change::Accumulating(accumulating) => model.accumulating = *accumulating,
                    Change::Closed(stopper, closed) => model.stoppers[*stopper].closed = *closed,
                    Change::Stop => model.stopped = true,
                    Change::Go => model.stopped = false,
                }
            }
            while let Some(arrival) = arrivals.next_if(|arrival| arrival.at == model.now) {
                model.outside.push(arrival.part_type);
            }
            while model.step(self) {}
            model.look(self);
            let known = [arrivals.peek().map(|arrival| arrival.at), changes.peek().map(|(at, _)| *at)];
            let next = known.into_iter().flatten().chain(model.next(self)).min().unwrap_or(i64::MAX);
            if next > HORIZON {
                return model.outcome;
            }
            model.advance(next);
        }
    }
}

struct Model {
    now: i64,
    speed: i128,
    stopped: bool,
    gap: i128,
    accumulating: bool,
    stoppers: Vec<Stopper>,
    /// The one nearest to the end first.
    parts: Vec<Part>,
    /// The part that left last, its tail perhaps still on the belt.
    gone: Option<Part>,
    /// Velocity of the belt.
    belt: i128,
    open: bool,
    outside: Vec<usize>,
    busy_until: Option<i64>,
    outcome: Outcome,
    covered: Vec<bool>,
}

impl Model {
    /// Does what can be done at this instant and finds all velocities. True if parts have come or gone.
    fn step(&mut self, plant: &Reference) -> bool {
        let end = i128::from(plant.length) * NANOMETRE;
        if self.busy_until == Some(self.now) {
            self.busy_until = None;
        }
        if self.busy_until.is_none() && self.parts.first().is_some_and(|part| part.front >= end) {
            let part = self.parts.remove(0);
            let process_time = plant.types[part.part_type].2;
            self.busy_until = Some(self.now + process_time);
            self.outcome.left.push(self.now);
            self.gone = Some(part);
            return true;
        }
        self.hold_and_release(end);
        let mut early = 0;
        let clear = match self.parts.last().or(self.gone.as_ref()) {
            None => true,
            Some(last) => {
                let velocity = if self.parts.is_empty() { self.belt } else { last.velocity };
                let left = last.length + self.gap - last.front;
                if left < velocity {
                    early = left.max(0);
                }
                left <= 0 || left < velocity
            }
        };
        self.open |= clear;
        if self.open && !self.outside.is_empty() {
            let part_type = self.outside.remove(0);
            let length = i128::from(plant.types[part_type].1) * NANOMETRE;
            self.parts.push(Part { part_type, length, front: -early, velocity: 0, passed: 0, release: None });
            self.outcome.entered.push(self.now);
            self.open = false;
            return true;
        }
        false
    }

    /// Where a part has to stop whatever is in front of it, if it is there.
    fn held_at(&mut self, index: usize, end: i128) -> Option<i128> {
        let now = self.now;
        let part = &mut self.parts[index];
        while let Some(stopper) = self.stoppers.get(part.passed) {
            let position = i128::from(stopper.position) * NANOMETRE;
            if part.front < position && part.release.is_none() {
                return None;
            }
            let release = *part.release.get_or_insert(now + stopper.dwell.unwrap_or(0));
            if release > now || stopper.closed {
                return Some(position);
            }
            part.passed += 1;
            part.release = None;
        }
        (part.front >= end).then_some(end)
    }

    fn hold_and_release(&mut self, end: i128) {
        let running = if self.stopped { 0 } else { self.speed };
        if self.accumulating {
            self.belt = running;
            let mut in_front: Option<i128> = None;
            for index in 0..self.parts.len() {
                let held = self.held_at(index, end);
                let part = &mut self.parts[index];
                let limit = in_front.filter(|limit| part.front >= *limit);
                let stop = held.into_iter().chain(limit).min();
                in_front = None;
                match stop {
                    Some(stop) => {
                        // Only what the rounding of the time has added is taken back.
                        if part.front - stop < part.velocity {
                            part.front = stop;
                        }
                        part.velocity = 0;
                        in_front = Some(part.front - part.length - self.gap);
                    }
                    None => part.velocity = running,
                }
            }
        } else {
            let mut any = false;
            for index in 0..self.parts.len() {
                if let Some(point) = self.held_at(index, end) {
                    any = true;
                    let past = self.parts[index].front - point;
                    if past > 0 && past < self.parts[index].velocity {
                        self.parts.iter_mut().chain(&mut self.gone).for_each(|part| part.front -= past);
                    }
                }
            }
            self.belt = if any { 0 } else { running };
            let belt = self.belt;
            self.parts.iter_mut().for_each(|part| part.velocity = belt);
        }
    }

    /// Notes the edges of the eyes down.
    fn look(&mut self, plant: &Reference) {
        for (eye, position) in plant.eyes.iter().enumerate() {
            let position = i128::from(*position) * NANOMETRE;
            let over = |part: &Part| part.front >= position && part.front - part.length < position;
            let covered = self.parts.iter().chain(&self.gone).any(over);
            if covered != self.covered[eye] {
                self.covered[eye] = covered;
                self.outcome.edges[eye].push((self.now, covered));
            }
        }
    }

    /// When something happens next.
    fn next(&self, plant: &Reference) -> Option<i64> {
        let mut next: Vec<i64> = self.busy_until.into_iter().collect();
        let mut after = |distance: i128, velocity: i128| {
            if distance > 0 && velocity > 0 {
                next.push(self.now + ((distance + velocity - 1) / velocity) as i64);
            }
        };
        let points =
            self.stoppers.iter().map(|stopper| stopper.position).chain([plant.length]).chain(plant.eyes.clone());
        let points: Vec<i128> = points.map(|position| i128::from(position) * NANOMETRE).collect();
        for (index, part) in self.parts.iter().enumerate() {
            for point in &points {
                after(point - part.front, part.velocity);
                after(point - (part.front - part.length), part.velocity);
            }
            if let Some(ahead) = index.checked_sub(1).map(|ahead| &self.parts[ahead])
                && ahead.velocity == 0
            {
                after(ahead.front - ahead.length - self.gap - part.front, part.velocity);
            }
        }
        if let Some(gone) = &self.gone {
            for point in &points {
                after(point - (gone.front - gone.length), self.belt);
            }
        }
        let last = self.parts.last().map(|part| (part, part.velocity));
        if let Some((last, velocity)) = last.or(self.gone.as_ref().map(|gone| (gone, self.belt)))
            && velocity > 0
        {
            let left = last.length + self.gap - last.front;
            if left >= velocity {
                next.push(self.now + (left / velocity) as i64);
            }
        }
        next.extend(self.parts.iter().filter_map(|part| part.release).filter(|release| *release > self.now));
        next.into_iter().min()
    }

    fn advance(&mut self, to: i64) {
        let time = i128::from(to - self.now);
        for part in &mut self.parts {
            part.front += part.velocity * time;
        }
        if let Some(gone) = &mut self.gone {
            gone.front += self.belt * time;
        }
        self.now = to;
    }
}
