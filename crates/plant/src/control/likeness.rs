//! Waiting parts, those that are alike in one line.
//!
//! Where a choice asks something of each part that waits (whether it has cards, what has to be set up for it, how critical it is),
//! the answer is the same for all parts that are alike, but for what the rule counts; and what that is cannot change while they
//! wait. So a choice looks at the first part of each line, however many wait behind it.

use std::cmp::Ordering;
use std::collections::{BTreeSet, VecDeque};

use kernel::SimTime;
use kernel::persist::{Persist, Reader, Unreadable, Writer};

use crate::control::dispatching::Waiting;
use crate::control::urgency::Urgency;
use crate::part::{Part, PartId, PartTypeIndex, Parts, RoutingPosition};

/// What a choice may ask of a waiting part, apart from who it is and what the rule counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Likeness {
    part_type: PartTypeIndex,
    position: Option<RoutingPosition>,
    /// The loops whose cards it holds, by number.
    cards: Vec<u32>,
    /// How long work on it takes here, in nanoseconds, where that decides.
    work_ns: i64,
    /// What was chosen of it, where that decides what has to be set up.
    choices: Vec<u16>,
}
kernel::persist!(struct Likeness { part_type, position, cards, work_ns, choices });

impl Likeness {
    /// What says where `part` may go. The last so many of its cards are those that it has been given for the way, and will give
    /// back if it does not go.
    pub(crate) fn of_way(parts: &Parts, part: &Part, for_the_way: usize) -> Self {
        let held = if part.is_tied() { &parts.ties(part.id).cards[..] } else { &[] };
        let mut cards: Vec<u32> = held.iter().rev().skip(for_the_way).map(|card| card.of).collect();
        cards.sort_unstable();
        Likeness { part_type: part.part_type, position: part.position, cards, ..Likeness::default() }
    }

    /// What says what it is, and nothing else.
    pub(crate) fn of_type(part: &Part) -> Self {
        Likeness { part_type: part.part_type, ..Likeness::default() }
    }

    /// Work on it takes so long besides.
    pub(crate) fn with_work(self, work_ns: i64) -> Self {
        Likeness { work_ns, ..self }
    }

    /// That was chosen of it besides.
    pub(crate) fn with_choices(self, choices: Vec<u16>) -> Self {
        Likeness { choices, ..self }
    }
}

/// Parts that are alike, the first by the rule in front.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Line {
    likeness: Likeness,
    waiting: VecDeque<Waiting>,
}
kernel::persist!(struct Line { likeness, waiting });

impl Line {
    /// What its parts have in common.
    pub(crate) fn likeness(&self) -> &Likeness {
        &self.likeness
    }

    /// Its parts, in the order of the rule.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Waiting> {
        self.waiting.iter()
    }
}

/// Parts that wait, in lines of what is alike.
#[derive(Debug, Clone, Default)]
pub(crate) struct QueueByLikeness {
    /// The lines; those that are empty are named in `vacant`, and the others in the two below.
    lines: Vec<Line>,
    vacant: Vec<u32>,
    /// In the order of what their parts have in common.
    by_likeness: Vec<u32>,
    /// By their first parts; empty where there is one line only, as there is in most queues.
    by_head: BTreeSet<(Waiting, u32)>,
    len: usize,
}

impl Persist for QueueByLikeness {
    fn write(&self, writer: &mut Writer) {
        let lines: Vec<&Line> = self.by_likeness.iter().map(|line| &self.lines[*line as usize]).collect();
        (lines.len() as u32).write(writer);
        lines.into_iter().for_each(|line| line.write(writer));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let mut queue = QueueByLikeness::default();
        for _ in 0..u32::read(reader)? {
            let line = Line::read(reader)?;
            let is_next = queue.lines.last().is_none_or(|last| last.likeness < line.likeness);
            if !is_next || line.waiting.is_empty() || !line.waiting.iter().is_sorted_by(|one, other| one < other) {
                return Err(reader.unreadable("lines of parts that are alike, in their order"));
            }
            for waiting in &line.waiting {
                queue.push(line.likeness.clone(), *waiting);
            }
        }
        Ok(queue)
    }
}

impl PartialEq for QueueByLikeness {
    fn eq(&self, other: &Self) -> bool {
        fn lines(queue: &QueueByLikeness) -> impl Iterator<Item = (&Likeness, &VecDeque<Waiting>)> {
            queue
                .by_likeness
                .iter()
                .map(|line| &queue.lines[*line as usize])
                .map(|line| (&line.likeness, &line.waiting))
        }
        lines(self).eq(lines(other))
    }
}

