//! Bounds of what a zone can do with what is in it: where tables send parts.
//! What is beyond them is complained of when a zone is planned.

use std::collections::BTreeSet;

use super::table::TablePlan;
use crate::codes;
use crate::element::ElementIndex;
use crate::plan::Planner;
use crate::plant::PlannedElement;
use crate::transport::conveyor::ConveyorPlan;

/// Complains if the table that is being planned sends parts to a conveyor that is not in its zone: nothing would be there, in physics,
/// for them to go on to.
pub(crate) fn check_table(elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let plan = |element: ElementIndex| Some(elements.get(element.index())?.as_ref()?.planned.plan());
    let me = planner.me();
    let Some(table) = plan(me).and_then(|plan| plan.downcast_ref::<TablePlan>()) else { return };
    let Some(carriage) = table.belt().carriage() else { return };
    let outputs: BTreeSet<ElementIndex> = table.spot().outputs.iter().copied().collect();
    for output in outputs {
        let Some(next) = plan(output).and_then(|plan| plan.downcast_ref::<ConveyorPlan>()) else { continue };
        if next.carriage().is_some_and(|next| next.zone == carriage.zone) {
            continue;
        }
        let (name, zone) = (planner.name_of(output).to_owned(), planner.name_of(carriage.zone).to_owned());
        let message = format!("\"{name}\" is not in the zone of this table");
        let help =
            format!("give \"{name}\" `fidelity: Physics` and `zone: \"{zone}\"`; from its end parts go to any element");
        let origin = planner.origin_of("to");
        planner.complain(&codes::CONTRADICTION, origin, message, "parts would fall off the table", Some(help));
    }
}
