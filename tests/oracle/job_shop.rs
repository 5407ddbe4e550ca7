//! Classic job shops under dispatching rules: every makespan exactly as published.
//!
//! Non-delay: a machine never waits while a job is there; all completions at a time come before any choice; ties go to
//! the lowest job, which is the order in which the orders are released.

use std::collections::BTreeMap;

use import::job_shop::{Wishes, import};
use plant::floor::Happening;
use scenario::sources::Sources;
use serde_json::Value;

use super::{Watched, number, plant_of, play, rows_of};

/// Rules of the table, as its columns and as scenarios call them.
const RULES: [(&str, &str); 6] = [
    ("SPT_makespan", "Spt"),
    ("LPT_makespan", "Lpt"),
    ("MWKR_makespan", "Mwkr"),
    ("LWKR_makespan", "Lwkr"),
    ("MOPNR_makespan", "Mopnr"),
    ("FIFO_makespan", "Fifo"),
];

#[test]
fn every_job_shop_has_its_published_makespan_under_every_rule() {
    let instances: Value = serde_json::from_str(include_str!("data/jobshop_instances.json")).expect("sound JSON");
    let rows = rows_of(include_str!("data/jobshop_dispatch.csv"));
    let mut wrong = Vec::new();
    for row in &rows {
        let name = &row["instance"];
        let instance = &instances[name];
        for (column, rule) in RULES {
            let makespan = makespan(instance, rule);
            let exact = number(row, column);
            if makespan != exact {
                wrong.push(format!("{name} under {rule}: {makespan} and not {exact}"));
            }
        }
    }
    println!("job_shop: {} of {} makespans exact", rows.len() * RULES.len() - wrong.len(), rows.len() * RULES.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn matrix(instance: &Value, key: &str) -> Vec<Vec<u64>> {
    let rows = instance[key].as_array().expect(key);
    let row = |row: &Value| row.as_array().expect(key).iter().map(|cell| cell.as_u64().expect(key)).collect();
    rows.iter().map(row).collect()
}

/// The time at which the last job is shipped; the time unit is the second. The instance goes the way of a user: by its file.
fn makespan(instance: &Value, rule: &str) -> f64 {
    let (durations, machines) = (matrix(instance, "duration_matrix"), matrix(instance, "machines_matrix"));
    let line = |(durations, machines): (&Vec<u64>, &Vec<u64>)| {
        let pairs = machines.iter().zip(durations).map(|(machine, duration)| format!("{machine} {duration}"));
        pairs.collect::<Vec<_>>().join(" ")
    };
    let lines: Vec<String> = durations.iter().zip(&machines).map(line).collect();
    let file = format!("{} {}\n{}\n", durations.len(), machines[0].len(), lines.join("\n"));
    let files = BTreeMap::from([("shop.txt".to_owned(), file.into_bytes())]);
    let wishes = Wishes { layout: None, unit: "1 s".to_owned(), rule: rule.to_owned() };
    let Ok(imported) = import(Sources::new(files), "shop.txt", "shop", &wishes) else { panic!("a sound instance") };
    let [(_, text), (name, orders)] = &imported.files[..] else { panic!("a scenario and its orders") };
    let (mut last, mut shipped) = (0.0, 0);
    play(&plant_of(text, &[(name, orders)]), (0, 0), Watched { events: true, parts: false }, |recorder| {
        for event in recorder.event_records.iter().filter(|event| matches!(event.what, Happening::Shipped(_))) {
            last = event.at.as_seconds_f64();
            shipped += 1;
        }
    });
    assert_eq!(shipped, durations.len(), "every job is done");
    last
}
