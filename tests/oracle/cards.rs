//! Lines with card loops against exact values: CONWIP as a closed network, two kanban stages as a Markov chain.
//!
//! With parts to be had at any time, a line under CONWIP is a closed network: the part that is let in takes the place of the one that
//! leaves. Mean value analysis (Reiser and Lavenberg 1980) gives its throughput; for N cards on M equal stations that is
//! N / (N + M - 1) of what one does (Hopp and Spearman, Factory Physics, the practical worst case). Kanban stages with exponential times
//! are Markov chains of a few states, whose balance equations are solved here.

use std::collections::BTreeMap;

use super::{Comparisons, REPLICATIONS, Watched, element, plant_of, play, scenario_text, seconds, shipped, span_s};

/// Widest relative half width of a 95 % interval that is accepted.
const WIDEST: f64 = 0.02;
const WARM_UP_S: f64 = 2_000.0;
const SPAN_S: f64 = 120_000.0;

#[test]
fn conwip_lines_are_closed_networks() {
    let mut table = Comparisons::default();
    let lines: [(&[f64], u32); 10] = [
        (&[10.0, 10.0, 10.0], 1),
        (&[10.0, 10.0, 10.0], 2),
        (&[10.0, 10.0, 10.0], 3),
        (&[10.0, 10.0, 10.0], 5),
        (&[10.0, 10.0, 10.0], 8),
        (&[6.0, 6.0, 6.0, 6.0, 6.0], 4),
        (&[6.0, 6.0, 6.0, 6.0, 6.0], 10),
        (&[10.0, 15.0, 5.0], 2),
        (&[10.0, 15.0, 5.0], 4),
        (&[10.0, 15.0, 5.0], 6),
    ];
    for (case, (means, cards)) in (0..).zip(lines) {
        let (exact, m) = (throughput(means, cards), means.len() as f64);
        if means.iter().all(|mean| *mean == means[0]) {
            let balanced = f64::from(cards) / (f64::from(cards) + m - 1.0) / means[0];
            assert!((exact - balanced).abs() < 1e-12, "mean value analysis and its closed form agree");
        }
        let station = |(number, mean): (usize, &f64)| {
            let next = if number + 1 < means.len() { format!("s{}", number + 1) } else { "out".to_owned() };
            format!(
                r#""s{number}": Station(process_time: Exponential({}), queue: Unlimited, next: "{next}"),"#,
                seconds(*mean)
            )
        };
        let stations: String = means.iter().enumerate().map(station).collect();
        let elements = format!(
            r#"elements: {{"in": Source(arrivals: Unlimited, next: "s0"), {stations} "out": Sink(), "cards": CardLoop(cards: {cards}, from: ["s0"])}}"#
        );
        let plant = plant_of(&scenario_text(WARM_UP_S, SPAN_S, &elements), &[]);
        let (mut throughputs, mut flow_times) = (Vec::new(), Vec::new());
        for replication in 0..REPLICATIONS {
            let report = play(&plant, (case, replication), Watched::default(), |_| {});
            throughputs.push(shipped(&report) as f64 / span_s(&report));
            flow_times.push(report.flow_time.mean_seconds().expect("parts were shipped"));
            assert_eq!(report.work_in_progress, i64::from(cards), "the parts inside are as many as the cards");
        }
        let name = format!("{means:?} with {cards} cards");
        table.add(&name, "throughput", exact, throughputs);
        // Little's law: as many parts as cards are inside at any time.
        table.add(&name, "flow_time", f64::from(cards) / exact, flow_times);
    }
    table.judge("conwip", |_| WIDEST);
}

/// Parts a second through a closed line of single exponential stations, by mean value analysis.
fn throughput(means: &[f64], parts: u32) -> f64 {
    let mut queues = vec![0.0; means.len()];
    let mut throughput = 0.0;
    for count in 1..=parts {
        let stays: Vec<f64> = means.iter().zip(&queues).map(|(mean, queue)| mean * (1.0 + queue)).collect();
        throughput = f64::from(count) / stays.iter().sum::<f64>();
        queues = stays.iter().map(|stay| throughput * stay).collect();
    }
    throughput
}

/// Two kanban stages with parts to be had at any time. Customers take a finished part of the second one; one of them waits if there
/// is none, and others are lost.
#[derive(Debug, Clone, Copy)]
struct Kanban {
    cards: [i32; 2],
    means: [f64; 2],
    between_customers: f64,
}

/// How many parts the first stage has still to work on (all of its other cards are with finished ones), how many the second one has, and how
/// many of that are finished; -1 with a customer who waits.
type Stock = [i32; 3];

impl Kanban {
    /// Parts that are finished in the first stage go on as far as there are cards, and others come in for them.
    fn settled(self, [mut first, mut second, finished]: Stock) -> Stock {
        while first < self.cards[0] && second + finished.max(0) < self.cards[1] {
            first += 1;
            second += 1;
        }
        [first, second, finished]
    }

