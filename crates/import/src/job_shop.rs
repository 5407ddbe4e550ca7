//! Job shops and flexible job shops in the formats in which benchmarks are published.
//!
//! - the standard format (OR-Library, Beasley 1990): a line `jobs machines`, then for each job the pairs `machine time` of its
//!   operations in order, machines counted from 0;
//! - the format of Taillard (1993): a matrix of times and one of machines counted from 1, with words in between;
//! - flexible job shops (Brandimarte 1993): a line `jobs machines`, perhaps with a third number, then for each job the number of
//!   its operations, and for each of these how many machines can do it and that many pairs `machine time`, counted from 1.

mod scenario;

use ::scenario::load::Rejected;
use ::scenario::sources::Sources;
use plant::description::{Complaint, Origin};

use crate::codes::NOT_A_JOB_SHOP;
use crate::numbers::{Row, Word, rows};
use crate::{Imported, read_time};

/// Most operations that are read: what would take gigabytes as a scenario is no benchmark.
const MOST_OPERATIONS: usize = 200_000;

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Pairs of a machine from 0 and a time.
    Standard,
    /// A matrix of times and a matrix of machines from 1.
    Taillard,
    /// Several machines for an operation, from 1.
    Flexible,
}

/// What is imported, and what it is to be played with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// How the file is laid out; found out unless given.
    pub layout: Option<Layout>,
    /// What a unit of time lasts, as scenario text: `1 min`.
    pub unit: String,
    /// The dispatching rule of the machines: `Spt`.
    pub rule: String,
}

/// A job shop as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JobShop {
    pub machines: usize,
    /// The operations of each job.
    pub jobs: Vec<Vec<Operation>>,
    pub layout: Layout,
    /// What was read and means nothing here.
    pub notes: Vec<String>,
}

/// The machines that can do an operation, from 0, each with a time in units.
pub(crate) type Operation = Vec<(usize, u64)>;

/// Reads the job shop in the file at `path` and writes it as a scenario called `name`.
///
/// # Errors
/// All that is wrong with the file, with its places.
pub fn import(sources: Sources, path: &str, name: &str, wishes: &Wishes) -> Result<Imported, Box<Rejected>> {
    let read = sources.open(path, Origin::NOWHERE).and_then(|number| {
        let source = sources.get(number);
        let text = source.as_ref().map_or("", |source| source.text());
        read(text, number, wishes.layout)
    });
    let mut complaints = Vec::new();
    let unit = read_time(&sources, "--unit", &wishes.unit, &mut complaints);
    match (read, unit) {
        (Ok(shop), Some(unit)) => Ok(scenario::write(&shop, name, path, wishes, unit)),
        (read, _) => {
            complaints.extend(read.err());
            Err(Box::new(Rejected { complaints, sources }))
        }
    }
}

fn complaint(origin: Origin, message: impl Into<String>, label: &str) -> Complaint {
    Complaint::new(&NOT_A_JOB_SHOP, origin, message)
        .label(label)
        .help("`linewright explain LW0721` shows the formats; `--layout` says which one it is")
}

