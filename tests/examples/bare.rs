//! The walk finds what is missing: a kind without documentation, example and check.

use std::sync::Arc;

use plant::describe;
use plant::element::{Door, ElementKind, ElementName, Streams};
use plant::plan::Planner;
use plant::registry::Registry;

use super::faults_of_kind;

describe! {
    pub struct Bare {
        width: u32 = 1,
    }
}

impl ElementKind for Bare {
    const NAME: &'static str = "Bare";
    const EXAMPLE: &'static str = "";
    type Plan = ();
    type State = ElementName;

    fn plan(&self, _planner: &mut Planner<'_>) {}

    fn door(_plan: &()) -> Door {
        Door::Closed
    }

    fn begin(_plan: &(), _streams: &Streams<'_>) -> ElementName {
        ElementName("bare".into())
    }
}

#[test]
fn a_bare_kind_is_found() {
    let mut registry = Registry::default();
    registry.add_kind::<Bare>();
    let registry = Arc::new(registry);
    let kind = registry.kind("Bare").expect("it was added");
    let faults = faults_of_kind(kind, &registry).join("\n");
    for expected in ["no documentation of the type Bare", "no documentation of Bare.width", "no example", "no check"] {
        assert!(faults.contains(&format!("Bare: {expected}")), "{expected} in\n{faults}");
    }
}
