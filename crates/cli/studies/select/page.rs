//! What a selection has found, for people: the best case, what that took, and how the others fared.

use std::cmp::Reverse;

use kernel::Moments;
use study::precision::LEVEL;
use study::select;
use study::select::kim_nelson::{Elimination, Ending, Rule, Selection};
use study::select::ocba::Allocation;

use super::Asked;
use crate::output::table::{Column, Table};
use crate::output::{self, ALARMING, GOOD, HEADING, QUIET, figure, styled};

/// Cases that are shown: the best of them.
const SHOWN: usize = 20;

impl Asked<'_> {
    fn heading(&self, runs: u64) -> String {
        let study = self.study;
        format!(
            "{}  {}\n{} by {} ({} is best), {}{}; common random numbers, seed {}\n",
            styled(HEADING, study.name()),
            styled(QUIET, &study.plan.files[0]),
            figure::counted(self.contest.entries.len() as u64, "case"),
            self.kpi,
            self.goal_word(),
            figure::counted(runs, "run"),
            self.time(),
            study.seed
        )
    }

    /// ` in 3.1 s`, and how many runs took none of it.
    fn time(&self) -> String {
        let seconds = figure::seconds(self.clock.elapsed().as_secs_f64());
        match self.contest.advance().found {
            0 => format!(" in {seconds}"),
            found => format!("; {} were there, the others took {seconds}", figure::counted(found, "run")),
        }
    }

    pub(super) fn goal_word(&self) -> &'static str {
        match self.goal {
            select::Goal::Largest => "largest",
            select::Goal::Smallest => "smallest",
        }
    }

    /// Of a selection with a promise.
    pub(super) fn promised_page(&self, rule: &Rule, selection: &Selection) -> String {
        let quantity = self.kpi.quantity;
        let mut text = self.heading(selection.runs());
        let zone = figure::measured(quantity, rule.zone);
        let name = self.name(selection.best);
        let confidence = figure::percent(rule.confidence);
        text.push_str(&match selection.ending {
            Ending::Decided => format!(
                "\n{}: with {confidence} it is the best, or no other is better by {zone} or more\n",
                styled(GOOD, name)
            ),
            Ending::Undecided => format!(
                "\n{}: the best so far of {} that could not be told apart in {} each\n",
                styled(ALARMING, name),
                figure::count(selection.left.len() as u64),
                figure::counted(rule.most, "replication")
            ),
        });
        let equal = selection.equal_allocation.saturating_mul(self.contest.entries.len() as u64);
        let promise = match selection.ending {
            Ending::Decided => format!("the same promise: {:.1} times as many", selection.saving()),
            Ending::Undecided => "a promise".to_owned(),
        };
        let (runs, equal) = (figure::counted(selection.runs(), "run"), figure::count(equal));
        let spent = format!("{runs}; the same number for every case would take {equal} for {promise}");
        text.push_str(&format!("{}\n\n", styled(QUIET, spent)));
        let mut columns = self.columns();
        columns.push(Column::Figures("dropped"));
        let mut table = Table::new(&columns);
        let order = self.order(&selection.moments);
        let place = |design: usize| order.iter().position(|one| *one == design);
        // Who was dropped late had more of a chance.
        let mut dropped: Vec<&Elimination> = selection.eliminations.iter().collect();
        dropped.sort_by_key(|one| (Reverse(one.after), place(one.design)));
        let left = selection.left.iter().map(|design| (*design, None));
        let all: Vec<(usize, Option<_>)> = left.chain(dropped.into_iter().map(|one| (one.design, Some(one)))).collect();
        for (design, elimination) in all.iter().take(SHOWN) {
            let word = elimination.map_or(String::new(), |one| {
                format!("after {} runs, by {}", figure::count(one.after), self.short_name(one.by))
            });
            let cells = self.cells(*design, &selection.moments[*design], selection.replications[*design]);
            table.row(cells.into_iter().chain([word]));
        }
        text.push_str(&table.render(output::width()));
        text + &more(all.len())
    }

    /// Of a selection within a budget.
    pub(super) fn budgeted_page(&self, allocation: &Allocation) -> String {
        let runs = allocation.moments.iter().map(Moments::count).sum();
        let mut text = self.heading(runs);
        text.push_str(&format!(
            "\n{}: the best mean; it is the best with a probability of about {} at least\n\n",
            styled(GOOD, self.name(allocation.best)),
            figure::percent(allocation.probability.max(0.0))
        ));
        let mut table = Table::new(&self.columns());
        let order = self.order(&allocation.moments);
        for design in order.iter().take(SHOWN) {
            let moments = &allocation.moments[*design];
            table.row(self.cells(*design, moments, moments.count()));
        }
        text.push_str(&table.render(output::width()));
        text + &more(order.len())
    }

    fn columns(&self) -> Vec<Column<'static>> {
        vec![Column::Words("Case"), Column::Figures("mean +- 95 %"), Column::Figures("runs")]
    }

    fn cells(&self, design: usize, moments: &Moments, runs: u64) -> Vec<String> {
        let quantity = self.kpi.quantity;
        let mean = match (moments.mean(), moments.interval(LEVEL)) {
            (Some(mean), Some(interval)) => figure::more_or_less(quantity, mean, interval.half_width),
            (Some(mean), None) => figure::measured(quantity, mean),
            _ => figure::NONE.to_owned(),
        };
        vec![self.name(design), mean, figure::count(runs)]
    }

    fn short_name(&self, design: usize) -> &str {
        &self.contest.entries[design].name
    }

    /// The cases, the best mean first.
    fn order(&self, moments: &[Moments]) -> Vec<usize> {
        let mean = |design: &usize| moments[*design].mean().unwrap_or(f64::NAN);
        let mut order: Vec<usize> = (0..moments.len()).collect();
        order.sort_by(|one, other| match self.goal {
            select::Goal::Largest => mean(other).total_cmp(&mean(one)),
            select::Goal::Smallest => mean(one).total_cmp(&mean(other)),
        });
        order
    }
}

/// That there are more than are shown.
fn more(count: usize) -> String {
    let left_out = count.saturating_sub(SHOWN) as u64;
    if left_out == 0 {
        return String::new();
    }
    format!(
        "  {}\n",
        styled(QUIET, format!("{} behind these; --format json has all", figure::counted(left_out, "more case")))
    )
}
