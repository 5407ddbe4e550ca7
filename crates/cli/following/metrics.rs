//! What a twin counts and measures, in the text format of Prometheus (version 0.0.4), and whether it is well.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use live::counters::FATES;
use live::forecast::Forecast;
use plant::state::State;

use super::listening::Standing;
use super::state::{View, lag, missing};

/// A model that is further behind is not well.
const LONGEST_LAG_S: f64 = 60.0;

/// A metric's name, kind and meaning, and then its samples.
struct Text(String);

impl Text {
    fn metric(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a text cannot fail.
        let _ = writeln!(self.0, "# HELP linewright_{name} {help}\n# TYPE linewright_{name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let _ = write!(self.0, "linewright_{name}");
        for (index, (label, of)) in labels.iter().enumerate() {
            let of = of.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{}{label}=\"{of}\"", if index == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }
}

/// Everything there is to say in numbers.
pub fn text(view: View<'_>, forecast: Option<&Forecast>) -> String {
    let View { twin, latest, standings } = view;
    let mut text = Text(String::new());
    text.metric("simulated", "gauge", "Whether what is followed is no plant but plays one.");
    text.sample("simulated", &[], f64::from(u8::from(twin.mirror().is_simulated())));
    let counters = twin.counters();
    text.metric("observations_received_total", "counter", "Observations that came in.");
    text.sample("observations_received_total", &[], counters.received as f64);
    text.metric("observations_total", "counter", "What became of the observations.");
    for fate in FATES {
        text.sample("observations_total", &[("fate", fate.name())], counters.of(fate) as f64);
    }
    text.metric("observations_waiting", "gauge", "Observations that wait for their turn.");
    text.sample("observations_waiting", &[], counters.waiting() as f64);
    text.metric(
        "observations_missing_total",
        "counter",
        "Observations that sources have numbered and that never came.",
    );
    text.sample("observations_missing_total", &[], missing(twin) as f64);
    text.metric("lag_seconds", "gauge", "How far the model is behind the latest observation.");
    text.sample("lag_seconds", &[], lag(twin, latest));
    if !standings.is_empty() {
        of_sources(&mut text, standings);
    }
    of_elements(&mut text, view);
    if let Some(forecast) = forecast {
        text.metric("forecast_parts_done", "gauge", "Parts done within the horizon of the forecast.");
        let done = forecast.done;
        for (quantile, value) in [("0.05", done.low), ("0.5", done.middle), ("0.95", done.high)] {
            text.sample("forecast_parts_done", &[("quantile", quantile)], value);
        }
        text.metric("forecast_order_late_probability", "gauge", "In which share of the futures an order is late.");
        for order in &forecast.orders {
            if let Some(missed) = order.missed {
                text.sample("forecast_order_late_probability", &[("order", &order.name)], missed);
            }
        }
    }
    text.0
}

/// Whether all is well, and as JSON what is not; `is_late` where nothing comes but what is late.
pub fn health(view: View<'_>, is_late: bool) -> (String, bool) {
    let View { twin, latest, standings } = view;
    let lag_s = lag(twin, latest);
    let lost = standings.iter().filter(|one| !one.is_there()).map(Standing::text);
    let behind = (lag_s >= LONGEST_LAG_S).then(|| {
        format!("the model is {lag_s:.0} s behind what was heard, and no more than {LONGEST_LAG_S:.0} s is well")
    });
    let late = is_late.then(|| "all that comes is late".to_owned());
    let why: Vec<String> = lost.chain(behind).chain(late).collect();
    let is_well = why.is_empty();
    let sources: BTreeMap<&str, String> = standings.iter().map(|one| (one.name.as_str(), one.text())).collect();
    let health = live::serde_json::json!({
        "status": if is_well { "ok" } else { "not ok" },
        "why": why,
        "simulated": twin.mirror().is_simulated(),
        "lag_s": lag_s,
        "sources": sources,
    });
    (health.to_string(), is_well)
}

fn of_sources(text: &mut Text, standings: &[Standing]) {
    let mut each = |name: &str, kind: &str, help: &str, value: fn(&Standing) -> u64| {
        text.metric(name, kind, help);
        for one in standings {
            text.sample(name, &[("source", &one.name)], value(one) as f64);
        }
    };
    each("source_connected", "gauge", "Whether the connection to a source is there.", |one| u64::from(one.is_there()));
    let made = "How often the connection to a source was made.";
    each("source_connections_total", "counter", made, |one| one.connections);
    each("source_messages_total", "counter", "Messages that have come from a source.", |one| one.messages);
    let unreadable = "Messages that made no sense or were too long.";
    each("source_unreadable_total", "counter", unreadable, |one| one.unreadable);
    let gaps = "How often messages were missing between two that came.";
    each("source_gaps_total", "counter", gaps, |one| one.gaps);
    let overflows = "How often a server dropped values before it sent them.";
    each("source_overflows_total", "counter", overflows, |one| one.overflows);
}

fn of_elements(text: &mut Text, view: View<'_>) {
    let twin = view.twin;
    let (run, plant) = (twin.mirror().run(), twin.plant());
    let elements: Vec<_> = twin.divergence().elements().collect();
    let mut each = |name: &str, kind: &str, help: &str, value: &dyn Fn(usize) -> Option<f64>| {
        text.metric(name, kind, help);
        for (index, (element, _)) in elements.iter().enumerate() {
            if let Some(value) = value(index) {
                text.sample(name, &[("element", plant.model.name(*element))], value);
            }
        }
    };
    let level = |index: usize| run.level(elements[index].0).map(f64::from);
    each("element_parts", "gauge", "Parts in an element of the model.", &level);
    let down = |index: usize| {
        let state = run.state(elements[index].0)?;
        Some(f64::from(u8::from(matches!(state, State::Failed | State::WaitingForRepair | State::Repair))))
    };
    each("element_down", "gauge", "Whether an element is down.", &down);
    let operations = |index: usize| Some(elements[index].1.operations as f64);
    each("element_operations_total", "counter", "Operations of an element that were seen to end.", &operations);
    let ratio = |index: usize| elements[index].1.ratio();
    each(
        "element_time_ratio",
        "gauge",
        "How long operations take of late, as a multiple of what the model says.",
        &ratio,
    );
    let changes = |index: usize| Some(elements[index].1.changes as f64);
    each(
        "element_changes_total",
        "counter",
        "How often the process time of an element was found to have changed.",
        &changes,
    );
    let refused = |index: usize| Some(elements[index].1.refused as f64);
    each("element_refused_total", "counter", "What was seen at an element and the model could not do.", &refused);
    let hastened = |index: usize| Some(elements[index].1.hastened as f64);
    each("element_hastened_total", "counter", "Parts that had to be hastened to an element.", &hastened);
}
