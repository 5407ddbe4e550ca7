//! Job shops in the formats in which they are published become scenarios that give the makespans that are known.

use std::collections::BTreeMap;
use std::sync::Arc;

use import::Imported;
use import::job_shop::{Layout, Wishes, import};
use plant::plant::Plant;
use plant::registry::Registry;
use plant::run::Run;
use scenario::diagnostic::{Style, render};
use scenario::expand::open_from;
use scenario::sources::Sources;

/// Fisher and Thompson (1963), 6 x 6, in the standard format.
const FT06: &str = "6 6
2 1 0 3 1 6 3 7 5 3 4 6
1 8 2 5 4 10 5 10 0 10 3 4
2 5 3 4 5 8 0 9 1 1 4 7
1 5 0 5 2 5 3 3 4 8 5 9
2 9 1 3 4 5 5 4 0 3 3 1
1 3 3 3 5 9 0 10 4 4 2 1
";

fn wishes(rule: &str) -> Wishes {
    Wishes { layout: None, unit: "1 min".to_owned(), rule: rule.to_owned() }
}

fn imported(text: &str, wishes: &Wishes) -> Result<Imported, String> {
    let files = BTreeMap::from([("shop.txt".to_owned(), text.as_bytes().to_vec())]);
    let read = import(Sources::new(files), "shop.txt", "shop", wishes);
    read.map_err(|rejected| render(&rejected.complaints, &rejected.sources, Style::Plain))
}

fn plant(imported: &Imported) -> Arc<Plant> {
    let files: BTreeMap<String, Vec<u8>> =
        imported.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
    match open_from(Sources::new(files), "shop.ron", &[], &Arc::new(Registry::default())) {
        Ok(scenario) => scenario.plant,
        Err(rejected) => panic!("{}", render(&rejected.complaints, &rejected.sources, Style::Plain)),
    }
}

/// When the last job is done, in minutes.
fn makespan(text: &str, rule: &str) -> f64 {
    let plant = plant(&imported(text, &wishes(rule)).unwrap_or_else(|said| panic!("{said}")));
    let mut run = Run::new(plant, 1, 0).expect("a run");
    run.finish().expect("a sound plant");
    let report = run.report();
    let shipped: u64 = report.part_types.iter().map(|part_type| part_type.shipped).sum();
    assert_eq!(shipped as usize, report.part_types.len(), "every job is done");
    report.flow_time.maximum().expect("jobs").as_seconds_f64() / 60.0
}

#[test]
fn a_job_shop_takes_as_long_as_its_rule_is_known_to() {
    // Non-delay schedules with ties to the lowest job: MWKR 61, SPT 88, LPT 77, MOPNR 59, FIFO 65.
    for (rule, known) in [("Mwkr", 61.0), ("Spt", 88.0), ("Lpt", 77.0), ("Mopnr", 59.0), ("Fifo", 65.0)] {
        assert_eq!(makespan(FT06, rule), known, "{rule}");
    }
}

#[test]
fn remarks_titles_and_matrices_make_no_difference() {
    let remarks = format!("# Fisher, Thompson\n\n# jobs machines\n{FT06}\n# optimum 55\n");
    assert_eq!(imported(&remarks, &wishes("Mwkr")), imported(FT06, &wishes("Mwkr")));
    let numbers: Vec<Vec<u32>> = FT06
        .lines()
        .skip(1)
        .map(|line| line.split(' ').map(|word| word.parse().expect("a number")).collect())
        .collect();
    let matrix = |of: usize, more: u32| {
        let row = |row: &Vec<u32>| {
            row.iter().skip(of).step_by(2).map(|number| (number + more).to_string()).collect::<Vec<_>>().join(" ")
        };
        numbers.iter().map(row).collect::<Vec<_>>().join("\n")
    };
    let taillard = format!(
        "Nb of jobs, Nb of Machines, Time seed\n6 6 840612802\nTimes\n{}\nMachines\n{}\n",
        matrix(1, 0),
        matrix(0, 1)
    );
    assert_eq!(imported(&taillard, &wishes("Mwkr")), imported(FT06, &wishes("Mwkr")));
}

