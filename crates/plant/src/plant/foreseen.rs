//! What timed events will do to a plant, as far as it counts for what is said of the plant that a run begins with.

use std::collections::{BTreeMap, BTreeSet};

use crate::element::ElementIndex;
use crate::plan::Directory;

/// What the timed events of a scenario will do, by the names of elements.
#[derive(Debug, Clone, Default)]
pub struct Foreseen {
    /// Elements whose working time begins or ends at the word of an event, whatever their calendars say.
    pub shifted: BTreeSet<String>,
    /// Sources at which events bring parts in without an order.
    pub rushed: BTreeSet<String>,
    /// Where elements send parts at one time or another; `None` where their routing leads.
    pub ways: BTreeSet<(String, Option<String>)>,
}

/// Where elements send parts at one time or another; `None` where their routing leads.
pub(crate) type Detours = BTreeMap<ElementIndex, BTreeSet<Option<ElementIndex>>>;

impl Foreseen {
    /// The ways of all times; tools send parts where their group does.
    pub(super) fn detours(&self, directory: &Directory) -> Detours {
        let element = |name: &str| directory.elements.get(name).map(|(element, _)| *element);
        let mut detours = Detours::new();
        for (from, to) in &self.ways {
            if let (Some(from), Some(to)) =
                (element(from), to.as_ref().map_or(Some(None), |to| Some(Some(element(to)?))))
            {
                detours.entry(from).or_default().insert(to);
            }
        }
        if !detours.is_empty() {
            let members = (0..).map(ElementIndex).zip(&directory.groups);
            let of_groups = members.filter_map(|(member, group)| Some((member, detours.get(group.as_ref()?)?.clone())));
            let of_groups: Vec<_> = of_groups.collect();
            detours.extend(of_groups);
        }
        detours
    }
}
