//! What a source can bring in, for those who have to know before anything runs.

use std::collections::BTreeSet;

use super::{ArrivalPlan, MixPlan, SourcePlan};
use crate::model::{OrderInfo, PartTypeInfo, Release};
use crate::part::PartTypeIndex;

impl SourcePlan {
    /// The types of parts that it can bring in.
    pub(crate) fn part_types(&self, orders: &[OrderInfo], part_types: &[PartTypeInfo]) -> BTreeSet<PartTypeIndex> {
        let mixed: Vec<PartTypeIndex> = match &self.mix {
            MixPlan::One(part_type) => vec![*part_type],
            MixPlan::Sequence(sequence) => sequence.clone(),
            MixPlan::Weighted(up_to) => {
                let before = [0.0].into_iter().chain(up_to.iter().map(|(share, _)| *share));
                let some = up_to.iter().zip(before).filter(|((share, _), before)| share > before);
                some.map(|((_, part_type), _)| *part_type).collect()
            }
        };
        match &self.arrivals {
            ArrivalPlan::Orders(mine) => {
                let released = |release: &Release| {
                    let product = orders.get(release.order as usize)?.part_type;
                    let Some(line) = release.material else { return Some(product) };
                    Some(part_types.get(product.index())?.bill_of_materials.get(line as usize)?.part_type)
                };
                mine.iter().filter_map(released).collect()
            }
            ArrivalPlan::Table(rows) if rows.iter().all(|row| row.part_type.is_some()) => {
                rows.iter().filter_map(|row| row.part_type).collect()
            }
            ArrivalPlan::Table(rows) => rows.iter().filter_map(|row| row.part_type).chain(mixed).collect(),
            _ => mixed.into_iter().collect(),
        }
    }

    /// What its table of arrivals gives parts of a type as an attribute.
    pub(crate) fn given(&self, part_type: PartTypeIndex, attribute: usize) -> impl Iterator<Item = f64> {
        let rows = match &self.arrivals {
            ArrivalPlan::Table(rows) => &rows[..],
            _ => &[],
        };
        let rows = rows.iter().filter(move |row| row.part_type.is_none_or(|own| own == part_type));
        let given = rows.flat_map(|row| &row.attributes);
        given.filter(move |(index, _)| *index == attribute).map(|(_, value)| *value)
    }
}
