//! Robots: stations whose process time comes from how an arm moves.
//!
//! What a scenario says of an arm and its task is read in every build. Only the `motion` feature can work out what follows
//! from it, once, when the plant is planned: a time for each place. From then on a robot is work like any other.

mod arm;
#[cfg(feature = "motion")]
mod planning;
mod record;
#[cfg(feature = "motion")]
mod sight;
#[cfg(not(feature = "motion"))]
#[path = "no_sight.rs"]
mod sight;
#[cfg(feature = "motion")]
mod surroundings;
mod task;

use std::sync::Arc;

use kernel::SimDuration;
use kernel::limits::PATTERN_PLACES;

use crate::codes;
use crate::control::cadence::Tempo;
use crate::control::dispatching::DispatchingRule;
use crate::control::process_time::ProcessPlan;
use crate::control::queue::Queue;
use crate::description::{Labels, Length, Mass, Name, describe};
use crate::element::ElementKind;
use crate::flow::station::WORK_FACETS;
use crate::plan::Planner;
use crate::transport::zone::Place;
use crate::work::{Intake, Release, WorkplacePlan, made_of_work};

pub use arm::{Arm, AxisPosition, DenavitHartenbergRow, Drive};
pub use record::{RobotJob, RobotRecord};
pub use sight::ArmMotion;
#[cfg(feature = "motion")]
pub use sight::ArmPoses;
#[cfg(feature = "motion")]
pub(crate) use surroundings::{Neighbours, Passage, check as check_surroundings};
pub use task::{LineLimits, Obstacle, Pattern, Pose};

describe! {
    /// A station that is a robot: it takes each part at `pick` and puts it down at `place`, or at the places of a
    /// `pattern` in turn, and takes exactly as long as its arm takes for that.
    ///
    /// For each part it goes from above the pick straight down, grips, straight up, swings all axes to above the place,
    /// goes straight down, releases, straight up and back. The part is finished when the robot is back. Each axis
    /// keeps within its limits; how long the moves take, whether the arm gets everywhere and whether it runs into
    /// something is worked out when the scenario is checked.
    ///
    /// It needs a build with `--features motion`.
    pub struct Robot {
        /// The arm: its axes and how fast they are.
        arm: Arm,
        /// The point of the tool that takes parts, in the frame of the flange (of a delta robot: of the platform).
        tool: Pose = Pose::default(),
        /// Where the axes wait between parts, from the base on. Without it the robot waits above the pick.
        home: Option<Vec<AxisPosition>> = None,
        /// Where the tool takes a part, in the frame of the base: z points up, and a tool that points down on an upright
        /// arm has `roll: "180 deg"`.
        pick: Pose,
        /// Where the tool puts a part down; the first place of a pattern.
        place: Pose,
        /// Several places that are filled in turn, as on a pallet; after the last one the next pallet is taken to be there.
        pattern: Option<Pattern> = None,
        /// How far above pick and place the straight lines up and down begin and end.
        approach: Length = Length::from_nanometres(100_000_000),
        /// How fast the tool moves on these lines.
        line: LineLimits = LineLimits::default(),
        /// Time to take hold of a part.
        grip: SimDuration = SimDuration::ZERO,
        /// Time to let go of it.
        release: SimDuration = SimDuration::ZERO,
        /// Mass of a part, for the work of a cycle.
        payload: Mass = Mass::ZERO,
        /// Mass of the tool, for the work of a cycle.
        tool_mass: Mass = Mass::ZERO,
        /// Masses of the links from the base on, for the work of a cycle; those that are missing have none. Without it a URDF
        /// file tells them, if it does.
        link_masses: Vec<Mass> = Vec::new(),
        /// How far links and tool reach to every side of the lines from joint to joint, for collisions; up to 1 mm none are looked
        /// for.
        link_radius: Length = Length::from_nanometres(50_000_000),
        /// What stands in the cell, by names.
        obstacles: Labels<Obstacle> = Labels::default(),
        /// Where the frame of its base lies in the plant. A robot that says so is held against what stands around it: the
        /// conveyors of zones with what belongs to them, and other robots. Traces show it there; at the origin unless given.
        origin: Option<Place> = None,
        /// Room for parts that wait for the robot, and the rule by which they are chosen.
        queue: Queue = Queue { capacity: 0, rule: DispatchingRule::Fifo },
        /// Where parts go; without it they follow their routing.
        next: Option<Name> = None,
    }
}

