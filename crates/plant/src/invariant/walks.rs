//! Members who walk, counted again: each is free or serves somebody who holds them, and nobody has a crew that is not there yet
//! without waiting for it.

use kernel::SimTime;

use crate::element::ElementIndex;
use crate::floor::{Cause, Floor};

/// Checks all pools with members who walk, and all that was granted and is on its way.
///
/// # Errors
/// What does not agree, with the pool or the element and the figures.
pub(super) fn look(floor: &Floor<'_>) -> Result<(), String> {
    for index in 0..floor.facets.len() {
        let pool = ElementIndex(index as u32);
        members(floor, pool).map_err(|message| format!("\"{}\": {message}", floor.model().name(pool)))?;
    }
    approaches(floor)
}

/// In every group of a pool as many walk as are free or held, those who are called are held by whom they serve, and whoever is still on
/// the way is waited for.
fn members(floor: &Floor<'_>, pool: ElementIndex) -> Result<(), String> {
    let facets = &floor.facets[pool.index()];
    let (Some((_, crew)), Some((_, walkers))) = (facets.crew.as_ref(), facets.walking.as_ref()) else {
        return Ok(());
    };
    // They come in with the start of the run.
    if walkers.members.is_empty() && floor.shop.event_count == 0 {
        return Ok(());
    }
    let held_here = || floor.shop.holdings.iter().filter(|holding| holding.pool == pool);
    for (group, free) in crew.free.iter().enumerate() {
        let of_group = || walkers.members.iter().filter(|walker| usize::from(walker.group) == group);
        let idle = of_group().filter(|walker| walker.serves.is_none()).count() as i64;
        if idle != (*free).max(0) {
            return Err(format!("{idle} who walk in group {group} serve nobody, and {free} are free"));
        }
        for holding in held_here().filter(|holding| usize::from(holding.group) == group) {
            let whom = (holding.element, holding.purpose);
            let serving = of_group().filter(|walker| walker.serves == Some(whom)).count() as u64;
            let same = |other: &&crate::floor::Holding| {
                usize::from(other.group) == group && (other.element, other.purpose) == whom
            };
            let held: u64 = held_here().filter(same).map(|holding| u64::from(holding.amount)).sum();
            if serving != held {
                let name = floor.model().name(holding.element);
                return Err(format!("{serving} who walk in group {group} serve \"{name}\", which holds {held}"));
            }
        }
    }
    let (groups, held) = (crew.free.len(), held_here().map(|holding| u64::from(holding.amount)).sum::<u64>());
    let serving = walkers.members.iter().filter(|walker| walker.serves.is_some()).count() as u64;
    if serving != held || walkers.members.iter().any(|walker| usize::from(walker.group) >= groups) {
        return Err(format!("{serving} who walk serve somebody, and {held} are held"));
    }
    let now = floor.now();
    for walker in &walkers.members {
        if walker.course.left() > now || walker.course.left() > walker.course.arrives() {
            return Err("somebody walks who has not set out".to_owned());
        }
        let Some(whom) = walker.serves.filter(|_| walker.course.arrives() > now) else { continue };
        let is_expected = floor.shop.approaches.iter().any(|approach| {
            (approach.element, approach.purpose) == whom && approach.arrives >= walker.course.arrives()
        });
        if !is_expected {
            let name = floor.model().name(whom.0);
            return Err(format!("somebody is still on the way to \"{name}\", which does not wait"));
        }
    }
    Ok(())
}

/// Whoever waits for somebody on the way holds them, asks for nobody more under that purpose, and will be told.
fn approaches(floor: &Floor<'_>) -> Result<(), String> {
    let shop = &floor.shop;
    if shop.approaches.is_empty() {
        return Ok(());
    }
    let pending = shop.events.pending();
    let arrivals = || pending.iter().filter(|(_, _, event)| event.cause == Cause::CrewArrives);
    let told = |element: ElementIndex, arrives: SimTime| {
        let mine = |(time, _, event): &&(SimTime, _, crate::floor::Event)| *time == arrives && event.element == element;
        arrivals().filter(mine).count()
    };
    for approach in &shop.approaches {
        let (whom, name) = ((approach.element, approach.purpose), floor.model().name(approach.element));
        let same =
            |other: &&crate::floor::Approach| (other.element, other.arrives) == (approach.element, approach.arrives);
        if told(approach.element, approach.arrives) != shop.approaches.iter().filter(same).count() {
            return Err(format!("\"{name}\": waits for somebody on the way and is not told when they are there"));
        }
        if !shop.holdings.iter().any(|holding| (holding.element, holding.purpose) == whom) {
            return Err(format!("\"{name}\": waits for somebody on the way and holds nobody"));
        }
        if shop.requests.iter().any(|request| (request.element, request.purpose) == whom) {
            return Err(format!("\"{name}\": waits for somebody on the way and still asks for them"));
        }
    }
    if arrivals().count() == shop.approaches.len() {
        Ok(())
    } else {
        Err("somebody arrives whom nobody waits for".to_owned())
    }
}
