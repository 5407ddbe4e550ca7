//! Whole plants with motion in them: what a zone costs in which nothing moves, and a day of a line with a belt and a robot.

use std::time::Instant;

use kernel::{SimDuration, SimTime};
use plant::run::{Progress, Run};

use super::SEED;
use super::engine::{advance, plant_of};
use super::report::Spread;
use super::zones::processor_s;

/// Events of the run in which a zone sleeps, and how long it is played before the clock runs: 25,000 s, some 50,000 events.
const EVENTS: u64 = 1_000_000;
const WARM_UP: SimDuration = SimDuration::from_nanos(25_000_000_000_000);
/// How long a day may take, in seconds on the wall.
const DAY_GOAL_S: f64 = 60.0;

/// Everything there is to say of plants, a line each.
///
/// # Errors
/// A sentence for the developer, when a plant does not load or a run fails or comes out differently.
pub fn all(rounds: usize) -> Result<String, String> {
    Ok(asleep(EVENTS, rounds)? + &day(24, rounds.min(3))?)
}

/// Five stations with conveyors between them, and beside them a belt that runs below nine cartons which stand in a queue while the
/// clock runs. With and without a zone the elements are as many.
fn line(is_zoned: bool) -> String {
    let (fidelity, zone) =
        if is_zoned { ("Physics", "Zone()") } else { ("Event", "Buffer(capacity: 1, next: \"out\")") };
    let mut elements = String::new();
    for number in 1..=5 {
        let next = if number == 5 { "out".to_owned() } else { format!("station {}", number + 1) };
        elements += &format!(
            "\"station {number}\": Station(process_time: Exponential(\"5 s\"), next: \"belt {number}\"),\n\
             \"belt {number}\": Conveyor(length: \"4 m\", speed: \"0.5 m/s\", accumulating: true, part_length: \"400 mm\", next: \"{next}\"),\n"
        );
    }
    format!(
        r#"Scenario(schema: 1, name: "asleep", clock: (horizon: "100000 h"),
        part_types: {{ "carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg")) }},
        elements: {{
            "in": Source(arrivals: Unlimited, part_type: "carton", next: "station 1"), {elements} "out": Sink(),
            "few": Source(arrivals: Interarrival("3 s"), limit: 10, part_type: "carton", next: "spare belt"),
            "spare belt": Conveyor(length: "4 m", speed: "0.5 m/s", accumulating: true, next: "press", fidelity: {fidelity}, zone: "zone"),
            "press": Station(process_time: "90000 h", next: "out"),
            "zone": {zone},
        }})"#
    )
}

/// A run without a zone and with one that sleeps, by turns.
fn asleep(events: u64, rounds: usize) -> Result<String, String> {
    let plants = [plant_of(&line(false))?, plant_of(&line(true))?];
    let (mut times, mut shipped) = ([Vec::new(), Vec::new()], [0; 2]);
    for _ in 0..rounds {
        for (side, plant) in plants.iter().enumerate() {
            let mut run = Run::new(plant.clone(), SEED, 0).map_err(|error| error.to_string())?;
            while run.now() < SimTime::ZERO + WARM_UP {
                advance(&mut run, 1).map_err(|error| error.to_string())?;
            }
            let start_s = stamp_s();
            advance(&mut run, events).map_err(|error| error.to_string())?;
            times[side].push((stamp_s() - start_s) * 1e9 / events as f64);
            shipped[side] = run.report().part_types.iter().map(|part_type| part_type.shipped).sum::<u64>();
        }
    }
    if shipped[0] != shipped[1] {
        return Err(format!("{} parts without the zone and {} with it", shipped[0], shipped[1]));
    }
    let ratio = spread(times[1].iter().zip(&times[0]).map(|(with, without)| with / without))?;
    let [without, with] = times.map(|times| spread(times.into_iter()));
    let (without, with) = (without?, with?);
    Ok(format!(
        "{events} events of 5 stations and belts, {rounds} rounds, ns an event: {:.1} at least, {:.1} in the median; with a zone \
         that sleeps {:.1} and {:.1}; with by without: least {:.3}, round by round {:.3} (goal: 1)\n",
        without.least,
        without.median,
        with.least,
        with.median,
        with.least / without.least,
        ratio.median,
    ))
}

