//! Pumps: what moves liquid at a steady flow.

use super::amount::{Amount, rate};
use super::fixture::{FixturePlan, fixture};
use crate::codes;
use crate::description::{FlowRate, Name, Volume, describe};
use crate::element::{ElementIndex, ElementKind};
use crate::plan::Planner;

describe! {
    /// When a pump that keeps a tank filled runs.
    #[derive(Copy)]
    pub struct Filling {
        /// It starts when the tank that it leads to holds so much or less.
        below: Volume,
        /// It stops when that holds so much or more.
        up_to: Volume,
    }
}

describe! {
    /// When a pump that keeps a tank drained runs.
    #[derive(Copy)]
    pub struct Draining {
        /// It starts when the tank that it draws from holds so much or more.
        above: Volume,
        /// It stops when that holds so much or less.
        down_to: Volume = Volume::ZERO,
    }
}

describe! {
    /// A pump that delivers a steady flow while it runs: from a tank or from outside, into a tank, into a pipe or out of the
    /// plant. Without `fill` and `drain` it always runs; with both, only while both want it to.
    ///
    /// Where its tank is empty it passes on what comes in there, and where the one it feeds is full it delivers what goes out
    /// there. It stands still outside its working time, while it is down and while it has been stopped by the command `Stop`.
    /// Energy counts it as processing while anything flows, and its operating time, by which it can fail, runs then.
    ///
    /// Its state is `Processing` while anything flows, `Blocked` while the tank it feeds is full and takes nothing, `Starved`
    /// while nothing comes or nothing is wanted, and `MinorStop` after the command `Stop`.
    pub struct Pump {
        /// The tank that it draws from; from outside the plant unless given.
        from: Option<Name> = None,
        /// The tank or pipe that it leads to; out of the plant unless given.
        to: Option<Name> = None,
        /// What it delivers.
        flow: FlowRate,
        /// Runs only to fill the tank that it leads to: on at one volume, off at a higher one.
        fill: Option<Filling> = None,
        /// Runs only to drain the tank that it draws from: on at one volume, off at a lower one. With a `down_to` of 0 it is
        /// kept from running dry, which a pump must be that draws from a tank into which a pipe falls.
        drain: Option<Draining> = None,
    }
}

/// On at one volume of a tank and off at another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Band {
    pub on: Amount,
    pub off: Amount,
}

/// A pump resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct PumpPlan {
    pub(super) from: Option<ElementIndex>,
    pub(super) to: Option<ElementIndex>,
    /// In nanolitres per hour.
    pub(super) flow: i128,
    pub(super) fill: Option<Band>,
    pub(super) drain: Option<Band>,
}

impl ElementKind for Pump {
    const NAME: &'static str = "Pump";
    const EXAMPLE: &'static str = r#"Pump(
    from: "sump",
    to: "header",
    flow: "60 l/min",
    fill: (below: "300 l", up_to: "900 l"),
    failures: [(time_to_failure: Exponential("200 h"), time_to_repair: "2 h")],
    energy: (processing: "1.5 kW"),
)"#;
    const FACETS: &'static [&'static str] = &["failures", "calendar", "energy"];

    fn plan(&self, planner: &mut Planner<'_>) -> FixturePlan {
        let from = self.from.as_ref().map(|from| planner.element_of(from, &["Tank"]));
        let to = self.to.as_ref().map(|to| planner.element_of(to, &["Tank", "Pipe"]));
        let same = self.from.as_ref().zip(self.to.as_ref()).is_some_and(|(from, to)| from.text() == to.text());
        let crossed = |band: Option<(Volume, Volume)>| band.is_some_and(|(lower, upper)| lower >= upper);
        let fill = self.fill.map(|fill| (fill.below, fill.up_to));
        let drain = self.drain.map(|drain| (drain.down_to, drain.above));
        let mistakes = [
            (
                self.from.is_none() && self.to.is_none(),
                "flow",
                "this pump leads from nowhere to nowhere",
                "give it a `from`, a `to` or both",
            ),
            (same, "to", "this pump leads back to where it comes from", "give it another tank in `to`"),
            (
                self.fill.is_some() && self.to.is_none(),
                "fill",
                "this pump has no tank to fill",
                "name the tank in `to`",
            ),
            (
                self.drain.is_some() && self.from.is_none(),
                "drain",
                "this pump has no tank to drain",
                "name the tank in `from`",
            ),
            (crossed(fill), "fill", "this pump would never start, or never stop", "give `below` less than `up_to`"),
            (crossed(drain), "drain", "this pump would never start, or never stop", "give `down_to` less than `above`"),
        ];
        for (wrong, field, message, help) in mistakes {
            if wrong {
                let origin = planner.origin_of(field);
                planner.complain(&codes::CONTRADICTION, origin, message, "in this pump", Some(help.to_owned()));
            }
        }
        FixturePlan::Pump(PumpPlan {
            from,
            to,
            flow: rate(self.flow),
            fill: self.fill.map(|fill| Band { on: fill.below.into(), off: fill.up_to.into() }),
            drain: self.drain.map(|drain| Band { on: drain.above.into(), off: drain.down_to.into() }),
        })
    }

    fixture!();
}
