//! Staffing: the people and tools a unit needs while it is set up and while it works.

use std::sync::Arc;

use bevy_ecs::component::Component;

use crate::description::{Describe, Name, Node, Reader, Shape, Value, describe};
use crate::element::{ElementIndex, Streams};
use crate::facet::Facet;
use crate::floor::Need;
use crate::plan::Planner;

describe! {
    /// Members of one pool that are needed together.
    pub struct CrewNeed {
        /// The pool.
        pool: Name,
        /// How many members.
        amount: u32 = 1,
        /// The skill they must have.
        skill: Option<Name> = None,
    }
}

/// Who is needed: the name of a pool (one member of it), or a list of needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Crewing(pub Vec<CrewNeed>);

impl Describe for Crewing {
    fn shape() -> Shape {
        Shape::one_of(
            "Crewing",
            "The name of a pool (one member of it), one need, or a list of needs that are all met at once.",
            &[
                r#""operators""#,
                r#"(pool: "operators", skill: "welding")"#,
                r#"[(pool: "operators", amount: 2), (pool: "hoists")]"#,
            ],
            vec![CrewNeed::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            // A word without quotes is most likely the name of a pool, and complained of as such.
            Value::Text(_) | Value::Identifier(_) => {
                let pool = Name::read(node, reader)?;
                Some(Crewing(vec![CrewNeed { pool, amount: 1, skill: None }]))
            }
            Value::List(_) => Some(Crewing(Vec::<CrewNeed>::read(node, reader)?)),
            _ => Some(Crewing(vec![CrewNeed::read(node, reader)?])),
        }
    }
}

describe! {
    /// Who has to be there for a unit to be set up and to work. Nobody waits beside a unit that stands still: its people are
    /// let go when it fails or its shift ends, so they may repair it, and are asked for anew when it goes on.
    pub struct Staffing {
        /// Needed while a part is processed.
        processing: Option<Crewing> = None,
        /// Needed while the unit is set up.
        setup: Option<Crewing> = None,
        /// Urgency in front of the pools; larger is served first, and among equals who has waited longest. People who come
        /// free are given away when everything else at that instant has happened, those who ask anew included.
        priority: i32 = 0,
    }
}

/// Staffing with its pools resolved; an empty list needs nobody.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffingPlan {
    pub(crate) processing: Arc<[Need]>,
    pub(crate) setup: Arc<[Need]>,
    pub(crate) priority: i32,
}

impl StaffingPlan {
    /// All that work needs of pools.
    pub(crate) fn needs(&self) -> impl Iterator<Item = &Need> {
        self.processing.iter().chain(&*self.setup)
    }

    /// The pools that it needs somebody of; some twice.
    pub(crate) fn pools(&self) -> impl Iterator<Item = ElementIndex> {
        self.needs().map(|need| need.pool)
    }
}

/// Staffing keeps no state of its own: what is held stands in the shop's holdings.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct StaffingState;
kernel::persist!(
    struct StaffingState {}
);

impl Facet for Staffing {
    const KEY: &'static str = "staffing";
    const EXAMPLE: &'static str = r#"(processing: "operators", setup: [(pool: "setters", skill: "moulds")])"#;
    type Plan = StaffingPlan;
    type State = StaffingState;

    fn plan(&self, planner: &mut Planner<'_>) -> StaffingPlan {
        StaffingPlan {
            processing: plan_needs(self.processing.as_ref(), planner),
            setup: plan_needs(self.setup.as_ref(), planner),
            priority: self.priority,
        }
    }

    fn begin(_plan: &StaffingPlan, _streams: &Streams<'_>) -> StaffingState {
        StaffingState
    }
}

/// Resolves the pools and skills of `crewing`; no crewing needs nobody.
pub(crate) fn plan_needs(crewing: Option<&Crewing>, planner: &mut Planner<'_>) -> Arc<[Need]> {
    let needs = crewing.map_or(&[][..], |crewing| &crewing.0);
    needs
        .iter()
        .map(|need| Need {
            pool: planner.element_of(&need.pool, &["Pool"]),
            amount: planner.at_least_one_of(need.amount, "amount", &need.pool),
            skill: need.skill.as_ref().map(|skill| planner.skill(skill)),
        })
        .collect()
}
