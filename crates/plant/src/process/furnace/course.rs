//! How the temperature of a furnace goes: legs that are straight lines or decay exponentially, each with its end known when it
//! begins.
//!
//! ```text
//!  T ^        __________         rate:    t = (T1 - T0) / r
//!    |       /          \        power:   t = tau ln((Tp - T0) / (Tp - T1)),  Tp = Ta + P / k
//!    |      /            `-.     cooling: t = tau ln((T0 - Ta) / (T1 - Ta))   (Newton)
//!    |_____/                `-._____  Ta
//!    +-- load - heat - hold - cool - unload - left alone --> t
//! ```
//!
//! Powers are those that a furnace with one temperature needs: C dT/dt = P - k (T - Ta) with C = k tau. On a straight line they are
//! the mean, k (Tm - Ta) + C r, which is the same energy.

use std::sync::Arc;

use kernel::{Distribution, SimDuration, libm};

use crate::element::ElementIndex;
use crate::model::Model;
use crate::part::Part;
use crate::process::whole_nanoseconds;

use super::heat::Heat;

/// What a furnace loses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Losses {
    /// For every kelvin above what is around it.
    pub w_per_k: f64,
}

/// What happens with the door open.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Door {
    pub time_constant_s: f64,
    pub loading: SimDuration,
    pub unloading: SimDuration,
}

/// How a furnace is heated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Heating {
    Rate {
        k_per_s: f64,
    },
    /// With that power it would come to that temperature in the end.
    Power {
        power_mw: i64,
        towards_c: f64,
    },
}

/// A segment of a program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Segment {
    Heat {
        to_c: f64,
        heating: Heating,
    },
    /// Held at a temperature, to which it is heated up again in that way if it has cooled meanwhile.
    Hold {
        time: SimDuration,
        at_c: f64,
        heating: Heating,
    },
    Cool {
        to_c: f64,
        k_per_s: Option<f64>,
    },
}

/// A program.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Program {
    pub name: Arc<str>,
    pub atmosphere: Arc<str>,
    pub segments: Vec<Segment>,
}

/// A furnace resolved: temperatures in degrees Celsius, times in seconds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FurnacePlan {
    pub(super) ambient_c: f64,
    pub(super) initial_c: f64,
    pub(super) time_constant_s: f64,
    pub(super) door: Door,
    pub(super) losses: Option<Losses>,
    pub(super) programs: Vec<Program>,
    /// The program of each part type.
    pub(super) by_type: Vec<Option<u32>>,
}

/// How a temperature goes on one leg.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Curve {
    Straight,
    Decay { towards_c: f64, time_constant_s: f64 },
}
kernel::persist!(enum Curve { 0 => Straight, 1 => Decay { towards_c, time_constant_s } });

/// A leg of a course.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Leg {
    /// The segment of the program that it is part of, from 1; 0 is loading, and unloading comes after the last.
    pub segment: u32,
    pub duration: SimDuration,
    pub to_c: f64,
    pub curve: Curve,
    /// What is drawn on it, in milliwatts, if the furnace says what it loses.
    pub power_mw: Option<i64>,
}
kernel::persist!(struct Leg { segment, duration, to_c, curve, power_mw });

impl Leg {
    /// The temperature after so much of it, which began at `from_c`.
    pub fn after(&self, from_c: f64, passed: SimDuration) -> f64 {
        match self.curve {
            Curve::Straight if self.duration == SimDuration::ZERO => self.to_c,
            Curve::Straight => {
                from_c + (self.to_c - from_c) * (passed.as_seconds_f64() / self.duration.as_seconds_f64())
            }
            Curve::Decay { towards_c, time_constant_s } => decayed(from_c, towards_c, time_constant_s, passed),
        }
    }
}

/// Newton's law of cooling.
pub(super) fn decayed(from_c: f64, towards_c: f64, time_constant_s: f64, passed: SimDuration) -> f64 {
    towards_c + (from_c - towards_c) * libm::exp(-passed.as_seconds_f64() / time_constant_s)
}