impl ElementKind for Robot {
    const NAME: &'static str = "Robot";
    const EXAMPLE: &'static str = r#"Robot(
    arm: Scara(
        height: "400 mm", inner: "325 mm", outer: "275 mm",
        shoulder: Turns(lower: "-150 deg", upper: "150 deg", speed: "360 deg/s", acceleration: "2000 deg/s^2"),
        elbow: Turns(lower: "-145 deg", upper: "145 deg", speed: "480 deg/s", acceleration: "3000 deg/s^2"),
        quill: Slides(lower: "0 mm", upper: "200 mm", speed: "1 m/s", acceleration: "15 m/s^2"),
        roll: Turns(lower: "-360 deg", upper: "360 deg", speed: "900 deg/s", acceleration: "9000 deg/s^2"),
    ),
    pick: (x: "400 mm", y: "200 mm", z: "250 mm", roll: "180 deg"),
    place: (x: "300 mm", y: "-300 mm", z: "250 mm", roll: "180 deg"),
    pattern: (columns: 2, rows: 3, column_pitch: "80 mm", row_pitch: "60 mm"),
    grip: "200 ms",
    release: "150 ms",
    obstacles: { "fence": Box(at: (x: "-500 mm"), size: ("20 mm", "2 m", "1 m")) },
    queue: 5,
    next: "out",
)"#;
    const FACETS: &'static [&'static str] = WORK_FACETS;

    fn plan(&self, planner: &mut Planner<'_>) -> WorkplacePlan {
        let planned = self.planned(planner);
        WorkplacePlan {
            places: 1,
            queue_capacity: self.queue.capacity,
            rule: self.queue.rule.clone(),
            process: ProcessPlan::InTurn(planned.times),
            tempo: Tempo::default(),
            intake: Intake::One,
            release: Release::Whole,
            next: self.next.as_ref().map(|next| planner.destination(next)),
            group: None,
            figures: planned.figures,
            motion: planned.motion,
            technology: None,
        }
    }

    made_of_work!();
}

/// What follows from the motion of a robot.
#[derive(Debug)]
struct Planned {
    /// For each place, in turn; one at least.
    times: Vec<SimDuration>,
    figures: Vec<(&'static str, f64, &'static str)>,
    motion: Option<Arc<ArmMotion>>,
}

impl Planned {
    /// What stands in for a task that cannot be done; it has been complained of.
    fn nothing() -> Self {
        Planned { times: vec![SimDuration::ZERO], figures: Vec::new(), motion: None }
    }
}

impl Robot {
    fn planned(&self, planner: &mut Planner<'_>) -> Planned {
        if !self.check_pattern(planner) {
            return Planned::nothing();
        }
        #[cfg(feature = "motion")]
        return planning::plan(self, planner);
        #[cfg(not(feature = "motion"))]
        {
            let origin = planner.origin_of("arm");
            planner.complain(
                &codes::NO_MOTION,
                origin,
                "this build cannot compute how robots move",
                "the times of a robot follow from its arm",
                Some(
                    "build it with `--features motion`, or put a Station with a measured time in its place".to_owned(),
                ),
            );
            Planned::nothing()
        }
    }

    /// Whether the places of the pattern are as many as can be planned, and not all in one.
    fn check_pattern(&self, planner: &mut Planner<'_>) -> bool {
        let Some(pattern) = &self.pattern else { return true };
        let origin = planner.origin_of("pattern");
        let counts = [pattern.columns, pattern.rows, pattern.layers];
        let all = counts.iter().try_fold(1_u32, |all, count| all.checked_mul(*count));
        let wrong = match all {
            Some(0) => Some("this pattern has no places".to_owned()),
            Some(all) if all <= PATTERN_PLACES => {
                let pitches = [pattern.column_pitch, pattern.row_pitch, pattern.layer_pitch];
                let names = ["columns", "rows", "layers"];
                let lie_in_one = |index: &usize| counts[*index] > 1 && pitches[*index].as_nanometres() == 0;
                (0..3).find(lie_in_one).map(|index| format!("the {} of this pattern lie in one place", names[index]))
            }
            _ => Some(format!("this pattern has more than {PATTERN_PLACES} places")),
        };
        let is_sound = wrong.is_none();
        if let Some(message) = wrong {
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                message,
                format!("expected 1 to {PATTERN_PLACES} places, apart from each other"),
                Some(
                    "write `pattern: (columns: 4, rows: 3, column_pitch: \"300 mm\", row_pitch: \"400 mm\")`"
                        .to_owned(),
                ),
            );
        }
        is_sound
    }
}
