//! The fab by hand: what an expert writes when only times of lots count.
//!
//! Lots wait in front of families of tools, the most urgent and then the first first, are worked on, and are carried to the next
//! family. A tool takes as many lots at once as its batches hold, is taken by the next one after the interval of the step, and never
//! fails. Nothing is kept but a count.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use import::Imported;
use kernel::Stream;
use plant::plant::Plant;

use super::heap::Heap;
use super::{SEED, stream, whole_nanoseconds};

const COME: u16 = 0;
const DONE: u16 = 1 << 14;
const FREE: u16 = 2 << 14;
const RELEASE: u16 = 3 << 14;
/// What is behind the kind of an event.
const INDEX: u16 = DONE - 1;

const MINUTE: f64 = 60e9;
const DAY: u64 = 86_400_000_000_000;
/// Wafers in a lot.
const PIECES: f64 = 25.0;

/// What a lot goes through at one step.
struct Step {
    family: u16,
    least: f64,
    span: f64,
    /// After that time the next lot may go in.
    interval: Option<f64>,
    sampled: f64,
}

#[derive(Clone, Copy)]
struct Lot {
    route: usize,
    step: usize,
    urgency: u32,
}

struct Family {
    free: u32,
    waiting: BinaryHeap<Reverse<(u32, u64, u16)>>,
}

/// The fab, and what is on its way in it.
pub struct Fab {
    routes: Vec<Vec<Step>>,
    families: Vec<Family>,
    lots: Vec<Lot>,
    spare: Vec<u16>,
    /// What is released, how often.
    releases: Vec<(Lot, f64)>,
    events: Heap,
    stream: Stream,
    count: u64,
}

impl Fab {
    /// The fab that was imported for so many days, with `times` as many lots as it has at the start.
    pub fn of(plant: &Arc<Plant>, imported: &Imported, times: u32, days: u64) -> Result<Self, String> {
        let model = &plant.model;
        let mut families: Vec<Family> = Vec::new();
        families.resize_with(model.elements.len(), || Family { free: 0, waiting: BinaryHeap::new() });
        for element in &model.elements {
            if let Some(group) = element.group {
                families[group.index()].free += 1;
            }
        }
        let family = |name: &str| model.elements.iter().position(|element| &*element.name == name).unwrap_or(0) as u16;
        let tables = |name: &str| imported.files.iter().find(|(file, _)| file.ends_with(name)).map(|(_, text)| text);
        let mut at_once = vec![1.0_f64; families.len()];
        let mut routes = Vec::new();
        let mut steps_named: Vec<BTreeMap<String, usize>> = Vec::new();
        for routing in &model.routings {
            let table = tables(&format!("_{}.csv", routing.name)).ok_or("a route without a table")?;
            let rows = rows(table);
            for row in &rows {
                let batch = &mut at_once[family(&row["at"]) as usize];
                *batch = batch.max(number(&row["batch_maximum"]) / PIECES);
            }
            steps_named.push(rows.iter().enumerate().map(|(index, row)| (row["name"].clone(), index)).collect());
            routes.push(rows.iter().map(|row| step(row, family(&row["at"]))).collect());
        }
        // A batch counts as so many lots one by one.
        families.iter_mut().zip(at_once).for_each(|(family, lots)| family.free *= lots as u32);
        let kinds: BTreeMap<String, Lot> = model
            .part_types
            .iter()
            .map(|kind| {
                let route = kind.routing.map_or(0, |routing| routing as usize);
                let urgency = u32::MAX - kind.priority.unsigned_abs();
                (kind.name.to_string(), Lot { route, step: 0, urgency })
            })
            .collect();
        let orders = rows(tables("orders.csv").ok_or("no orders")?);
        let releases = kinds.iter().map(|(name, lot)| {
            let count = orders.iter().filter(|order| order["part_type"] == *name).count().max(1);
            (*lot, (days * DAY) as f64 / count as f64)
        });
        let mut fab = Fab {
            routes,
            families,
            lots: Vec::new(),
            spare: Vec::new(),
            releases: releases.collect(),
            events: Heap::with_capacity(1 << 15),
            stream: stream(SEED, "fab", "by hand"),
            count: 0,
        };
        for row in rows(tables("work_in_progress.csv").ok_or("no lots at the start")?) {
            let kind = kinds[&row["part_type"]];
            let step = steps_named[kind.route].get(&row["step"]).copied().unwrap_or(0);
            for _ in 0..times {
                fab.bring(Lot { step, ..kind }, 0);
            }
        }
        for index in 0..fab.releases.len() {
            fab.events.push(0, RELEASE | index as u16);
        }
        Ok(fab)
    }

