//! The handlers that every kind made of work shares, written once and named in each kind.

/// Hands the handlers of an element kind on to [`crate::work::Work`].
macro_rules! work_handlers {
    () => {
        type Plan = $crate::work::WorkplacePlan;
        type State = $crate::work::Workplace;

        fn door(plan: &Self::Plan) -> $crate::element::Door {
            plan.door()
        }
        fn can_follow(plan: &Self::Plan, before: &Self::Plan) -> Result<(), String> {
            plan.can_follow(before)
        }
        fn begin(plan: &Self::Plan, streams: &$crate::element::Streams<'_>) -> Self::State {
            plan.begin(streams)
        }
        #[inline]
        fn arrive(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>, part: $crate::part::PartId) {
            $crate::work::Work::at(at.me, at.plan, at.state).arrive(floor, part);
        }
        #[inline]
        fn departed(
            at: $crate::element::At<'_, Self>,
            floor: &mut $crate::floor::Floor<'_>,
            part: $crate::part::PartId,
        ) {
            $crate::work::Work::at(at.me, at.plan, at.state).departed(floor, part);
        }
        #[inline]
        fn timer(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>, timer: u32) {
            $crate::work::Work::at(at.me, at.plan, at.state).timer(floor, timer);
        }
        fn granted(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>, ticket: u32) {
            $crate::work::Work::at(at.me, at.plan, at.state).granted(floor, ticket);
        }
        #[inline]
        fn dispatch(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>) {
            $crate::work::Work::at(at.me, at.plan, at.state).dispatch(floor);
        }
        fn halt(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>) {
            $crate::work::Work::at(at.me, at.plan, at.state).halt(floor);
        }
        fn proceed(
            at: $crate::element::At<'_, Self>,
            floor: &mut $crate::floor::Floor<'_>,
            resumption: $crate::element::Resumption,
        ) {
            $crate::work::Work::at(at.me, at.plan, at.state).proceed(floor, resumption);
        }
        fn replanned(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>, before: &Self::Plan) {
            $crate::work::Work::at(at.me, at.plan, at.state).replanned(floor, before);
        }
        fn reset_statistics(at: $crate::element::At<'_, Self>, now: kernel::SimTime) {
            at.state.reset_statistics(now);
        }
        fn figures(plan: &Self::Plan, state: &Self::State, figures: &mut $crate::report::Figures<'_>) {
            state.figures(plan, figures);
        }
    };
}
pub(crate) use work_handlers;
