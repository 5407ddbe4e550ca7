//! Exact throughput of serial lines of exponential stations with finite buffers and blocking after service: a Markov chain, built
//! state by state and solved without subtraction (Grassmann, Taksar and Heyman 1985, Operations Research 33). It knows nothing of
//! the engine, and every row of `lines_exact.csv` that it can say anything of is held against it.

use std::collections::BTreeMap;

/// What a station does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    Working,
    Blocked,
    Starved,
}

/// What every station does, and how many parts wait in front of each but the first.
type State = (Vec<Status>, Vec<usize>);

/// Parts per unit of time, of stations with these rates and so many places between them.
pub fn throughput(rates: &[f64], buffers: &[usize]) -> f64 {
    let start = (vec![Status::Starved; rates.len()], vec![0; buffers.len()]);
    let start = settled(start, buffers);
    let mut numbers = BTreeMap::from([(start.clone(), 0_usize)]);
    let mut states = vec![start];
    let mut moves: Vec<(usize, usize, f64)> = Vec::new();
    let mut from = 0;
    while from < states.len() {
        for (station, rate) in rates.iter().enumerate() {
            let (mut doing, waiting) = states[from].clone();
            if doing[station] != Status::Working {
                continue;
            }
            doing[station] = if station + 1 == rates.len() { Status::Starved } else { Status::Blocked };
            let next = settled((doing, waiting), buffers);
            let to = *numbers.entry(next.clone()).or_insert_with(|| {
                states.push(next);
                states.len() - 1
            });
            moves.push((from, to, *rate));
        }
        from += 1;
    }
    let mut matrix = vec![vec![0.0; states.len()]; states.len()];
    moves.iter().for_each(|(from, to, rate)| matrix[*from][*to] += rate);
    let shares = stationary(matrix);
    let last = rates.len() - 1;
    let is_working = |state: &State| state.0[last] == Status::Working;
    states.iter().zip(shares).filter(|(state, _)| is_working(state)).map(|(_, share)| share * rates[last]).sum()
}

/// Moves parts on as far as there is room, from the end of the line to its beginning.
fn settled((mut doing, mut waiting): State, buffers: &[usize]) -> State {
    loop {
        let before = (doing.clone(), waiting.clone());
        for station in (0..doing.len()).rev() {
            if doing[station] == Status::Blocked
                && waiting[station] < buffers[station] + usize::from(doing[station + 1] == Status::Starved)
            {
                waiting[station] += 1;
                doing[station] = Status::Starved;
            }
            if doing[station] == Status::Starved && (station == 0 || waiting[station - 1] > 0) {
                if station > 0 {
                    waiting[station - 1] -= 1;
                }
                doing[station] = Status::Working;
            }
        }
        if before == (doing.clone(), waiting.clone()) {
            return before;
        }
    }
}

/// The long-run shares of the states.
fn stationary(mut rates: Vec<Vec<f64>>) -> Vec<f64> {
    let count = rates.len();
    for last in (1..count).rev() {
        let out: f64 = rates[last][..last].iter().sum();
        let (above, row) = rates.split_at_mut(last);
        for from in above.iter_mut() {
            from[last] /= out;
            let through = from[last];
            if through > 0.0 {
                from[..last].iter_mut().zip(&row[0][..last]).for_each(|(rate, more)| *rate += through * more);
            }
        }
    }
    let mut shares = vec![1.0];
    while shares.len() < count {
        let state = shares.len();
        shares.push(shares.iter().zip(&rates).map(|(share, from)| share * from[state]).sum());
    }
    let sum: f64 = shares.iter().sum();
    shares.into_iter().map(|share| share / sum).collect()
}

/// Every way of sharing `places` out among `gaps`.
pub fn allocations(gaps: usize, places: usize) -> Vec<Vec<usize>> {
    if gaps == 1 {
        return vec![vec![places]];
    }
    let longer = |first: usize| {
        let rest = allocations(gaps - 1, places - first).into_iter();
        rest.map(move |rest| [vec![first], rest].concat())
    };
    (0..=places).flat_map(longer).collect()
}

/// The allocations of `places`, the best first, with their throughputs.
pub fn ranked(rates: &[f64], places: usize) -> Vec<(f64, Vec<usize>)> {
    let all = allocations(rates.len() - 1, places).into_iter();
    let mut ranked: Vec<(f64, Vec<usize>)> = all.map(|buffers| (throughput(rates, &buffers), buffers)).collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0));
    ranked
}

#[test]
fn the_chain_has_the_values_of_the_table() {
    let mut rows = 0;
    for line in include_str!("../oracle/data/lines_exact.csv").lines().filter(|line| line.starts_with("expo_balanced"))
    {
        let cells: Vec<&str> = line.split(',').collect();
        let rates: Vec<f64> = cells[2].split(' ').map(|rate| rate.parse().expect("a rate")).collect();
        let buffers: Vec<usize> = cells[3].split(' ').map(|places| places.parse().expect("places")).collect();
        let exact: f64 = cells[8].parse().expect("a throughput");
        // The states of the largest lines would take a while.
        if buffers.iter().sum::<usize>() <= 10 {
            rows += 1;
            let found = throughput(&rates, &buffers);
            assert!((found - exact).abs() < 1e-9, "{buffers:?}: {found} and not {exact}");
        }
    }
    assert!(rows >= 18, "{rows}");
}