    /// What comes after a state, and how often a second.
    fn next(self, [first, second, finished]: Stock) -> Vec<(Stock, f64)> {
        let mut next = Vec::new();
        if first > 0 {
            next.push((self.settled([first - 1, second, finished]), 1.0 / self.means[0]));
        }
        if second > 0 {
            next.push((self.settled([first, second - 1, finished + 1]), 1.0 / self.means[1]));
        }
        if finished >= 0 {
            next.push((self.settled([first, second, finished - 1]), 1.0 / self.between_customers));
        }
        next
    }

    /// How probable each state is in the long run.
    fn probabilities(self) -> BTreeMap<Stock, f64> {
        let mut states = vec![self.settled([self.cards[0], 0, 0])];
        let mut seen = 0;
        while let Some(state) = states.get(seen).copied() {
            for (next, _) in self.next(state) {
                if !states.contains(&next) {
                    states.push(next);
                }
            }
            seen += 1;
        }
        // What flows into each state flows out; instead of the last of these the probabilities sum to 1.
        let count = states.len();
        let mut balance = vec![vec![0.0; count + 1]; count];
        for (from, state) in states.iter().enumerate() {
            for (next, rate) in self.next(*state) {
                let to = states.iter().position(|other| *other == next).expect("all states are known");
                balance[to][from] += rate;
                balance[from][from] -= rate;
            }
        }
        balance[count - 1] = vec![1.0; count + 1];
        states.into_iter().zip(solved(balance)).collect()
    }

    fn elements(self) -> String {
        let Kanban { cards: [first, second], means: [press, mill], between_customers } = self;
        format!(
            r#"part_types: {{"part": (), "customer": ()}}, elements: {{
            "in": Source(arrivals: Unlimited, part_type: "part", next: "press"),
            "press": Station(process_time: Exponential({}), queue: Unlimited, next: "pressed"),
            "pressed": Buffer(capacity: Unlimited, next: "mill"),
            "mill": Station(process_time: Exponential({}), queue: Unlimited, next: "milled"),
            "milled": Buffer(capacity: Unlimited, next: "counter"),
            "customers": Source(arrivals: Interarrival(Exponential({})), part_type: "customer", when_blocked: Lose, next: "counter"),
            "counter": Assembly(bill: {{"part": 1, "customer": 1}}, process_time: "0 s", next: "out"),
            "out": Sink(),
            "pressing": CardLoop(cards: {first}, from: ["press"], to: ["pressed"]),
            "milling": CardLoop(cards: {second}, from: ["mill"], to: ["counter"]),
            }}"#,
            seconds(press),
            seconds(mill),
            seconds(between_customers)
        )
    }
}

/// The solution of linear equations, each with its right side last, by elimination with row pivots.
fn solved(mut rows: Vec<Vec<f64>>) -> Vec<f64> {
    let count = rows.len();
    for column in 0..count {
        let size = |row: &usize| rows[*row][column].abs();
        let pivot = (column..count).max_by(|one, other| size(one).total_cmp(&size(other))).expect("a row");
        rows.swap(column, pivot);
        let pivot = rows[column].clone();
        for (number, row) in rows.iter_mut().enumerate() {
            let factor = row[column] / pivot[column];
            if number != column && factor != 0.0 {
                row.iter_mut().zip(&pivot).for_each(|(cell, above)| *cell -= factor * above);
            }
        }
    }
    (0..count).map(|row| rows[row][count] / rows[row][row]).collect()
}

#[test]
fn two_kanban_stages_are_a_markov_chain() {
    let mut table = Comparisons::default();
    let lines =
        [([1, 1], 12.0), ([2, 2], 12.0), ([3, 1], 9.0), ([1, 3], 9.0), ([2, 3], 10.0), ([3, 2], 11.0), ([4, 4], 10.0)];
    for (case, (cards, between_customers)) in (100..).zip(lines) {
        let line = Kanban { cards, means: [8.0, 7.0], between_customers };
        let probabilities = line.probabilities();
        let mean = |value: &dyn Fn(&Stock) -> f64| -> f64 {
            probabilities.iter().map(|(state, probability)| value(state) * probability).sum()
        };
        let lost = mean(&|[.., finished]| f64::from(*finished < 0));
        let plant = plant_of(&scenario_text(WARM_UP_S, SPAN_S, &line.elements()), &[]);
        let mut values: [Vec<f64>; 3] = Default::default();
        for replication in 0..REPLICATIONS {
            let report = play(&plant, (case, replication), Watched::default(), |_| {});
            let counts = element(&report, "customers").counts;
            values[0].push(counts.lost as f64 * between_customers / span_s(&report));
            values[1].push(element(&report, "out").counts.arrived as f64 / span_s(&report));
            let figures = &element(&report, "milling").figures;
            values[2].push(figures.iter().find(|figure| figure.name == "cards in use").expect("a figure").value);
        }
        let exact = [
            lost,
            (1.0 - lost) / between_customers,
            mean(&|[_, second, finished]| f64::from(second + finished.max(&0))),
        ];
        for ((metric, exact), values) in ["lost", "throughput", "cards_in_use"].into_iter().zip(exact).zip(values) {
            table.add(format!("{cards:?} cards, a customer every {between_customers} s"), metric, exact, values);
        }
    }
    table.judge("kanban", |metric| if metric == "lost" { 0.06 } else { WIDEST });
}
