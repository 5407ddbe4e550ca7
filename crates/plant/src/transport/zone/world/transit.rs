//! How long a part alone takes over each conveyor of a zone, found by sending one over it of each type that comes there.
//!
//! Where a part goes from one speed to another it changes its own while it lies on both belts, so its front takes longer or
//! shorter over the second one than `length / speed`: what an exact belt has to be corrected by to agree. A part that does
//! not come to the end at all (a slope too steep for its friction) is found so before anything runs.

use kernel::limits::{TRIAL_STEPS, TRIAL_STEPS_OF_A_PART};
use motion::{Happening, STEP_S};

use super::super::ZonePlan;
use super::super::trial::{Stuck, Trial};
use super::build::{body_of, entering};
use super::{Meaning, World};
use crate::part::PartTypeIndex;
use crate::transport::BodyInfo;

/// A part that comes to the end does so within so many times as long as its belts take at their speeds, and some seconds.
const LONGER_BY: f64 = 3.0;
const LONGER_BY_STEPS: u32 = 2_500;

/// How long parts take over a conveyor: the middle, and by how much more or less depending on their type and on when within a
/// step they come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transit {
    /// The middle, in seconds.
    pub mean_s: f64,
    /// So much more or less, in seconds.
    pub spread_s: f64,
}

/// A part comes over so many conveyors at most.
const LONGEST_WAY: usize = 4;

/// So many ways to one carrier are tried at most.
const MOST_WAYS: usize = 24;

/// At so many moments within a step a part is sent off.
const PHASES: u32 = 4;

/// What sending parts over a carrier comes to, of all types that come there.
type Outcome = Result<Trial, Stuck>;

/// The transits of each carrier, in the order of the plan; `comes` says which types of parts come there.
///
/// # Errors
/// Why no world can be made of the plan.
pub(in super::super) fn transits(plan: &ZonePlan, comes: &[Vec<PartTypeIndex>]) -> Result<Vec<Outcome>, String> {
    let mut empty = World::build(plan).map_err(|error| error.to_string())?;
    for (lane, carrier) in empty.lanes.iter().zip(&plan.carriers) {
        for hold in &lane.holds {
            // The walls and belts were put there just now.
            let _ = empty.zone.set_stop(hold.wall, false);
        }
        for surface in &lane.surfaces {
            let _ = empty.zone.drive(*surface, carrier.speed_m_per_s);
        }
    }
    let mut left = TRIAL_STEPS;
    Ok((0..plan.carriers.len()).map(|carrier| transit(plan, &empty, comes, carrier, &mut left)).collect())
}

/// What the types that come to a carrier come to, as long as steps are left.
fn transit(plan: &ZonePlan, empty: &World, comes: &[Vec<PartTypeIndex>], carrier: usize, left: &mut u32) -> Outcome {
    let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
    if *left == 0 && !comes[carrier].is_empty() {
        return Ok(Trial::Untried);
    }
    // Types with the same body take the same time.
    let mut sent: Vec<&BodyInfo> = Vec::new();
    for part_type in &comes[carrier] {
        let body = &plan.bodies[part_type.index()];
        if sent.contains(&body) || *left == 0 {
            continue;
        }
        sent.push(body);
        let mut ways = ways(plan, comes, carrier, *part_type).into_iter();
        let stuck = |way: &[usize]| Stuck { part_type: *part_type, from: way.get(1).copied() };
        let Some(first) = ways.next().filter(|way| !is_too_long(plan, way)) else { return Ok(Trial::Untried) };
        let times = transits_of(plan, empty, &first, body, left).ok_or(stuck(&first))?;
        (least, most) = times.iter().fold((least, most), |(least, most), time| (least.min(*time), most.max(*time)));
        for other in ways.filter(|way| !is_too_long(plan, way)) {
            if *left == 0 {
                break;
            }
            transit_at(plan, empty, &other, body, 0.0, left).ok_or(stuck(&other))?;
        }
    }
    let transit = Transit { mean_s: 0.5 * (least + most), spread_s: 0.5 * (most - least) };
    Ok(if sent.is_empty() { Trial::Unneeded } else { Trial::Taken(transit) })
}

