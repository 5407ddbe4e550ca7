//! Fabs in the format of AutoSched AP become scenarios that say the same, and what is wrong with their files is told with its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use import::Imported;
use import::autosched::{Wishes, import};
use plant::plant::Plant;
use plant::registry::Registry;
use plant::run::Run;
use scenario::diagnostic::{Style, render};
use scenario::expand::open_from;
use scenario::sources::Sources;

/// A small fab, cells set apart by `|`.
const FILES: [(&str, &str); 11] = [
    (
        "tool.txt",
        "STNFAM|STN|RULE|FWLRANK|LTIME|LTUNITS|ULTIME|ULTUNITS|STNCAP|STNQTY|STNGRP|STNFAMLOC|SETUPGRP
furnace|furnace|rule_HotLotFIRST|rank_HP;rank_RSETUP;rank_FIFO|10|min|5|min||2.0|hot|Fab|
track|track|rule_HotLotFIRST|rank_HP;rank_FIFO|1.0|min|1.0|min|2|1|cold|Fab|
scanner|scanner|rule_HotLotFIRST|rank_HP;rank_FIFO|1|min|1|min||2|cold|Fab|
implant|implant|rule_LSSU|rank_HP;rank_RSETUP;rank_FIFO|0|min|0|min||1|cold|Fab|gases
rest|rest|rule_HotLotFIRST|rank_FIFO|0|min|0|min||4|cold|Yard|
",
    ),
    (
        "route.txt",
        "STEP|DESC|STNFAM|PDIST|PTIME|PTIME2|PTUNITS|PTPER|BATCHMN|BATCHMX|SETUP|WHEN|STIME|STUNITS|SVESTN|FORSTEP|PartInterval|PartIntUnits|BatchInterval|BatchIntUnits|RWKSTEP|REWORK|RWKTYPE|StepPercent|STEP_CQT|CQT|CQTUNITS|IGNORE
1|oxide|furnace|uniform|501.33|25.0665|min|per_batch|50|75|||||||||||||||3|4|hr|x
2|coat|track|constant|2||min|per_piece|||||||||0.5|min||||||||||
3|expose|scanner|exponential|40||sec|per_piece|||||||yes|5|||||||||||
4|dope|implant|constant|30||min|per_lot|||boron|need||||||||||||||||
5|expose again|scanner|constant|20||min|per_lot|||||||||||12|min|2|1.5|lot|40|||
6|dope|implant|constant|30||min|per_lot|||arsenic|need|8|min||||||||||||||
7|wait|rest|constant|3||hr|per_lot||||||||||||||||||||
",
    ),
    ("part.txt", "PART|ROUTEFILE|ROUTE\nchip|route.txt|main\n"),
    (
        "order.txt",
        "LOT|PART|PRIOR|PIECES|START|RDIST|REPEAT|RUNITS|RPT#|LOTSPERRPT|DUE|ORDER|HOTLOT
Lot|chip|10|25|01/01/18 00:00:00|constant|90.5|min|1000|1|01/05/18 00:00:30|O|no
Hot|chip|20|25|01/01/18 06:00:00||||||01/03/18 00:00:00|O|no
",
    ),
    (
        "WIP.txt",
        "LOT|PART|PRIOR|PIECES|START|CURSTEP|DUE|ORDER|HOTLOT
a|chip|10|25|01/01/18 00:00:00|4|01/02/18 00:00:00|O|
b|chip|10|25|01/01/18 00:00:00|1|01/09/18 00:00:00|O|
",
    ),
    ("fromto.txt", "FROMLOC|TOLOC|DDIST|DTIME|DTIME2|DUNITS\nFab|Fab|uniform|7.5|2.5|min\n"),
    ("setup.txt", "CURSETUP|NEWSETUP|STIME|STUNITS\n|boron|72|min\narsenic|boron|7|min\n"),
    ("setupgrp.txt", "SETUPGRP|SETUP|MINRUN\ngases|boron|3\n|arsenic|3\n"),
    (
        "downcal.txt",
        "DOWNCALNAME|DOWNCALTYPE|MTTFDIST|MTTF|MTTFUNITS|MTTRDIST|MTTR|MTTRUNITS\nbreaks|mttf_by_cal|exponential|10080|min|exponential|35.28|min\n",
    ),
    (
        "pmcal.txt",
        "PMCALNAME|PMCALTYPE|MTBPM|MTBPMUNITS|MTTRDIST|MTTR|MTTR2|MTTRUNITS
monthly|mtbpm_by_cal|30|day|uniform|13.76|2.75|hr
worn|mtbpm_by_pieces|2000|pieces|uniform|8.74|1.75|hr
",
    ),
    (
        "attach.txt",
        "CALNAME|CALTYPE|RESTYPE|RESNAME|FOADIST|FOA|FOAUNITS
breaks|down|stngrp|cold|exponential|10080|min
monthly|pm|stnfam|furnace|constant|27.3|day
worn|pm|stnfam|track|constant|1880|
",
    ),
];

