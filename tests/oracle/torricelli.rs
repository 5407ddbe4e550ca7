//! The tank of Torricelli, from the table of the oracles: when it is empty, and when it holds what in between.

use kernel::SimDuration;
use plant::run::Run;
use plant::state::State;

use super::{element, plant_of};

/// `physics_analytic.csv`: A = 1 m2, a = 0.001 m2, h0 = 2 m, Cd = 1.
const TIME_TO_EMPTY_S: f64 = 638.659_913_562_117_5;

#[test]
fn the_tank_runs_empty_at_the_nanosecond_of_theory() {
    let plant = plant_of(
        r#"Scenario(clock: (horizon: "20 min"), elements: {
            "tank": Tank(capacity: "2 m^3", initial: "2 m^3", area: "1 m^2"),
            "hole": Pipe(from: "tank", to: "basin", opening: "0.001 m^2"),
            "basin": Tank(capacity: "2 m^3"),
        })"#,
        &[],
    );
    let mut run = Run::new(plant, 1, 0).expect("a plant without plugins");
    run.audit(1).expect("nothing is lost");
    let report = run.report();
    // A full tank that runs out is not held, so its state is that of one that is neither full nor empty.
    let empty = element(&report, "tank").time_in(State::Processing).mean(1).expect("one tank");
    let exact = SimDuration::from_nanos((TIME_TO_EMPTY_S * 1e9).ceil() as i64);
    println!("empty after {empty}, by theory {TIME_TO_EMPTY_S} s; {} events", report.event_count);
    assert!((empty - exact).as_nanos().abs() <= 1, "{empty}, not {exact}");
    let volume = |name: &str| {
        let figures = &element(&report, name).figures;
        figures.iter().find(|figure| figure.name == "volume").expect("a volume").value
    };
    assert_eq!((volume("tank"), volume("basin")), (0.0, 2_000.0));
}