    fn bring(&mut self, lot: Lot, now: u64) {
        let number = match self.spare.pop() {
            Some(number) => {
                self.lots[number as usize] = lot;
                number
            }
            None => {
                self.lots.push(lot);
                (self.lots.len() - 1) as u16
            }
        };
        self.events.push(now, COME | number);
    }

    /// Plays so many days; the number of events.
    pub fn play(&mut self, days: u64) -> u64 {
        let mut played = 0;
        while let Some((now, event)) = self.events.pop().filter(|(now, _)| *now < days * DAY) {
            played += 1;
            let index = event & INDEX;
            match event & !INDEX {
                COME => {
                    let Lot { route, step, urgency } = self.lots[index as usize];
                    let family = self.routes[route][step].family;
                    self.count += 1;
                    let own = &mut self.families[family as usize];
                    if own.free > 0 {
                        own.free -= 1;
                        self.begin(index, now);
                    } else {
                        own.waiting.push(Reverse((urgency, self.count, index)));
                    }
                }
                DONE => self.done(index, now),
                FREE => self.free(index, now),
                _ => {
                    let (lot, every) = self.releases[index as usize];
                    self.bring(lot, now);
                    self.events.push(now + whole_nanoseconds(every), event);
                }
            }
        }
        played
    }

    fn begin(&mut self, number: u16, now: u64) {
        let Lot { route, step, .. } = self.lots[number as usize];
        let step = &self.routes[route][step];
        let time = step.least + step.span * self.stream.uniform();
        let free = step.interval.unwrap_or(time);
        self.events.push(now + whole_nanoseconds(free), FREE | step.family);
        self.events.push(now + whole_nanoseconds(time), DONE | number);
    }

    fn free(&mut self, family: u16, now: u64) {
        let own = &mut self.families[family as usize];
        match own.waiting.pop() {
            Some(Reverse((_, _, number))) => self.begin(number, now),
            None => own.free += 1,
        }
    }

    fn done(&mut self, number: u16, now: u64) {
        let lot = &mut self.lots[number as usize];
        let steps = &self.routes[lot.route];
        loop {
            lot.step += 1;
            match steps.get(lot.step) {
                None => return self.spare.push(number),
                Some(step) if step.sampled < 1.0 && self.stream.uniform() >= step.sampled => {}
                Some(_) => break,
            }
        }
        let transport = (5.0 + 5.0 * self.stream.uniform()) * MINUTE;
        self.events.push(now + whole_nanoseconds(transport), COME | number);
    }
}

fn step(row: &BTreeMap<String, String>, family: u16) -> Step {
    let minutes: Vec<f64> = row["process_time"].split(['(', ',', ')']).map(number).filter(|time| *time > 0.0).collect();
    let (least, most) = (minutes[0] * MINUTE, minutes[minutes.len() - 1] * MINUTE);
    let pieces = if row["per"] == "Piece" { PIECES } else { 1.0 };
    let interval = number(&row["interval"]) * MINUTE * pieces;
    let handling = 2.0 * MINUTE;
    let (further, times) =
        if interval > 0.0 && pieces > 1.0 { (interval * (1.0 - 1.0 / pieces), 1.0) } else { (0.0, pieces) };
    Step {
        family,
        least: least * times + further + handling,
        span: (most - least) * times,
        interval: (interval > 0.0).then_some(interval + handling),
        sampled: row.get("sampled").filter(|share| !share.is_empty()).map_or(1.0, |share| number(share)),
    }
}

/// The number at the beginning of a text, and 0 where there is none.
fn number(text: &str) -> f64 {
    text.trim().split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

/// The rows of a table with quoted cells, by column.
fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let cells = |line: &str| -> Vec<String> {
        let mut quoted = false;
        let is_between = |letter: char| {
            quoted ^= letter == '"';
            letter == ',' && !quoted
        };
        line.split(is_between).map(|cell| cell.trim_matches('"').to_owned()).collect()
    };
    let mut lines = table.lines().map(cells);
    let heads = lines.next().unwrap_or_default();
    lines.map(|row| heads.iter().cloned().zip(row).collect()).collect()
}
