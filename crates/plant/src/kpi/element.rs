//! KPIs of one element.

use kernel::TotalTime;

use super::{Definition, E10, Formula, ISO, JOULES_PER_KWH, Kpi, Measure, PRACTICE, Reading, Subjects};
use super::{maybe, quotient, read_all, share_of, value};
use crate::energy::EnergyState;
use crate::report::{ElementReport, Report};
use crate::state::{EquipmentState, State};

/// An element and the emissions of the plant's electricity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'r> {
    element: &'r ElementReport,
    /// Seconds in all states together: what nearly every formula divides by.
    observed: f64,
    emission_g_per_kwh: Option<f64>,
}

/// The sort of subject that elements are.
pub(super) struct Elements;

impl Subjects for Elements {
    type Subject<'r> = Subject<'r>;
}

/// The KPIs of `element`, one of `report`, that mean anything for its kind.
#[must_use]
pub fn of_element(element: &ElementReport, report: &Report) -> Vec<Kpi> {
    read_all(FORMULAS, &subject(element, report), report)
}

/// `element` as formulas see it.
pub(super) fn subject<'r>(element: &'r ElementReport, report: &Report) -> Subject<'r> {
    let observed = element.times.iter().map(|(_, time)| time.as_seconds_f64()).sum();
    Subject { element, observed, emission_g_per_kwh: report.emission_g_per_kwh }
}

impl Subject<'_> {
    fn seconds(&self, states: &[State]) -> f64 {
        states.iter().map(|state| self.element.time_in(*state).as_seconds_f64()).sum()
    }

    fn observed(&self) -> f64 {
        self.observed
    }

    /// So many of them, per hour of observation.
    fn hourly(&self, count: u64) -> Reading {
        let seconds = self.observed() / f64::from(self.element.units.max(1));
        Reading { value: quotient(count as f64 * 3600.0, seconds), count: Some(count) }
    }

    fn share(&self, states: &[State]) -> Reading {
        maybe(quotient(self.seconds(states), self.observed()))
    }

    fn equipment(&self, equipment: EquipmentState) -> Reading {
        let of_it = self.element.times.iter().filter(|(state, _)| state.equipment_state() == equipment);
        maybe(quotient(of_it.map(|(_, time)| time.as_seconds_f64()).sum(), self.observed()))
    }

    fn planned_busy(&self) -> f64 {
        self.observed() - self.seconds(&[State::OffShift, State::PlannedMaintenance])
    }

    fn production(&self) -> f64 {
        self.seconds(&[State::Processing])
    }

    fn setup(&self) -> f64 {
        self.seconds(&[State::Setup])
    }

    fn delay(&self) -> f64 {
        self.seconds(&[State::MinorStop, State::Failed, State::WaitingForRepair, State::Repair])
    }

    fn busy(&self) -> f64 {
        let held_up =
            [State::Blocked, State::WaitingForOperator, State::WaitingForTransport, State::WaitingForMaterial];
        self.production() + self.setup() + self.seconds(&[State::WarmingUp]) + self.delay() + self.seconds(&held_up)
    }

    fn effectiveness(&self) -> Option<f64> {
        quotient(self.element.planned_run_time.as_seconds_f64(), self.production())
    }

    fn quality(&self) -> Option<f64> {
        quotient(self.element.counts.good() as f64, self.element.counts.processed as f64)
    }

    /// A time over the failures that began.
    fn per_failure(&self, seconds: f64) -> Reading {
        let failures = self.element.counts.failures;
        Reading { value: quotient(seconds, failures as f64), count: Some(failures) }
    }

    /// A sum of times over the repairs that ended.
    fn per_repair(&self, time: TotalTime) -> Reading {
        let repairs = self.element.repairs.count;
        Reading { value: quotient(time.as_seconds_f64(), repairs as f64), count: Some(repairs) }
    }

    fn energy_kwh(&self, counts: fn(EnergyState) -> bool) -> f64 {
        let by_state = self.element.energy.iter().flatten();
        by_state.filter(|(state, ..)| counts(*state)).map(|(_, joules, _)| joules).sum::<f64>() / JOULES_PER_KWH
    }

    fn emission_kg(&self) -> Option<f64> {
        let electricity = self.emission_g_per_kwh.map(|factor| self.energy_kwh(|_| true) * factor);
        let carriers = self.element.carriers.iter().filter_map(|carrier| carrier.emission_g);
        electricity.into_iter().chain(carriers).reduce(|sum, grams| sum + grams).map(|grams| grams / 1000.0)
    }

    fn figure(&self, name: &str) -> Option<f64> {
        self.element.figures.iter().find(|figure| figure.name == name).map(|figure| figure.value)
    }
}

