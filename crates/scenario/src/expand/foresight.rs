//! What the timed events of a scenario will do, told beforehand: what is said of the plant as it begins goes by it.

use plant::availability::instant::Moment;
use plant::description::{Node, Origin, Value};
use plant::plant::Foreseen;

use super::{Anything, TimedAction};
use crate::overlay::{Path, Schema, resolve};

/// What `events` will do to the scenario `root`.
pub(super) fn foresee(root: &Node, events: &[(Moment, TimedAction, Origin)], schema: &dyn Schema) -> Foreseen {
    let mut foreseen = Foreseen::default();
    for (_, action, _) in events {
        match action {
            TimedAction::Shift(element, _) => {
                foreseen.shifted.insert(element.text().to_owned());
            }
            TimedAction::Rush { source, .. } => {
                foreseen.rushed.insert(source.text().to_owned());
            }
            TimedAction::Set(path, Anything(value)) => foresee_ways(root, &path.0, value, schema, &mut foreseen),
            _ => {}
        }
    }
    foreseen
}

/// Adds where elements send parts before and after `next` of them is set. What is wrong with the path is said when it is set.
fn foresee_ways(root: &Node, path: &Node, value: &Node, schema: &dyn Schema, foreseen: &mut Foreseen) {
    let Ok(path) = Path::of(path) else { return };
    if path.last_name() != Some("next") {
        return;
    }
    for place in resolve(root, &path, schema).unwrap_or_default() {
        let Some(element) = place.element(root) else { continue };
        for next in [place.get(root), Some(value)] {
            let to = match next.map(|next| &next.value) {
                Some(Value::Text(to)) => Some(to.clone()),
                None | Some(Value::Absent) => None,
                Some(_) => continue,
            };
            foreseen.ways.insert((element.to_owned(), to));
        }
    }
}
