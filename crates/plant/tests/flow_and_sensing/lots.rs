//! Lots of pieces in tools: what a process time counts for, cascades, handling, batches, setups by steps, tools that are bound
//! and maintenance, worked out by hand.

use plant::element::Command;
use plant::state::State;

use crate::play::{Play, plan, play, play_with};

/// Lots of 5 pieces, half lots of 2 and other lots come into "group" at given times, in seconds.
fn scenario(arrivals: &str, group: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {{"lot": (pieces: 5), "half": (pieces: 2), "other": (pieces: 5)}},
        elements: {{
            "in": Source(arrivals: Table([{arrivals}]), part_type: "lot", next: "group"),
            "group": ToolGroup({group} next: "out"),
            "out": Sink(),
        }},
    )"#
    )
}

/// Lots that follow a routing with these steps.
fn routed(arrivals: &str, steps: &str, elements: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {{"lot": (routing: "flow", pieces: 5), "hot": (routing: "flow", pieces: 5, priority: 1)}},
        routings: {{"flow": (steps: [{steps}], then: "out")}},
        elements: {{
            "in": Source(arrivals: Table([{arrivals}]), part_type: "lot"),
            {elements}
            "out": Sink(),
        }},
    )"#
    )
}

fn times(of: Vec<(f64, u64)>) -> Vec<f64> {
    of.into_iter().map(|(at, _)| at).collect()
}

/// When work began at the first tool and when parts left it.
fn times_of(play: &Play) -> (Vec<f64>, Vec<f64>) {
    (times(play.started("group/1")), times(play.departed("group/1")))
}

/// The messages of what is wrong with a scenario.
fn wrong(scenario: &str) -> Vec<String> {
    plan(scenario).expect_err("a mistake").into_iter().map(|complaint| complaint.message).collect()
}

const THREE: &str = r#"(time: "0 s", quantity: 3)"#;

