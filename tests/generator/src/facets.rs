//! Facets by chance: one function and one line of a list for each.

use crate::beside;
use crate::chance::Chance;
use crate::draft::{Draft, Flow, quoted};
use crate::laws;

/// What a facet is drawn for.
#[derive(Debug, Clone, Copy)]
pub struct Host<'a> {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: &'a str,
    /// The parts that come to it.
    pub flow: &'a Flow,
    /// The fields that are said of it.
    pub says: &'a [&'a str],
}

/// How one facet is drawn.
#[derive(Debug)]
pub struct Facet {
    /// The field that holds it.
    pub key: &'static str,
    /// It is there once in so many times, at kinds that take it.
    one_in: u64,
    draw: fn(&mut Draft<'_>, &Host<'_>) -> String,
}

/// Every facet.
pub const FACETS: &[Facet] = &[
    Facet { key: "calendar", one_in: 6, draw: calendar },
    Facet { key: "energy", one_in: 3, draw: energy },
    Facet { key: "failures", one_in: 3, draw: failures },
    Facet { key: "maintenance", one_in: 4, draw: maintenance },
    Facet { key: "fluid", one_in: 7, draw: fluid },
    Facet { key: "members", one_in: 1, draw: members },
    Facet { key: "walking", one_in: 3, draw: walking },
    Facet { key: "quality", one_in: 4, draw: quality },
    Facet { key: "setup", one_in: 4, draw: setup },
    Facet { key: "staffing", one_in: 4, draw: staffing },
];

/// The value of a facet for `host`, if it is to have it.
pub fn drawn(draft: &mut Draft<'_>, facet: &Facet, host: &Host<'_>) -> Option<String> {
    // Vehicles with a battery draw all that they need from that.
    let can_have = !(facet.key == "energy" && host.says.contains(&"battery"));
    (can_have && draft.chance.one_in(facet.one_in)).then(|| (facet.draw)(draft, host))
}

