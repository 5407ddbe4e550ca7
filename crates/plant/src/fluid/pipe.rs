//! Pipes: what lets liquid through without driving it.

use super::amount::Amount;
use super::fixture::{FixturePlan, fixture};
use crate::codes;
use crate::description::{Area, Name, Ratio, Volume, describe};
use crate::element::{ElementIndex, ElementKind};
use crate::plan::Planner;

describe! {
    /// A pipe: an opening through which a tank runs out by its weight, or a way that liquid takes time to get through.
    ///
    /// With `from` it leads out of the bottom of that tank, and what flows is what Torricelli's law says: `discharge` x `opening`
    /// x sqrt(2 g h), with the height h of the surface and g = 9.80665 m/s^2. The other end is open to the air: what falls
    /// into `to` is not held back by what is there, and runs over when that is full. Inertia and the friction in the pipe
    /// are what `discharge` makes of them. The tank that it falls into cannot have such a pipe itself.
    ///
    /// Without `from` it is fed by pumps, and is empty when the run begins. What is pumped in fills it from the front, and comes
    /// out at the other end when all of its `volume` is full: at a steady flow, volume / flow later. It stays full from then
    /// on, so what is pumped in pushes as much out at once. Where what it leads to is full, it holds the pumps back.
    ///
    /// The command `Stop` shuts a pipe that leads out of a tank, and `Go` opens it. Its state is `Processing` while anything flows
    /// in it and `Starved` otherwise.
    pub struct Pipe {
        /// The tank out of which it leads, by the weight of what is in it; pumps feed it unless given.
        from: Option<Name> = None,
        /// The tank (or, of a pipe that is fed by pumps, the pipe) that it leads to; out of the plant unless given.
        to: Option<Name> = None,
        /// Area of the opening, of a pipe that leads out of a tank.
        opening: Option<Area> = None,
        /// How much of the ideal flow comes through the opening: about 0.6 of a sharp-edged hole, near 1 of a rounded one.
        discharge: Ratio = Ratio::ONE,
        /// What it holds when it is full, of a pipe that pumps feed.
        volume: Volume = Volume::ZERO,
    }
}

/// A pipe resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct PipePlan {
    pub(super) from: Option<ElementIndex>,
    pub(super) to: Option<ElementIndex>,
    /// The opening times the share of the flow that comes through it, in square metres.
    pub(super) effective_area: f64,
    pub(super) volume: Amount,
}

impl ElementKind for Pipe {
    const NAME: &'static str = "Pipe";
    const EXAMPLE: &'static str = r#"Pipe(from: "tower", to: "basin", opening: "20 cm^2", discharge: 0.62)"#;

    fn plan(&self, planner: &mut Planner<'_>) -> FixturePlan {
        let from = self.from.as_ref().map(|from| planner.element_of(from, &["Tank"]));
        let kinds: &[&str] = if from.is_some() { &["Tank"] } else { &["Tank", "Pipe"] };
        let to = self.to.as_ref().map(|to| planner.element_of(to, kinds));
        let same = self.from.as_ref().zip(self.to.as_ref()).is_some_and(|(from, to)| from.text() == to.text());
        let opens = self.opening.is_some_and(|opening| opening > Area::ZERO) && self.discharge > Ratio::ZERO;
        let mistakes = [
            (
                from.is_some() && !opens,
                if planner.gives("opening") { "opening" } else { "from" },
                "nothing can run out of the tank through this pipe",
                "give it an `opening` and a `discharge` above 0",
            ),
            (
                from.is_some() && self.volume > Volume::ZERO,
                "volume",
                "this pipe leads out of a tank, and what is in it counts as being in the tank",
                "leave `volume` out",
            ),
            (
                from.is_none() && self.volume == Volume::ZERO,
                if planner.gives("volume") { "volume" } else { "to" },
                "this pipe holds nothing and leads out of no tank",
                "give it a `volume`, or name the tank that runs out through it in `from`",
            ),
            (
                from.is_none() && self.opening.is_some(),
                "opening",
                "what pumps press into this pipe does not run by its weight",
                "leave `opening` out, or name the tank that runs out through it in `from`",
            ),
            (same, "to", "this pipe leads back to where it comes from", "give it another tank in `to`"),
        ];
        for (wrong, field, message, help) in mistakes {
            if wrong {
                let origin = planner.origin_of(field);
                planner.complain(&codes::CONTRADICTION, origin, message, "in this pipe", Some(help.to_owned()));
            }
        }
        FixturePlan::Pipe(PipePlan {
            from,
            to,
            effective_area: self.opening.map_or(0.0, Area::as_square_metres) * self.discharge.value(),
            volume: self.volume.into(),
        })
    }

    fixture!();
}
