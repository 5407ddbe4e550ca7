//! Whether what can come to a process goes in: parts of a known size that is not too large, for which there is a program.
//!
//! A type that never comes need not fit, so parts are followed through the plant first ([`crate::plant::Flows`]), and only where
//! some type would not fit.

use super::Technology;
use crate::codes;
use crate::description::Origin;
use crate::element::ElementIndex;
use crate::model::{PartTypeInfo, RoutingInfo, RoutingStep};
use crate::part::PartTypeIndex;
use crate::plan::Planner;
use crate::plant::{Flows, PlannedElement};
use crate::transport::PartSize;
use crate::work::{Intake, WorkplacePlan};

/// What is wrong with parts of a type: where, in words, and what to do.
struct Misfit {
    field: &'static str,
    message: String,
    help: &'static str,
}

fn workplace(element: &PlannedElement) -> Option<&WorkplacePlan> {
    element.planned.plan().downcast_ref()
}

/// What is wrong with parts of a type that are so large, if they come to work like that.
fn misfit(plan: &WorkplacePlan, part_type: usize, name: &str, size: &PartSize) -> Option<Misfit> {
    if let Some(Technology::Additive(additive)) = plan.technology.as_deref()
        && additive.is_too_large(size)
    {
        return Some(Misfit {
            field: "build_volume",
            message: format!("a part of type \"{name}\" is larger than the build volume"),
            help: "build it in a larger machine, or give its `body` the sizes in which it is built",
        });
    }
    let Intake::Together(load) = &plan.intake else { return None };
    let space = load.space.as_ref()?;
    let said = space.of.get(part_type).copied().flatten();
    match said {
        None => Some(Misfit {
            field: "load",
            message: format!("nothing says {} parts of type \"{name}\"", space.what),
            help: space.help,
        }),
        Some(takes) if takes > space.most => Some(Misfit {
            field: "load",
            message: format!("a part of type \"{name}\" takes up more than goes in at once"),
            help: "let more go in, or send these parts elsewhere",
        }),
        Some(_) => None,
    }
}

/// Whether parts of some type would not fit, or not be known what to do with, if they came to `element`.
pub(crate) fn is_in_doubt(element: &PlannedElement, sizes: &[PartSize]) -> bool {
    let Some(plan) = workplace(element) else { return false };
    let lacks_program = match plan.technology.as_deref() {
        Some(Technology::Furnace(furnace)) => (0..sizes.len()).any(|part_type| !furnace.has_program(part_type)),
        _ => false,
    };
    lacks_program || sizes.iter().enumerate().any(|(part_type, size)| misfit(plan, part_type, "", size).is_some())
}

/// Complains of types of parts that can come to the element that is looked at and do not fit.
pub(crate) fn check(
    element: &PlannedElement,
    flows: &Flows,
    (part_types, routings): (&[PartTypeInfo], &[RoutingInfo]),
    planner: &mut Planner<'_>,
) {
    let me = planner.me();
    let Some(plan) = workplace(element) else { return };
    let sizes = planner.part_sizes();
    for part_type in flows.types_at(me) {
        let Some(info) = part_types.get(part_type.index()) else { continue };
        let size = sizes.get(part_type.index()).copied().unwrap_or_default();
        let wrong = misfit(plan, part_type.index(), &info.name, &size)
            .or_else(|| lacks_program(plan, me, part_type, info, routings));
        if let Some(Misfit { field, message, help }) = wrong {
            let origin = planner.origin_of(field);
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                message,
                "these parts can come here",
                Some(help.to_owned()),
            );
        }
    }
}

fn lacks_program(
    plan: &WorkplacePlan,
    me: ElementIndex,
    part_type: PartTypeIndex,
    info: &PartTypeInfo,
    routings: &[RoutingInfo],
) -> Option<Misfit> {
    let Some(Technology::Furnace(furnace)) = plan.technology.as_deref() else { return None };
    if furnace.has_program(part_type.index()) {
        return None;
    }
    let routing = info.routing.and_then(|routing| routings.get(routing as usize));
    let here = |step: &&RoutingStep| step.at.contains(&me);
    let mut steps = routing.into_iter().flat_map(|routing| &routing.steps).filter(here).peekable();
    let is_known = steps.peek().is_some()
        && steps.all(|step| step.recipe_name.as_deref().is_some_and(|recipe| furnace.is_program(recipe)));
    (!is_known).then(|| Misfit {
        field: "programs",
        message: format!("nothing says which program parts of type \"{}\" need", info.name),
        help: "name the type in the `part_types` of a program, or give the step of its routing a `recipe`",
    })
}

/// Complains of steps that say how long something takes whose technology says so itself.
pub(crate) fn check_steps(
    routings: &[RoutingInfo],
    elements: &[Option<PlannedElement>],
    origins: impl Fn(&str) -> Origin,
    planner: &mut Planner<'_>,
) {
    let sets_times = |at: &ElementIndex| {
        let plan = elements.get(at.index()).and_then(Option::as_ref).and_then(workplace);
        plan.and_then(|plan| plan.technology.as_deref()).is_some_and(Technology::sets_times)
    };
    for (routing, step) in routings.iter().flat_map(|routing| routing.steps.iter().map(move |step| (routing, step))) {
        let Some(at) = step.at.iter().find(|at| step.says_time(**at) && sets_times(at)) else { continue };
        let (name, kind) = (planner.name_of(*at), planner.kind_of_element(*at));
        let message = format!("step {} of routing \"{}\" says how long \"{name}\" takes", step.name, routing.name);
        let label = format!("a {kind} takes as long as follows from what it does");
        let help = "leave its `process_time` out, or give it for other elements only".to_owned();
        planner.complain(&codes::CONTRADICTION, origins(&routing.name), message, label, Some(help));
    }
}