impl QueueByLikeness {
    /// Parts waiting.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The lines, those first that have the first part by the rule. None of them is empty.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        let only = if let [only] = self.by_likeness[..] { Some(only) } else { None };
        let several = self.by_head.iter().map(|(_, line)| *line);
        only.into_iter().chain(several).map(|line| &self.lines[line as usize])
    }

    /// All parts, line by line.
    pub(crate) fn iter(&self) -> impl Iterator<Item = PartId> + '_ {
        self.lines().flat_map(|line| line.waiting.iter().map(Waiting::part))
    }

    /// Lines up a part behind those of its likeness that go before it. O(log n) for the place, where lines are long and parts do not
    /// come in their order O(n) moves of 24 bytes.
    pub(crate) fn push(&mut self, likeness: Likeness, waiting: Waiting) {
        let place = self.by_likeness.binary_search_by(|line| self.lines[*line as usize].likeness.cmp(&likeness));
        let number = match place {
            Ok(place) => self.by_likeness[place],
            Err(place) => self.begin_line(place, likeness),
        };
        self.len += 1;
        self.change(number, |line| waiting.join(&mut line.waiting));
    }

    /// A line of parts that are like no others, at `place` of the order by likeness.
    fn begin_line(&mut self, place: usize, likeness: Likeness) -> u32 {
        if let [only] = self.by_likeness[..] {
            self.by_head.extend(self.lines[only as usize].waiting.front().map(|first| (*first, only)));
        }
        let number = self.vacant.pop().unwrap_or_else(|| {
            self.lines.push(Line::default());
            self.lines.len() as u32 - 1
        });
        self.lines[number as usize].likeness = likeness;
        self.by_likeness.insert(place, number);
        number
    }

    /// Takes `part` out, wherever it stands; looks at the first parts of all lines before the second ones, and so on.
    pub(crate) fn remove(&mut self, part: PartId) -> bool {
        let found = (0..self.len).find_map(|place| {
            let stands_there = |line: &&u32| {
                self.lines[**line as usize].waiting.get(place).is_some_and(|waiting| waiting.part() == part)
            };
            self.by_likeness.iter().find(stands_there).map(|line| (*line, place))
        });
        let Some((number, place)) = found else { return false };
        self.len -= 1;
        self.change(number, |line| {
            line.waiting.remove(place);
        });
        true
    }

    /// Takes everybody out, line by line.
    pub(crate) fn take_all(&mut self) -> Vec<PartId> {
        let parts = self.iter().collect();
        *self = QueueByLikeness::default();
        parts
    }

    /// Changes who waits in a line, and tells the orders of the lines.
    fn change(&mut self, number: u32, how: impl FnOnce(&mut Line)) {
        let line = &mut self.lines[number as usize];
        let before = line.waiting.front().copied();
        how(line);
        let after = line.waiting.front().copied();
        if self.by_likeness.len() > 1 && before != after {
            self.by_head.extend(after.map(|after| (after, number)));
            if let Some(before) = before {
                self.by_head.remove(&(before, number));
            }
        }
        if after.is_none() {
            self.by_likeness.retain(|other| *other != number);
            self.vacant.push(number);
            if self.by_likeness.len() == 1 {
                self.by_head.clear();
            }
        }
    }
}

/// What a rule that looks anew sees in the first part of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Sight {
    /// Nothing: the order in the line is that between lines.
    Nothing,
    /// The mean time that it takes to change over to it, in nanoseconds.
    Changeover(f64),
    /// How critical it is.
    Ratio(Urgency),
}

/// The first part of a line while it is compared with those of others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    /// Whether it takes another changeover too soon after the last one: then it comes after all others.
    pub breaks_run: bool,
    pub sight: Sight,
    pub waiting: Waiting,
}