/// Working time that covers most of the first hours, with a break in it.
fn calendar(draft: &mut Draft<'_>, _: &Host<'_>) -> String {
    let chance = &mut draft.chance;
    let end = chance.word(&["07:10", "08:00", "14:00", "24:00"]);
    let begins = chance.between(15, 55);
    let breaks = if chance.one_in(2) {
        format!("breaks: [(from: \"06:{begins}\", to: \"06:{}\")], ", begins + chance.between(1, 4))
    } else {
        String::new()
    };
    let at_end = chance.word(&["FinishJob", "StopAtOnce"]);
    let calendar = format!(r#"(shifts: [(days: "Mon-Fri", from: "06:00", to: "{end}")], {breaks}at_end: {at_end})"#);
    if draft.chance.one_in(2) {
        return calendar;
    }
    let name = draft.fresh("shift");
    draft.enter("calendars", format!("{}: {calendar}", quoted(&name)));
    quoted(&name)
}

fn energy(draft: &mut Draft<'_>, _: &Host<'_>) -> String {
    let chance = &mut draft.chance;
    let processing = chance.between(5, 20);
    let mut fields = format!("processing: \"{processing} kW\", idle: \"{} kW\"", chance.below(4));
    for (field, most) in [("setup", 5), ("down", 3), ("maintenance", 3), ("off", 1)] {
        if chance.one_in(3) {
            fields += &format!(", {field}: \"{} kW\"", chance.below(most + 1));
        }
    }
    if chance.one_in(2) {
        fields += &format!(
            ", standby: \"300 W\", standby_after: \"{} s\", warm_up_time: \"{} s\"",
            chance.between(5, 90),
            chance.below(30)
        );
        if chance.one_in(2) {
            fields += &format!(", warm_up: \"{} kW\"", processing + 2);
        }
    }
    format!("({fields})")
}

fn failures(draft: &mut Draft<'_>, host: &Host<'_>) -> String {
    let modes: Vec<String> = (0..draft.chance.between(1, 2)).map(|mode| failure_mode(draft, host, mode)).collect();
    format!("[{}]", modes.join(", "))
}

fn failure_mode(draft: &mut Draft<'_>, host: &Host<'_>, mode: u64) -> String {
    let (minutes, seconds) = (draft.chance.between(4, 40), draft.chance.between(10, 200));
    // Only work is counted in operations.
    let counts = !["Conveyor", "Fleet", "Pump"].contains(&host.kind);
    let due = if counts && draft.chance.one_in(3) {
        format!("operations_to_failure: Geometric(0.0{})", draft.chance.between(2, 9))
    } else {
        let clock = draft.chance.word(&["OperatingTime", "CalendarTime"]);
        format!("time_to_failure: {}, clock: {clock}", laws::time(&mut draft.chance, minutes * 60))
    };
    let repair = laws::time(&mut draft.chance, seconds);
    draft.settings.push((format!("{}.failures[{mode}].time_to_repair", host.name), laws::time(&mut draft.chance, 30)));
    let crew = if draft.chance.one_in(3) {
        format!(", repaired_by: {}, priority: {}", beside::crew(draft), draft.chance.below(3))
    } else {
        String::new()
    };
    let after = draft.chance.word(&["Resume", "Restart", "Scrap"]);
    format!("({due}, time_to_repair: {repair}{crew}, after_repair: {after})")
}

fn maintenance(draft: &mut Draft<'_>, _: &Host<'_>) -> String {
    let chance = &mut draft.chance;
    let due = match chance.below(4) {
        0 => format!("every: \"{} min\", first: \"{} min\"", chance.between(20, 90), chance.between(3, 15)),
        1 => format!("operations: {}", chance.between(5, 30)),
        2 => format!("pieces: {}, first_pieces: {}", chance.between(8, 40), chance.between(3, 9)),
        _ => format!("operating_time: \"{} min\"", chance.between(5, 30)),
    };
    let seconds = chance.between(20, 120);
    let duration = laws::time(chance, seconds);
    let crew = if draft.chance.one_in(3) { format!(", done_by: {}", beside::crew(draft)) } else { String::new() };
    format!("[({due}, duration: {duration}{crew})]")
}

fn fluid(draft: &mut Draft<'_>, _: &Host<'_>) -> String {
    let (header, sump) = beside::tanks(draft);
    let chance = &mut draft.chance;
    let takes = format!("takes: {{{}: \"{} l\"}}", quoted(&header), chance.between(1, 6));
    let gives = format!("gives: {{{}: \"{}.5 l\"}}", quoted(&sump), chance.below(5));
    match chance.below(4) {
        0 => format!("({takes})"),
        1 => format!("({gives})"),
        _ => format!("({takes}, {gives})"),
    }
}

fn members(draft: &mut Draft<'_>, _: &Host<'_>) -> String {
    // Both skills are there in every pool of people, so that whoever is asked for exists.
    let chance = &mut draft.chance;
    let (all, some) = (chance.between(1, 3), chance.below(3));
    format!(r#"[(size: {all}, skills: ["skill a", "skill b"]), (size: {some}, skills: ["skill b"])]"#)
}

/// The places of those who call are known when all of the plant is ([`crate::beside::say_where`]).
fn walking(draft: &mut Draft<'_>, _: &Host<'_>) -> String {
    let chance = &mut draft.chance;
    let when_free = chance.word(&["Stay", "Return"]);
    let way = chance.word(&["Straight", "Axes"]);
    format!(
        "(speed: \"{} m/s\", at: {{}}, base: (x: \"{} m\", y: \"1 m\"), when_free: {when_free}, way: {way})",
        chance.between(1, 3),
        chance.below(9)
    )
}

fn quality(draft: &mut Draft<'_>, host: &Host<'_>) -> String {
    let chance = &mut draft.chance;
    let made = format!("yield_ratio: 0.{}", chance.between(70, 99));
    let inspection = match chance.below(4) {
        0 => ", inspection: None".to_owned(),
        1 => String::new(),
        _ => format!(", inspection: (detection: 0.{}, false_alarm: 0.0{})", chance.between(50, 99), chance.below(9)),
    };
    // Whoever makes something else of its parts cannot have them back, and pallets must not be lost to other types.
    let can_repeat = !["Assembly", "Disassembly", "Batch", "Unbatch"].contains(&host.kind);
    let rejects = match draft.chance.below(4) {
        0 | 1 if can_repeat => format!("Rework(to: {}, limit: {})", quoted(host.name), draft.chance.between(1, 3)),
        2 => format!("Send(to: {})", quoted(draft.sink())),
        _ => "Scrap".to_owned(),
    };
    format!("({made}{inspection}, rejects: {rejects})")
}

fn setup(draft: &mut Draft<'_>, host: &Host<'_>) -> String {
    let seconds = draft.chance.between(10, 60);
    let time = format!("time: {}", laws::time(&mut draft.chance, seconds));
    let run = format!(", minimum_run: {}", draft.chance.below(4));
    if host.flow.is_routed && draft.chance.one_in(2) {
        return format!("({time}{run}, by: Step)");
    }
    if host.kind != "ToolGroup" && draft.chance.one_in(4) {
        return format!("({time}{run}, by: Option(\"colour\"))");
    }
    let types = &host.flow.types;
    let (from, to) = (quoted(draft.chance.pick(types)), quoted(draft.chance.pick(types)));
    let matrix = format!("matrix: {{{from}: {{{to}: {}}}}}", laws::time(&mut draft.chance, 20));
    let initial = if draft.chance.one_in(2) { format!(", initial: {from}") } else { String::new() };
    match draft.chance.below(3) {
        0 => format!("({time}{run})"),
        1 => format!("({matrix}{initial})"),
        _ => format!("({time}, {matrix}{initial}{run})"),
    }
}

fn staffing(draft: &mut Draft<'_>, _: &Host<'_>) -> String {
    let priority = draft.chance.below(3);
    match draft.chance.below(3) {
        0 => format!("(processing: {}, priority: {priority})", beside::crew(draft)),
        1 => format!("(setup: {}, priority: {priority})", beside::crew(draft)),
        _ => format!("(processing: {}, setup: {})", beside::crew(draft), beside::crew(draft)),
    }
}

/// The seconds that one operation takes on average.
pub fn work_seconds(chance: &mut Chance) -> u64 {
    chance.between(12, 80)
}