/// The time in which it comes from one temperature to another that lies between it and `towards_c`.
fn decay_time(from_c: f64, to_c: f64, towards_c: f64, time_constant_s: f64) -> SimDuration {
    whole_nanoseconds(time_constant_s * libm::log((towards_c - from_c) / (towards_c - to_c)))
}

/// Legs one after another, as they are put together.
struct Route<'a> {
    plan: &'a FurnacePlan,
    at_c: f64,
    segment: u32,
    legs: Vec<Leg>,
}

impl Route<'_> {
    fn go(&mut self, duration: SimDuration, to_c: f64, curve: Curve, power_mw: Option<i64>) {
        if duration > SimDuration::ZERO {
            self.legs.push(Leg { segment: self.segment, duration, to_c, curve, power_mw });
        }
        self.at_c = to_c;
    }

    /// What is drawn where the temperature goes at an even rate to `to_c`.
    fn power_mw(&self, to_c: f64, k_per_s: f64) -> Option<i64> {
        let (plan, mean_c) = (self.plan, 0.5 * (self.at_c + to_c));
        let losses = plan.losses?;
        let power_w = losses.w_per_k * ((mean_c - plan.ambient_c) + plan.time_constant_s * k_per_s);
        // What is cooled faster than by itself draws nothing.
        Some(in_milliwatts(power_w))
    }

    fn cool_by_itself(&mut self, to_c: f64) {
        let (ambient_c, time_constant_s, losses) = (self.plan.ambient_c, self.plan.time_constant_s, self.plan.losses);
        let curve = Curve::Decay { towards_c: ambient_c, time_constant_s };
        self.go(decay_time(self.at_c, to_c, ambient_c, time_constant_s), to_c, curve, losses.map(|_| 0));
    }

    fn heat(&mut self, to_c: f64, heating: Heating) {
        if self.at_c > to_c {
            return self.cool_by_itself(to_c);
        }
        match heating {
            Heating::Rate { k_per_s } => {
                let power_mw = self.power_mw(to_c, k_per_s);
                self.go(whole_nanoseconds((to_c - self.at_c) / k_per_s), to_c, Curve::Straight, power_mw);
            }
            Heating::Power { power_mw, towards_c } => {
                let time_constant_s = self.plan.time_constant_s;
                let duration = decay_time(self.at_c, to_c, towards_c, time_constant_s);
                self.go(duration, to_c, Curve::Decay { towards_c, time_constant_s }, Some(power_mw));
            }
        }
    }

    fn hold(&mut self, time: SimDuration) {
        let power_mw = self.power_mw(self.at_c, 0.0);
        self.go(time, self.at_c, Curve::Straight, power_mw);
    }

    fn open_door(&mut self, time: SimDuration) {
        let (towards_c, time_constant_s) = (self.plan.ambient_c, self.plan.door.time_constant_s);
        let to_c = decayed(self.at_c, towards_c, time_constant_s, time);
        let power_mw = self.plan.losses.map(|_| 0);
        self.go(time, to_c, Curve::Decay { towards_c, time_constant_s }, power_mw);
    }

    /// Goes on with a segment of a program, of which so much is left, if it had begun.
    fn follow(&mut self, segment: Segment, left: Option<SimDuration>) {
        match segment {
            Segment::Heat { to_c, heating } => self.heat(to_c, heating),
            Segment::Hold { time, at_c, heating } => {
                if left.is_some() {
                    self.heat(at_c, heating);
                }
                self.hold(left.unwrap_or(time));
            }
            Segment::Cool { to_c, .. } if self.at_c <= to_c => {}
            Segment::Cool { to_c, k_per_s: None } => self.cool_by_itself(to_c),
            Segment::Cool { to_c, k_per_s: Some(k_per_s) } => {
                let power_mw = self.power_mw(to_c, -k_per_s);
                self.go(whole_nanoseconds((self.at_c - to_c) / k_per_s), to_c, Curve::Straight, power_mw);
            }
        }
    }
}

