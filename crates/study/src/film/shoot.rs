//! Playing a replication once more with everything written down that pictures need.
//!
//! Records are taken out of the run after every slice and put where they belong at once, so what a film needs is bounded by
//! the plant, the number of intervals and the limits of its window, whatever the length of the run.

use std::collections::BTreeMap;

use kernel::{SimTime, TotalTime};
use plant::availability::instant::StartInstant;
use plant::element::ElementIndex;
use plant::floor::{BookEntry, BookRecord, EventRecord, Happening, Recorder, VolumeRecord};
use plant::kpi;
use plant::plant::Plant;
use plant::report::ElementReport;
use plant::run::{Progress, Run, RunError};
use plant::state::State;
use plant::transport::zone;

use super::alarms::AlarmBook;
use super::flow_times::FineCounts;
use super::flows::FlowBook;
use super::series::{Intervals, Steps};
use super::window::{Frame, WindowBook};
use super::{ElementFilm, EnergyFilm, Film, TariffFilm};
use crate::case::Case;

/// Events between two looks at records; bounds the memory that they take.
const SLICE_EVENTS: u64 = 65_536;
/// Most intervals of a series.
const MOST_INTERVALS: usize = 10_000;
/// Most means that a film holds, over all series: large plants have fewer intervals.
const MOST_MEANS: usize = 20_000_000;
/// What a film is to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilmOptions {
    /// How many equal intervals the series are over.
    pub intervals: usize,
    /// Where the window begins. Unless given, at the end of the warm-up, or later when an element first works.
    pub from: Option<SimTime>,
    /// Where the window ends. Unless given, where its lanes have 40 states each on average.
    pub until: Option<SimTime>,
}

impl Default for FilmOptions {
    fn default() -> Self {
        FilmOptions { intervals: 240, from: None, until: None }
    }
}

