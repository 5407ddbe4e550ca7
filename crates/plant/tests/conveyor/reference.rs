//! A second model of a conveyor with a station behind it, written without regard to speed: every part has its own
//! position and velocity, and each step looks at all of them. It shares nothing with the engine but the random numbers
//! that make up the cases.

mod cases;
mod ramp;

use ramp::Ramp;

/// Places are counted in halves of a billionth of an attometre, in which a nanosecond at so many attometres per second, or
/// one that an acceleration of so many nanometres per second squared adds, is a whole number: no way is ever rounded.
const ATTOMETRE: i128 = 2_000_000_000;
const NANOMETRE: i128 = 1_000_000_000 * ATTOMETRE;
/// Attometres per second in a nanometre per second.
const SPEED: i128 = 1_000_000_000;
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
    Acceleration(i64),
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
    /// In nanometres per second squared; at once if 0.
    pub acceleration: i64,
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
    /// Whether it goes with the belt.
    moves: bool,
    /// Stoppers behind it.
    passed: usize,
    /// When the stopper at which it is lets it go.
    release: Option<i64>,
}

impl Reference {
    pub fn play(&self) -> Outcome {
        let mut model = Model {
            now: 0,
            speed: i128::from(self.speed) * SPEED,
            acceleration: i128::from(self.acceleration),
            stopped: false,
            gap: i128::from(self.gap) * NANOMETRE,
            accumulating: self.accumulating,
            stoppers: self.stoppers.clone(),
            parts: Vec::new(),
            gone: None,
            belt: Ramp { speed: 0, target: 0, acceleration: 0 },
            step: 0,
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
                    Change::Speed(speed) => model.speed = i128::from(*speed) * SPEED,
                    Change::Acceleration(acceleration) => model.acceleration = i128::from(*acceleration),
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
    acceleration: i128,
    stopped: bool,
    gap: i128,
    accumulating: bool,
    stoppers: Vec<Stopper>,
    /// The one nearest to the end first.
    parts: Vec<Part>,
    /// The part that left last, its tail perhaps still on the belt.
    gone: Option<Part>,
    belt: Ramp,
    /// How far the belt went in the last nanosecond.
    step: i128,
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
                let step = if self.parts.is_empty() || last.moves { self.belt.way(1) } else { 0 };
                let left = last.length + self.gap - last.front;
                if left < step {
                    early = left.max(0);
                }
                left <= 0 || left < step
            }
        };
        self.open |= clear;
        if self.open && !self.outside.is_empty() {
            let part_type = self.outside.remove(0);
            let length = i128::from(plant.types[part_type].1) * NANOMETRE;
            self.parts.push(Part { part_type, length, front: -early, moves: false, passed: 0, release: None });
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
        let step = self.step;
        let mut any = false;
        if self.accumulating || self.acceleration > 0 {
            let mut in_front: Option<i128> = None;
            for index in 0..self.parts.len() {
                let held = self.held_at(index, end);
                any |= held.is_some();
                let part = &mut self.parts[index];
                let limit = in_front.filter(|limit| part.front >= *limit);
                let stop = held.into_iter().chain(limit).min();
                in_front = None;
                if let Some(stop) = stop {
                    // Only what the rounding of the time has added is taken back.
                    if part.moves && part.front - stop < step {
                        part.front = stop;
                    }
                    in_front = Some(part.front - part.length - self.gap);
                }
                part.moves = stop.is_none();
            }
        } else {
            for index in 0..self.parts.len() {
                if let Some(point) = self.held_at(index, end) {
                    any = true;
                    let past = self.parts[index].front - point;
                    if past > 0 && past < if self.parts[index].moves { step } else { 0 } {
                        self.parts.iter_mut().chain(&mut self.gone).for_each(|part| part.front -= past);
                    }
                }
            }
            self.parts.iter_mut().for_each(|part| part.moves = true);
        }
        self.belt.target = if any && !self.accumulating { 0 } else { running };
        self.belt.acceleration = self.acceleration;
        if self.acceleration == 0 {
            self.belt.speed = self.belt.target;
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
        let mut after = |distance: i128, moves: bool| {
            if distance > 0 && moves {
                next.extend(self.belt.time_to(distance).map(|time| self.now + time));
            }
        };
        let points =
            self.stoppers.iter().map(|stopper| stopper.position).chain([plant.length]).chain(plant.eyes.clone());
        let points: Vec<i128> = points.map(|position| i128::from(position) * NANOMETRE).collect();
        for (index, part) in self.parts.iter().enumerate() {
            for point in &points {
                after(point - part.front, part.moves);
                after(point - (part.front - part.length), part.moves);
            }
            if let Some(ahead) = index.checked_sub(1).map(|ahead| &self.parts[ahead])
                && !ahead.moves
            {
                after(ahead.front - ahead.length - self.gap - part.front, part.moves);
            }
        }
        if let Some(gone) = &self.gone {
            for point in &points {
                after(point - (gone.front - gone.length), true);
            }
        }
        let last = self.parts.last().filter(|part| part.moves);
        if let Some(last) = last.or(self.gone.as_ref().filter(|_| self.parts.is_empty())) {
            let left = last.length + self.gap - last.front;
            if left > 0 && left >= self.belt.way(1) {
                // The last nanosecond in which it is not further.
                let beyond = self.belt.time_to(left + 1).map(|time| time - 1);
                next.extend(beyond.or_else(|| self.belt.time_to(left)).map(|time| self.now + time));
            }
        }
        next.extend(self.parts.iter().filter_map(|part| part.release).filter(|release| *release > self.now));
        next.into_iter().min()
    }

    fn advance(&mut self, to: i64) {
        let time = to - self.now;
        if time == 0 {
            return;
        }
        let way = self.belt.way(time);
        self.step = way - self.belt.way(time - 1);
        self.belt.run(time);
        let moving = self.parts.iter_mut().filter(|part| part.moves).chain(&mut self.gone);
        moving.for_each(|part| part.front += way);
        self.now = to;
    }
}
