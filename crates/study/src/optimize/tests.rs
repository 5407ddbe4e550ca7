//! Problems whose answers are known: exactly, by trying everything, or by formula.

use kernel::{Stream, StreamKey};

use super::*;
use crate::select::Goal;

fn integer(low: i64, high: i64) -> Variable {
    Variable { name: "integer".to_owned(), domain: Domain::Integer { low, high } }
}

fn real(low: f64, high: f64) -> Variable {
    Variable { name: "real".to_owned(), domain: Domain::Real { low, high } }
}

fn choice(count: u32) -> Variable {
    Variable { name: "choice".to_owned(), domain: Domain::Choice { count } }
}

/// The value as a number.
fn number(value: &Value) -> f64 {
    match *value {
        Value::Integer(value) => value as f64,
        Value::Real(value) => value,
        Value::Choice(value) => f64::from(value),
    }
}

/// Noise of a replication: common to all designs, and of one design.
fn noise(replication: u64, design: &[Value]) -> (f64, f64) {
    let normal = |name: &str| Stream::new(&StreamKey { seed: 9, replication, name, purpose: "noise" }).normal();
    (normal("common"), normal(&format!("{design:?}")))
}

type Model = dyn Fn(&[Value], u64) -> Evaluation;

fn exact(objectives: Vec<f64>) -> Evaluation {
    Evaluation { objectives, constraints: Vec::new() }
}

/// Answers until the optimisation ends or `rounds` are over; gives all answers.
fn answer(optimizer: &mut Optimizer, rounds: usize, model: &Model) -> Vec<Vec<Vec<Evaluation>>> {
    let mut answers = Vec::new();
    while answers.len() < rounds && !optimizer.ask().is_empty() {
        let play = |request: &Request| request.replications.clone().map(|r| model(&request.design, r)).collect();
        let answer: Vec<Vec<Evaluation>> = optimizer.ask().iter().map(play).collect();
        optimizer.tell(&answer).expect("as asked");
        answers.push(answer);
    }
    answers
}

fn optimise(problem: &Problem, settings: Settings, model: &Model) -> Outcome {
    let mut optimizer = Optimizer::new(problem.clone(), settings, &[]).expect("sound");
    answer(&mut optimizer, usize::MAX, model);
    let outcome = optimizer.outcome();
    assert!(outcome.runs <= settings.budget && outcome.ending.is_some());
    outcome
}

fn plain(variables: Vec<Variable>, objectives: Vec<Goal>) -> Problem {
    Problem { variables, objectives, constraints: 0, totals: Vec::new() }
}

/// Settings for a problem without noise.
fn without_noise(budget: u64) -> Settings {
    Settings { first: 1, most: 1, ..Settings::new(1, budget) }
}

#[test]
fn the_front_of_a_known_two_objective_problem_is_reached() {
    // ZDT1 (Zitzler, Deb and Thiele 2000) with a mixed tail: g is 1 where all of it is 0, and the front is f2 = 1 - sqrt(f1).
    let mut variables = vec![real(0.0, 1.0)];
    variables.extend((0..3).map(|_| real(0.0, 1.0)));
    variables.extend((0..3).map(|_| integer(0, 20)));
    variables.push(choice(4));
    let model = |design: &[Value], _| {
        let x: Vec<f64> = design.iter().map(number).collect();
        let tail = x[1..4].iter().sum::<f64>() + x[4..7].iter().map(|x| x / 20.0).sum::<f64>() + x[7] / 3.0;
        let g = 1.0 + 9.0 * tail / 7.0;
        exact(vec![x[0], g * (1.0 - (x[0] / g).sqrt())])
    };
    let problem = plain(variables, vec![Goal::Smallest, Goal::Smallest]);
    let settings = Settings { patience: 1_000, ..without_noise(8_000) };
    let outcome = optimise(&problem, settings, &model);
    let costs: Vec<Vec<f64>> = outcome
        .front
        .iter()
        .map(|solution| solution.objectives.iter().filter_map(|moments| moments.mean()).collect())
        .collect();
    // Behind the whole front from (1, 1): the integral of sqrt(x) is 2/3.
    let volume = hypervolume(&costs, &[1.0, 1.0]);
    assert!(volume > 0.98 * 2.0 / 3.0 && volume <= 2.0 / 3.0, "{volume}, {} designs", costs.len());
    assert!(costs.len() >= 40);
    assert!(costs.windows(2).all(|pair| pair[0][0] < pair[1][0] && pair[0][1] > pair[1][1]));
    assert_eq!((outcome.ending, outcome.runs), (Some(Ending::Budget), 8_000));
    assert_eq!(outcome.designs, 8_000, "no design is played twice");
}

