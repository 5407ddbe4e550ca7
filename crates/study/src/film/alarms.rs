//! Alarms as periods: from when an alarm went on to when it went off.

use std::collections::BTreeMap;

use plant::element::ElementIndex;
use plant::floor::AlarmRecord;

use super::AlarmPeriod;

/// Most periods that a film keeps.
const MOST_PERIODS: usize = 1_000;

/// Joins records of alarms to periods.
#[derive(Debug, Default)]
pub(super) struct AlarmBook {
    periods: Vec<AlarmPeriod>,
    left_out: u64,
    /// The period of each alarm that is on, if it is among those kept.
    open: BTreeMap<ElementIndex, usize>,
}

impl AlarmBook {
    /// Adds the next record.
    pub(super) fn add(&mut self, record: &AlarmRecord) {
        if !record.on {
            if let Some(period) = self.open.remove(&record.alarm) {
                self.periods[period].until = Some(record.at);
            }
        } else if self.periods.len() < MOST_PERIODS {
            self.open.insert(record.alarm, self.periods.len());
            self.periods.push(AlarmPeriod { alarm: record.alarm.index(), from: record.at, until: None });
        } else {
            self.left_out += 1;
        }
    }

    /// The periods in the order of their beginnings, and how many were left out; `place_of` gives the place of an element in
    /// the film.
    pub(super) fn close(mut self, place_of: &[usize]) -> (Vec<AlarmPeriod>, u64) {
        for period in &mut self.periods {
            period.alarm = place_of[period.alarm];
        }
        (self.periods, self.left_out)
    }
}

#[cfg(test)]
mod tests {
    use kernel::SimTime;

    use super::*;

    #[test]
    fn periods_beyond_the_limit_are_counted() {
        let mut book = AlarmBook::default();
        let at = SimTime::from_nanos;
        let record = |nanos, alarm, on| AlarmRecord { at: at(nanos), alarm: ElementIndex(alarm), on, value: 1.0 };
        book.add(&record(1, 0, true));
        for step in 0..1_200 {
            book.add(&record(10 * step + 10, 1, true));
            book.add(&record(10 * step + 15, 1, false));
        }
        let (periods, left_out) = book.close(&[1, 0]);
        assert_eq!((periods.len(), left_out), (1_000, 201));
        assert_eq!(periods[0], AlarmPeriod { alarm: 1, from: at(1), until: None });
        assert_eq!(periods[999], AlarmPeriod { alarm: 0, from: at(9_990), until: Some(at(9_995)) });
    }
}
