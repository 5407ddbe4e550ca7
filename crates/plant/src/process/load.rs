//! Loads: which of the parts that wait go into one job together, and when there is enough of them.
//!
//! The parts of a load remain what they are: they begin, end and leave together, like those that a tool of a group is given at
//! once. One mechanism of loading serves stations with a `batch`, furnaces and machines that build parts of powder.

use kernel::{SimDuration, SimTime};

use crate::control::setup::SetupIndex;
use crate::description::{Map, Mass, Name, Volume};
use crate::floor::Floor;
use crate::flow::tool_group::batch::{BatchUnit, GroupBatch, Together};
use crate::part::{PartId, PartTypeIndex, RoutingPosition};
use crate::plan::Planner;
use crate::report::{Figures, ratio};

/// Which parts are alike, so that they may go into one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AlikeBy {
    /// All that come.
    Anything,
    /// What they have to have done.
    Work(Together),
    /// The program of the furnace that they need.
    Program,
}

/// What parts of one load have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Likeness {
    pub step: Option<RoutingPosition>,
    pub part_type: Option<PartTypeIndex>,
    pub program: Option<u32>,
    /// What the unit has to be set up for.
    pub setup: Option<SetupIndex>,
}

/// How much goes in besides a number of parts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Space {
    /// What a part takes up by its type, where that is known: milligrams or nanolitres.
    pub of: Vec<Option<i64>>,
    /// More than that does not go in.
    pub most: i64,
    /// Less than that does not begin.
    pub least: i64,
    /// What is not known where nothing is said of a type, in words before `parts`, and what to do about it.
    pub what: &'static str,
    pub help: &'static str,
}

impl Space {
    /// What a part takes up at least.
    fn smallest(&self) -> i64 {
        self.of.iter().map(|amount| amount.unwrap_or(0)).min().unwrap_or(0)
    }
}

/// Which parts go into one job, resolved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LoadPlan {
    pub minimum: u32,
    /// As many as fit in where nothing is said.
    pub maximum: Option<u32>,
    pub counted_in: BatchUnit,
    pub alike: AlikeBy,
    pub space: Option<Space>,
    pub longest_wait: Option<SimDuration>,
}

/// The least and the most parts of a load of one sort.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub minimum: u32,
    pub maximum: u32,
}

impl LoadPlan {
    /// That of a station that works on batches.
    pub(crate) fn of_batch(batch: &GroupBatch) -> Self {
        LoadPlan {
            minimum: batch.minimum,
            maximum: Some(batch.maximum),
            counted_in: batch.counted_in,
            alike: AlikeBy::Work(batch.together),
            space: None,
            longest_wait: batch.longest_wait,
        }
    }

    /// Places that each job holds, if the number of its parts says how many; otherwise only those who wait hold one.
    pub(crate) fn places(&self) -> Option<u32> {
        self.maximum.filter(|_| self.counted_in == BatchUnit::Parts)
    }

    fn takes_up(&self, part_type: PartTypeIndex) -> i64 {
        self.space.as_ref().and_then(|space| space.of.get(part_type.index()).copied().flatten()).unwrap_or(0)
    }

    /// What all of these parts take up together.
    pub(crate) fn space_of(&self, parts: &[PartId], floor: &Floor<'_>) -> i64 {
        parts.iter().map(|part| self.takes_up(floor.parts()[*part].part_type)).fold(0, i64::saturating_add)
    }

    /// What of the `waiting`, which are alike and in the order of the rule, goes in now; `None` if that is not enough. What
    /// does not fit beside those before it is passed over, but for the first one, which goes in alone if it must. O(waiting), or as
    /// far as until not even the smallest fits any more.
    pub(crate) fn pack(
        &self,
        sizes: Sizes,
        waiting: impl Iterator<Item = PartId>,
        floor: &Floor<'_>,
    ) -> Option<Vec<PartId>> {
        let most = self.space.as_ref().map_or(i64::MAX, |space| space.most);
        let least = self.space.as_ref().map_or(0, |space| space.least);
        let smallest = self.space.as_ref().map_or(0, Space::smallest);
        let (mut taken, mut count, mut space) = (Vec::new(), 0_u32, 0_i64);
        let (mut is_full, mut oldest) = (false, SimTime::MAX);
        for part in waiting {
            let record = &floor.parts()[part];
            oldest = oldest.min(record.arrived);
            let amount = match self.counted_in {
                BatchUnit::Parts => 1,
                BatchUnit::Pieces => floor.model().pieces(record),
            };
            let with = (count.saturating_add(amount), space.saturating_add(self.takes_up(record.part_type)));
            if taken.is_empty() || (with.0 <= sizes.maximum && with.1 <= most) {
                taken.push(part);
                (count, space) = with;
            } else {
                is_full = true;
            }
            is_full |= count >= sizes.maximum;
            if count >= sizes.maximum || (is_full && space.saturating_add(smallest) > most) {
                break;
            }
        }
        let is_enough = count >= sizes.minimum && space >= least;
        let is_overdue = self.longest_wait.is_some_and(|wait| oldest.saturating_add(wait) <= floor.now());
        (!taken.is_empty() && (is_full || is_enough || is_overdue)).then_some(taken)
    }
}