impl Candidate {
    /// Which of two goes first at `now`. What is equal by the rule goes in the order in which it came.
    pub(crate) fn compare(&self, other: &Candidate, now: SimTime) -> Ordering {
        let by_sight = match (self.sight, other.sight) {
            (Sight::Changeover(one), Sight::Changeover(other)) => one.total_cmp(&other),
            (Sight::Ratio(one), Sight::Ratio(two)) => {
                one.compare(two, now).then_with(|| self.waiting.by_coming(&other.waiting))
            }
            _ => Ordering::Equal,
        };
        self.breaks_run.cmp(&other.breaks_run).then(by_sight).then_with(|| self.waiting.cmp(&other.waiting))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Stream;

    /// A part of a likeness, as a list holds it.
    type Entry = (u64, Waiting);

    fn likeness(number: u64) -> Likeness {
        Likeness::default().with_work(number as i64)
    }

    /// What lines there are of the parts in a list, by their first parts.
    fn lines_of(list: &mut [Entry]) -> Vec<Vec<Waiting>> {
        list.sort_unstable();
        let lines = list.chunk_by(|(one, _), (other, _)| one == other);
        let mut lines: Vec<Vec<Waiting>> =
            lines.map(|line| line.iter().map(|(_, waiting)| *waiting).collect()).collect();
        lines.sort_unstable();
        lines
    }

    #[test]
    fn lines_hold_what_a_list_holds_and_are_read_back() {
        let mut random = Stream::from_state([1, 2, 3, 4]);
        for kinds in [1, 2, 5, 400] {
            let (mut queue, mut list) = (QueueByLikeness::default(), Vec::<Entry>::new());
            for serial in 1..=2_000 {
                if list.is_empty() || random.uniform() < 0.6 - list.len() as f64 / 1_000.0 {
                    let (kind, key) = (random.below(kinds), random.below(40) as i64);
                    let waiting = Waiting::of_serial(key, serial);
                    queue.push(likeness(kind), waiting);
                    list.push((kind, waiting));
                } else {
                    let (_, waiting) = list.swap_remove(random.below(list.len() as u64) as usize);
                    assert!(queue.remove(waiting.part()));
                    assert!(!queue.remove(waiting.part()));
                }
                let held: Vec<Vec<Waiting>> = queue.lines().map(|line| line.iter().copied().collect()).collect();
                assert_eq!(held, lines_of(&mut list), "{kinds} kinds, after {serial}");
                assert_eq!((queue.len(), queue.is_empty()), (list.len(), list.is_empty()));
                if serial % 100 == 0 {
                    let mut writer = Writer::new();
                    queue.write(&mut writer);
                    let bytes = writer.finish();
                    let read = QueueByLikeness::read(&mut Reader::new(&bytes, 1).with_part_types(1))
                        .expect("what was written");
                    assert!(read == queue && read.lines().eq(queue.lines()));
                }
            }
        }
    }

    #[test]
    fn of_what_is_equally_critical_the_first_to_come_goes_first() {
        // In the order of when they are due the second one would be ahead; 10 ns of 10 and 5 ns of 5 are left to them.
        let candidate = |serial: u64, due: i64| {
            let sight = Sight::Ratio(Urgency::of(SimTime::from_nanos(due), due));
            Candidate { breaks_run: false, sight, waiting: Waiting::of_serial(due, serial) }
        };
        let (first, second) = (candidate(1, 10), candidate(2, 5));
        assert_eq!(first.compare(&second, SimTime::ZERO), Ordering::Less);
        assert_eq!(second.compare(&first, SimTime::ZERO), Ordering::Greater);
        assert_eq!(first.compare(&second, SimTime::from_nanos(1)), Ordering::Greater, "4 of 5 are less than 9 of 10");
    }

    /// The order of a list by the rule is that of the first parts of lines, whatever the time.
    #[test]
    fn the_most_critical_is_first_of_its_line_at_any_time() {
        let mut random = Stream::from_state([4, 3, 2, 1]);
        for _ in 0..500 {
            let works = [3, 5, 8].map(|work| work + random.below(3) as i64);
            let (mut queue, mut all) = (QueueByLikeness::default(), Vec::new());
            for serial in 1..=20 {
                let kind = random.below(3) as usize;
                let waiting = Waiting::of_serial(random.below(30) as i64, serial);
                queue.push(likeness(kind as u64), waiting);
                all.push((works[kind], waiting));
            }
            let candidate = |(work, waiting): (i64, Waiting)| {
                let sight = Sight::Ratio(Urgency::of(SimTime::from_nanos(waiting.key()), work));
                Candidate { breaks_run: false, sight, waiting }
            };
            for now in (0..40).map(SimTime::from_nanos) {
                let order = |one: &Candidate, other: &Candidate| one.compare(other, now);
                let best = all.iter().copied().map(candidate).min_by(order);
                let heads = queue.lines().map(|line| {
                    let kind = line.likeness().work_ns as usize;
                    candidate((works[kind], *line.iter().next().expect("a line that is not empty")))
                });
                assert_eq!(heads.min_by(order), best);
            }
        }
    }
}