/// Throughput of a line by its buffers: concave, and different for every buffer.
fn throughput(design: &[Value]) -> f64 {
    let weights = [5.0, 9.0, 2.0, 7.0, 4.0];
    design.iter().zip(weights).map(|(places, weight)| weight * (1.0 - 1.0 / (1.0 + number(places)))).sum()
}

fn buffers(count: usize, bound: i64) -> Problem {
    let total = Total { variables: (0..count).collect(), relation: Relation::Exactly, bound };
    Problem {
        variables: vec![integer(0, bound); count],
        objectives: vec![Goal::Largest],
        constraints: 0,
        totals: vec![total],
    }
}

/// The best way of sharing places out, by trying all.
fn best_of_all(count: usize, bound: i64) -> Design {
    fn designs(count: usize, bound: i64) -> Vec<Design> {
        if count == 1 {
            return vec![vec![Value::Integer(bound)]];
        }
        let longer = |first: i64| {
            let rest = designs(count - 1, bound - first).into_iter();
            rest.map(move |rest| [vec![Value::Integer(first)], rest].concat())
        };
        (0..=bound).flat_map(longer).collect()
    }
    let all = designs(count, bound).into_iter();
    all.max_by(|one, other| throughput(one).total_cmp(&throughput(other))).expect("there are designs")
}

#[test]
fn the_best_buffers_are_found_exactly() {
    for (count, bound, seed) in [(3, 12, 1), (5, 30, 2), (5, 31, 3), (4, 60, 4)] {
        let model = |design: &[Value], _| exact(vec![throughput(design)]);
        let settings = Settings { seed, ..without_noise(5_000) };
        let outcome = optimise(&buffers(count, bound), settings, &model);
        assert_eq!(outcome.front[0].design, best_of_all(count, bound), "{count} buffers");
        assert_eq!(outcome.front.len(), 1);
        assert_ne!(outcome.ending, Some(Ending::Budget), "{} runs", outcome.runs);
    }
}

#[test]
fn the_best_buffers_are_found_under_noise_by_racing() {
    // Noise of 0.2 in common and 0.05 of each design's own; the second best is 0.036 behind.
    let model = |design: &[Value], replication| {
        let (common, own) = noise(replication, design);
        exact(vec![throughput(design) + 0.2 * common + 0.05 * own])
    };
    let outcome = optimise(&buffers(3, 12), Settings::new(2, 5_000), &model);
    assert_eq!(outcome.front[0].design, best_of_all(3, 12));
    // There are 91 designs: all of them at the most replications of any would have cost this.
    let most = outcome.front[0].objectives[0].count();
    assert!(most > 5, "the best has raced");
    assert!(outcome.runs < 91 * most / 2, "{} runs, {most} of the best", outcome.runs);
}

#[test]
fn the_front_of_throughput_against_places_holds_each_number_of_places_once() {
    // One objective has noise, the other none: the best throughput of every number of places is known by trying all.
    let model = |design: &[Value], replication| {
        let (common, own) = noise(replication, design);
        exact(vec![throughput(design) + 0.2 * common + 0.05 * own, design.iter().map(number).sum()])
    };
    let problem = plain(vec![integer(0, 8); 3], vec![Goal::Largest, Goal::Smallest]);
    let outcome = optimise(&problem, Settings::new(1, 4_000), &model);
    let places = |solution: &Solution| solution.design.iter().map(number).sum::<f64>() as i64;
    let mut gap = 0.0;
    for pair in outcome.front.windows(2) {
        assert!(places(&pair[0]) > places(&pair[1]), "the largest throughput comes first");
    }
    for solution in &outcome.front {
        let best = throughput(&best_of_all(3, places(solution)));
        gap += (best - throughput(&solution.design)) / best.max(1.0) / outcome.front.len() as f64;
    }
    assert!(outcome.front.len() >= 20 && gap < 0.002, "{} designs, {gap}", outcome.front.len());
    // Doubtful ones have raced, clear ones have not.
    let counts: Vec<u64> = outcome.front.iter().map(|solution| solution.objectives[0].count()).collect();
    assert!(counts.contains(&5) && counts.iter().any(|count| *count > 20), "{counts:?}");
}