fn works(subject: &Subject<'_>) -> bool {
    subject.element.works
}

fn fails(subject: &Subject<'_>) -> bool {
    subject.element.works || subject.element.counts.failures > 0
}

fn any(_: &Subject<'_>) -> bool {
    true
}

fn holds_parts(subject: &Subject<'_>) -> bool {
    subject.element.holds_parts
}

fn uses_energy(subject: &Subject<'_>) -> bool {
    subject.element.energy.is_some()
}

fn works_with_energy(subject: &Subject<'_>) -> bool {
    works(subject) && uses_energy(subject)
}

fn emits(subject: &Subject<'_>) -> bool {
    uses_energy(subject) && subject.emission_kg().is_some()
}

fn works_and_emits(subject: &Subject<'_>) -> bool {
    works(subject) && emits(subject)
}

fn holds_liquid(subject: &Subject<'_>) -> bool {
    subject.figure("mean volume").is_some()
}

fn moves_liquid(subject: &Subject<'_>) -> bool {
    subject.figure("went out").is_some()
}

fn is_zone(subject: &Subject<'_>) -> bool {
    subject.figure("parts that jammed").is_some()
}

fn has_vehicles(subject: &Subject<'_>) -> bool {
    subject.figure("parts carried").is_some()
}

fn is_fleet(subject: &Subject<'_>) -> bool {
    subject.figure("mean wait for transport").is_some()
}

fn is_store(subject: &Subject<'_>) -> bool {
    subject.figure("highest fill").is_some()
}

fn counts_cards(subject: &Subject<'_>) -> bool {
    subject.figure("cards in use").is_some()
}

fn counts_work(subject: &Subject<'_>) -> bool {
    subject.figure("work on its way").is_some()
}

fn is_card_loop(subject: &Subject<'_>) -> bool {
    subject.figure("mean wait for a card").is_some()
}

fn takes_loads(subject: &Subject<'_>) -> bool {
    subject.figure("fill of a job").is_some()
}

fn fills(subject: &Subject<'_>) -> bool {
    is_store(subject) || takes_loads(subject)
}

fn builds(subject: &Subject<'_>) -> bool {
    subject.figure("packing density").is_some()
}

fn counts_powder(subject: &Subject<'_>) -> bool {
    subject.figure("virgin powder").is_some()
}

fn recovers_mass(subject: &Subject<'_>) -> bool {
    subject.figure("mass recovered").is_some()
}

fn recovers_value(subject: &Subject<'_>) -> bool {
    subject.figure("value recovered").is_some()
}

fn is_pool(subject: &Subject<'_>) -> bool {
    subject.figure("utilization").is_some()
}

fn walks(subject: &Subject<'_>) -> bool {
    subject.figure("mean walk").is_some()
}

/// One line of the table below.
macro_rules! formulas {
    ($($key:literal, $name:literal, $measure:ident, $formula:literal, $source:expr, $applies:ident, $read:expr;)*) => {
        /// All KPIs of elements.
        pub(super) static FORMULAS: &[Formula<Elements>] = &[$(Formula {
            definition: Definition {
                key: $key,
                name: $name,
                measure: Measure::$measure,
                formula: $formula,
                source: $source,
            },
            applies: $applies,
            read: $read,
        },)*];
    };
}

