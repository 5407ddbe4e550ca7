//! The paint booth: its description, its plan, its state, its handlers, its check and its documentation.

use bevy_ecs::component::Component;
use kernel::{Distribution, SimDuration, Stream};
use plant::description::{Name, TimeDistribution};
use plant::element::{At, Door, ElementIndex, ElementKind, Streams};
use plant::floor::{Floor, Passage};
use plant::part::PartId;
use plant::plan::Planner;
use plant::report::Figures;
use plant::state::State;
use plant::{declare_codes, describe};

/// Timer of a coat that dries.
const COATED: u32 = 0;
/// Timer of a tank that is full again.
const REFILLED: u32 = 1;

declare_codes! {
    /// A coat that no tank can hold.
    COAT_TOO_THICK = "LW0951", "one coat needs more paint than the tank holds",
    "A booth refills its tank before a coat that the tank has no paint for. A coat larger than the tank could never \
     be done.\n\nBad:\n    tank: 2, coat: 3,\nGood:\n    tank: 20, coat: 3,";
}

describe! {
    /// Coats one part at a time and refills its paint tank when it runs low.
    pub struct PaintBooth {
        /// Time to coat one part.
        coat_time: TimeDistribution,
        /// Litres in a full tank.
        tank: u32 = 100,
        /// Litres for one coat.
        coat: u32 = 1,
        /// Time to refill the tank.
        refill_time: SimDuration = SimDuration::from_minutes(5),
        /// Where coated parts go.
        next: Name,
    }
}

/// A booth with its destination resolved.
#[derive(Debug)]
pub struct BoothPlan {
    coat_time: Distribution,
    mean_coat_time: SimDuration,
    tank: u32,
    coat: u32,
    refill_time: SimDuration,
    next: ElementIndex,
}

/// What a run changes at a booth.
#[derive(Debug, Clone, Component)]
pub struct Booth {
    stream: Stream,
    /// Litres left in the tank.
    pub level: u32,
    part: Option<PartId>,
    refills: u64,
}
kernel::persist!(struct Booth { stream, level, part, refills });

impl ElementKind for PaintBooth {
    const NAME: &'static str = "PaintBooth";
    const EXAMPLE: &'static str = r#"PaintBooth(coat_time: Normal("60 s", "5 s"), tank: 50, coat: 2, next: "out")"#;
    const FACETS: &'static [&'static str] = &["energy"];
    // Its time is that of a machine: it has a row in the table of units and can limit the plant.
    const WORKS: bool = true;
    // It shows how much paint is left, so an alarm can watch it.
    const IS_SENSOR: bool = true;
    type Plan = BoothPlan;
    type State = Booth;

    fn plan(&self, planner: &mut Planner<'_>) -> BoothPlan {
        if self.coat > self.tank {
            let origin = planner.origin();
            planner.complain(
                &COAT_TOO_THICK,
                origin,
                format!("a coat takes {} litres and the tank holds {}", self.coat, self.tank),
                "this booth could never coat a part",
                Some("make `tank` larger or `coat` smaller".to_owned()),
            );
        }
        BoothPlan {
            coat_time: self.coat_time.distribution().clone(),
            mean_coat_time: SimDuration::from_nanos(self.coat_time.distribution().mean() as i64),
            tank: self.tank,
            coat: self.coat,
            refill_time: self.refill_time,
            next: planner.element(&self.next),
        }
    }

    fn reading_unit(_plan: &BoothPlan) -> &str {
        "l"
    }

    fn door(_plan: &BoothPlan) -> Door {
        Door::Places(1)
    }

    fn begin(plan: &BoothPlan, streams: &Streams<'_>) -> Booth {
        Booth { stream: streams.stream("coat_time"), level: plan.tank, part: None, refills: 0 }
    }

    fn arrive(at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        at.state.part = Some(part);
        if at.state.level < at.plan.coat {
            floor.set_operation(at.me, State::Setup);
            floor.set_timer(at.me, at.plan.refill_time, REFILLED);
        } else {
            coat(at, floor);
        }
    }

    fn timer(at: At<'_, Self>, floor: &mut Floor<'_>, timer: u32) {
        if timer == REFILLED {
            at.state.level = at.plan.tank;
            at.state.refills += 1;
            floor.set_reading(at.me, f64::from(at.state.level));
            coat(at, floor);
        } else if timer == COATED
            && let Some(part) = at.state.part
        {
            floor.finish_operation(at.me, part, at.plan.mean_coat_time);
            match floor.offer(at.me, part, at.plan.next) {
                Passage::Taken => make_room(at, floor, part),
                Passage::Waiting => floor.set_operation(at.me, State::Blocked),
            }
        }
    }

    fn departed(at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        make_room(at, floor, part);
    }

    fn figures(_plan: &BoothPlan, state: &Booth, figures: &mut Figures<'_>) {
        figures.number("refills", state.refills as f64);
        figures.quantity("paint left", f64::from(state.level), "l");
    }
}

fn coat(at: At<'_, PaintBooth>, floor: &mut Floor<'_>) {
    at.state.level -= at.plan.coat;
    floor.set_reading(at.me, f64::from(at.state.level));
    floor.set_operation(at.me, State::Processing);
    let time = at.plan.coat_time.sample_duration(&mut at.state.stream);
    floor.set_timer(at.me, time, COATED);
}

fn make_room(at: At<'_, PaintBooth>, floor: &mut Floor<'_>, part: PartId) {
    if at.state.part == Some(part) {
        at.state.part = None;
        floor.set_operation(at.me, State::Starved);
        floor.free_place(at.me, plant::part::PartTypeIndex::default());
    }
}
