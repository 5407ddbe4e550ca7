//! Members of groups that carry parts: vehicles of a fleet, cranes of a rail and of a store. What each of them does is known to its
//! group; the element that stands for it has the facets (it fails, has working hours and maintenance) and tells the group of that.

/// Makes `$kind` the element that stands for a member of a group of the kind `$Group`: it comes into being with that, stands in no
/// scenario by itself, and all it does is to tell. `$scrap` is what it does first when what it carries is to be scrapped.
macro_rules! tells_its_group {
    (
        $(#[$about:meta])* $kind:ident called $name:literal: $Plan:ident { $group:ident: $Group:ty }, $State:ident,
        scrap: $scrap:expr
    ) => {
        $crate::description::describe! {
            $(#[$about])*
            pub struct $kind {}
        }

        /// The plan of such a member.
        #[derive(Debug, Clone, PartialEq)]
        pub struct $Plan {
            /// The group that sends it.
            pub $group: $crate::element::ElementIndex,
        }

        /// What it does is known to its group: here is nothing.
        #[derive(Debug, Clone, PartialEq, Default, bevy_ecs::component::Component)]
        pub struct $State {}
        kernel::persist!(
            struct $State {}
        );

        impl $crate::element::ElementKind for $kind {
            const NAME: &'static str = $name;
            const EXAMPLE: &'static str = concat!($name, "()");
            const FACETS: &'static [&'static str] = <$Group as $crate::element::ElementKind>::FACETS;
            const TAKES_PARTS: bool = false;
            type Plan = $Plan;
            type State = $State;

            fn plan(&self, planner: &mut $crate::plan::Planner<'_>) -> $Plan {
                $Plan { $group: planner.group().unwrap_or(planner.me()) }
            }

            fn door(_plan: &$Plan) -> $crate::element::Door {
                $crate::element::Door::Closed
            }

            fn begin(_plan: &$Plan, _streams: &$crate::element::Streams<'_>) -> $State {
                $State {}
            }

            fn halt(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>) {
                Self::dispatch(at, floor);
            }

            fn proceed(
                at: $crate::element::At<'_, Self>,
                floor: &mut $crate::floor::Floor<'_>,
                resumption: $crate::element::Resumption,
            ) {
                if resumption == $crate::element::Resumption::Scrap {
                    ($scrap)(&at, floor);
                }
                Self::dispatch(at, floor);
            }

            /// It stands still, goes on, or may have opened.
            fn dispatch(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>) {
                floor.signal(at.plan.$group, $crate::floor::Signal::Observe { watched: at.me });
            }
        }
    };
}
pub(crate) use tells_its_group;