/// What parts of each type take up, as `said` or as they are themselves; `"*"` stands for all that are not named.
pub(crate) fn by_type<T: Copy>(
    said: &Map<T>,
    amount: impl Fn(T) -> i64,
    own: impl Fn(&crate::transport::PartSize) -> Option<i64>,
    planner: &mut Planner<'_>,
) -> Vec<Option<i64>> {
    let others = said.get("*").map(|value| amount(*value));
    let mut table: Vec<Option<i64>> = planner.part_sizes().iter().map(|size| others.or_else(|| own(size))).collect();
    let named: Vec<(Name, T)> = said.iter().filter(|(name, _)| name.text() != "*").cloned().collect();
    for (name, value) in named {
        let index = planner.part_type(&name).index();
        if let Some(entry) = table.get_mut(index) {
            *entry = Some(amount(value));
        }
    }
    table
}

/// What to do where nothing is known of the size of a part.
const HELP: &str = "give the part type a `body`, or say it in `of`";

/// Space by mass.
pub(crate) fn by_mass(most: Mass, of: &Map<Mass>, planner: &mut Planner<'_>) -> Space {
    let of = by_type(of, Mass::as_milligrams, |size| size.mass_mg, planner);
    Space { of, most: most.as_milligrams(), least: 0, what: "the mass of", help: HELP }
}

/// Space by volume.
pub(crate) fn by_volume(most: Volume, of: &Map<Volume>, planner: &mut Planner<'_>) -> Space {
    let of = by_type(of, Volume::as_nanolitres, |size| size.box_nl(), planner);
    Space { of, most: most.as_nanolitres(), least: 0, what: "the volume of", help: HELP }
}

/// Millionths in a whole.
const WHOLE: i128 = 1_000_000;

/// What went into jobs since the end of the warm-up.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct LoadTally {
    jobs: u64,
    parts: u64,
    /// Of what a job holds at most, in millionths.
    filled: u128,
    /// Nanoseconds for which the first part of each load had waited.
    first_waits: i128,
}
kernel::persist!(struct LoadTally { jobs, parts, filled, first_waits });

impl LoadTally {
    /// A job begins with so many parts, of which the first one has waited so long.
    pub(crate) fn add(&mut self, load: &LoadPlan, sizes: Sizes, parts: (u32, u32), space: i64, waited: SimDuration) {
        let (count, amount) = parts;
        let of = |part: i128, whole: i128| if whole > 0 { part * WHOLE / whole } else { 0 };
        let filled = match &load.space {
            Some(plan) => of(i128::from(space), i128::from(plan.most)),
            None => 0,
        };
        let counted = load.maximum.map_or(0, |_| of(i128::from(amount), i128::from(sizes.maximum)));
        self.count(count, filled.max(counted) as u128, waited);
    }

    /// A tool of a group begins with so many parts, which are `amount` of at most `maximum`.
    pub(crate) fn add_batch(&mut self, parts: u32, (amount, maximum): (u32, u32), waited: SimDuration) {
        self.count(parts, u128::from(amount) * WHOLE as u128 / u128::from(maximum.max(1)), waited);
    }

    fn count(&mut self, parts: u32, filled: u128, waited: SimDuration) {
        self.jobs += 1;
        self.parts += u64::from(parts);
        self.filled += filled;
        self.first_waits += i128::from(waited.as_nanos());
    }

    pub(crate) fn figures(&self, figures: &mut Figures<'_>) {
        let jobs = self.jobs as f64;
        figures.number("jobs", jobs);
        figures.number("parts in a job", ratio(self.parts as f64, jobs));
        figures.number("fill of a job", ratio(self.filled as f64 / 1e6, jobs));
        figures.quantity("wait of the first part of a job", ratio(self.first_waits as f64 / 1e9, jobs), "s");
    }
}