fn read(text: &str, source: u16, layout: Option<Layout>) -> Result<JobShop, Complaint> {
    let rows = rows(text, source);
    // Titles, names of authors and words over matrices may stand in front, but not a line with one wrong word in it.
    let is_head = |row: &Row<'_>| row.words.len() >= 2 && row.begins_with_number() && row.has_most_numbers();
    let Some(head) = rows.iter().position(is_head) else {
        let whole = Origin::new(source, 0, 0);
        return Err(complaint(
            whole,
            "this file has no line with numbers",
            "expected the numbers of jobs and machines",
        ));
    };
    let (before, head, rest) = (&rows[..head], &rows[head], &rows[head + 1..]);
    // A line of which half the words are numbers, and the first is one, may be a job with a wrong word in it.
    let is_meant = |row: &&Row<'_>| row.has_most_numbers() || row.begins_with_number() && row.has_half_numbers();
    let meant = std::iter::once(head).chain(rest.iter().filter(is_meant));
    if let Some(wrong) = meant.flat_map(|row| &row.words).find(|word| !word.is_number()) {
        return Err(complaint(
            wrong.origin,
            format!("\"{}\" is no number, in a line of numbers", wrong.text),
            "expected a number; a remark begins with #",
        ));
    }
    let jobs = count(head.words[0], "jobs")?;
    let machines = count(head.words[1], "machines")?;
    if jobs.saturating_mul(machines) > MOST_OPERATIONS {
        let message = format!("{jobs} jobs on {machines} machines are more than {MOST_OPERATIONS} operations");
        return Err(complaint(head.origin, message, "too many to be played"));
    }
    let matrices = rest.iter().any(|row| !row.is_of_numbers());
    let body: Vec<&Row<'_>> = rest.iter().filter(|row| row.is_of_numbers()).collect();
    let is_guess = layout.is_none();
    let layout = layout.unwrap_or_else(|| layout_of(&body, jobs, machines, matrices));
    if is_guess && layout == Layout::Flexible {
        keeps_to_its_layout(&body, jobs, machines, matrices)?;
    }
    let lines = if layout == Layout::Taillard { 2 * jobs } else { jobs };
    if let Some(surplus) = body.get(lines) {
        let message = format!("{jobs} jobs need {lines} lines, and there are {}", body.len());
        return Err(complaint(surplus.origin, message, "one too many; a remark begins with #"));
    }
    let Some(body) = body.get(..lines) else {
        let message = format!("{jobs} jobs need {lines} lines, and there are {}", body.len());
        let last = body.last().map_or(head.origin, |row| row.origin);
        return Err(complaint(last, message, "the last line"));
    };
    let jobs = match layout {
        Layout::Standard => body.iter().map(|row| standard(row, machines)).collect::<Result<_, _>>()?,
        Layout::Taillard => {
            let (times, places) = body.split_at(jobs);
            times
                .iter()
                .zip(places)
                .map(|(times, places)| taillard(times, places, machines))
                .collect::<Result<_, _>>()?
        }
        Layout::Flexible => body.iter().map(|row| flexible(row, machines)).collect::<Result<_, _>>()?,
    };
    let passed = before.iter().filter(|row| row.begins_with_number());
    let remarks = passed.chain(rest.iter().filter(|row| !row.is_of_numbers() && row.words.iter().any(Word::is_number)));
    let notes = remarks.map(|row| format!("\"{}\" is taken for a remark", row.text())).collect();
    Ok(JobShop { machines, jobs, layout, notes })
}