/// A part a minute, 6 s on a belt with physics, then a robot.
fn day_text(hours: u32) -> String {
    format!(
        r#"Scenario(schema: 1, name: "day", clock: (horizon: "{hours} h"),
        part_types: {{ "carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg")) }},
        elements: {{
            "in": Source(arrivals: Interarrival("1 min"), part_type: "carton", next: "pack"),
            "pack": Station(process_time: Triangular("20 s", "25 s", "30 s"), next: "belt"),
            "belt": Conveyor(length: "3 m", speed: "0.5 m/s", accumulating: true, next: "robot", fidelity: Physics, zone: "zone"),
            "zone": Zone(),
            "robot": Robot(
                arm: Scara(
                    height: "400 mm", inner: "325 mm", outer: "275 mm",
                    shoulder: Turns(lower: "-150 deg", upper: "150 deg", speed: "360 deg/s", acceleration: "2000 deg/s^2"),
                    elbow: Turns(lower: "-145 deg", upper: "145 deg", speed: "480 deg/s", acceleration: "3000 deg/s^2"),
                    quill: Slides(lower: "0 mm", upper: "200 mm", speed: "1 m/s", acceleration: "15 m/s^2"),
                    roll: Turns(lower: "-360 deg", upper: "360 deg", speed: "900 deg/s", acceleration: "9000 deg/s^2"),
                ),
                pick: (x: "400 mm", y: "200 mm", z: "250 mm", roll: "180 deg"),
                place: (x: "300 mm", y: "-300 mm", z: "250 mm", roll: "180 deg"),
                pattern: (columns: 2, rows: 3, column_pitch: "80 mm", row_pitch: "60 mm"),
                grip: "200 ms", release: "150 ms", next: "label",
            ),
            "label": Station(process_time: Exponential("10 s"), queue: 10, next: "out"),
            "out": Sink(),
        }})"#
    )
}

/// A day from its text to its report.
fn day(hours: u32, rounds: usize) -> Result<String, String> {
    let (mut wall_s, mut cpu_s, mut told) = (Vec::new(), Vec::new(), String::new());
    for _ in 0..rounds {
        let (start, start_s) = (Instant::now(), stamp_s());
        let plant = plant_of(&day_text(hours))?;
        let read_s = stamp_s() - start_s;
        let mut run = Run::new(plant, SEED, 0).map_err(|error| error.to_string())?;
        while run.advance().map_err(|error| error.to_string())? != Progress::Done {}
        let report = run.report();
        wall_s.push(start.elapsed().as_secs_f64());
        cpu_s.push(stamp_s() - start_s);
        let shipped: u64 = report.part_types.iter().map(|part_type| part_type.shipped).sum();
        if shipped + 3 < u64::from(hours) * 60 {
            return Err(format!("a day of {hours} h ships {shipped} parts"));
        }
        told = format!("{shipped} parts, {} events, of it {read_s:.3} s to check the scenario", run.event_count());
    }
    let (wall, cpu) = (spread(wall_s.into_iter())?, spread(cpu_s.into_iter())?);
    Ok(format!(
        "{hours} h of a line with a robot and a belt with physics, {rounds} rounds: {:.2} s on the wall at least, {:.2} s of a processor \
         (goal: {DAY_GOAL_S} s); {told}\n",
        wall.least, cpu.least,
    ))
}

/// Seconds of a processor where the system tells them, or on the wall.
fn stamp_s() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    processor_s().unwrap_or_else(|| START.get_or_init(Instant::now).elapsed().as_secs_f64())
}

fn spread(values: impl Iterator<Item = f64>) -> Result<Spread, String> {
    Spread::of(values).ok_or_else(|| "nothing was timed".to_owned())
}

#[cfg(all(test, feature = "bench-motion"))]
mod tests {
    use super::*;

    #[test]
    fn a_zone_that_sleeps_changes_nothing() {
        let line = asleep(20_000, 1);
        assert!(line.as_ref().is_ok_and(|line| line.ends_with("(goal: 1)\n")), "{line:?}");
    }

    #[test]
    fn an_hour_of_the_day_comes_to_its_end() {
        let line = day(1, 1);
        assert!(line.as_ref().is_ok_and(|line| line.contains(" parts")), "{line:?}");
    }
}