/// Plays `replication` of `case` once more and takes down what pictures need. `stop` is asked between slices; `None` if it
/// says so. The run is the same as that of [`Case::play`], digest and all.
///
/// # Errors
/// The error that ended the run.
pub fn shoot(
    case: &Case,
    replication: u64,
    options: &FilmOptions,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Option<Film>, RunError> {
    let mut run = Run::new(case.plant.clone(), case.seed, replication)?;
    if let Some(until) = case.until {
        run.set_horizon(until);
    }
    let mut camera = Camera::new(&case.plant, run.horizon(), options);
    let recorder = run.recorder();
    recorder.events = true;
    recorder.books = true;
    recorder.volume_ticks = camera.intervals.ends().into();
    loop {
        let progress = run.advance_by(SLICE_EVENTS)?;
        camera.take(run.recorder());
        if progress == Progress::Done {
            run.record_volumes();
            camera.take(run.recorder());
            return Ok(Some(camera.develop(&case.plant, &mut run)));
        }
        if stop() {
            return Ok(None);
        }
    }
}

/// Everything that is taken down while a run goes on; by element in the order of indices.
struct Camera {
    intervals: Intervals,
    /// End of the warm-up, if the run comes to it.
    since: SimTime,
    levels: Vec<Steps>,
    /// Litre-seconds in each interval by tank or pipe.
    volumes: BTreeMap<ElementIndex, Vec<f64>>,
    work_in_progress: Steps,
    shipped: Vec<u64>,
    flow_times: FineCounts,
    flows: FlowBook,
    power: Steps,
    /// Power in milliwatts by element with energy.
    powers: BTreeMap<ElementIndex, Steps>,
    alarms: AlarmBook,
    window: WindowBook,
}

impl Camera {
    fn new(plant: &Plant, until: SimTime, options: &FilmOptions) -> Self {
        let elements = plant.model.elements.len();
        let most = (MOST_MEANS / (elements + 1)).min(MOST_INTERVALS);
        let intervals = Intervals::new(until, options.intervals.clamp(1, most.max(1)));
        let warm_up = SimTime::ZERO + plant.warm_up;
        let since = if warm_up <= until { warm_up } else { SimTime::ZERO };
        let is_late = options.until.is_some_and(|until| until <= since);
        let frame = Frame {
            from: options.from.unwrap_or(if is_late { SimTime::ZERO } else { since }),
            may_wait: options.from.is_none() && options.until.is_none(),
            until: options.until,
            end: until,
        };
        let works = (0..elements).map(|index| plant.works(ElementIndex(index as u32)));
        Camera {
            since,
            levels: vec![Steps::default(); elements],
            volumes: BTreeMap::new(),
            work_in_progress: Steps::default(),
            shipped: vec![0; intervals.count()],
            flow_times: FineCounts::new(),
            flows: FlowBook::default(),
            power: Steps::default(),
            powers: BTreeMap::new(),
            alarms: AlarmBook::default(),
            window: WindowBook::new(frame, works),
            intervals,
        }
    }

    /// Takes all records out of `recorder`.
    fn take(&mut self, recorder: &mut Recorder) {
        for record in recorder.event_records.drain(..) {
            self.see(&record);
        }
        for record in recorder.book_records.drain(..) {
            self.book(record);
        }
        for VolumeRecord { until, element, litre_seconds } in recorder.volume_records.drain(..) {
            let volumes = self.volumes.entry(element).or_insert_with(|| vec![0.0; self.intervals.count()]);
            if let Some(index) = self.intervals.index_of(until) {
                volumes[index] += litre_seconds;
            }
        }
        for record in recorder.alarm_records.drain(..) {
            self.alarms.add(&record);
        }
    }

    fn see(&mut self, record: &EventRecord) {
        let at = record.at;
        self.flows.add(record, at >= self.since);
        match record.what {
            Happening::Arrived(_) => self.levels[record.element.index()].add(at, 1, &self.intervals),
            Happening::Departed(_) => self.levels[record.element.index()].add(at, -1, &self.intervals),
            Happening::State(state) => self.window.change(at, record.element.index(), state),
            _ => {}
        }
    }

    fn book(&mut self, BookRecord { at, entry }: BookRecord) {
        match entry {
            BookEntry::CameIn => self.work_in_progress.add(at, 1, &self.intervals),
            BookEntry::Gone => self.work_in_progress.add(at, -1, &self.intervals),
            BookEntry::Shipped(flow_time) => {
                if let Some(index) = self.intervals.index_of(at) {
                    self.shipped[index] += 1;
                }
                if at >= self.since {
                    self.flow_times.add(flow_time);
                }
            }
            BookEntry::Power(element, power_mw) => {
                let own = self.powers.entry(element).or_default();
                self.power.add(at, power_mw - own.level(), &self.intervals);
                own.set(at, power_mw, &self.intervals);
            }
        }
    }

    /// The film of a run that is over.
    fn develop(mut self, plant: &Plant, run: &mut Run) -> Film {
        let report = run.report();
        let until = run.now();
        let model = &plant.model;
        let place_of: Vec<usize> = {
            let place = |name: &str| report.elements.binary_search_by(|element| element.name.as_str().cmp(name));
            model.elements.iter().map(|element| place(&element.name).unwrap_or_default()).collect()
        };
        let intervals = self.intervals;
        let mut elements: Vec<(usize, ElementFilm)> = Vec::with_capacity(place_of.len());
        for (index, level) in self.levels.into_iter().enumerate() {
            let seen = &report.elements[place_of[index]];
            let element = ElementFilm {
                name: model.elements[index].name.clone(),
                kind: seen.kind,
                works: seen.works,
                holds_parts: seen.holds_parts,
                shares: shares(seen),
                level: level.finish(until, &intervals),
                volume: self.volumes.remove(&ElementIndex(index as u32)).map_or_else(Vec::new, |litre_seconds| {
                    let mean = |(index, sum): (usize, f64)| sum / intervals.length(index).as_seconds_f64();
                    litre_seconds.into_iter().enumerate().map(mean).collect()
                }),
                volume_capacity: plant.volume_capacity(ElementIndex(index as u32)),
                capacity: plant.capacity(ElementIndex(index as u32)),
                departed: seen.counts.departed,
            };
            elements.push((place_of[index], element));
        }
        elements.sort_unstable_by_key(|(place, _)| *place);
        let per_hour =
            |(index, shipped): (usize, &u64)| *shipped as f64 * 3600.0 / intervals.length(index).as_seconds_f64();
        let energy = report.energy_j.map(|energy_j| {
            let kilowatts = |steps: Steps| -> Vec<f64> {
                steps.finish(until, &intervals).into_iter().map(|milliwatts| milliwatts / 1e6).collect()
            };
            let by_element =
                self.powers.into_iter().map(|(element, steps)| (place_of[element.index()], kilowatts(steps)));
            let mut by_element: Vec<(usize, Vec<f64>)> = by_element.collect();
            by_element.sort_by(|(one, _), (other, _)| {
                let used = |place: usize| energy_of(&report.elements[place]);
                used(*other).total_cmp(&used(*one)).then(one.cmp(other))
            });
            let tariff = model.supply.tariff.as_ref().zip(report.energy_cost).map(|(tariff, cost)| TariffFilm {
                currency: tariff.currency().clone(),
                price_per_kwh: intervals.iter().map(|(begin, end)| tariff.mean_price(begin, end)).collect(),
                cost,
            });
            EnergyFilm { power_kw: kilowatts(self.power), by_element, energy_kwh: energy_j / 3.6e6, tariff }
        });
        let (alarms, alarms_left_out) = self.alarms.close(&place_of);
        let bottleneck = kpi::bottleneck(&report);
        let incidents =
            report.elements.iter().enumerate().flat_map(|(place, element)| {
                zone::incidents(element).map(move |incident| (place, incident.to_owned()))
            });
        Film {
            incidents: incidents.collect(),
            seed: run.seed(),
            replication: run.replication(),
            digest: run.digest(),
            start_unix_ns: start_unix_ns(plant.start),
            since: report.since,
            until,
            flows: self.flows.close(plant, &place_of),
            work_in_progress: self.work_in_progress.finish(until, &intervals),
            throughput_per_h: self.shipped.iter().enumerate().map(per_hour).collect(),
            flow_time: self.flow_times.histogram(&report.flow_time),
            energy,
            alarms,
            alarms_left_out,
            window: self.window.close(&place_of),
            bottleneck: bottleneck
                .and_then(|found| report.elements.iter().position(|element| element.name == found.unit.element)),
            elements: elements.into_iter().map(|(_, element)| element).collect(),
            ticks: intervals.ends().to_vec(),
        }
    }
}

/// The share of the observed time in each state that occurred, largest first.
fn shares(element: &ElementReport) -> Vec<(State, f64)> {
    let mut times: Vec<(State, TotalTime)> =
        element.times.iter().copied().filter(|(_, time)| *time > TotalTime::ZERO).collect();
    times.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
    times.into_iter().map(|(state, _)| (state, element.share(state))).collect()
}

/// Energy since the end of the warm-up in joules.
fn energy_of(element: &ElementReport) -> f64 {
    element.energy.iter().flatten().map(|(_, joules, _)| joules).sum()
}

/// The start of a run as nanoseconds since 1970, if the scenario gives one: the default is a date by no one's choice.
fn start_unix_ns(start: StartInstant) -> Option<i64> {
    if start == StartInstant::default() { None } else { i64::try_from(start.nanos_since_1970()).ok() }
}
