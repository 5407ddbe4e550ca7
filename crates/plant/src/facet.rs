//! Facets: what an element *has* besides what it *is*. Each is written once and serves every kind that names it.
//!
//! A facet has a description, a plan and a state like an element kind, in one file of its own. This file lists
//! them; a new facet is its file and one line here.

use std::sync::Arc;

use bevy_ecs::component::{Component, Mutable};
use kernel::Persist;

use crate::availability::failure::Failures;
use crate::availability::maintenance::Maintenance;
use crate::availability::work_calendar::CalendarChoice;
use crate::control::quality::Quality;
use crate::control::setup::Setup;
use crate::control::staffing::Staffing;
use crate::description::{Describe, FieldSet, Name, Reader, Shape};
use crate::element::Streams;
use crate::energy::Energy;
use crate::fluid::exchange::FluidExchange;
use crate::plan::Planner;
use crate::resource::pool::Members;
use crate::resource::walking::Walking;

/// Something an element can have, whatever its kind.
pub trait Facet: Describe + std::fmt::Debug + Clone + Send + Sync + 'static {
    /// The field of an element that holds it.
    const KEY: &'static str;
    /// An example, as the value of that field.
    const EXAMPLE: &'static str;
    /// The description resolved against the plant.
    type Plan: std::fmt::Debug + Send + Sync + 'static;
    /// What a run changes.
    type State: Component<Mutability = Mutable> + std::fmt::Debug + Clone + Persist;

    /// Resolves names and checks what no single field can check.
    fn plan(&self, planner: &mut Planner<'_>) -> Self::Plan;

    /// The state at time zero, with its random streams.
    fn begin(plan: &Self::Plan, streams: &Streams<'_>) -> Self::State;

    /// Whether a running element can go over from the plan `before` to `plan`.
    ///
    /// # Errors
    /// What of it cannot change during a run; said to the author of the scenario.
    fn can_follow(_plan: &Self::Plan, _before: &Self::Plan) -> Result<(), String> {
        Ok(())
    }

    /// A timed change has swapped the plan; the state is brought in line with it.
    fn replanned(_plan: &Self::Plan, _before: &Self::Plan, _state: &mut Self::State) {}
}

/// Whether `key` is among the `keys` of facets; for constants.
pub(crate) const fn names(keys: &[&str], key: &str) -> bool {
    let mut index = 0;
    while index < keys.len() {
        let (candidate, key) = (keys[index].as_bytes(), key.as_bytes());
        let mut same = 0;
        while same < key.len() && same < candidate.len() && candidate[same] == key[same] {
            same += 1;
        }
        if same == key.len() && same == candidate.len() {
            return true;
        }
        index += 1;
    }
    false
}

/// The plan of a facet as a component. Plans are shared by all runs of a plant.
#[derive(Debug, Component)]
pub struct FacetPlan<F: Facet>(pub Arc<F::Plan>);

impl<F: Facet> Clone for FacetPlan<F> {
    fn clone(&self) -> Self {
        FacetPlan(self.0.clone())
    }
}

/// Documentation of one facet, for the reference and for tests that walk all of them.
#[derive(Debug, Clone)]
pub struct FacetShape {
    /// The field of an element that holds it.
    pub key: &'static str,
    /// An example value.
    pub example: &'static str,
    /// Its fields.
    pub shape: Shape,
}

macro_rules! facets {
    ($($field:ident: $Facet:ty,)*) => {
        /// The facets of one element as the scenario describes them.
        #[derive(Debug, Clone, Default)]
        pub struct FacetDescriptions {
            $(#[doc = concat!("The facet `", stringify!($field), "`.")] pub $field: Option<$Facet>,)*
        }

        /// The facets of one element resolved against the plant.
        #[derive(Debug, Clone, Default)]
        pub(crate) struct FacetPlans {
            $(pub(crate) $field: Option<Arc<<$Facet as Facet>::Plan>>,)*
        }

        /// The facets of one element, borrowed for a slice. What work looks at lies in one cache line.
        #[derive(Debug, Default)]
        #[repr(C, align(64))]
        pub(crate) struct Facets<'w> {
            $(pub(crate) $field: Option<(&'w <$Facet as Facet>::Plan, &'w mut <$Facet as Facet>::State)>,)*
        }

        /// Which facets an element has, so that asking costs no look at the facets themselves.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub(crate) struct FacetFlags {
            $(pub(crate) $field: bool,)*
        }

        /// What has to be borrowed of an entity to make its [`Facets`].
        pub(crate) type FacetQuery = ($(Option<&'static mut <$Facet as Facet>::State>,)*);

        /// The states of an element's facets, taken out to be kept.
        #[derive(Debug, Clone, Default)]
        pub(crate) struct FacetStates {
            $($field: Option<<$Facet as Facet>::State>,)*
        }

        impl FacetDescriptions {
            /// Reads the facets named in `allowed` from an element's fields, and the names that stand in those that
            /// cannot be read.
            pub(crate) fn read(
                fields: &FieldSet<'_>,
                allowed: &[&str],
                reader: &mut Reader<'_>,
            ) -> (Self, Vec<Name>) {
                let (mut facets, mut lost) = (FacetDescriptions::default(), Vec::new());
                $(if allowed.contains(&<$Facet as Facet>::KEY) {
                    let names = reader.names().len();
                    match fields.optional::<Option<$Facet>>(<$Facet as Facet>::KEY, || None, reader) {
                        Some(facet) => facets.$field = facet,
                        None => lost.extend_from_slice(reader.names().get(names..).unwrap_or_default()),
                    }
                })*
                (facets, lost)
            }

            /// Resolves all facets; what is wrong goes to the planner.
            pub(crate) fn plan(&self, planner: &mut Planner<'_>) -> FacetPlans {
                FacetPlans { $($field: self.$field.as_ref().map(|facet| {
                    planner.within(<$Facet as Facet>::KEY, |planner| Arc::new(facet.plan(planner)))
                }),)* }
            }
        }

        impl FacetPlans {
            /// Whether there are none.
            pub(crate) fn is_empty(&self) -> bool {
                true $(&& self.$field.is_none())*
            }

            /// Puts plans and fresh states on an entity.
            pub(crate) fn spawn(
                &self,
                entity: &mut bevy_ecs::world::EntityWorldMut<'_>,
                streams: &Streams<'_>,
            ) {
                $(if let Some(plan) = &self.$field {
                    entity.insert((FacetPlan::<$Facet>(plan.clone()), <$Facet as Facet>::begin(plan, streams)));
                })*
            }

            /// Whether a running element can go over from the facets `before` to these.
            pub(crate) fn can_follow(&self, before: &FacetPlans) -> Result<(), String> {
                $(match (&self.$field, &before.$field) {
                    (Some(plan), Some(before)) => <$Facet as Facet>::can_follow(plan, before)?,
                    (None, None) => {}
                    _ => return Err(format!("an element cannot gain or lose its `{}` during a run", <$Facet as Facet>::KEY)),
                })*
                Ok(())
            }

            /// Swaps the plans of an entity and keeps the states.
            pub(crate) fn swap(&self, entity: &mut bevy_ecs::world::EntityWorldMut<'_>) {
                $(if let Some(plan) = &self.$field {
                    let before = entity.get::<FacetPlan<$Facet>>().cloned();
                    if let (Some(before), Some(mut state)) = (before, entity.get_mut::<<$Facet as Facet>::State>()) {
                        <$Facet as Facet>::replanned(plan, &before.0, &mut state);
                    }
                    entity.insert(FacetPlan::<$Facet>(plan.clone()));
                })*
            }
        }

        impl FacetStates {
            /// Copies the states off an entity.
            pub(crate) fn save(entity: bevy_ecs::world::EntityRef<'_>) -> Self {
                FacetStates { $($field: entity.get::<<$Facet as Facet>::State>().cloned(),)* }
            }

            /// Puts the states back.
            pub(crate) fn restore(&self, entity: &mut bevy_ecs::world::EntityWorldMut<'_>) {
                $(if let Some(state) = &self.$field {
                    entity.insert(state.clone());
                })*
            }
        }

        kernel::persist!(struct FacetFlags { $($field),* });
        kernel::persist!(struct FacetStates { $($field),* });

        impl FacetStates {
            /// Whether there is a state for exactly the facets that have a plan.
            pub(crate) fn fits(&self, plans: &FacetPlans) -> bool {
                $(self.$field.is_some() == plans.$field.is_some())&&*
            }
        }

        impl<'w> Facets<'w> {
            pub(crate) fn flags(&self) -> FacetFlags {
                FacetFlags { $($field: self.$field.is_some(),)* }
            }

            /// The facets with these plans and the states that were borrowed.
            pub(crate) fn of(
                plans: &'w FacetPlans,
                states: <FacetQuery as bevy_ecs::query::QueryData>::Item<'w, '_>,
            ) -> Self {
                let ($($field,)*) = states;
                Facets {
                    $($field: plans.$field.as_deref().zip($field.map(bevy_ecs::world::Mut::into_inner)),)*
                }
            }
        }

        /// Makes the components of all facets known to a World, so that elements without them can be borrowed too.
        pub(crate) fn register_facets(world: &mut bevy_ecs::world::World) {
            $(
                world.register_component::<FacetPlan<$Facet>>();
                world.register_component::<<$Facet as Facet>::State>();
            )*
        }

        /// Every facet there is.
        #[must_use]
        pub fn facet_shapes() -> Vec<FacetShape> {
            vec![$(FacetShape {
                key: <$Facet as Facet>::KEY,
                example: <$Facet as Facet>::EXAMPLE,
                shape: <$Facet as Describe>::shape(),
            },)*]
        }
    };
}

facets! {
    energy: Energy,
    failures: Failures,
    maintenance: Maintenance,
    setup: Setup,
    calendar: CalendarChoice,
    fluid: FluidExchange,
    crew: Members,
    quality: Quality,
    staffing: Staffing,
    walking: Walking,
}