fn wishes() -> Wishes {
    Wishes { horizon: "10 d".to_owned(), rule: "CriticalRatio".to_owned(), full_batches: false }
}

/// The fab with one text in one of its files replaced.
fn imported(file: &str, old: &str, new: &str, wishes: &Wishes) -> Result<Imported, String> {
    let files: BTreeMap<String, Vec<u8>> = FILES
        .iter()
        .map(|(name, text)| {
            assert!(*name != file || text.contains(old), "{old} is not in {file}");
            let text = if *name == file { text.replacen(old, new, 1) } else { (*text).to_owned() };
            (format!("fab/{name}"), text.replace('|', "\t").into_bytes())
        })
        .collect();
    let read = import(Sources::new(files), "fab", "small", wishes);
    read.map_err(|rejected| render(&rejected.complaints, &rejected.sources, Style::Plain))
}

fn text(imported: &Imported, name: &str) -> String {
    let file = imported.files.iter().find(|(file, _)| file == name);
    file.map_or_else(|| panic!("no {name} in {:?}", imported.files), |(_, text)| text.clone())
}

fn plant(imported: &Imported) -> Arc<Plant> {
    let files: BTreeMap<String, Vec<u8>> =
        imported.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
    match open_from(Sources::new(files), "small.ron", &[], &Arc::new(Registry::default())) {
        Ok(scenario) => scenario.plant,
        Err(rejected) => panic!("{}", render(&rejected.complaints, &rejected.sources, Style::Plain)),
    }
}

#[test]
fn a_fab_says_the_same_as_its_files() {
    let fab = imported("part.txt", "", "", &wishes()).unwrap_or_else(|said| panic!("{said}"));
    let scenario = text(&fab, "small.ron");
    for line in [
        r#"clock: (start: "2018-01-01T00:00:00Z", horizon: "10 d")"#,
        r#""Lot": (routing: "main", priority: 10, pieces: 25)"#,
        r#""Hot": (routing: "main", priority: 20, pieces: 25)"#,
        r#""main": (steps: "small_main.csv", transport: "Fab to Fab", then: "stock")"#,
        r#""Fab to Fab": Delay(time: Uniform("5 min", "10 min"))"#,
        r#""at hand": Delay(time: "0 s")"#,
        "ranking: [Priority, SetupAvoiding, CriticalRatio]",
        "ranking: [SetupAvoiding, Priority, CriticalRatio]",
        "batch: (minimum: 50, maximum: 75, counted_in: Pieces)",
        r#"handling: (load: "10 min", unload: "5 min")"#,
        r#"handling: (load: "1 min", unload: "1 min", occupies: false)"#,
        "setup: (by: Step, minimum_run: 3, matrix: {",
        r#""*": {"arsenic": "8 min", "boron": "72 min"}"#,
        r#""arsenic": {"boron": "7 min"}"#,
        r#"failures: [(clock: CalendarTime, time_to_failure: Exponential("10080 min"), time_to_repair: Exponential("35.28 min"))]"#,
        r#"(every: "30 d", first: "27.3 d", duration: Uniform("11.01 h", "16.51 h")), // monthly"#,
        r#"(pieces: 2000, first_pieces: 1880, duration: Uniform("6.99 h", "10.49 h")), // worn"#,
    ] {
        assert!(scenario.contains(line), "{line} is not in\n{scenario}");
    }
    let steps = "name,at,process_time,per,interval,batch_minimum,batch_maximum,setup,same_tool_as,via,sampled,rework,rework_to,queue_time,queue_time_to
oxide,furnace,\"Uniform(476.2635 min, 526.3965 min)\",,,50,75,,,,,,,4 h,expose
coat,track,2 min,Piece,0.5 min,,,,,,,,,,
expose,scanner,Exponential(40 s),Piece,,,,,,,,,,,
4,implant,30 min,,,,,boron,,,,,,,
expose again,scanner,20 min,,12 min,,,,expose,,0.4,0.015,coat,,
6,implant,30 min,,,,,arsenic,,,,,,,
wait,rest,3 h,,,,,,,at hand,,,,,
";
    assert_eq!(text(&fab, "small_main.csv"), steps);
    let orders = text(&fab, "small_orders.csv");
    let first: Vec<&str> = orders.lines().take(3).collect();
    let known = ["Lot 1,Lot,1,0 s,4 d 30 s,release", "Lot 2,Lot,1,1 h 30 min 30 s,4 d 1 h 31 min,release"];
    assert_eq!(first[1..], known);
    assert!(orders.contains("Hot 1,Hot,1,6 h,2 d,release\n"), "{orders}");
    // 10 days of 90.5 minutes, the first one at once, and the hot one.
    assert_eq!(orders.lines().count(), 1 + 160 + 1);
    let lots = "part_type,step,due,age\nLot,4,1 d,3 d 30 s\nLot,oxide,8 d,0 s\n";
    assert_eq!(text(&fab, "small_work_in_progress.csv"), lots);
    for note in ["route.txt: IGNORE (1 line)", "WIP.txt (1 lot): these have more time", "order.txt: ORDER (2 lines)"] {
        assert!(fab.notes.iter().any(|said| said.contains(note)), "{note} is not in {:?}", fab.notes);
    }
    let full = imported("part.txt", "", "", &Wishes { full_batches: true, ..wishes() })
        .unwrap_or_else(|said| panic!("{said}"));
    assert!(text(&full, "small_main.csv").contains(",75,75,"), "batches wait until they are full");
}