#[test]
fn a_process_time_counts_for_a_job_or_for_each_piece() {
    let of = |fields: &str| times_of(&play(&scenario(THREE, &format!(r#"tools: 1, process_time: "10 s", {fields}"#))));
    assert_eq!(of(""), (vec![0.0, 10.0, 20.0], vec![10.0, 20.0, 30.0]));
    assert_eq!(of("per: Piece,"), (vec![0.0, 50.0, 100.0], vec![50.0, 100.0, 150.0]));
    // In a cascade the last of 5 pieces goes in after 16 s and the next lot after 20 s.
    assert_eq!(of(r#"per: Piece, interval: "4 s","#), (vec![0.0, 20.0, 40.0], vec![26.0, 46.0, 66.0]));
    assert_eq!(of(r#"interval: "4 s","#), (vec![0.0, 4.0, 8.0], vec![10.0, 14.0, 18.0]));
    assert_eq!(of(r#"handling: (load: "1 s", unload: "2 s"),"#), (vec![0.0, 13.0, 26.0], vec![13.0, 26.0, 39.0]));
    let beside = r#"handling: (load: "1 s", unload: "2 s", occupies: false),"#;
    assert_eq!(of(beside), (vec![0.0, 10.0, 20.0], vec![13.0, 23.0, 33.0]));
    // With both the tool takes the next lot after 4 s.
    assert_eq!(of(&format!(r#"interval: "4 s", {beside}"#)), (vec![0.0, 4.0, 8.0], vec![13.0, 17.0, 21.0]));
}

#[test]
fn a_station_with_places_has_as_many_entrances() {
    let station =
        r#""group": Station(capacity: 2, process_time: "10 s", interval: "4 s", queue: Unlimited, next: "out"),"#;
    let text = format!(
        r#"(clock: (horizon: "100 s"), elements: {{"in": Source(arrivals: Table([(time: "0 s", quantity: 5)]), next: "group"), {station} "out": Sink()}})"#
    );
    let play = play(&text);
    assert_eq!(times(play.started("group")), [0.0, 0.0, 4.0, 4.0, 8.0]);
    assert_eq!(times(play.departed("group")), [10.0, 10.0, 14.0, 14.0, 18.0]);
    // Two entrances are held for 4 s twice and one for 4 s: 20 s of 100 s.
    assert_eq!(play.figure("group", "busy places"), 0.2);
    assert_eq!(play.element("group").time_in(State::Processing).as_seconds_f64(), 18.0);
}

#[test]
fn a_failure_halts_all_that_is_inside() {
    let text = scenario(THREE, r#"tools: 1, process_time: "10 s", per: Piece, interval: "4 s","#);
    let play = play_with(&text, &[(22, "group/1", Command::Fail), (32, "group/1", Command::Repair)]);
    // At 22 s the first lot has 4 s to go, and the second one 18 s until its last piece is in.
    assert_eq!(times_of(&play), (vec![0.0, 20.0, 50.0], vec![36.0, 56.0, 76.0]));
    let tool = play.element("group/1");
    assert_eq!(tool.time_in(State::Failed).as_seconds_f64(), 10.0);
    // Something is inside without a gap; the entrance is held for 20 s by each.
    assert_eq!(tool.time_in(State::Processing).as_seconds_f64(), 66.0);
    assert_eq!(tool.planned_run_time.as_seconds_f64(), 60.0);
    assert_eq!(play.figure("group/1", "busy places"), 0.06);
}

#[test]
fn a_changeover_waits_until_a_cascade_has_run_empty() {
    let arrivals = r#"(time: "0 s"), (time: "1 s", part_type: "other"), (time: "2 s")"#;
    let text = scenario(arrivals, r#"tools: 1, process_time: "10 s", interval: "4 s", setup: (time: "5 s"),"#);
    let play = play(&text);
    // The other lot is put in at 4 s, set up for at 10 s and worked on from 15 s; the third is set up for from 25 s.
    assert_eq!(times_of(&play), (vec![0.0, 10.0, 25.0], vec![10.0, 25.0, 40.0]));
    assert_eq!(play.element("group/1").time_in(State::Setup).as_seconds_f64(), 10.0);
}

#[test]
fn a_line_begins_when_it_has_enough() {
    let arrivals = r#"(time: "0 s"), (time: "1 s", part_type: "half"), (time: "2 s"), (time: "3 s", quantity: 3), (time: "8 s", part_type: "half", quantity: 3)"#;
    let batch =
        |fields: &str| play(&scenario(arrivals, &format!(r#"tools: 1, process_time: "10 s", batch: ({fields}),"#)));
    // Two lots at least and three at most, of one type: lots 1 and 3 at 2 s; the halves 2, 7 and 8 at
    // 12 s, of which one came first; 4 to 6 at 22 s.
    let play = batch("minimum: 2, maximum: 3");
    let expected = [(2.0, 1), (2.0, 3), (12.0, 2), (12.0, 7), (12.0, 8), (22.0, 4), (22.0, 5), (22.0, 6)];
    assert_eq!(play.started("group/1"), expected);
    assert_eq!(play.departed("group/1")[..2], [(12.0, 1), (12.0, 3)]);
    let tool = play.element("group/1");
    // Nine parts: one half is left over. An operation on each, in three jobs of 10 s.
    assert_eq!((tool.counts.processed, tool.planned_run_time.as_seconds_f64()), (8, 30.0));
    assert_eq!(play.element("group").level, 1);
    assert_eq!(tool.level_maximum, 3);
    // Counted in pieces, 12 hold two lots of 5 and six halves of 2; ten are enough, so that four halves never begin.
    let play = batch("minimum: 10, maximum: 12, counted_in: Pieces");
    let expected = [(2.0, 1), (2.0, 3), (12.0, 4), (12.0, 5)];
    assert_eq!(play.started("group/1"), expected);
    assert_eq!(play.element("group").level, 5);
    // More than goes in goes in alone.
    let play = batch("maximum: 3, counted_in: Pieces");
    assert_eq!(play.started("group/1")[..2], [(0.0, 1), (10.0, 2)]);
}

#[test]
fn a_line_begins_when_one_of_its_parts_has_waited_long_enough() {
    let arrivals = r#"(time: "0 s"), (time: "5 s", part_type: "half"), (time: "7 s"), (time: "30 s")"#;
    let batch = r#"batch: (minimum: 3, maximum: 3, longest_wait: "9 s"),"#;
    let play = play(&scenario(arrivals, &format!(r#"tools: 1, process_time: "10 s", {batch}"#)));
    // Both lots at 9 s; the half is overdue at 14 s and begins when the tool is free; the last one at 39 s.
    assert_eq!(play.started("group/1"), [(9.0, 1), (9.0, 3), (19.0, 2), (39.0, 4)]);
}

#[test]
fn a_time_per_part_counts_those_of_a_batch() {
    let of = |per: &str| {
        let group = format!(r#"tools: 1, process_time: "10 s", per: {per}, batch: (minimum: 3, maximum: 3),"#);
        times(play(&scenario(THREE, &group)).departed("group/1"))
    };
    assert_eq!(of("Job"), [10.0; 3]);
    assert_eq!(of("Part"), [30.0; 3]);
    assert_eq!(of("Piece"), [150.0; 3]);
    assert_eq!(of(r#"Piece, interval: "2 s""#), [38.0; 3]);
}

#[test]
fn steps_of_a_recipe_are_worked_on_together_and_types_do_not_matter() {
    let arrivals = r#"(time: "0 s"), (time: "1 s", part_type: "hot"), (time: "40 s")"#;
    let steps = |recipe: &str| {
        format!(
            r#"(at: ["group"], process_time: "10 s", recipe: "dry"), (at: ["wash"]), (at: ["group"], process_time: "10 s", recipe: "{recipe}", batch_minimum: 1)"#
        )
    };
    let elements = |together: &str, more: &str| {
        format!(
            r#""group": ToolGroup(tools: 1, batch: (minimum: 2, maximum: 3, together: {together}), {more}),
            "wash": Station(process_time: "5 s", queue: 5),"#
        )
    };
    // Both of them follow the same routing: the first steps together at 1 s, then one after the other as each comes.
    let apart = play(&routed(arrivals, &steps("bake"), &elements("Step", "")));
    assert_eq!(apart.started("group/1"), [(1.0, 1), (1.0, 2), (16.0, 1), (26.0, 2)]);
    // With tools that types matter to, each waits for one of its own.
    let by_type = elements("Step", r#"qualified: {"hot": [1]}"#);
    assert_eq!(
        play(&routed(arrivals, &steps("bake"), &by_type)).started("group/1"),
        [(40.0, 1), (40.0, 3), (55.0, 1), (65.0, 3)]
    );
    // Of one recipe, what comes back from the first step goes with what comes anew: at 17 s lot 2 is still at the wash.
    let alike = steps("dry").replace(", batch_minimum: 1", "");
    let together = play(&routed(arrivals, &alike, &elements("Recipe", "")));
    assert_eq!(together.started("group/1"), [(1.0, 1), (1.0, 2), (21.0, 1), (21.0, 2)]);
    let one_more = arrivals.replace("40 s", "17 s");
    let together = play(&routed(&one_more, &alike, &elements("Recipe", "")));
    assert_eq!(together.started("group/1")[2..], [(17.0, 1), (17.0, 3), (32.0, 2), (32.0, 3)]);
    let apart = play(&routed(&one_more, &alike, &elements("Step", "")));
    assert_eq!(apart.started("group/1")[2..], [(21.0, 1), (21.0, 2)]);
}

#[test]
fn setups_go_by_steps_and_a_run_is_not_broken() {
    let steps = r#"(at: ["group"], process_time: "10 s", setup: "a"), (at: ["group"], process_time: "10 s"), (at: ["group"], process_time: "10 s", setup: "b")"#;
    let group = |setup: &str, ranking: &str| {
        format!(r#""group": ToolGroup(tools: 1, ranking: {ranking}, setup: (by: Step, {setup})),"#)
    };
    let of = |setup: &str, ranking: &str| {
        let play = play(&routed(r#"(time: "0 s", quantity: 2)"#, steps, &group(setup, ranking)));
        (play.started("group/1"), play.element("group/1").time_in(State::Setup).as_seconds_f64())
    };
    // In turn: a a - - b b. The step without a setup leaves it as it is, and only b takes a changeover.
    let (started, setup) = of(r#"time: "5 s""#, "Fifo");
    assert_eq!(started, [(0.0, 1), (10.0, 2), (20.0, 1), (30.0, 2), (40.0, 1), (55.0, 2)]);
    assert_eq!(setup, 5.0);
    // From a to b it takes 7 s, from anything else to b 3 s.
    let (_, setup) = of(r#"matrix: {"a": {"b": "7 s"}, "*": {"b": "3 s"}}"#, "Fifo");
    assert_eq!(setup, 7.0);
    // What has least left goes first: lot 1 to its end, and for lot 2 back to a, at once or when the run of three is over.
    let (started, setup) = of(r#"time: "5 s""#, "Lwkr");
    assert_eq!(started, [(0.0, 1), (10.0, 1), (20.0, 1), (35.0, 2), (50.0, 2), (60.0, 2)]);
    assert_eq!(setup, 15.0);
    // Set up for b at the beginning, the first changeover is to a, after which two jobs for a come before any for b.
    let (started, setup) = of(r#"time: "5 s", initial: "b", minimum_run: 2"#, "Lwkr");
    assert_eq!(started, [(0.0, 1), (15.0, 1), (25.0, 2), (35.0, 1), (50.0, 2), (60.0, 2)]);
    assert_eq!(setup, 10.0);
}

#[test]
fn a_run_holds_at_a_station_too() {
    let steps = r#"(at: ["mill"], process_time: "10 s", setup: "a"), (at: ["wash"]), (at: ["mill"], process_time: "10 s", setup: "b")"#;
    let of = |minimum_run: u32| {
        let elements = format!(
            r#""mill": Station(process_time: "1 s", queue: (capacity: 9, rule: Lwkr), setup: (by: Step, time: "5 s", initial: "b", minimum_run: {minimum_run})),
            "wash": Station(process_time: "1 s", queue: 9),"#
        );
        play(&routed(r#"(time: "0 s", quantity: 3)"#, steps, &elements)).started("mill")
    };
    assert_eq!(of(0), [(0.0, 1), (15.0, 2), (25.0, 1), (40.0, 2), (50.0, 3), (66.0, 3)]);
    assert_eq!(of(3), [(0.0, 1), (15.0, 2), (25.0, 3), (35.0, 1), (50.0, 2), (60.0, 3)]);
}

#[test]
fn the_tool_that_did_a_step_does_a_later_one() {
    let steps = |bound: &str| {
        format!(
            r#"(name: "mask", at: ["group"], process_time: "10 s"), (at: ["wash"]), (at: ["group"], process_time: "10 s"{bound})"#
        )
    };
    let elements = r#""group": ToolGroup(tools: 2, qualified: {"flow/mask": [1]}), "wash": Station(process_time: "1 s", queue: 5),"#;
    let arrivals = r#"(time: "0 s"), (time: "1 s")"#;
    let free = play(&routed(arrivals, &steps(""), elements));
    assert_eq!((free.started("group/1").len(), free.started("group/2")), (3, vec![(11.0, 1)]));
    let bound = play(&routed(arrivals, &steps(r#", same_tool_as: "mask""#), elements));
    // Tool 1 is at the second lot until 20 s, and tool 2 has nothing to do.
    assert_eq!(bound.started("group/1"), [(0.0, 1), (10.0, 2), (20.0, 1), (30.0, 2)]);
    assert_eq!(bound.started("group/2"), []);
    // A tool that may not do the later step binds nobody: the first lot is masked by tool 1.
    let one_cannot = elements.replace("[1]}", r#"[1, 2], "flow/3": [2]}"#);
    let bound = play(&routed(arrivals, &steps(r#", same_tool_as: "mask""#), &one_cannot));
    assert_eq!(bound.started("group/2"), [(1.0, 2), (11.0, 1), (21.0, 2)]);
    // Nor does one whose step is passed over.
    let passed = steps(r#", same_tool_as: "mask""#).replace(r#"(name: "mask","#, r#"(name: "mask", sampled: 0,"#);
    assert_eq!(play(&routed(arrivals, &passed, elements)).started("group/2"), [(2.0, 2)]);
}

#[test]
fn the_station_that_did_a_step_does_a_later_one() {
    let steps = r#"(at: ["one", "two"], process_time: "10 s"), (at: ["wash"]), (at: ["one", "two"], process_time: "10 s", same_tool_as: "1")"#;
    let elements = r#""one": Station(process_time: "1 s", queue: 5), "two": Station(process_time: "1 s"), "wash": Station(process_time: "1 s", queue: 5),"#;
    let play = play(&routed(r#"(time: "0 s", quantity: 8)"#, steps, elements));
    for element in ["one", "two"] {
        let (firsts, seconds): (Vec<_>, Vec<_>) = play
            .started(element)
            .into_iter()
            .map(|(_, part)| part)
            .enumerate()
            .partition(|(place, _)| *place == usize::MAX);
        assert!(firsts.is_empty());
        let mut parts: Vec<u64> = seconds.into_iter().map(|(_, part)| part).collect();
        parts.sort_unstable();
        assert!(!parts.is_empty() && parts.chunks(2).all(|pair| pair[0] == pair[1]), "{element}: {parts:?}");
    }
    assert_eq!(play.order("out").len(), 8);
}

#[test]
fn maintenance_of_a_group_comes_in_turn_and_by_pieces() {
    let of = |maintenance: &str| {
        let group = format!(r#"tools: 4, process_time: "1 s", maintenance: [{maintenance}],"#);
        play(&scenario(r#"(time: "0 s", quantity: 7)"#, &group))
    };
    let began = |play: &Play, tool: u32| {
        play.element(&format!("group/{tool}")).time_in(State::PlannedMaintenance).as_seconds_f64()
    };
    // Every 600 s, for the first time at 200 s: 50 s, 100 s, 150 s, 200 s and then 600 s later; 200 s + 600 s + 200 s > 1000 s.
    let play_staggered = of(r#"(every: "600 s", first: "200 s", duration: "390 s")"#);
    assert_eq!([1, 2, 3, 4].map(|tool| began(&play_staggered, tool)), [740.0, 690.0, 640.0, 590.0]);
    let at_once = of(r#"(every: "600 s", first: "200 s", duration: "390 s", staggered: false)"#);
    assert_eq!([1, 2, 3, 4].map(|tool| began(&at_once, tool)), [590.0; 4]);
    // Two lots of 5 at tools 1 to 3 and one at tool 4: after 8 pieces each of the first three is maintained once.
    let by_pieces = of(r#"(pieces: 8, duration: "30 s", staggered: false)"#);
    assert_eq!([1, 2, 3, 4].map(|tool| began(&by_pieces, tool)), [30.0, 30.0, 30.0, 0.0]);
    // One after another: after 2, 4, 6 and 8 pieces. The first two stand still after their first lot, so that the others do two.
    let in_turn = of(r#"(pieces: 8, duration: "30 s")"#);
    assert_eq!([1, 2, 3, 4].map(|tool| began(&in_turn, tool)), [30.0; 4]);
    let by_pieces = of(r#"(pieces: 5, duration: "30 s")"#);
    assert_eq!(times(by_pieces.started("group/1")), [0.0, 31.0]);
}

#[test]
fn a_group_of_one_tool_is_a_station_with_the_streams_of_the_tool() {
    let text = |element: &str| {
        format!(
            r#"(
            clock: (horizon: "4000 s"),
            part_types: {{"lot": (pieces: 5), "other": (pieces: 2)}},
            elements: {{
                "in": Source(arrivals: Interarrival(Exponential("20 s")), part_type: {{"lot": 1, "other": 1}}, next: "group"),
                "group": {element} setup: (time: Exponential("4 s")), quality: (yield_ratio: 0.8), staffing: (processing: "people"),
                    failures: [(time_to_failure: Exponential("300 s"), time_to_repair: Exponential("20 s"), repaired_by: "people"),
                               (operations_to_failure: Constant(17), time_to_repair: "5 s", after_repair: Restart)],
                    maintenance: [(every: "900 s", first: "400 s", duration: Exponential("30 s")), (pieces: 150, duration: "20 s")],
                    energy: (processing: "9 kW", idle: "4 kW", setup: "5 kW"),
                    process_time: Exponential("3 s"), per: Piece, next: "out"),
                "people": Pool(members: 1),
                "out": Sink(),
            }},
        )"#
        )
    };
    let group = play(&text("ToolGroup(tools: 1, ranking: SetupAvoiding,"));
    let station = play(&text(r#"Station(stream: "group/1", queue: (rule: SetupAvoiding),"#));
    assert!(group.started("group/1").len() > 150);
    assert_eq!(group.started("group/1"), station.started("group"));
    assert_eq!(group.departed("group/1"), station.departed("group"));
    let (tool, station) = (group.element("group/1"), station.element("group"));
    assert_eq!(tool.times, station.times);
    assert_eq!((&tool.counts.failures, &tool.counts.scrapped), (&station.counts.failures, &station.counts.scrapped));
    assert_eq!((&tool.energy, &tool.repairs), (&station.energy, &station.repairs));
}

#[test]
fn what_tools_cannot_be_told_is_said() {
    let group = |fields: &str| wrong(&scenario(THREE, &format!(r#"tools: 2, process_time: "1 s", {fields}"#)));
    assert_eq!(group(r#"interval: "0 s","#), ["an `interval` of no time would let in everything at once"]);
    assert_eq!(group("batch: (minimum: 4, maximum: 3),"), ["a batch of this group needs 4 and holds 3"]);
    let no_room = ["a batch of this group needs 3 parts, and 2 can wait for it"];
    assert_eq!(group("batch: (minimum: 3, maximum: 4), queue: 2,"), no_room);
    assert_eq!(
        group("batch: (maximum: 0),"),
        ["`batch` of this element is 0", "a batch of this group needs 1 and holds 0"]
    );
    assert_eq!(group(r#"setup: (by: Step, matrix: {"*": {"a": "1 s"}}),"#), ["there is no setup called \"a\""]);
    let step = |fields: &str, elements: &str| {
        let steps = format!(r#"(at: ["group"], process_time: "1 s"), (at: ["group"], {fields})"#);
        let elements = format!(r#""group": ToolGroup(tools: 2, process_time: "1 s", {elements}),"#);
        wrong(&routed(THREE, &steps, &elements))
    };
    assert_eq!(
        step("per: Piece", ""),
        ["step 2 of routing \"flow\" says for what a process time counts, and gives none"]
    );
    let nowhere = ["step 2 of routing \"flow\" says how large batches are, and none are made where it is done"];
    assert_eq!(step("batch_maximum: 3", ""), nowhere);
    let too_much = ["step 2 of routing \"flow\" needs more for a batch than go into one"];
    assert_eq!(step("batch_maximum: 3", "batch: (minimum: 5, maximum: 9)"), too_much);
    assert_eq!(step("batch_minimum: 4, batch_maximum: 3", "batch: (maximum: 9)")[..1], too_much);
    assert_eq!(
        step(r#"same_tool_as: "2""#, ""),
        ["step 2 of routing \"flow\" has to be done by the tool of a step that is no earlier one"]
    );
    let steps = r#"(at: ["group"], recipe: "dry", setup: "a"), (at: ["group"], recipe: "dry", setup: "b")"#;
    let elements = r#""group": ToolGroup(tools: 2, process_time: "1 s"),"#;
    assert_eq!(
        wrong(&routed(THREE, steps, elements)),
        ["step 2 of routing \"flow\" needs another setup or other batches than an earlier step with its recipe"]
    );
    let steps = r#"(at: ["mill"]), (at: ["group"], same_tool_as: "1")"#;
    let elements = format!(r#"{elements} "mill": Station(process_time: "1 s"),"#);
    assert_eq!(
        wrong(&routed(THREE, steps, &elements)),
        ["step 2 of routing \"flow\" has to be done by the tool of step 1, and is done elsewhere"]
    );
}

#[test]
fn tools_that_may_do_no_two_bound_steps_are_refused() {
    let of = |qualified: &str| {
        let group = format!(r#""group": ToolGroup(tools: 2, process_time: "1 s", qualified: {{{qualified}}}),"#);
        plan(&routed(THREE, r#"(at: ["group"]), (name: "again", at: ["group"], same_tool_as: "1")"#, &group))
    };
    for sound in [r#""flow/1": [1, 2], "flow/again": [2]"#, r#""lot": [1], "hot": [2]"#, r#""flow/1": [1]"#, ""] {
        assert!(of(sound).is_ok(), "{sound}");
    }
    for (qualified, part_type) in
        [(r#""flow/1": [1], "flow/again": [2]"#, "hot"), (r#""lot": [1], "hot": [2], "flow/again": [2]"#, "lot")]
    {
        let said = of(qualified).expect_err("a mistake");
        let expected = format!(
            "step again of routing \"flow\" has to be done by the tool of step 1, and no tool is qualified for both with \"{part_type}\""
        );
        assert_eq!(said.into_iter().map(|wrong| wrong.message).collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn a_limit_that_is_over_at_the_end_was_not_kept() {
    // The first lot is in time, the second waits since 2 s, the third since 96 s.
    let steps = r#"(at: ["first"], queue_time: "10 s"), (at: ["second"])"#;
    let elements =
        r#""first": Station(process_time: "1 s", queue: 5), "second": Station(process_time: "500 s", queue: 5),"#;
    let of = |horizon: &str| {
        let text = routed(r#"(time: "0 s", quantity: 2), (time: "95 s")"#, steps, elements).replace("1000 s", horizon);
        let limit = play(&text).report.queue_times.remove(0);
        (limit.kept, limit.missed)
    };
    assert_eq!([of("12 s"), of("13 s"), of("100 s"), of("107 s")], [(1, 0), (1, 1), (1, 1), (1, 2)]);
    // What comes too late in the end is not counted twice.
    assert_eq!([of("502 s"), of("1002 s")], [(1, 2), (1, 2)]);
}

#[test]
fn a_limit_to_a_step_that_is_passed_over_is_one_to_the_step_after_it() {
    let elements = r#""first": Station(process_time: "1 s", queue: 5), "gauge": Station(process_time: "3 s", queue: 5),
        "second": Station(process_time: "50 s", queue: 5),"#;
    let limit = |sampled: &str| {
        let steps =
            format!(r#"(at: ["first"], queue_time: "10 s"), (at: ["gauge"], sampled: {sampled}), (at: ["second"])"#);
        let limit = play(&routed(r#"(time: "0 s", quantity: 3)"#, &steps, elements)).report.queue_times.remove(0);
        (limit.kept, limit.missed)
    };
    // All are gauged in time; if none is, the second and the third wait for the first at the end of the line.
    assert_eq!((limit("1.0"), limit("0.0")), ((3, 0), (1, 2)));
}

#[test]
fn a_unit_of_several_places_works_on_nothing_while_it_is_set_up() {
    // Two at once for a unit with two places that has to be changed over for 30 s: both are worked on for 25 s after that.
    let run = play(
        r#"(
        clock: (horizon: "10 min"),
        part_types: {"a": (), "b": ()},
        elements: {
            "in": Source(arrivals: Table([(time: "0 s", part_type: "b", quantity: 2), (time: "2 min", part_type: "a")]), next: "mill"),
            "mill": Station(capacity: 2, process_time: "25 s", queue: 4, setup: (time: "30 s", initial: "a"), next: "out"),
            "out": Sink(),
        },
    )"#,
    );
    assert_eq!(run.arrived("out").iter().map(|(at, _)| *at).collect::<Vec<f64>>(), [55.0, 55.0, 175.0]);
    assert_eq!(run.element("mill").time_in(State::Setup).as_seconds_f64(), 60.0);
}
