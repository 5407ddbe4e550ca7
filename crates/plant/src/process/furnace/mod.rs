//! Furnaces and autoclaves: several parts in one job, which follows a program of temperatures.
//!
//! How long a job takes depends on how hot the furnace is when it begins: that of a furnace that has stood for a while takes
//! longer. Temperatures come from formulas ([`course`]), never from steps.

mod course;
mod heat;
mod program;

use kernel::SimDuration;

use crate::codes;
use crate::control::cadence::Tempo;
use crate::control::dispatching::DispatchingRule;
use crate::control::process_time::ProcessPlan;
use crate::control::queue::Queue;
use crate::description::{Labels, Map, Mass, Name, Power, Temperature, Volume, describe};
use crate::element::ElementKind;
use crate::flow::station::WORK_FACETS;
use crate::flow::tool_group::batch::BatchUnit;
use crate::plan::Planner;
use crate::process::Technology;
use crate::process::load::{AlikeBy, LoadPlan, by_mass, by_volume};
use crate::work::{Intake, Release, WorkplacePlan, made_of_work};

pub use course::FurnacePlan;
use course::{Door, Losses};
pub(crate) use heat::Heat;
pub use program::{FurnaceProgram, FurnaceSegment};

describe! {
    /// How much goes into a furnace at once, besides a number of parts.
    pub enum FurnaceLoad {
        /// By mass.
        Mass {
            /// The most.
            most: Mass,
            /// What a part weighs, by type (`"*"` for all others); as its body unless given.
            of: Map<Mass> = Map::default(),
        },
        /// By volume.
        Volume {
            /// The most.
            most: Volume,
            /// The room that a part takes up, by type (`"*"` for all others); the box around its body unless given.
            of: Map<Volume> = Map::default(),
        },
    }
}

describe! {
    /// The power that keeps a furnace at a temperature: what it loses there.
    pub struct HoldingPower {
        /// At that temperature.
        at: Temperature,
        /// It takes so much.
        power: Power,
    }
}

describe! {
    /// A furnace, oven or autoclave: takes several parts in, heats them by a program and lets them leave together.
    ///
    /// Parts that need the same program begin together when there are enough of them, or when one of them has waited long
    /// enough; which program that is says the `recipe` of the step of their routing that is done here, or their type. What
    /// comes while a load is under way waits.
    ///
    /// The furnace has one temperature. When nothing heats it, it cools towards that around it by Newton's law of cooling, T(t) = T_a +
    /// (T_0 - T_a) e^(-t / tau), between jobs and while it is down, so a job after a pause takes longer. A job that was interrupted
    /// heats up again to where it was and goes on; one that begins again does so at its first segment.
    ///
    /// With `holding`, power follows from the temperature: k = P / (T - T_a) watts per kelvin are lost, and C = k tau joules are in every
    /// kelvin of heat. While parts are inside that is drawn, and not what `energy` says of processing. See docs/processes.md.
    pub struct Furnace {
        /// Most parts in it at once.
        capacity: u32,
        /// How much goes in besides.
        load: Option<FurnaceLoad> = None,
        /// Fewer do not begin.
        minimum: u32 = 1,
        /// What waits begins, however little it is, when one of its parts has waited so long; never unless given.
        longest_wait: Option<SimDuration> = None,
        /// What it does, by the names of the programs.
        programs: Labels<FurnaceProgram>,
        /// The temperature around it.
        ambient: Temperature = Temperature::from_millidegrees(20_000),
        /// Its temperature when the run begins; that around it unless given.
        initial: Option<Temperature> = None,
        /// After so long, left alone, its temperature above that around it is 1/e (37 %) of what it was.
        time_constant: SimDuration,
        /// The same with its door open; as with it closed unless given.
        door_time_constant: Option<SimDuration> = None,
        /// Time to put a load in, with the door open and without heat.
        loading: SimDuration = SimDuration::ZERO,
        /// Time to take it out, in the same way.
        unloading: SimDuration = SimDuration::ZERO,
        /// What it takes to hold it at a temperature.
        holding: Option<HoldingPower> = None,
        /// Room for parts that wait beyond one load, and the rule by which they are chosen.
        queue: Queue = Queue { capacity: 0, rule: DispatchingRule::Fifo },
        /// Where parts go; without it they follow their routing.
        next: Option<Name> = None,
    }
}

