//! Pools: operators, setters, repairers, tools, anything that is seized and given back.

use bevy_ecs::component::Component;

use crate::description::{Describe, Name, Node, Reader, Shape, Value, describe};
use crate::element::{At, Door, ElementKind, Resumption, Streams};
use crate::facet::Facet;
use crate::floor::{Crew, CrewGroup, CrewPlan, Floor};
use crate::plan::Planner;
use crate::report::Figures;

describe! {
    /// People or tools that units seize for their work, their setups and their repairs.
    pub struct Pool {
    }
}

describe! {
    /// Members with the same skills.
    pub struct MemberGroup {
        /// How many.
        size: u32 = 1,
        /// What they can do, as `skill` of a need asks for it.
        skills: Vec<Name> = Vec::new(),
    }
}

/// Who is in a pool: a number, or groups with skills.
#[derive(Debug, Clone, PartialEq)]
pub struct Members(pub Vec<MemberGroup>);

impl Describe for Members {
    fn shape() -> Shape {
        Shape::one_of(
            "Members",
            "How many members a pool has, or groups of members with skills.",
            &["3", r#"[(size: 2, skills: ["welding", "packing"]), (size: 1, skills: ["packing"])]"#],
            vec![MemberGroup::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::List(_) => Some(Members(Vec::<MemberGroup>::read(node, reader)?)),
            _ => Some(Members(vec![MemberGroup { size: u32::read(node, reader)?, skills: Vec::new() }])),
        }
    }
}

impl Facet for Members {
    const KEY: &'static str = "members";
    const EXAMPLE: &'static str = r#"[(size: 2, skills: ["welding"]), (size: 1, skills: ["welding", "packing"])]"#;
    type Plan = CrewPlan;
    type State = Crew;

    fn plan(&self, planner: &mut Planner<'_>) -> CrewPlan {
        let mut groups: Vec<CrewGroup> = self
            .0
            .iter()
            .map(|group| CrewGroup {
                size: group.size,
                skills: group.skills.iter().map(|skill| planner.skill(skill)).collect(),
            })
            .collect();
        groups.sort_by_key(|group| group.skills.len());
        CrewPlan { groups }
    }

    fn begin(plan: &CrewPlan, _streams: &Streams<'_>) -> Crew {
        Crew::new(plan)
    }

    fn replanned(plan: &CrewPlan, before: &CrewPlan, state: &mut Crew) {
        // Members who are at work when their post is cut finish first: free members may go below zero.
        state.free.resize(plan.groups.len().max(before.groups.len()), 0);
        for (index, free) in state.free.iter_mut().enumerate() {
            let size = |plan: &CrewPlan| plan.groups.get(index).map_or(0, |group| i64::from(group.size));
            *free += size(plan) - size(before);
        }
    }
}

/// A pool's own state: whether the work its members were doing stands still.
#[derive(Debug, Clone, PartialEq, Default, Component)]
pub struct PoolState {
    halted: Vec<crate::element::ElementIndex>,
}
kernel::persist!(struct PoolState { halted });

impl ElementKind for Pool {
    const NAME: &'static str = "Pool";
    const TAKES_PARTS: bool = false;
    const EXAMPLE: &'static str = "Pool(members: 3)";
    const FACETS: &'static [&'static str] = &["members", "calendar", "walking"];
    type Plan = ();
    type State = PoolState;

    fn plan(&self, _planner: &mut Planner<'_>) {}

    fn door(_plan: &()) -> Door {
        Door::Closed
    }

    fn begin(_plan: &(), _streams: &Streams<'_>) -> PoolState {
        PoolState::default()
    }

    fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
        floor.muster(at.me);
    }

    /// The members go home at once: what they were working on stands still (repairs are finished first).
    fn halt(at: At<'_, Self>, floor: &mut Floor<'_>) {
        at.state.halted = floor.served_by(at.me);
        for element in at.state.halted.iter().copied() {
            floor.unit_mut(element).crews_absent += 1;
            floor.halt(element);
        }
    }

    fn proceed(at: At<'_, Self>, floor: &mut Floor<'_>, _resumption: Resumption) {
        for element in std::mem::take(&mut at.state.halted) {
            let unit = floor.unit_mut(element);
            unit.crews_absent = unit.crews_absent.saturating_sub(1);
            floor.resume(element, Resumption::Resume);
        }
        floor.shop.look_due = true;
    }

    fn replanned(at: At<'_, Self>, floor: &mut Floor<'_>, _before: &()) {
        let on_shift = floor.unit(at.me).on_shift(floor.now(), floor.statistics_since());
        if let Some((plan, crew)) = floor.facets[at.me.index()].crew.as_mut() {
            crew.set_members(on_shift, plan.size());
        }
        floor.muster(at.me);
        floor.shop.look_due = true;
    }

    fn figures(_plan: &(), _state: &PoolState, figures: &mut Figures<'_>) {
        figures.crew();
        figures.walking();
    }
}