formulas! {
    "availability", "Availability", Ratio, "APT / PBT", ISO, works,
        |my| maybe(quotient(my.production(), my.planned_busy()));
    "effectiveness", "Effectiveness", Ratio, "PRI x PQ / APT", ISO, works,
        |my| maybe(my.effectiveness());
    "quality_ratio", "Quality ratio", Ratio, "GQ / PQ", ISO, works,
        |my| share_of(my.element.counts.good(), my.element.counts.processed);
    "oee", "Overall equipment effectiveness (OEE)", Ratio, "Availability x Effectiveness x Quality ratio", ISO, works,
        |my| maybe((|| {
            let availability = quotient(my.production(), my.planned_busy())?;
            Some(availability * my.effectiveness()? * my.quality()?)
        })());
    "nee", "Net equipment effectiveness (NEE)", Ratio, "AUPT / PBT x Effectiveness x Quality ratio", ISO, works,
        |my| maybe((|| {
            let processing = quotient(my.production() + my.setup(), my.planned_busy())?;
            Some(processing * my.effectiveness()? * my.quality()?)
        })());
    "setup_ratio", "Setup ratio", Ratio, "AUST / AUPT", ISO, works,
        |my| maybe(quotient(my.setup(), my.production() + my.setup()));
    "technical_efficiency", "Technical efficiency", Ratio, "APT / (APT + ADET)", ISO, works,
        |my| maybe(quotient(my.production(), my.production() + my.delay()));
    "utilization_efficiency", "Utilization efficiency", Ratio, "APT / AUBT", ISO, works,
        |my| maybe(quotient(my.production(), my.busy()));
    "throughput_rate", "Throughput rate", PartsPerHour, "PQ / AOET", ISO, works,
        |my| my.hourly(my.element.counts.processed);
    "first_pass_yield", "First pass yield", Ratio, "GP / IP", ISO, works,
        |my| {
            let counts = &my.element.counts;
            share_of(counts.first_pass(), counts.processed.saturating_sub(counts.repeated))
        };
    "scrap_ratio", "Scrap ratio", Ratio, "SQ / PQ", ISO, works,
        |my| share_of(my.element.counts.scrapped, my.element.counts.processed);
    "rework_ratio", "Rework ratio", Ratio, "RQ / PQ", ISO, works,
        |my| share_of(my.element.counts.reworked, my.element.counts.processed);
    "mtbf", "Mean operating time between failures (MTBF)", Time, "APT / failures", ISO, fails,
        |my| my.per_failure(my.production());
    "mttr", "Mean time to repair (MTTR)", Time, "repair times / repairs that ended", ISO, fails,
        |my| my.per_repair(my.element.repairs.repair_time);
    "mean_down_time", "Mean down time", Time, "(waits for repair + repair times) / repairs that ended", PRACTICE, fails,
        |my| my.per_repair(my.element.repairs.down_time);
    "throughput", "Throughput", PartsPerHour, "parts that left, but for those that went into others here / observed time", PRACTICE, holds_parts,
        |my| my.hourly(my.element.counts.sent_on());
    "wip", "Mean parts there", Parts, "integral of the level / observed time", PRACTICE, holds_parts,
        |my| value(my.element.level_mean);
    "wip.max", "Most parts there", Parts, "highest level", PRACTICE, holds_parts,
        |my| value(f64::from(my.element.level_maximum));
    "wait.mean", "Mean wait for work to begin", Time, "sum of waits / parts begun", PRACTICE, works,
        |my| maybe(my.element.wait_mean.map(|wait| wait.as_seconds_f64()));
    "processing", "Time processing", Ratio, "Processing / observed time", PRACTICE, any,
        |my| my.share(&[State::Processing]);
    "setup", "Time in setup", Ratio, "Setup / observed time", PRACTICE, works,
        |my| my.share(&[State::Setup]);
    "warming_up", "Time warming up", Ratio, "WarmingUp / observed time", PRACTICE, works_with_energy,
        |my| my.share(&[State::WarmingUp]);
    "blocked", "Time blocked", Ratio, "Blocked / observed time", PRACTICE, any,
        |my| my.share(&[State::Blocked]);
    "starved", "Time starved", Ratio, "Starved / observed time", PRACTICE, any,
        |my| my.share(&[State::Starved]);
    "waiting", "Time waiting for people, transport or material", Ratio,
        "(WaitingForOperator + WaitingForTransport + WaitingForMaterial) / observed time", PRACTICE, works,
        |my| my.share(&[State::WaitingForOperator, State::WaitingForTransport, State::WaitingForMaterial]);
    "down", "Time down", Ratio, "(MinorStop + Failed + WaitingForRepair + Repair) / observed time", PRACTICE, fails,
        |my| my.share(&[State::MinorStop, State::Failed, State::WaitingForRepair, State::Repair]);
    "off_shift", "Time off shift", Ratio, "OffShift / observed time", PRACTICE, any,
        |my| my.share(&[State::OffShift]);
    "e10.prd", "Productive time (PRD)", Ratio, "(Processing + Setup) / observed time", E10, works,
        |my| my.equipment(EquipmentState::Productive);
    "e10.sby", "Standby time (SBY)", Ratio,
        "(Starved + Blocked + WaitingForOperator + WaitingForTransport + WaitingForMaterial) / observed time", E10, works,
        |my| my.equipment(EquipmentState::Standby);
    "e10.eng", "Engineering time (ENG)", Ratio, "0: no state of the engine is engineering", E10, works,
        |my| my.equipment(EquipmentState::Engineering);
    "e10.sdt", "Scheduled downtime (SDT)", Ratio, "(PlannedMaintenance + WarmingUp) / observed time", E10, works,
        |my| my.equipment(EquipmentState::ScheduledDowntime);
    "e10.udt", "Unscheduled downtime (UDT)", Ratio,
        "(MinorStop + Failed + WaitingForRepair + Repair) / observed time", E10, works,
        |my| my.equipment(EquipmentState::UnscheduledDowntime);
    "e10.nst", "Non-scheduled time (NST)", Ratio, "OffShift / observed time", E10, works,
        |my| my.equipment(EquipmentState::NonScheduled);
    "utilization", "Utilization of the members", Ratio, "members at work / members on shift, both integrals over time", PRACTICE, is_pool,
        |my| maybe(my.figure("utilization"));
    "walking", "Time walking", Ratio, "time of members on the way to where they are called / members on shift, integral over time", PRACTICE, walks,
        |my| maybe(my.figure("walking"));
    "walk", "Mean walk", Time, "sum of times of members on the way to where they are called / members called, those who were there already included", PRACTICE, walks,
        |my| maybe(my.figure("mean walk"));
    "cards_in_use", "Cards in use", Parts, "integral of the cards that parts hold / observed time", PRACTICE, counts_cards,
        |my| maybe(my.figure("cards in use"));
    "cards_in_use.max", "Most cards in use", Parts, "most cards that parts held at once", PRACTICE, counts_cards,
        |my| maybe(my.figure("most cards in use"));
    "work_on_its_way", "Work on its way", Time, "integral of the mean process times that parts inside bring to the end of the loop / observed time", PRACTICE, counts_work,
        |my| maybe(my.figure("work on its way").map(|hours| hours * 3600.0));
    "card_wait", "Mean wait for a card", Time, "sum of times from the offer of a part until it comes in with its card / cards given out", PRACTICE, is_card_loop,
        |my| maybe(my.figure("mean wait for a card"));
    "carried", "Parts carried", Parts, "parts that vehicles have unloaded", PRACTICE, has_vehicles,
        |my| maybe(my.figure("parts carried"));
    "transport_wait", "Mean wait for transport", Time, "sum of times from the call for a part until it is loaded / parts loaded", PRACTICE, is_fleet,
        |my| maybe(my.figure("mean wait for transport"));
    "driving_loaded", "Time driving loaded", Ratio, "time driving with parts / time of all vehicles", PRACTICE, has_vehicles,
        |my| maybe(my.figure("driving loaded"));
    "driving_empty", "Time driving empty", Ratio, "time driving without parts / time of all vehicles", PRACTICE, has_vehicles,
        |my| maybe(my.figure("driving empty"));
    "waiting_for_way", "Time waiting for the way", Ratio, "time in front of what others hold / time of all vehicles", PRACTICE, has_vehicles,
        |my| maybe(my.figure("waiting for the way"));
    "parked", "Time parked", Ratio, "time with nothing to do / time of all vehicles", PRACTICE, has_vehicles,
        |my| maybe(my.figure("parked"));
    "fill", "Fill", Ratio, "of a store: integral of the places taken / (places x observed time); of what works on loads: sum over jobs of what went in / most that goes in, by number, mass or volume, whichever is fuller / jobs", PRACTICE, fills,
        |my| maybe(my.figure("fill").or_else(|| my.figure("fill of a job")));
    "fill.max", "Highest fill of the store", Ratio, "most places taken at once / places", PRACTICE, is_store,
        |my| maybe(my.figure("highest fill"));
    "crane_use", "Crane use", Ratio, "time in which cranes move, pick up and put down / time of all cranes", PRACTICE, is_store,
        |my| maybe(my.figure("crane use"));
    "command_cycle_time", "Mean time of a command cycle", Time, "sum of the times of command cycles / command cycles", PRACTICE, is_store,
        |my| maybe(my.figure("mean cycle time"));
    "storage_time", "Mean storage time", Time, "sum of times from the storage of a part until it is taken off its place / parts taken off", PRACTICE, is_store,
        |my| maybe(my.figure("mean storage time"));
    "tipped", "Parts that tipped over", Parts, "count, each time that a part does", PRACTICE, is_zone,
        |my| maybe(my.figure("parts that tipped over"));
    "jammed", "Parts that jammed", Parts, "count, each time that a part does", PRACTICE, is_zone,
        |my| maybe(my.figure("parts that jammed"));
    "fell", "Parts that fell off", Parts, "count", PRACTICE, is_zone,
        |my| maybe(my.figure("parts that fell off"));
    "quarantined", "Parts quarantined", Parts, "count", PRACTICE, is_zone,
        |my| maybe(my.figure("parts quarantined"));
    "load_wait", "Wait of the first part of a job", Time, "sum over jobs of the time for which the first part in them had waited / jobs", PRACTICE, takes_loads,
        |my| maybe(my.figure("wait of the first part of a job"));
    "packing_density", "Packing density", Ratio, "volume of parts / volume of powder beds", PRACTICE, builds,
        |my| maybe(my.figure("packing density"));
    "powder_used", "Powder used", Mass, "sum over jobs of the volume of the powder bed x bulk density", PRACTICE, counts_powder,
        |my| maybe(my.figure("powder used"));
    "powder_virgin", "Virgin powder", Mass, "powder used that was not recovered before", PRACTICE, counts_powder,
        |my| maybe(my.figure("virgin powder"));
    "powder_recovered", "Powder recovered", Mass, "(powder used - mass of parts) x recovery ratio, of jobs that ended", PRACTICE, counts_powder,
        |my| maybe(my.figure("powder recovered"));
    "powder_lost", "Powder lost", Mass, "powder used - mass of parts - powder recovered, of jobs that ended", PRACTICE, counts_powder,
        |my| maybe(my.figure("powder lost"));
    "recovered_mass", "Mass recovered", Mass, "sum over materials of mass in parts taken apart x recovery ratio", PRACTICE, recovers_mass,
        |my| maybe(my.figure("mass recovered"));
    "recovery_rate", "Recovery rate", Ratio, "mass recovered / mass of the materials of parts taken apart", "after the recyclability rate of ISO 22628", recovers_mass,
        |my| maybe(my.figure("mass in").and_then(|mass| quotient(my.figure("mass recovered")?, mass)));
    "recovered_value", "Value recovered", Cost, "sum over materials of mass recovered x value + sum over graded pieces of their value", PRACTICE, recovers_value,
        |my| maybe(my.figure("value recovered"));
    "volume", "Mean volume there", Volume, "integral of the volume / observed time", PRACTICE, holds_liquid,
        |my| maybe(my.figure("mean volume"));
    "volume.max", "Largest volume there", Volume, "highest volume", PRACTICE, holds_liquid,
        |my| maybe(my.figure("largest volume"));
    "volume.in", "Volume that came in", Volume, "sum of what came in", PRACTICE, holds_liquid,
        |my| maybe(my.figure("came in"));
    "volume.out", "Volume that went out", Volume, "sum of what went out; of a pump, what it delivered", PRACTICE,
        moves_liquid,
        |my| maybe(my.figure("went out"));
    "energy", "Energy", Energy, "sum of power x time", PRACTICE, uses_energy,
        |my| value(my.energy_kwh(|_| true));
    "energy_per_good_part", "Energy per good part", Energy, "energy / GQ", PRACTICE, works_with_energy,
        |my| Reading {
            value: quotient(my.energy_kwh(|_| true), my.element.counts.good() as f64),
            count: Some(my.element.counts.good()),
        };
    "non_productive_energy", "Share of non-productive energy", Ratio, "energy outside processing / energy", PRACTICE,
        uses_energy,
        |my| maybe(quotient(my.energy_kwh(|state| state != EnergyState::Processing), my.energy_kwh(|_| true)));
    "co2e", "Greenhouse gases", Emission, "energy x mean emission factor of the plant's electricity, and of other carriers x theirs", PRACTICE, emits,
        |my| maybe(my.emission_kg());
    "co2e_per_good_part", "Greenhouse gases per good part", Emission, "greenhouse gases / GQ", PRACTICE,
        works_and_emits,
        |my| Reading {
            value: my.emission_kg().and_then(|kg| quotient(kg, my.element.counts.good() as f64)),
            count: Some(my.element.counts.good()),
        };
}
