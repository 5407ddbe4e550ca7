//! Tanks, pumps, pipes and what stations take from them, worked out by hand.

use kernel::{SimDuration, SimTime};
use plant::element::Command;
use plant::state::State;

use crate::play::{Play, complaints, play, play_changed, play_with};

fn scenario(horizon: &str, elements: &str) -> String {
    format!(r#"(clock: (horizon: "{horizon}"), elements: {{{elements}}})"#)
}

/// Seconds in a state.
fn seconds(play: &Play, element: &str, state: State) -> f64 {
    play.element(element).time_in(state).as_seconds_f64()
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found}, not {expected}");
}

#[test]
fn a_tank_fills_and_holds_its_pump_back() {
    // 100 l at 2 l/s: full after 50 s, from then on what is drawn goes in.
    let play = play(&scenario("200 s", r#""in": Pump(to: "tank", flow: "2 l/s"), "tank": Tank(capacity: "100 l")"#));
    assert_eq!(seconds(&play, "tank", State::Processing), 50.0);
    assert_eq!(seconds(&play, "tank", State::Blocked), 150.0);
    assert_eq!((seconds(&play, "in", State::Processing), seconds(&play, "in", State::Blocked)), (50.0, 150.0));
    let figures = ["volume", "largest volume", "smallest volume", "came in", "went out", "ran over", "time full"];
    assert_eq!(figures.map(|name| play.figure("tank", name)), [100.0, 100.0, 0.0, 100.0, 0.0, 0.0, 150.0]);
    // The triangle of 50 s and the block of 150 s.
    near(play.figure("tank", "mean volume"), (50.0 * 50.0 + 100.0 * 150.0) / 200.0);
    assert_eq!(play.figure("in", "went out"), 100.0);
}

#[test]
fn an_empty_tank_passes_on_what_comes_in() {
    // 30 l, 3 l/s out and 2 l/s in: empty after 30 s, then 2 l/s come out.
    let play = play(&scenario(
        "100 s",
        r#""in": Pump(to: "tank", flow: "2 l/s"), "out": Pump(from: "tank", flow: "3 l/s"),
           "tank": Tank(capacity: "100 l", initial: "30 l")"#,
    ));
    assert_eq!((play.figure("out", "went out"), play.figure("in", "went out")), (230.0, 200.0));
    assert_eq!((seconds(&play, "tank", State::Starved), play.figure("tank", "time empty")), (70.0, 70.0));
    assert_eq!(seconds(&play, "out", State::Processing), 100.0, "it runs, if slowly");
    assert!(play.report.event_count < 6, "{} events: nothing is stepped to", play.report.event_count);
}

#[test]
fn two_pumps_share_what_there_is_and_the_room() {
    // Out of an empty tank, 1 : 2, of 3 l/s; into a full one, 3 : 1, of 2 l/s.
    let play = play(&scenario(
        "100 s",
        r#""in": Pump(to: "low", flow: "3 l/s"), "low": Tank(capacity: "10 l"),
           "one": Pump(from: "low", flow: "2 l/s"), "two": Pump(from: "low", flow: "4 l/s"),
           "left": Pump(to: "high", flow: "9 l/s"), "right": Pump(to: "high", flow: "3 l/s"),
           "high": Tank(capacity: "10 l", initial: "10 l"), "out": Pump(from: "high", flow: "2 l/s")"#,
    ));
    assert_eq!(["one", "two"].map(|pump| play.figure(pump, "went out")), [100.0, 200.0]);
    assert_eq!(["left", "right", "out"].map(|pump| play.figure(pump, "went out")), [150.0, 50.0, 200.0]);
}

#[test]
fn a_chain_of_tanks_runs_at_its_narrowest_pump() {
    // a (90 l) -3-> b (30 l) -1-> c: b rises by 2 l/s and is full after 15 s; a is empty after 15 s (3 l/s) and 45 s more (1 l/s).
    let play = play(&scenario(
        "200 s",
        r#""a": Tank(capacity: "90 l", initial: "90 l"), "ab": Pump(from: "a", to: "b", flow: "3 l/s"),
           "b": Tank(capacity: "30 l"), "bc": Pump(from: "b", to: "c", flow: "1 l/s"), "c": Tank(capacity: "100 l")"#,
    ));
    assert_eq!((seconds(&play, "b", State::Blocked), seconds(&play, "a", State::Starved)), (45.0, 140.0));
    // b then falls by 1 l/s: empty at 90 s; its pump has nothing from then on.
    assert_eq!((seconds(&play, "bc", State::Processing), seconds(&play, "bc", State::Starved)), (90.0, 110.0));
    assert_eq!(["a", "b", "c"].map(|tank| play.figure(tank, "volume")), [0.0, 0.0, 90.0]);
    assert_eq!(seconds(&play, "ab", State::Processing), 60.0);
}

#[test]
fn a_pump_that_fails_in_the_middle_stops_what_it_feeds() {
    let text = scenario(
        "100 s",
        r#""a": Tank(capacity: "500 l", initial: "500 l"), "ab": Pump(from: "a", to: "b", flow: "2 l/s",
               failures: [(time_to_failure: "30 s", time_to_repair: "20 s")], energy: (processing: "2 kW", idle: "500 W", down: "100 W")),
           "b": Tank(capacity: "100 l", initial: "10 l"), "out": Pump(from: "b", flow: "2 l/s")"#,
    );
    let play = play(&text);
    // Up to 30 s b stands at 10 l; then it runs empty within 5 s; from 50 s on 2 l/s pass through, and so again 30 s later.
    assert_eq!((seconds(&play, "ab", State::Processing), seconds(&play, "ab", State::Failed)), (60.0, 40.0));
    assert_eq!(seconds(&play, "out", State::Starved), 15.0 + 20.0);
    assert_eq!((play.figure("out", "went out"), play.figure("a", "volume")), (130.0, 380.0));
    let energy: f64 = play.element("ab").energy.iter().flatten().map(|(_, joules, _)| joules).sum();
    assert_eq!(energy, 60.0 * 2000.0 + 40.0 * 100.0);
}

#[test]
fn levels_are_passed_to_the_nanosecond_and_set_alarms_off() {
    let play = play(&scenario(
        "100 s",
        r#""in": Pump(to: "tank", flow: "3 l/s"), "tank": Tank(capacity: "100 l", levels: {"high": "80 l", "low": "10 l"}),
           "gauge": LevelSensor(of: "tank"), "alarm": Alarm(sensor: "gauge", above: 80),
           "sampled": LevelSensor(of: "tank", signal: (sampling: Every("10 s")))"#,
    ));
    // 80 l after 26.666666666667 s.
    let alarm = play.alarm("alarm");
    assert_eq!(alarm.len(), 1);
    near(alarm[0].0, 80.0 / 3.0);
    assert!(alarm[0].0 >= 80.0 / 3.0 && alarm[0].0 < 80.0 / 3.0 + 2e-9, "{}", alarm[0].0);
    let sampled = play.readings("sampled");
    for (at, reading) in &sampled {
        near(*reading, (3.0 * at).min(100.0));
    }
    assert_eq!(sampled.len(), 11);
    let words = &play.element("tank").words;
    assert_eq!(
        words[0].word,
        "\"high\" 1 times, 1 min 13.333333333 s in all; \"low\" 1 times, 1 min 36.666666666 s in all"
    );
}

#[test]
fn pumps_keep_tanks_filled_and_drained() {
    // The header falls by 1 l/s; at 20 l the pump starts and fills at 4 - 1 l/s up to 80 l: 20 s on, 60 s off.
    let play = play(&scenario(
        "400 s",
        r#""header": Tank(capacity: "100 l", initial: "80 l"), "use": Pump(from: "header", flow: "1 l/s"),
           "fill": Pump(to: "header", flow: "4 l/s", fill: (below: "20 l", up_to: "80 l")),
           "rain": Pump(to: "sump", flow: "1 l/s"), "sump": Tank(capacity: "100 l"),
           "drain": Pump(from: "sump", flow: "5 l/s", drain: (above: "40 l"))"#,
    ));
    assert_eq!((seconds(&play, "fill", State::Processing), play.figure("fill", "went out")), (100.0, 400.0));
    assert_eq!(["largest volume", "smallest volume"].map(|name| play.figure("header", name)), [80.0, 20.0]);
    // 40 s to fill, 10 s to empty: eight rounds of 50 s.
    assert_eq!(seconds(&play, "drain", State::Processing), 80.0);
    assert_eq!(["largest volume", "volume", "came in"].map(|name| play.figure("sump", name)), [40.0, 0.0, 400.0]);
}

#[test]
fn a_pipe_delays_what_is_pumped_through_it() {
    let text = scenario(
        "60 s",
        r#""pump": Pump(to: "pipe", flow: "2 l/s"), "pipe": Pipe(to: "bend", volume: "20 l"), "bend": Pipe(to: "tank", volume: "4 l"),
           "tank": Tank(capacity: "50 l")"#,
    );
    // 24 l are on the way: the tank fills from 12 s on and is full at 37 s.
    let played = play(&text);
    assert_eq!((seconds(&played, "tank", State::Starved), seconds(&played, "tank", State::Blocked)), (12.0, 23.0));
    assert_eq!(["pipe", "bend", "tank"].map(|name| played.figure(name, "volume")), [20.0, 4.0, 50.0]);
    assert_eq!(["pipe", "bend", "tank"].map(|name| played.figure(name, "came in")), [74.0, 54.0, 50.0]);
    // Stopped from 20 s to 30 s, it stays full: nothing comes out, and at once again when it goes on.
    let stopped = play_with(&text, &[(20, "pump", Command::Stop), (30, "pump", Command::Go)]);
    assert_eq!((seconds(&stopped, "tank", State::Blocked), seconds(&stopped, "pump", State::MinorStop)), (13.0, 10.0));
}

#[test]
fn the_tank_of_torricelli_runs_empty_on_time() {
    // shared/oracles/physics_analytic.csv: A = 1 m2, a = 0.001 m2, h0 = 2 m, Cd = 1.
    let play = play(&scenario(
        "700 s",
        r#""tank": Tank(capacity: "3 m^3", initial: "2 m^3", area: "1 m^2", levels: {"half": "1 m^3"}),
           "hole": Pipe(from: "tank", to: "basin", opening: "10 cm^2"), "basin": Tank(capacity: "2.5 m^3"),
           "gauge": LevelSensor(of: "tank", signal: (sampling: Every("100 s")))"#,
    ));
    let empty = play.element("tank").time_in(State::Processing);
    let exact = 638.659_913_562_117_5;
    assert!((empty.as_seconds_f64() - exact).abs() < 1e-9, "{empty}");
    assert_eq!(empty, SimDuration::from_nanos(638_659_913_563), "rounded up");
    assert_eq!(["tank", "basin"].map(|tank| play.figure(tank, "volume")), [0.0, 2_000.0], "to the last drop");
    for (at, litres) in play.readings("gauge") {
        let root = (1.0 - at / exact).max(0.0);
        near(litres, 2_000.0 * root * root);
    }
    // The mean of a square that falls to nothing is a third.
    near(play.figure("tank", "mean volume"), 2_000.0 / 3.0 * exact / 700.0);
    near(play.figure("basin", "mean volume"), 2_000.0 - 2_000.0 / 3.0 * exact / 700.0);
    let half = format!(
        "\"half\" 0 times, {} in all",
        SimDuration::from_nanos((exact * (1.0 - 0.5_f64.sqrt()) * 1e9) as i64 + 1)
    );
    assert_eq!(play.element("tank").words[0].word, half);
}

#[test]
fn a_shut_pipe_holds_and_a_full_basin_runs_over() {
    let text = scenario(
        "700 s",
        r#""tank": Tank(capacity: "3 m^3", initial: "2 m^3", area: "1 m^2"),
           "hole": Pipe(from: "tank", to: "basin", opening: "10 cm^2"), "basin": Tank(capacity: "500 l")"#,
    );
    let over = play(&text);
    assert_eq!(["volume", "came in", "ran over"].map(|name| over.figure("basin", name)), [500.0, 2_000.0, 1_500.0]);
    let shut = play_with(&text, &[(0, "hole", Command::Stop), (50, "hole", Command::Go)]);
    assert_eq!(seconds(&shut, "hole", State::MinorStop), 50.0);
    near(seconds(&shut, "tank", State::Starved), 700.0 - 50.0 - 638.659_913_562_117_5);
}

#[test]
fn a_tank_that_drains_while_it_is_fed_comes_to_rest() {
    // 3.9618 l/s keep 0.8 m above the opening: k sqrt(V) with k = 4.42868e-3.
    let play = play(&scenario(
        "20 h",
        r#""in": Pump(to: "tank", flow: "3 l/s"), "tank": Tank(capacity: "2 m^3", area: "1 m^2"),
           "hole": Pipe(from: "tank", opening: "10 cm^2", discharge: 0.8)"#,
    ));
    let height = (0.003_f64 / 0.0008).powi(2) / (2.0 * 9.80665);
    near(play.figure("tank", "height"), height);
    near(play.figure("hole", "went out") + play.figure("tank", "volume"), 3.0 * 72_000.0);
    // One that comes to rest above the brim is held there, and lets in what runs out.
    let full = self::play(&scenario(
        "20 h",
        r#""in": Pump(to: "tank", flow: "30 l/s"), "tank": Tank(capacity: "2 m^3", area: "1 m^2"),
           "hole": Pipe(from: "tank", opening: "10 cm^2")"#,
    ));
    assert_eq!(full.figure("tank", "volume"), 2_000.0);
    let runs_out = 0.001 * (2.0 * 9.80665 * 2.0_f64).sqrt() * 1e3;
    assert!(full.figure("in", "went out") > runs_out * 72_000.0 && full.report.event_count < 6);
}

const WASHING: &str = r#"
    "in": Source(arrivals: Unlimited, next: "wash"),
    "wash": Station(process_time: "10 s", fluid: (takes: {"water": "12 l"}, gives: {"waste": "8 l"}), next: "out"),
    "water": Tank(capacity: "100 l", initial: "24 l"), "supply": Pump(to: "water", flow: "0.5 l/s"),
    "waste": Tank(capacity: "30 l"), "drain": Pump(from: "waste", flow: "0.1 l/s"), "out": Sink()
"#;

#[test]
fn a_station_waits_for_what_it_takes() {
    let text =
        scenario("60 s", &WASHING.replace(r#""waste": Tank(capacity: "30 l")"#, r#""waste": Tank(capacity: "300 l")"#));
    let play = play(&text);
    // 24 l are two parts, with 5 l a part coming: at 20 s there are 10 l, at 24 s 12 l; then 5 l at 34 s, 12 l at 48 s.
    let begun: Vec<f64> = play.arrived("out").into_iter().map(|(at, _)| at - 10.0).collect();
    assert_eq!(begun, [0.0, 10.0, 24.0, 48.0]);
    assert_eq!(seconds(&play, "wash", State::WaitingForMaterial), 4.0 + 14.0 + 2.0);
    assert_eq!(play.figure("water", "went out"), 48.0);
    assert_eq!(play.figure("water", "volume"), 24.0 + 30.0 - 48.0);
}

#[test]
fn a_station_keeps_its_part_while_what_it_gives_does_not_fit() {
    let text = scenario("200 s", &WASHING.replace(r#"initial: "24 l""#, r#"initial: "100 l""#));
    let play = play(&text);
    // 8 l come every 10 s and 1 l goes: 8, 15, 22 and 29 l would be there; the fourth fits in when 22 l are left, at 80 s
    // (29 - 1 + ... ): at 30 s 22 l, at 40 s 21 l and 8 more do fit, at 50 s 28 l do not: 22 l are left 60 s later.
    let left: Vec<f64> = play.departed("wash").into_iter().map(|(at, _)| at).collect();
    assert_eq!(left, [10.0, 20.0, 30.0, 40.0, 110.0, 190.0]);
    assert_eq!(seconds(&play, "wash", State::Blocked), 60.0 + 70.0);
    assert_eq!(play.figure("waste", "largest volume"), 30.0);
}

#[test]
fn parameters_can_change_while_liquids_flow() {
    let text = scenario(
        "100 s",
        r#""in": Pump(to: "tank", flow: "2 l/s"), "tank": Tank(capacity: "150 l", area: "1 m^2"), "hole": Pipe(from: "tank", opening: "1 cm^2")"#,
    );
    let calm = text.replace(r#", "hole": Pipe(from: "tank", opening: "1 cm^2")"#, "");
    let faster = calm.replace("2 l/s", "5 l/s");
    let smaller = calm.replace("150 l", "30 l");
    let play = play_changed(&calm, &[], &[(10, "in", &faster), (60, "tank", &smaller)]);
    // 20 l after 10 s, 150 l after 36 s; what is too much runs over at 60 s.
    assert_eq!(seconds(&play, "tank", State::Blocked), 64.0);
    assert_eq!(["volume", "ran over", "came in"].map(|name| play.figure("tank", name)), [30.0, 120.0, 150.0]);
    // What flowed before a wider opening did so through the narrow one.
    let wider = text.replace("1 cm^2", "20 cm^2");
    let (narrow, changed) = (self::play(&text), play_changed(&text, &[], &[(100, "hole", &wider)]));
    near(changed.figure("tank", "volume"), narrow.figure("tank", "volume"));
}

#[test]
fn networks_do_not_touch_each_other() {
    let one = r#""in": Pump(to: "tank", flow: "2 l/s"), "tank": Tank(capacity: "3 m^3", initial: "1 m^3", area: "1 m^2"),
        "hole": Pipe(from: "tank", opening: "12 cm^2")"#;
    let other = r#", "another": Pump(to: "a tank", flow: "7 l/s"), "a tank": Tank(capacity: "10 l"), "a pump": Pump(from: "a tank", flow: "1 l/s")"#;
    let (alone, both) = (play(&scenario("500 s", one)), play(&scenario("500 s", &format!("{one}{other}"))));
    for name in ["in", "tank", "hole"] {
        assert_eq!(alone.digest_of(name), both.digest_of(name), "{name}");
    }
    assert_eq!(alone.element("tank").figures, both.element("tank").figures);
}

#[test]
fn what_must_not_be_connected_is_refused() {
    let tanks = r#""a": Tank(capacity: "1 m^3", area: "1 m^2"), "b": Tank(capacity: "1 m^3", area: "1 m^2"), "c": Tank(capacity: "9 l"), "#;
    for (elements, message) in [
        (
            r#""p": Pipe(from: "a", to: "b", opening: "1 cm^2"), "q": Pipe(from: "b", opening: "1 cm^2")"#,
            "\"b\", into which this pipe falls, runs out by its weight itself, through \"q\"",
        ),
        (
            r#""p": Pipe(from: "a", to: "b", opening: "1 cm^2"), "q": Pump(from: "b", to: "a", flow: "1 l/s")"#,
            "this pump could run \"b\" dry, into which \"p\" falls",
        ),
        (
            r#""p": Pipe(from: "a", opening: "1 cm^2"), "q": Pipe(from: "a", opening: "1 cm^2")"#,
            "\"a\" runs out through \"p\" already",
        ),
        (
            r#""p": Pipe(from: "c", opening: "1 cm^2")"#,
            "\"c\" has no cross-section, so nobody knows how high the liquid stands in it",
        ),
        (r#""p": Pipe(from: "a")"#, "nothing can run out of the tank through this pipe"),
        (r#""p": Pipe(to: "a")"#, "this pipe holds nothing and leads out of no tank"),
        (r#""p": Pipe(to: "q", volume: "1 l"), "q": Pipe(to: "p", volume: "1 l")"#, "this pipe leads back to itself"),
        (r#""p": Pump(flow: "1 l/s")"#, "this pump leads from nowhere to nowhere"),
        (r#""p": Pump(from: "a", to: "a", flow: "1 l/s")"#, "this pump leads back to where it comes from"),
        (r#""p": Pump(from: "a", flow: "1 l/s", fill: (below: "1 l", up_to: "2 l"))"#, "this pump has no tank to fill"),
        (r#""p": Pump(to: "c", flow: "1 l/s", fill: (below: "1 l", up_to: "20 l"))"#, "\"c\" never holds that much"),
        (
            r#""p": Pump(to: "c", flow: "1 l/s", fill: (below: "3 l", up_to: "2 l"))"#,
            "this pump would never start, or never stop",
        ),
        (r#""p": Tank(capacity: "1 l", levels: {"high": "2 l"})"#, "the level \"high\" is above the brim of this tank"),
        (
            r#""p": Station(process_time: "1 s", next: "out", fluid: (takes: {"c": "10 l"})), "out": Sink()"#,
            "work here exchanges 10 l with \"c\", which holds 9 l",
        ),
    ] {
        let said = complaints(&format!("{tanks}{elements}"));
        assert!(said.iter().any(|said| said == message), "{elements}: {said:#?}");
    }
}

#[test]
fn a_pump_stops_outside_its_shift_and_warms_up() {
    let play = play(&scenario(
        "100 s",
        r#""in": Pump(to: "tank", flow: "1 l/s", energy: (processing: "1 kW", standby: "10 W", standby_after: "5 s", warm_up_time: "8 s")),
           "tank": Tank(capacity: "40 l", initial: "40 l"), "out": Pump(from: "tank", flow: "1 l/s")"#,
    ));
    // Nothing fits in but what goes out: it runs all the time.
    assert_eq!(play.figure("in", "went out"), 100.0);
    let commands = [(20, "in", Command::Shift { on: false }), (50, "in", Command::Shift { on: true })];
    let shifted = play_with(
        &scenario(
            "100 s",
            r#""in": Pump(to: "tank", flow: "1 l/s"), "tank": Tank(capacity: "400 l", initial: "40 l"), "out": Pump(from: "tank", flow: "2 l/s")"#,
        ),
        &commands,
    );
    // 40 - 20 l at 20 s, empty 10 s later; from 50 s on 1 l/s passes.
    assert_eq!(seconds(&shifted, "in", State::OffShift), 30.0);
    assert_eq!((shifted.figure("out", "went out"), seconds(&shifted, "out", State::Starved)), (110.0, 20.0));
    assert_eq!(SimTime::ZERO + SimDuration::from_secs(100), shifted.report.until);
}