#[test]
fn the_search_ends_only_when_no_neighbour_of_the_best_is_untried() {
    // Twelve variables and hardly any patience.
    let mut problem = plain(vec![integer(0, 9); 12], vec![Goal::Smallest]);
    problem.totals = vec![Total { variables: (0..6).collect(), relation: Relation::Exactly, bound: 20 }];
    let model = |design: &[Value], _| {
        let terms =
            design.iter().enumerate().map(|(at, value)| (number(value) - at as f64 / 2.0).abs() * (1.0 + at as f64));
        exact(vec![terms.sum()])
    };
    let settings = Settings { patience: 1, population: 8, ..without_noise(50_000) };
    let mut optimizer = Optimizer::new(problem.clone(), settings, &[]).expect("sound");
    answer(&mut optimizer, usize::MAX, &model);
    let outcome = optimizer.outcome();
    assert_eq!(outcome.ending, Some(Ending::Converged));
    let stream = Stream::new(&StreamKey { seed: 0, replication: 0, name: "", purpose: "" });
    let variation = variation::Variation { problem: &problem, stream };
    let best = &outcome.front[0];
    let mut neighbours = 0;
    for number in 0..variation.neighbours() {
        if let Some(design) = variation.neighbour(&best.design, number) {
            neighbours += 1;
            assert!(model(&design, 0).objectives[0] >= best.objectives[0].mean().expect("played"), "{design:?}");
        }
    }
    assert!(neighbours > 20);
}

#[test]
fn part_of_the_budget_is_kept_to_confirm_what_was_found() {
    let model = |design: &[Value], replication| {
        let (common, own) = noise(replication, design);
        exact(vec![throughput(design) + 0.2 * common + 0.1 * own])
    };
    let outcome = optimise(&buffers(5, 30), Settings::new(1, 1_500), &model);
    let searched = outcome.history.last().expect("some generations").runs;
    assert!(searched <= 1_200 && outcome.runs > 1_300, "{searched} of {}", outcome.runs);
    assert_eq!(outcome.ending, Some(Ending::Budget));
    assert!(outcome.front[0].objectives[0].count() > 20);
}

#[test]
fn constraints_are_kept_under_noise() {
    // Least cost of 3 machines with speeds at choice, where the output must be 40 on average. By hand: an even share of 14, 13, 13 costs
    // 3.38; the choice 1 saves a tenth and two of ten of the output.
    let model = |design: &[Value], replication| {
        let (common, own) = noise(replication, design);
        let speeds: Vec<f64> = design[..3].iter().map(number).collect();
        let factor = if design[3] == Value::Choice(1) { 0.9 } else { 1.0 };
        let output = speeds.iter().sum::<f64>() * if design[3] == Value::Choice(1) { 0.8 } else { 1.0 };
        let cost = factor * speeds.iter().map(|speed| speed * speed / 100.0 + speed / 25.0).sum::<f64>();
        Evaluation {
            objectives: vec![cost + 0.01 * common],
            constraints: vec![40.0 - output + 0.3 * own + 0.3 * common],
        }
    };
    let mut variables = vec![integer(0, 30); 3];
    variables.push(choice(3));
    let problem = Problem { constraints: 1, ..plain(variables, vec![Goal::Smallest]) };
    let outcome = optimise(&problem, Settings::new(4, 20_000), &model);
    let mut speeds: Vec<f64> = outcome.front[0].design[..3].iter().map(number).collect();
    speeds.sort_by(f64::total_cmp);
    // The sample mean of the noise decides whether 40 or 41 keeps the constraint; either is even.
    assert!(speeds == [13.0, 13.0, 14.0] || speeds == [13.0, 14.0, 14.0], "{speeds:?}");
    assert!(outcome.front[0].constraints[0].mean().is_some_and(|mean| mean <= 0.0));
}