/// All ways over which a part comes to a carrier, each beginning with that one: how a body lies on two belts at once depends on what
/// it has been through, and one that came from the side lies turned for some belts more.
fn ways(plan: &ZonePlan, comes: &[Vec<PartTypeIndex>], carrier: usize, part_type: PartTypeIndex) -> Vec<Vec<usize>> {
    let mut ways = vec![vec![carrier]];
    for length in 1..LONGEST_WAY {
        let further = |way: Vec<usize>| {
            let from = way.last().filter(|_| way.len() == length);
            let feeders = from.map_or_else(Vec::new, |from| feeders(plan, comes, *from, part_type));
            let longer = feeders.iter().filter(|from| !way.contains(from)).map(|from| [&way[..], &[*from]].concat());
            let longer: Vec<Vec<usize>> = longer.collect();
            if longer.is_empty() { vec![way] } else { longer }
        };
        ways = ways.into_iter().flat_map(further).take(MOST_WAYS).collect();
    }
    ways
}

/// The carriers that bring parts of a type to one at their ends.
fn feeders(plan: &ZonePlan, comes: &[Vec<PartTypeIndex>], carrier: usize, part_type: PartTypeIndex) -> Vec<usize> {
    let element = plan.carriers[carrier].element;
    let others = plan.carriers.iter().zip(comes).enumerate();
    // One that stands brings nothing as yet.
    let brings = others.filter(|(_, (other, comes))| {
        other.next == Some(element) && other.speed_m_per_s > 0.0 && comes.contains(&part_type)
    });
    brings.map(|(index, _)| index).collect()
}

/// The transits of a body over the first carrier of a way, from several moments within a step.
fn transits_of(plan: &ZonePlan, empty: &World, way: &[usize], body: &BodyInfo, left: &mut u32) -> Option<Vec<f64>> {
    let speed = plan.carriers[way[0]].speed_m_per_s;
    let phases = if way.iter().all(|index| plan.carriers[*index].speed_m_per_s == speed) { 1 } else { PHASES };
    let early_s = |phase| f64::from(phase) / f64::from(phases) * STEP_S;
    (0..phases).map(|phase| transit_at(plan, empty, way, body, early_s(phase), left)).collect()
}

/// How many steps a part takes over all of a way at the speeds of its belts.
fn steps_of(plan: &ZonePlan, way: &[usize]) -> f64 {
    let travel_s = |index: &usize| plan.carriers[*index].course.length_m / plan.carriers[*index].speed_m_per_s;
    let way_s: f64 = way.iter().filter(|index| plan.carriers[**index].speed_m_per_s > 0.0).map(travel_s).sum();
    way_s / STEP_S
}

/// Whether a part would be on its way for longer than it is followed.
fn is_too_long(plan: &ZonePlan, way: &[usize]) -> bool {
    steps_of(plan, way) + f64::from(LONGER_BY_STEPS) > f64::from(TRIAL_STEPS_OF_A_PART)
}

/// The transit over the first carrier of `way` of a part that comes over the others, the last one first, and that was at the
/// entry of that so long before the first step.
fn transit_at(
    plan: &ZonePlan,
    empty: &World,
    way: &[usize],
    body: &BodyInfo,
    early_s: f64,
    left: &mut u32,
) -> Option<f64> {
    let (carrier, start) = (*way.first()?, *way.last()?);
    let before = way.get(1).copied();
    let from = &plan.carriers[start];
    if way.iter().any(|index| plan.carriers[*index].speed_m_per_s <= 0.0) {
        return None;
    }
    let mut zone = empty.zone.clone();
    // Where nothing carries a part until it is on the belt, it is put onto it whole.
    let ahead_m = if from.way_in_m.is_some() { 0.0 } else { body.size_m()[0] };
    let speed_m_per_s = from.entry_m_per_s(from.speed_m_per_s);
    let front_m = ahead_m + speed_m_per_s * early_s;
    zone.insert(0, &body_of(body), &entering(from, body, speed_m_per_s, front_m)).ok()?;
    let steps = TRIAL_STEPS_OF_A_PART.min((LONGER_BY * steps_of(plan, way)) as u32 + LONGER_BY_STEPS);
    let mut entered_s = before.is_none().then_some(-early_s - ahead_m / from.speed_m_per_s);
    for step in 0..steps {
        *left = left.saturating_sub(1);
        for event in zone.step() {
            let at_s = f64::from(step) * STEP_S + event.after_s;
            let Happening::Covered { mark, .. } = event.happening else { continue };
            match empty.marks.get(&mark) {
                Some(Meaning::End(lane)) if *lane == carrier => return Some(at_s - entered_s?),
                Some(Meaning::End(lane)) if Some(*lane) == before => entered_s = Some(at_s),
                _ => {}
            }
        }
    }
    None
}
