//! Distributions of every sort, by their mean. One line of a list is one law.

use crate::chance::Chance;

type TimeLaw = fn(&mut Chance, u64) -> String;

/// Laws of times around a mean in seconds.
const TIMES: &[TimeLaw] = &[
    |_, mean| format!("\"{mean} s\""),
    |_, mean| format!("Constant(\"{mean} s\")"),
    |_, mean| format!("Uniform(\"{} s\", \"{} s\")", mean / 2, mean * 3 / 2),
    |_, mean| format!("Triangular(\"{} s\", \"{mean} s\", \"{} s\")", mean / 2, mean * 2),
    |_, mean| format!("Pert(\"{} s\", \"{mean} s\", \"{} s\")", mean / 2, mean * 2),
    |_, mean| format!("Exponential(\"{mean} s\")"),
    |chance, mean| format!("Erlang({}, \"{mean} s\")", chance.between(2, 4)),
    |_, mean| format!("Gamma(2.5, \"{} ms\")", mean * 400),
    |_, mean| format!("Normal(\"{mean} s\", \"{} s\")", mean / 3),
    |chance, mean| format!("LogNormal(mean: \"{mean} s\", cv: 0.{})", chance.between(2, 9)),
    |chance, mean| format!("Weibull(shape: {}.5, scale: \"{mean} s\")", chance.between(0, 2)),
    |_, mean| format!("Beta(2, 3, \"{} s\", \"{} s\")", mean / 2, mean * 2),
    |_, mean| format!("Empirical([\"{} s\", \"{mean} s\", \"{} s\"])", mean / 2, mean + 7),
    |_, mean| format!("Discrete([(\"{} s\", 3), (\"{} s\", 1)])", mean * 2 / 3, mean * 2),
];

type CountLaw = fn(&mut Chance) -> String;

/// Laws of small counts, hardly ever 0.
const COUNTS: &[CountLaw] = &[
    |chance| chance.between(1, 9).to_string(),
    |chance| format!("Uniform(1, {})", chance.between(2, 9)),
    |chance| format!("Geometric(0.{})", chance.between(2, 6)),
    |chance| format!("Poisson({})", chance.between(2, 6)),
    |_| "Empirical([1, 2, 2, 5])".to_owned(),
    |_| "Discrete([(2, 3), (7, 1)])".to_owned(),
];

/// Laws of numbers from 0 on, mostly below 10.
const NUMBERS: &[&str] = &[
    "4",
    "Uniform(1, 9)",
    "Triangular(1, 2, 6)",
    "Pert(1, 2, 6)",
    "Exponential(4)",
    "Erlang(3, 4)",
    "Gamma(2, 2)",
    "Normal(4, 2)",
    "LogNormal(mean: 4, cv: 0.3)",
    "Weibull(shape: 2, scale: 4)",
    "Beta(2, 2, 1, 7)",
    "Empirical([1, 3.5, 8])",
    "Discrete([(2, 1), (6.5, 2)])",
    "Geometric(0.3)",
    "Poisson(4)",
];

/// A time with a mean about `seconds`, which is 3 at least.
pub fn time(chance: &mut Chance, seconds: u64) -> String {
    let law = *chance.pick(TIMES);
    law(chance, seconds)
}

/// A small count.
pub fn count(chance: &mut Chance) -> String {
    let law = *chance.pick(COUNTS);
    law(chance)
}

/// A number that is not negative.
pub fn number(chance: &mut Chance) -> String {
    chance.word(NUMBERS)
}