/// How a file is most likely laid out.
fn layout_of(body: &[&Row<'_>], jobs: usize, machines: usize, matrices: bool) -> Layout {
    let all =
        |lines: usize, words: usize| body.len() >= lines && body[..lines].iter().all(|row| row.words.len() == words);
    if all(jobs, 2 * machines) {
        Layout::Standard
    } else if (matrices || body.len() == 2 * jobs) && all(2 * jobs, machines) {
        Layout::Taillard
    } else {
        Layout::Flexible
    }
}

/// Complains of the line that keeps a file from being of the layout of most of its lines. Otherwise the file would be taken for a
/// flexible job shop for the sake of that line, and the first of the others be blamed.
fn keeps_to_its_layout(body: &[&Row<'_>], jobs: usize, machines: usize, matrices: bool) -> Result<(), Complaint> {
    let is_matrix = matrices || body.len() + 1 >= 2 * jobs && body.len() > jobs;
    let layouts = [(jobs, 2 * machines, "a machine and a time for each"), (2 * jobs, machines, "one for each machine")];
    let of_flexible = |lines: usize| body.iter().take(lines).filter(|row| flexible(row, machines).is_ok()).count();
    for (lines, words, what) in layouts.into_iter().take(if is_matrix { 2 } else { 1 }) {
        let rows = || body.iter().take(lines);
        let alike = rows().filter(|row| row.words.len() == words).count();
        if 2 * alike <= rows().count() || alike <= of_flexible(lines) {
            continue;
        }
        if let Some(odd) = rows().find(|row| row.words.len() != words) {
            let message = format!("this line has {} numbers, and most have {words}: {what}", odd.words.len());
            return Err(complaint(odd.origin, message, &format!("expected {words} numbers")));
        }
        if body.len() < lines {
            let message = format!("{jobs} jobs need {lines} lines, and there are {}", body.len());
            let last = body.last().map_or(Origin::NOWHERE, |row| row.origin);
            return Err(complaint(last, message, "the last line"));
        }
    }
    Ok(())
}

/// A whole number of something, 1 or more.
fn count(word: Word<'_>, what: &str) -> Result<usize, Complaint> {
    match word.text.parse::<usize>() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(complaint(
            word.origin,
            format!("{} is no number of {what}", word.text),
            "expected a whole number, 1 or more",
        )),
    }
}

fn time(word: Word<'_>) -> Result<u64, Complaint> {
    word.text.parse::<u32>().map(u64::from).map_err(|_| {
        complaint(
            word.origin,
            format!("{} is no time", word.text),
            "expected a whole number of units of time, 0 or more",
        )
    })
}

/// A machine counted from `first`, as one counted from 0.
fn machine(word: Word<'_>, first: usize, machines: usize) -> Result<usize, Complaint> {
    let number = word.text.parse::<usize>().ok().and_then(|number| number.checked_sub(first));
    number.filter(|number| *number < machines).ok_or_else(|| {
        let last = first + machines - 1;
        complaint(word.origin, format!("there is no machine {}", word.text), &format!("expected {first} to {last}"))
    })
}

fn standard(row: &Row<'_>, machines: usize) -> Result<Vec<Operation>, Complaint> {
    if row.words.len() % 2 == 1 {
        return Err(complaint(row.origin, "a machine has no time", "expected pairs of a machine and a time"));
    }
    let operation = |pair: &[Word<'_>]| Ok(vec![(machine(pair[0], 0, machines)?, time(pair[1])?)]);
    row.words.chunks_exact(2).map(operation).collect()
}

fn taillard(times: &Row<'_>, places: &Row<'_>, machines: usize) -> Result<Vec<Operation>, Complaint> {
    if times.words.len() != places.words.len() {
        let message = format!("this job has {} machines and {} times", places.words.len(), times.words.len());
        return Err(complaint(places.origin, message, "expected as many machines as times"));
    }
    let operation = |(spent, place): (&Word<'_>, &Word<'_>)| Ok(vec![(machine(*place, 1, machines)?, time(*spent)?)]);
    times.words.iter().zip(&places.words).map(operation).collect()
}

fn flexible(row: &Row<'_>, machines: usize) -> Result<Vec<Operation>, Complaint> {
    let mut words = row.words.iter().copied();
    let end = Origin { start: row.origin.end, ..row.origin };
    let mut next = |what: &str| words.next().ok_or_else(|| complaint(end, "this line ends too early", what));
    let operations = count(next("expected the number of operations")?, "operations")?;
    let mut read = Vec::new();
    for _ in 0..operations {
        let choices = count(next("expected the number of machines that can do the next operation")?, "machines")?;
        let mut operation: Operation = Vec::new();
        for _ in 0..choices {
            let place = next("expected a machine")?;
            let number = machine(place, 1, machines)?;
            if operation.iter().any(|(other, _)| *other == number) {
                return Err(complaint(
                    place.origin,
                    format!("machine {} is there twice", place.text),
                    "for one operation",
                ));
            }
            operation.push((number, time(next("expected a time")?)?));
        }
        read.push(operation);
    }
    match words.next() {
        None => Ok(read),
        Some(word) => Err(complaint(word.origin, "this line goes on after its last operation", "one number too many")),
    }
}