#[test]
fn the_same_seed_gives_the_same_and_told_again_goes_on_the_same() {
    let model = |design: &[Value], replication| {
        let (common, own) = noise(replication, design);
        let (x, y) = (number(&design[0]), number(&design[1]));
        exact(vec![x * x + y + 0.1 * common + 0.1 * own, (x - 2.0) * (x - 2.0) - y])
    };
    let problem = plain(vec![real(-1.0, 3.0), integer(0, 2)], vec![Goal::Smallest, Goal::Largest]);
    let settings = Settings { population: 12, ..Settings::new(5, 3_000) };
    let new =
        || Optimizer::new(problem.clone(), settings, &[vec![Value::Real(0.0), Value::Integer(1)]]).expect("sound");
    let mut whole = new();
    let answers = answer(&mut whole, usize::MAX, &model);
    // Interrupted after every round in turn, and taken up again.
    for rounds in (0..answers.len()).step_by(3) {
        let mut resumed = new();
        answers[..rounds].iter().for_each(|answer| resumed.tell(answer).expect("as asked"));
        assert_eq!(answer(&mut resumed, usize::MAX, &model), answers[rounds..]);
        assert_eq!(resumed.outcome(), whole.outcome());
    }
    assert!(answers.len() > 10);
    let mut other = Optimizer::new(problem.clone(), Settings { seed: 6, ..settings }, &[]).expect("sound");
    answer(&mut other, usize::MAX, &model);
    assert_ne!(other.outcome().front, whole.outcome().front);
}

#[test]
fn what_is_there_to_begin_with_is_never_made_worse() {
    let model =
        |design: &[Value], _| exact(vec![if number(&design[0]) == 123_456.0 { -1.0 } else { number(&design[0]) }]);
    let problem = plain(vec![integer(0, 1_000_000)], vec![Goal::Smallest]);
    let start = vec![vec![Value::Integer(123_456)]];
    let mut optimizer = Optimizer::new(problem, without_noise(200), &start).expect("sound");
    answer(&mut optimizer, usize::MAX, &model);
    assert_eq!(optimizer.outcome().front[0].design, start[0]);
}

#[test]
fn small_spaces_and_useless_answers_come_to_an_end() {
    let problem = plain(vec![integer(0, 2), choice(2)], vec![Goal::Smallest]);
    let outcome = optimise(&problem, without_noise(1_000), &|design, _| exact(vec![number(&design[0])]));
    assert_eq!((outcome.designs, outcome.front[0].objectives[0].mean()), (6, Some(0.0)));
    let nothing = optimise(&problem, Settings::new(1, 1_000), &|_, _| exact(vec![f64::NAN]));
    assert_eq!((nothing.front.len(), nothing.rivals.len(), nothing.runs), (0, 0, 30));
    let never = |design: &[Value], _| Evaluation { objectives: vec![number(&design[0])], constraints: vec![1.0] };
    let problem = Problem { constraints: 1, ..problem };
    let outcome = optimise(&problem, Settings::new(1, 1_000), &never);
    assert_eq!((outcome.front.len(), outcome.ending), (0, Some(Ending::Exhausted)));
    // One that is undefined is worse than any other.
    let problem = plain(vec![integer(-5, 5)], vec![Goal::Smallest]);
    let model = |design: &[Value], _| exact(vec![if number(&design[0]) < 0.0 { f64::NAN } else { number(&design[0]) }]);
    assert_eq!(optimise(&problem, without_noise(1_000), &model).front[0].design, [Value::Integer(0)]);
}

