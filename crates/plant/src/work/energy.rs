//! Whom the energy of a workplace is drawn for: the parts that are worked on now, and those on which work has ended.

use super::{Job, Phase, Work};
use crate::floor::Floor;
use crate::part::PartTypeIndex;

impl Work<'_> {
    /// Says which types of parts are worked on now. A plant with one type needs no telling apart.
    #[inline(never)]
    pub(super) fn tell_products(&self, floor: &mut Floor<'_>) {
        if floor.model().part_types.len() < 2 {
            return;
        }
        let under_way = self.state.jobs().filter(|job| matches!(job.phase, Phase::Working | Phase::Setup));
        let mut parts = under_way.flat_map(Job::parts).map(|part| floor.parts()[part].part_type);
        match (parts.next(), parts.next()) {
            (None, _) => floor.work_for(self.me, &[]),
            (Some(only), None) => floor.work_for(self.me, &[(only, 1)]),
            (Some(first), Some(second)) => {
                let mut served: Vec<(PartTypeIndex, u32)> = vec![(first, 1)];
                for part_type in std::iter::once(second).chain(parts) {
                    match served.binary_search_by_key(&part_type, |(served, _)| *served) {
                        Ok(place) => served[place].1 += 1,
                        Err(place) => served.insert(place, (part_type, 1)),
                    }
                }
                floor.work_for(self.me, &served);
            }
        }
    }

    /// Work in `place` has ended: draws what each of its parts takes.
    #[inline(never)]
    pub(super) fn draw_per_part(&self, floor: &mut Floor<'_>, place: usize) {
        for part in self.state.job(place).parts() {
            let part_type = floor.parts()[part].part_type;
            floor.draw_per_part(self.me, part_type);
        }
    }
}