#[test]
fn operations_that_several_machines_can_do_go_to_one_that_is_free() {
    // Two jobs of one operation that either machine can do, in 3 or 5 units, and one that needs the first machine for 2 more.
    let shop = "3 2 1.3\n1 2 1 3 2 5\n1 2 1 3 2 5\n1 1 1 2\n";
    // Job 1 takes machine 1 until 3, job 2 finds machine 2 free until 5, job 3 has machine 1 from 3 to 5.
    assert_eq!(makespan(shop, "Fifo"), 5.0);
    let read = imported(shop, &wishes("Fifo")).expect("sound");
    assert!(read.files[0].1.contains(
        r#"(at: ["machine 1", "machine 2"], process_time: {"machine 1": "3 min", "machine 2": "5 min"}, via: "floor"),"#
    ));
    assert_eq!(read.notes.len(), 1);
    // Two operations after each other: 3 + 4 where nobody is in the way.
    assert_eq!(makespan("1 2\n2 2 1 3 2 5 1 2 4\n", "Fifo"), 7.0);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let layout = |layout: Layout, text: &str| imported(text, &Wishes { layout: Some(layout), ..wishes("Fifo") });
    for (read, told) in [
        (imported("", &wishes("Fifo")), "this file has no line with numbers"),
        (imported("0 3\n", &wishes("Fifo")), "0 is no number of jobs"),
        (layout(Layout::Standard, "2 2\n0 3 1 2\n"), "2 jobs need 2 lines, and there are 1"),
        (layout(Layout::Standard, "1 2\n0 3 2 2\n"), "shop.txt:2:5"),
        (layout(Layout::Standard, "1 2\n0 3 1\n"), "a machine has no time"),
        (layout(Layout::Standard, "1 2\n0 3 1 -4\n"), "-4 is no time"),
        (layout(Layout::Taillard, "1 2\n3 4\n1\n"), "this job has 1 machines and 2 times"),
        (layout(Layout::Flexible, "1 2\n2 1 1 3 1 2\n"), "this line ends too early"),
        (layout(Layout::Flexible, "1 2\n1 1 1 3 7\n"), "goes on after its last operation"),
        (layout(Layout::Flexible, "1 2\n1 2 1 3 1 4\n"), "machine 1 is there twice"),
        (imported("99999 99999\n", &wishes("Fifo")), "are more than 200000 operations"),
        (imported("2 2\n0 3 1 2\n1 7 0 7\n1 1 0 5\n", &wishes("Fifo")), "2 jobs need 2 lines, and there are 3"),
    ] {
        let said = read.expect_err(told);
        assert!(said.contains(told) && said.contains("LW0721"), "{told} in {said}");
    }
}

#[test]
fn the_line_that_is_unlike_the_others_is_the_one_that_is_told() {
    for (text, place) in [
        ("3 2\n0 3 1 2\n1 4 0 1\n0 5 1\n", "shop.txt:4:1"),
        ("3 2\n0 3 1 2\n1 4 0 1 1\n0 5 1 6\n", "shop.txt:3:1"),
        ("3 3\ntimes\n3 4 5\n5 6 7\n7 8 9\nmachines\n1 2 3\n2 1\n1 2 3\n", "shop.txt:8:1"),
        ("3 3\ntimes\n3 4 5\n5 6 7\n7 8 9\nmachines\n1 2 3\n2 1 3\n", "6 lines, and there are 5"),
        // Most lines are those of a flexible job shop: the third goes on too long as one.
        ("3 2\n1 1 1 3\n1 2 1 3 2 4\n1 1 1 3 7\n", "shop.txt:4:9"),
    ] {
        let said = imported(text, &wishes("Fifo")).expect_err(text);
        assert!(said.contains(place), "{text}: {said}");
    }
}

#[test]
fn a_unit_of_time_may_be_a_number_of_others_and_what_is_none_is_said() {
    let times = |unit: &str| imported("1 1\n0 3\n", &Wishes { unit: unit.to_owned(), ..wishes("Fifo") });
    for (unit, expected) in [("30 s", "90 s"), ("1 min", "3 min"), ("0.5 min", "90 s"), ("90 min", "270 min")] {
        let written = &times(unit).expect("a job shop").files[0].1;
        assert!(written.contains(&format!("process_time: \"{expected}\"")), "{unit}: {written}");
    }
    assert!(times("fortnight").expect_err("no unit").contains("--unit"));
}

#[test]
fn a_line_of_numbers_with_a_wrong_word_in_it_is_no_remark() {
    for (text, word, place) in [
        // A letter for a one: with a spare line the job would be another one.
        ("2 2\n0 3 0 2\n1 1 0 l\n1 7 0 7\n", "l", "shop.txt:3:7"),
        ("2 2\n0 3 0 2\n1 1 0 l\n", "l", "shop.txt:3:7"),
        ("2 2\n0 3 1 2\n1 x 0 4\n", "x", "shop.txt:3:3"),
        ("2 1\n0 3\n0 l\n0 7\n", "l", "shop.txt:3:3"),
        ("2 2\nO 3 1 2\n1 5 0 4\n", "O", "shop.txt:2:1"),
        ("2 2 x\n0 3 1 2\n1 5 0 4\n", "x", "shop.txt:1:5"),
        ("2 2\ntimes\n3 4\n5 6 s\nmachines\n1 2\n2 1\n", "s", "shop.txt:4:5"),
    ] {
        let said = imported(text, &wishes("Fifo")).expect_err(text);
        let told = format!("\"{word}\" is no number, in a line of numbers");
        assert!(said.contains(&told) && said.contains(place) && said.contains("LW0721"), "{text}: {said}");
    }
}

#[test]
fn a_remark_with_a_number_in_it_is_named() {
    let read = |text: &str| imported(text, &wishes("Fifo")).unwrap_or_else(|said| panic!("{said}")).notes;
    assert!(read("Fisher and Thompson, instance 6\n2 1\njobs\n0 3\n0 7\n").is_empty());
    assert_eq!(
        read("10 jobs were planned\n2 1\n0 3\nl 0 is no machine\n0 7\n"),
        ["\"10 jobs were planned\" is taken for a remark", "\"l 0 is no machine\" is taken for a remark"]
    );
}
