//! Runs that agree, and a kind that makes them differ.

use std::sync::atomic::{AtomicI64, Ordering};

use plant::describe;
use plant::element::{At, Door, ElementKind, Streams};
use plant::floor::Floor;
use plant::flow::sink::SinkState;
use plant::plan::Planner;
use plant::registry::Plugin;
use plant::state::State;

use super::*;
use crate::arguments::{Changes, Selection};

describe! {
    /// A machine that works and rests by turns and, as nothing should, remembers earlier runs.
    pub struct Forgetful {
    }
}

/// What all runs share: how often the machine has turned.
static TURNS: AtomicI64 = AtomicI64::new(0);

impl ElementKind for Forgetful {
    const NAME: &'static str = "Forgetful";
    const EXAMPLE: &'static str = "Forgetful()";
    type Plan = ();
    type State = SinkState;

    fn plan(&self, _planner: &mut Planner<'_>) {}

    fn door(_plan: &()) -> Door {
        Door::Closed
    }

    fn begin(_plan: &(), _streams: &Streams<'_>) -> SinkState {
        SinkState
    }

    fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
        floor.set_timer(at.me, SimDuration::from_secs(10), 0);
    }

    fn timer(at: At<'_, Self>, floor: &mut Floor<'_>, _timer: u32) {
        let turns = TURNS.fetch_add(1, Ordering::Relaxed);
        floor.set_operation(at.me, if turns % 2 == 0 { State::Processing } else { State::Starved });
        floor.set_timer(at.me, SimDuration::from_secs(10 + turns / 25), 0);
    }
}

struct Faulty;

impl Plugin for Faulty {
    fn extend(&self, registry: &mut Registry) {
        registry.add_kind::<Forgetful>();
    }
}

fn opened(scenario: &str, name: &str, plugins: &[&dyn Plugin]) -> Opened {
    let path = std::env::temp_dir().join(format!("linewright-verify-{name}-{}.ron", std::process::id()));
    std::fs::write(&path, scenario).expect("a scratch file");
    let selection = Selection {
        file: path.to_string_lossy().into_owned(),
        changes: Changes { set: Vec::new(), seed: None, until: None },
        replication: None,
    };
    let opened = Opened::new(&selection, &Arc::new(Registry::with_plugins(plugins)));
    std::fs::remove_file(path).expect("cleaned up");
    opened.expect("a good scenario")
}

const LINE: &str = r#"Scenario(
    clock: (horizon: "1 d"),
    elements: {
        "in": Source(arrivals: Interarrival(Exponential("60 s")), next: "mill"),
        "mill": Station(process_time: Exponential("50 s"), queue: 5, next: "out"),
        "out": Sink(),
    },
)"#;

#[test]
fn good_runs_agree_with_and_without_records() {
    let opened = opened(LINE, "good", &[]);
    let outcome = |records| play(&opened, records, |_| {}).expect("it plays").expect("not interrupted").0;
    let first = outcome(false);
    assert!(first.events > 1_000);
    assert_eq!(first, outcome(false));
    assert_eq!(first, outcome(true));
    let difference = first_difference(&opened, true).expect("it plays");
    assert_eq!(difference, Difference { time_s: None, elements: Vec::new(), events: None });
}

#[test]
fn the_first_event_that_differs_is_named() {
    let scenario = LINE.replace("\"out\": Sink()", "\"out\": Sink(), \"ghost\": Forgetful()");
    let opened = opened(&scenario, "faulty", &[&Faulty]);
    let difference = first_difference(&opened, false).expect("it plays");
    assert_eq!(difference.elements, ["ghost"], "{difference:?}");
    let time = difference.time_s.expect("a time");
    assert!((10.0..86_400.0).contains(&time), "{difference:?}");
    let events = difference.events.clone().expect("an event");
    assert!(events.iter().flatten().any(|event| event.contains("\"ghost\": state")), "{difference:?}");
    let outcome = Outcome { digest: Digest::default(), events: 1, error: None };
    let text = in_words(&opened, &[outcome.clone(), outcome.clone(), outcome], &difference);
    assert!(text.contains("the first event that differs"), "{text}");
}
