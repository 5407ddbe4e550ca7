//! Each invariant is seen to fail when what it checks is corrupted on purpose.

use kernel::SimTime;

use super::Auditor;
use super::trial::{AISLES, KITS, SHOP, run, walking_shop};
use crate::element::ElementIndex;
use crate::floor::{Cause, Event, Floor, Purpose, priority};
use crate::kind::View;
use crate::part::{PartId, PartTypeIndex};
use crate::run::Run;
use crate::state::{State, StateClock};
use crate::transport::paths::network::Cell;
use crate::transport::paths::traffic::Claim;

/// A run in which everything is in use, for corruption.
fn busy_run() -> Run {
    busy_run_where(|_| true)
}

/// The same at a moment when `extra` holds as well.
pub(crate) fn busy_run_where(extra: impl Fn(&mut Floor<'_>) -> bool) -> Run {
    let mut run = run(SHOP, 4);
    let is_busy = |run: &mut Run| {
        run.on_floor(|_, floor| {
            let gates = floor.gates().filter(|gate| !gate.waiting.is_empty()).count();
            let held = floor.shop.holdings.iter().any(|holding| matches!(holding.purpose, Purpose::Work { .. }));
            let settled = floor.shop.agenda.is_empty() && floor.shop.dispatches.is_empty();
            gates > 0 && held && settled && floor.parts().alive() > 8 && extra(floor)
        })
    };
    while run.event_count() < 500 || !is_busy(&mut run) {
        run.advance_by(1).expect("a sound run");
    }
    run
}

/// A run with a part inside another one.
fn packed_run() -> Run {
    let mut run = run(KITS, 4);
    while !run.on_floor(|_, floor| floor.parts().iter().any(|part| part.is_packed())) {
        run.advance_by(1).expect("a sound run");
    }
    run
}

fn some_part(floor: &Floor<'_>, is_it: impl Fn(&crate::part::Part) -> bool) -> PartId {
    floor.parts().iter().find(|part| is_it(part)).expect("such a part").id
}

/// Corrupts `run` and expects the invariant whose message contains `expected` to be found broken.
#[track_caller]
pub(crate) fn broken(mut run: Run, expected: &str, corrupt: impl FnOnce(&mut [View<'_>], &mut Floor<'_>)) {
    run.check_invariants().expect("sound before it is corrupted");
    run.on_floor(corrupt);
    let error = run.check_invariants().expect_err(expected);
    let message = error.to_string();
    assert!(message.contains(expected), "expected \"{expected}\" in: {message}");
    assert_eq!(run.advance(), Err(error), "a broken run does not go on");
}

#[test]
fn corrupted_books_are_found() {
    broken(busy_run(), "entered in the books", |_, floor| floor.shop.ledger.totals.born += 1);
    broken(busy_run(), "which makes", |_, floor| floor.shop.ledger.totals.shipped += 1);
    broken(busy_run(), "which makes", |_, floor| floor.shop.ledger.totals.consumed += 1);
    broken(busy_run(), "the books say", |_, floor| {
        let now = floor.now();
        floor.shop.ledger.work_in_progress.add(now, 1);
    });
    broken(busy_run(), "its level is", |_, floor| {
        let part = some_part(floor, |_| true);
        let here = floor.parts()[part].location;
        floor.parts_mut()[part].location = ElementIndex((here.0 + 1) % 3);
    });
    broken(busy_run(), "state times sum", |_, floor| {
        let now = floor.now();
        floor.units[0].clock = StateClock::new(now, floor.units[0].state());
    });
}

#[test]
fn corrupted_packing_is_found() {
    broken(packed_run(), "is packed and inside no other", |_, floor| {
        // Two parts, each inside the other.
        let now = floor.now();
        let mut create = || floor.parts_mut().create(PartTypeIndex(0), ElementIndex(0), now).expect("room for a part");
        let (one, other) = (create(), create());
        floor.parts_mut().pack(one, other);
        floor.parts_mut().pack(other, one);
        floor.shop.ledger.totals.born += 2;
        floor.shop.ledger.work_in_progress.add(now, 2);
    });
    broken(packed_run(), "is inside two parts", |_, floor| {
        let container = some_part(floor, |part| floor.parts().contents(part.id).next().is_some());
        let content = floor.parts().contents(container).next().expect("a part inside").id;
        let other = some_part(floor, |part| part.id != container && !part.is_packed());
        floor.parts_mut().pack(other, content);
    });
}

#[test]
fn corrupted_gates_are_found() {
    let crowded =
        |floor: &mut Floor<'_>| floor.gates().position(|gate| !gate.waiting.is_empty()).expect("a crowded gate");
    broken(busy_run(), "free places", |_, floor| {
        let gate = crowded(floor);
        floor.gate_mut(gate).room = 1;
    });
    broken(busy_run(), "waits here twice", |_, floor| {
        let gate = crowded(floor);
        let waiting = floor.gate(gate).waiting[0];
        floor.gate_mut(gate).waiting.push(waiting);
    });
    broken(busy_run(), "any more", |_, floor| {
        let gate = crowded(floor);
        floor.gate_mut(gate).waiting[0].offer.holder = floor.gate(gate).owner;
    });
    broken(busy_run(), "out of order", |_, floor| {
        let gate = crowded(floor);
        let line = &mut floor.gate_mut(gate).waiting;
        let mut late = line[0];
        late.offer.part = some_part(floor, |part| part.id != late.offer.part);
        late.offer.priority += 1;
        floor.gate_mut(gate).waiting.push(late);
    });
    broken(busy_run(), "of 4294967295", |_, floor| {
        let gate = floor.gates_mut().find(|gate| gate.room > 1_000_000_000).expect("the gate of the sink");
        gate.room -= 1;
    });
    broken(busy_run(), "to be given up", |_, floor| {
        let gate = crowded(floor);
        floor.gate_mut(gate).debt += 1;
    });
    broken(busy_run(), "no part of it waits", |_, floor| {
        floor.gates_mut().for_each(|gate| gate.waiting.clear());
    });
}

#[test]
fn corrupted_people_are_found() {
    broken(busy_run(), "free and", |_, floor| {
        floor.facets.iter_mut().filter_map(|facets| facets.crew.as_mut()).for_each(|(_, crew)| crew.free[0] += 1);
    });
    broken(busy_run(), "its level is", |_, floor| {
        floor.shop.holdings.pop();
    });
    broken(busy_run(), "crew members and needs", |_, floor| {
        let work = |purpose: Purpose| matches!(purpose, Purpose::Work { .. });
        let holding = floor.shop.holdings.iter_mut().find(|holding| work(holding.purpose)).expect("somebody at work");
        holding.purpose = Purpose::Work { ticket: 77 };
    });
    broken(busy_run(), "asked to choose", |_, floor| floor.units[0].dispatch_requested = true);
}

/// A run in which somebody walks to where they were called, and somebody else is free.
fn walking_run() -> Run {
    let mut run = run(&walking_shop(), 4);
    let is_busy = |run: &mut Run| {
        run.on_floor(|_, floor| {
            let free = floor.facets.iter().flat_map(|facets| &facets.walking).flat_map(|(_, walkers)| &walkers.members);
            let settled = floor.shop.agenda.is_empty() && floor.shop.dispatches.is_empty();
            settled && !floor.shop.approaches.is_empty() && free.clone().any(|walker| walker.serves.is_none())
        })
    };
    while run.event_count() < 500 || !is_busy(&mut run) {
        run.advance_by(1).expect("a sound run");
    }
    run
}

#[test]
fn corrupted_walks_are_found() {
    fn walkers<'f>(floor: &'f mut Floor<'_>) -> impl Iterator<Item = &'f mut crate::resource::walkers::Walkers> {
        floor.facets.iter_mut().filter_map(|facets| facets.walking.as_mut()).map(|(_, walkers)| &mut **walkers)
    }
    broken(walking_run(), "serve nobody, and", |_, floor| {
        for walkers in walkers(floor) {
            walkers.members.retain(|walker| walker.serves.is_some());
        }
    });
    broken(walking_run(), "which holds", |_, floor| {
        let mut members = walkers(floor).flat_map(|walkers| &mut walkers.members);
        let called = members.find_map(|walker| walker.serves.as_mut()).expect("somebody called");
        called.1 = Purpose::Work { ticket: 77 };
    });
    broken(walking_run(), "which does not wait", |_, floor| floor.shop.approaches.clear());
    broken(walking_run(), "is not told when they are there", |_, floor| {
        floor.shop.approaches[0].arrives += kernel::SimDuration::from_secs(1);
    });
    broken(walking_run(), "whom nobody waits for", |_, floor| {
        let event = Event { element: ElementIndex(0), cause: Cause::CrewArrives };
        floor.schedule(kernel::SimDuration::from_hours(1), priority::TIMER, event);
    });
}

#[test]
fn corrupted_states_are_found() {
    broken(busy_run(), "should be", |_, floor| {
        let unit = floor.units.iter_mut().find(|unit| unit.state() == State::Processing).expect("a unit at work");
        unit.operation = State::Setup;
    });
    broken(busy_run(), "and does not stand still", |_, floor| {
        let now = floor.now();
        floor.units[0].down = Some(State::Failed);
        floor.units[0].clock.set(now, State::Failed);
    });
    broken(busy_run(), "it stands still and its state is Processing", |_, floor| {
        let unit = floor.units.iter_mut().find(|unit| unit.state() == State::Processing).expect("a unit at work");
        unit.halts += 1;
    });
    broken(busy_run(), "waits at any gate", |_, floor| {
        let now = floor.now();
        let unit = &mut floor.units[0];
        unit.operation = State::Blocked;
        let state = unit.effective_state();
        unit.clock.set(now, state);
    });
}

/// Corrupts `run` under the eyes of an auditor, steps on and expects `expected` to be found.
#[track_caller]
fn broken_over_time(expected: &str, corrupt: impl FnOnce(&mut Floor<'_>)) {
    let mut run = busy_run();
    let mut auditor = Auditor::begin(&mut run).expect("sound before it is corrupted");
    run.on_floor(|_, floor| corrupt(floor));
    for _ in 0..50 {
        if let Err(error) = auditor.step(&mut run) {
            let message = error.to_string();
            assert!(message.contains(expected), "expected \"{expected}\" in: {message}");
            return;
        }
    }
    panic!("nobody finds \"{expected}\"");
}

#[test]
fn corrupted_sums_are_found_by_the_auditor() {
    broken_over_time("Little's law", |floor| floor.units[0].stay_total += 1);
    broken_over_time("Little's law", |floor| {
        let since = floor.statistics_since();
        let part = some_part(floor, |part| part.arrived > since);
        floor.parts_mut()[part].arrived = SimTime::ZERO;
    });
    broken_over_time("nanoseconds in", |floor| {
        // The right sum in the wrong state.
        let now = floor.now();
        let unit = &mut floor.units[0];
        let (state, since) = (unit.state(), floor.shop.statistics_since);
        let mut clock = StateClock::new(since, State::Repair);
        clock.set(now, state);
        unit.clock = clock;
    });
    broken_over_time("work in progress", |floor| {
        let now = floor.now();
        let level = floor.shop.ledger.work_in_progress.level();
        floor.shop.ledger.work_in_progress = kernel::TimeWeighted::new(now, level);
    });
    broken_over_time("milliwatt-nanoseconds", |floor| {
        let now = floor.now();
        floor.facets.iter_mut().filter_map(|facets| facets.energy.as_mut()).for_each(|(_, meter)| {
            meter.reset_statistics(now);
        });
    });
    broken_over_time("milliwatt-nanoseconds of power", |floor| {
        let now = floor.now();
        floor.shop.power.reset_statistics(now);
    });
    broken_over_time("milliwatt-nanoseconds with a price", |floor| floor.shop.power.lose_costs());
}

/// A run in which some vehicle drives with a part on it, another one waits for the way, and parts wait for vehicles.
fn driving_run() -> Run {
    let mut run = run(AISLES, 4);
    let is_busy = |run: &mut Run| {
        run.on_floor(|_, floor| {
            let haulage = &floor.shop.haulage;
            let carried = haulage.iter().any(|haulage| haulage.aboard.iter().any(|aboard| !aboard.is_empty()));
            let waiting = haulage.iter().any(|haulage| haulage.waiting.iter().any(|line| !line.is_empty()));
            let in_line = (0..4).any(|vehicle| floor.shop.traffic[0].waits_for(vehicle).is_some());
            carried && waiting && in_line && floor.shop.agenda.is_empty() && floor.shop.dispatches.is_empty()
        })
    };
    while run.event_count() < 500 || !is_busy(&mut run) {
        run.advance_by(1).expect("a sound run");
    }
    run
}

#[test]
fn corrupted_traffic_and_hauls_are_found() {
    let network = |floor: &Floor<'_>| floor.model().paths.networks[0].clone();
    broken(driving_run(), "and should hold", |_, floor| {
        let (network, traffic) = (network(floor), &mut floor.shop.traffic[0]);
        let held = (0..network.cells() as u32).map(Cell).find(|cell| traffic.holders(*cell).contains(&0));
        traffic.let_go(0, held.expect("a vehicle somewhere"));
    });
    broken(driving_run(), "vehicles hold", |_, floor| {
        let (network, traffic) = (network(floor), &mut floor.shop.traffic[0]);
        let held = (0..network.cells() as u32).map(Cell).find(|cell| traffic.holders(*cell).contains(&0));
        let claim = Claim { cell: held.expect("a vehicle somewhere"), forward: true };
        assert!([1, 2].map(|vehicle| traffic.hold(vehicle, claim)).contains(&true));
    });
    broken(driving_run(), "does not stand in line", |_, floor| {
        let traffic = &mut floor.shop.traffic[0];
        let waits = (0..4).find(|vehicle| traffic.waits_for(*vehicle).is_some()).expect("one that waits");
        let claim = traffic.waits_for(waits).expect("what it waits for");
        traffic.wait(waits, Claim { cell: Cell((claim.cell.0 + 1) % 9), ..claim }, true);
        traffic.corrupt_line(waits);
    });
    broken(driving_run(), "of its parts wait for a vehicle", |_, floor| {
        let unit = floor.units.iter_mut().find(|unit| unit.to_fetch > 0).expect("a part to be fetched");
        unit.to_fetch += 1;
        unit.refresh_state(SimTime::ZERO + (floor.shop.now - SimTime::ZERO));
    });
    broken(driving_run(), "places are free", |_, floor| {
        let haul = floor.shop.haulage.iter_mut().flat_map(|haulage| &mut haulage.aboard).find_map(Vec::pop);
        let haul = haul.expect("a part on a vehicle");
        let carrier = floor.parts()[haul.part].location;
        // As if it had been put down without its place.
        floor.transfer(carrier, haul.part, ElementIndex(0));
        floor.transfer(ElementIndex(0), haul.part, carrier);
    });
}