fn in_milliwatts(power_w: f64) -> i64 {
    libm::round(power_w.max(0.0) * 1e3) as i64
}

impl FurnacePlan {
    /// The most that any program draws, in milliwatts, if the furnace says what it loses.
    ///
    /// Nothing takes more than to heat, and the end of that the most: it may begin again from just below. What is held or cooled slowly
    /// is no hotter than what was heated before.
    pub(crate) fn most_power_mw(&self) -> Option<i64> {
        let losses = self.losses?;
        let of_segment = |segment: &Segment| match *segment {
            Segment::Heat { heating: Heating::Power { power_mw, .. }, .. } => power_mw,
            Segment::Heat { to_c, heating: Heating::Rate { k_per_s } } => {
                in_milliwatts(losses.w_per_k * ((to_c - self.ambient_c) + self.time_constant_s * k_per_s))
            }
            Segment::Hold { .. } | Segment::Cool { .. } => 0,
        };
        self.programs.iter().flat_map(|program| &program.segments).map(of_segment).max()
    }

    /// The state when a run begins.
    pub(crate) fn begin(&self) -> Heat {
        Heat::of(self.initial_c)
    }

    /// The program that `part` needs at `me`: that of the recipe of its step, or that of its type.
    pub(crate) fn program_of(&self, me: ElementIndex, part: &Part, model: &Model) -> Option<u32> {
        let step = model.next_step(part).filter(|step| model.is_done_at(step, me));
        let recipe = step.and_then(|step| step.recipe_name.as_ref());
        let named = recipe.and_then(|recipe| self.programs.iter().position(|program| program.name == *recipe));
        let by_type = || self.by_type.get(part.part_type.index()).copied().flatten();
        named.map(|number| number as u32).or_else(by_type)
    }

    /// Whether the type of a part says what it needs.
    pub(crate) fn has_program(&self, part_type: usize) -> bool {
        self.by_type.get(part_type).is_some_and(Option::is_some)
    }

    /// Whether there is a program of that name.
    pub(crate) fn is_program(&self, name: &str) -> bool {
        self.programs.iter().any(|program| *program.name == *name)
    }

    /// The legs of a program from a segment on, of which so much is left if it had begun, from a temperature.
    pub(super) fn legs(&self, program: &Program, from: (u32, Option<SimDuration>), at_c: f64) -> Vec<Leg> {
        let mut route = Route { plan: self, at_c, segment: from.0, legs: Vec::new() };
        let unloading = program.segments.len() as u32 + 1;
        while route.segment <= unloading {
            let left = from.1.filter(|_| route.segment == from.0);
            match route.segment.checked_sub(1).and_then(|number| program.segments.get(number as usize)) {
                Some(segment) => route.follow(*segment, left),
                None if route.segment == 0 => route.open_door(left.unwrap_or(self.door.loading)),
                None => route.open_door(left.unwrap_or(self.door.unloading)),
            }
            route.segment += 1;
        }
        route.legs
    }

    /// How long jobs take that begin cold, by part type, for rules that look at process times.
    pub(super) fn usual_times(&self) -> Vec<Option<Distribution>> {
        let time = |program: &Program| {
            let legs = self.legs(program, (0, None), self.ambient_c);
            Distribution::Constant(whole(&legs).as_nanos() as f64)
        };
        let times: Vec<Distribution> = self.programs.iter().map(time).collect();
        self.by_type.iter().map(|program| times.get((*program)? as usize).cloned()).collect()
    }
}

pub(super) fn whole(legs: &[Leg]) -> SimDuration {
    let sum = legs.iter().fold(SimDuration::ZERO, |sum, leg| sum.saturating_add(leg.duration));
    sum.min(kernel::limits::LONGEST_DURATION)
}