#[test]
fn answers_that_do_not_fit_change_nothing() {
    let problem = plain(vec![integer(0, 9)], vec![Goal::Smallest]);
    let mut optimizer = Optimizer::new(problem, without_noise(100), &[]).expect("sound");
    let asked = optimizer.ask().to_vec();
    assert_eq!(optimizer.tell(&[]), Err(Mismatch));
    assert_eq!(optimizer.tell(&vec![vec![exact(vec![])]; asked.len()]), Err(Mismatch));
    assert_eq!(optimizer.tell(&vec![vec![]; asked.len()]), Err(Mismatch));
    assert_eq!((optimizer.ask(), optimizer.runs()), (asked.as_slice(), 0));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let total = |variables: Vec<usize>, relation, bound| Total { variables, relation, bound };
    let with = |totals: Vec<Total>| Problem {
        totals,
        ..plain(vec![integer(1, 3), integer(1, 3), real(0.0, 1.0)], vec![Goal::Largest])
    };
    let one = |variable: Variable| plain(vec![variable], vec![Goal::Largest]);
    for problem in [
        plain(vec![], vec![Goal::Largest]),
        plain(vec![integer(0, 1)], vec![]),
        plain(vec![integer(0, 1)], vec![Goal::Largest; 3]),
        one(integer(2, 1)),
        one(integer(i64::MIN, 0)),
        one(real(0.0, f64::NAN)),
        one(real(f64::NEG_INFINITY, 0.0)),
        one(choice(0)),
        with(vec![total(vec![0, 2], Relation::AtMost, 3)]),
        with(vec![total(vec![0, 7], Relation::AtMost, 3)]),
        with(vec![total(vec![0, 1], Relation::AtMost, 1)]),
        with(vec![total(vec![0, 1], Relation::Exactly, 7)]),
        with(vec![total(vec![0], Relation::AtMost, 3), total(vec![0], Relation::AtMost, 3)]),
        Problem { constraints: usize::MAX, ..one(integer(0, 1)) },
    ] {
        assert!(Optimizer::new(problem.clone(), Settings::new(1, 100), &[]).is_err(), "{problem:?}");
    }
    let settings = Settings::new(1, 1_000);
    for settings in [
        Settings { population: 3, ..settings },
        Settings { population: usize::MAX, ..settings },
        Settings { first: 0, ..settings },
        Settings { first: 1, ..settings },
        Settings { most: 4, ..settings },
        Settings { most: u64::MAX, ..settings },
        Settings { confidence: f64::NAN, ..settings },
        Settings { confidence: 0.5, ..settings },
        Settings { budget: 4, ..settings },
        Settings { budget: u64::MAX, ..settings },
        Settings { patience: 0, ..settings },
    ] {
        assert!(Optimizer::new(one(integer(0, 1)), settings, &[]).is_err(), "{settings:?}");
    }
    let outside = [vec![Value::Integer(2)]];
    assert!(Optimizer::new(one(integer(0, 1)), settings, &outside).is_err());
    // Widest of all that is allowed.
    let wide = with(vec![total(vec![0, 1], Relation::AtMost, i64::MAX)]);
    assert!(Optimizer::new(wide, settings, &[]).is_ok());
}

#[test]
fn every_design_asked_for_keeps_ranges_and_totals() {
    let mut variables = vec![integer(2, 9), integer(-4, 5), real(-1.0, 1.0), choice(3)];
    variables.extend(vec![integer(0, 100_000); 4]);
    let problem = Problem {
        totals: vec![
            Total { variables: vec![0, 1], relation: Relation::AtMost, bound: 3 },
            Total { variables: vec![4, 5, 6, 7], relation: Relation::Exactly, bound: 123_457 },
        ],
        ..plain(variables, vec![Goal::Smallest, Goal::Largest])
    };
    let mut optimizer = Optimizer::new(problem.clone(), without_noise(3_000), &[]).expect("sound");
    let mut seen = std::collections::BTreeSet::new();
    while !optimizer.ask().is_empty() {
        for request in optimizer.ask() {
            assert!(problem.has(&request.design) && problem.keeps_totals(&request.design), "{:?}", request.design);
            assert!(seen.insert(problem::key(&request.design)), "played twice: {:?}", request.design);
        }
        let model = |design: &[Value]| exact(vec![number(&design[0]) * number(&design[4]), number(&design[2])]);
        let answers: Vec<Vec<Evaluation>> =
            optimizer.ask().iter().map(|request| vec![model(&request.design)]).collect();
        optimizer.tell(&answers).expect("as asked");
    }
    assert!(seen.len() > 500);
}