#[test]
fn a_fab_plays() {
    let fab = imported("part.txt", "", "", &wishes()).unwrap_or_else(|said| panic!("{said}"));
    let mut run = Run::new(plant(&fab), 1, 0).expect("a run");
    run.finish().expect("a sound plant");
    let report = run.report();
    let shipped: u64 = report.part_types.iter().map(|part_type| part_type.shipped).sum();
    // 163 lots; the furnace makes batches of two or three, and what is not out after ten days is in progress.
    assert!((130..=163).contains(&shipped), "{shipped} lots");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (file, old, new, told) in [
        ("tool.txt", "|2.0|", "|two|", r#""two" is no count"#),
        ("tool.txt", "rule_LSSU", "rule_X", r#""rule_X" is not known as RULE"#),
        ("tool.txt", "rank_RSETUP", "rank_SPT", r#""rank_SPT" is not known as a rank"#),
        ("tool.txt", "10|min|5", "10||5", "this line has no LTUNITS"),
        ("tool.txt", "|LTIME", "|BATCHPER|LTIME", r#""10" is not known as BATCHPER"#),
        ("order.txt", "|90.5|", "|0|", "lots would be started again in no time"),
        ("tool.txt", "rest|rest", "furnace|rest", r#"the family "furnace" is there twice"#),
        ("tool.txt", "Fab|gases", "Fab|gasses", r#"the setup group "gasses" is not in setupgrp.txt"#),
        ("route.txt", "|yes|5", "|yse|5", r#""yse" is not known as SVESTN"#),
        ("route.txt", "501.33|25.0665", "20|25.0665", "25.0665 below 20 would be a time below 0"),
        ("route.txt", "uniform|501.33", "weibull|501.33", r#""weibull" is not known as PDIST"#),
        ("route.txt", "|501.33", "|-1", r#""-1" is no number"#),
        ("route.txt", "coat|track", "coat|trakc", r#"no tool is of the family "trakc""#),
        ("route.txt", "per_batch", "per_wafer", r#""per_wafer" is not known as PTPER"#),
        ("route.txt", "yes|5", "yes|9", r#"the route "main" has no step 9"#),
        ("route.txt", "yes|5", "yes|2", "this step comes before the one that names it"),
        ("route.txt", "|2|1.5|lot", "|6|1.5|lot", "lots go back to a later step"),
        ("route.txt", "|1.5|lot", "|1.5|wafer", r#""wafer" is not known as RWKTYPE"#),
        ("part.txt", "route.txt", "rout.txt", r#""fab/rout.txt" cannot be read"#),
        ("order.txt", "Lot|chip", "Lot|ship", r#""ship" is not known as a part"#),
        ("order.txt", "01/05/18 00:00:30", "02/30/18 00:00:30", r#""02/30/18 00:00:30" is no date and time"#),
        ("order.txt", "01/05/18", "01/05/17", "this lot is due before it starts"),
        ("order.txt", "|90.5|min|1000", "|0.000001|sec|1000000000", r#""Lot" is started more than"#),
        ("WIP.txt", "|4|01/02", "|44|01/02", r#"the route "main" has no step 44"#),
        ("fromto.txt", "min", "fortnight", r#""fortnight" is not known as a unit of time"#),
        ("setupgrp.txt", "|arsenic|3", "|arsenic|4", "setups of the group \"gases\" have different least runs"),
        ("attach.txt", "furnace|constant", "furnac|constant", r#"no tool is of "furnac""#),
        ("attach.txt", "monthly|pm", "weekly|pm", r#""weekly" is not in pmcal.txt"#),
        ("attach.txt", "exponential|10080", "exponential|10", "the first breakdown follows another law"),
        ("pmcal.txt", "mtbpm_by_cal", "mtbpm_by_moon", r#""mtbpm_by_moon" is not known as PMCALTYPE"#),
        ("downcal.txt", "MTTR|", "MTTF|", "column MTTF is there twice"),
    ] {
        let said = imported(file, old, new, &wishes()).expect_err(new);
        assert!(
            said.contains(told) && (said.contains("LW0722") || told.contains("cannot be read")),
            "{told} in {said}"
        );
        assert!(told.contains("cannot be read") || said.contains(&format!("--> fab/{file}:")), "{said}");
    }
    let said = imported("part.txt", "", "", &Wishes { horizon: "10".to_owned(), ..wishes() }).expect_err("no unit");
    assert!(said.contains("--> --horizon:1:1"), "{said}");
}

#[test]
fn files_that_nobody_reads_are_named() {
    let said = |more: &[&str]| {
        let texts = FILES.iter().map(|(name, text)| (format!("fab/{name}"), text.replace('|', "\t").into_bytes()));
        let mut files: BTreeMap<String, Vec<u8>> = texts.collect();
        files.extend(more.iter().map(|name| (format!("fab/{name}"), b"A\tB\n1\t2\n".to_vec())));
        let read = import(Sources::new(files), "fab", "small", &wishes());
        let mut notes = read.expect("a fab").notes;
        notes.retain(|note| note.contains("this file"));
        notes
    };
    assert!(said(&[]).is_empty(), "{:?}", said(&[]));
    // Of two files with the tools only the first is read.
    assert_eq!(
        said(&["operator.txt", "tool.txt.1l", "deep/below.txt"]),
        ["operator.txt", "tool.txt.1l"].map(|name| format!("{name}: this file is not known here, and not taken over"))
    );
}

#[test]
fn names_that_no_other_file_takes_up_are_told() {
    let notes = |file: &str, old: &str, new: &str| {
        imported(file, old, new, &wishes()).unwrap_or_else(|said| panic!("{said}")).notes
    };
    let usual = notes("part.txt", "", "");
    for (file, old, new, told) in [
        ("setupgrp.txt", "|arsenic|3", "fumes|arsenic|3", r#"setupgrp.txt: no tool is of the setup group "fumes""#),
        ("setup.txt", "arsenic|boron", "argon|boron", r#"setup.txt: no tool changes over from "argon" to "boron""#),
        ("setup.txt", "|boron|72", "|bohron|72", r#"setup.txt: no tool changes over from any to "bohron""#),
        (
            "route.txt",
            "boron|need",
            "borax|need",
            r#"setup.txt: it says no time to "borax", so "implant" changes over to it at once"#,
        ),
        (
            "tool.txt",
            "|1|cold|Fab|\n",
            "|1|clod|Fab|\n",
            r#"attach.txt: nothing is attached to the group "clod" of tool.txt"#,
        ),
        (
            "tool.txt",
            "cold|Fab|gases",
            "cold|Fba|gases",
            r#"("at hand"): "Fab" to "Fba", "Fba" to "Fab", "Fba" to "Yard""#,
        ),
        ("fromto.txt", "Fab|Fab", "Fab|Fba", r#"fromto.txt: no lot goes from "Fab" to "Fba", where no tools are"#),
        (
            "pmcal.txt",
            "worn|",
            "yearly|mtbpm_by_cal|365|day|uniform|13.76|2.75|hr\nworn|",
            r#"pmcal.txt: "yearly" is attached to nothing in attach.txt"#,
        ),
        ("part.txt", "main\n", "main\n", "nothing is attached to the group \"hot\" of tool.txt"),
    ] {
        let said = notes(file, old, new);
        assert!(said.iter().any(|note| note.contains(told)), "{told} is not in {said:#?}");
        assert!(file == "part.txt" || !usual.iter().any(|note| note.contains(told)), "{told} is always said");
    }
}

#[test]
fn lines_of_a_route_that_no_part_follows_are_told() {
    let notes = |route: &str| {
        let steps = "ROUTE|STEP|DESC|STNFAM|PDIST|PTIME|PTUNITS|PTPER\n\
            main|1|coat|track|constant|2|min|per_lot\n\
            main|4|dope|implant|constant|2|min|per_lot\n";
        let steps = format!("{steps}{route}|5|wait|rest|constant|2|min|per_lot\n");
        let texts = FILES.iter().map(|(name, text)| {
            let text = if *name == "route.txt" { steps.clone() } else { (*text).to_owned() };
            (format!("fab/{name}"), text.replace('|', "\t").into_bytes())
        });
        let read = import(Sources::new(texts.collect::<BTreeMap<_, _>>()), "fab", "small", &wishes());
        let mut notes = read.expect("a fab").notes;
        notes.retain(|note| note.contains("follows the route"));
        notes
    };
    assert!(notes("main").is_empty());
    assert_eq!(notes("mian"), [r#"route.txt: no part of part.txt follows the route "mian""#]);
}