impl ElementKind for Furnace {
    const NAME: &'static str = "Furnace";
    const EXAMPLE: &'static str = r#"Furnace(
    capacity: 12,
    minimum: 8,
    longest_wait: "2 h",
    programs: {"hardening": (segments: [Heat(to: "850 degC", rate: "10 K/min"), Hold("1 h"), Cool(to: "200 degC")], part_types: ["*"])},
    time_constant: "3 h",
    holding: (at: "850 degC", power: "18 kW"),
    loading: "10 min",
    queue: 24,
    next: "out",
)"#;
    const FACETS: &'static [&'static str] = WORK_FACETS;

    fn plan(&self, planner: &mut Planner<'_>) -> WorkplacePlan {
        let furnace = self.furnace(planner);
        let maximum = planner.at_least_one(self.capacity, "capacity");
        if self.minimum > maximum {
            let origin = planner.origin_of("minimum");
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                format!("a load of this furnace needs {} parts, and it holds {maximum}", self.minimum),
                "expected a `minimum` that is no more than the `capacity`",
                None,
            );
        }
        let load = LoadPlan {
            minimum: planner.at_least_one(self.minimum, "minimum"),
            maximum: Some(maximum),
            counted_in: BatchUnit::Parts,
            alike: AlikeBy::Program,
            space: self.load.as_ref().map(|load| match load {
                FurnaceLoad::Mass { most, of } => by_mass(*most, of, planner),
                FurnaceLoad::Volume { most, of } => by_volume(*most, of, planner),
            }),
            longest_wait: self.longest_wait,
        };
        WorkplacePlan {
            places: 1,
            queue_capacity: self.queue.capacity,
            rule: self.queue.rule.clone(),
            process: ProcessPlan::ByType(furnace.usual_times()),
            tempo: Tempo::default(),
            intake: Intake::Together(load),
            release: Release::Whole,
            next: self.next.as_ref().map(|next| planner.destination(next)),
            group: None,
            figures: Vec::new(),
            motion: None,
            technology: Some(Technology::Furnace(furnace).into()),
        }
    }

    made_of_work!();
}

impl Furnace {
    fn furnace(&self, planner: &mut Planner<'_>) -> FurnacePlan {
        let ambient_c = self.ambient.as_celsius();
        let mut wrong = |field: &str, message: String, label: &str, help: &str| {
            let origin = planner.origin_of(field);
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
        };
        for (field, time) in
            [("time_constant", Some(self.time_constant)), ("door_time_constant", self.door_time_constant)]
        {
            if time == Some(SimDuration::ZERO) {
                let message = format!("the `{field}` of this furnace is no time");
                wrong(field, message, "it would be cold at once", "give it the time in which it cools to 37 %");
            }
        }
        let holding = self.holding.as_ref();
        if holding.is_some_and(|holding| holding.at <= self.ambient || holding.power == Power::ZERO) {
            let message = "this furnace loses nothing: what `holding` says is not above what is around it".to_owned();
            wrong("holding", message, "expected a power at a temperature above `ambient`", "measure it when it is hot");
        }
        let losses = holding.map(|holding| Losses {
            w_per_k: holding.power.as_milliwatts() as f64 / 1e3 / (holding.at.as_celsius() - ambient_c).max(1e-3),
        });
        // What is no time has been complained of.
        let seconds = |time: SimDuration| time.as_seconds_f64().max(1e-9);
        let time_constant_s = seconds(self.time_constant);
        let door = Door {
            time_constant_s: self.door_time_constant.map_or(time_constant_s, seconds),
            loading: self.loading,
            unloading: self.unloading,
        };
        let initial_c = self.initial.unwrap_or(self.ambient).as_celsius();
        let mut plan = FurnacePlan { ambient_c, initial_c, time_constant_s, door, losses, ..FurnacePlan::default() };
        program::plan(&self.programs, &mut plan, planner);
        plan
    }
}
