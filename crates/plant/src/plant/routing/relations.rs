//! What the steps of a routing say of themselves and of each other, resolved: times, where to go back to, what has to follow
//! before long, which tool, and what is worked on together.

use std::collections::BTreeMap;

use kernel::Distribution;

use super::{StepDescription, StepTime};
use crate::codes;
use crate::control::cadence::{Cadence, Per};
use crate::control::process_time::OptionTimes;
use crate::description::{Name, Origin, Ratio, with_article};
use crate::element::{ElementIndex, ElementKind};
use crate::flow::sink::Sink;
use crate::model::{BatchSizes, QueueTime};
use crate::plan::Planner;
use crate::transport::delay::Delay;

/// A step that is being planned.
pub(super) struct Here<'a> {
    pub(super) routing: &'a Name,
    /// Where it is written.
    pub(super) origin: Origin,
    pub(super) number: usize,
    pub(super) count: usize,
    /// The numbers of the steps that have names, from 0.
    pub(super) names: &'a BTreeMap<&'a str, usize>,
}

impl Here<'_> {
    pub(super) fn complain(&self, planner: &mut Planner<'_>, what: &str, help: &str) {
        let message = format!("step {} of routing \"{}\" {what}", self.number + 1, self.routing.text());
        planner.complain(&codes::CONTRADICTION, self.origin, message, "in this step", Some(help.to_owned()));
    }

    /// Complains of doers that do not do what the step says: those that only hold parts take no time of it, and behind a sink nothing
    /// comes any more.
    pub(super) fn check_doers(&self, step: &StepDescription, planner: &mut Planner<'_>) {
        let said = [
            ("process_time", step.process_time.is_some()),
            ("interval", step.interval.is_some()),
            ("setup", step.setup.is_some()),
            ("recipe", step.recipe.is_some()),
            ("batch_minimum", step.batch_minimum.is_some()),
            ("batch_maximum", step.batch_maximum.is_some()),
        ];
        let said = said.iter().find(|(_, is_said)| *is_said).map(|(field, _)| *field);
        for name in &step.at.0 {
            let kind = planner.kind_of(name).unwrap_or_default();
            let is_done =
                |field: &&str| planner.does_steps(name) || *field == "process_time" && takes_time(name, planner);
            if let Some(field) = said.filter(|field| !is_done(field)) {
                let what = format!(
                    "has a `{field}`, and is done at \"{}\", {} that does no work",
                    name.text(),
                    with_article(kind)
                );
                self.complain(planner, &what, "leave it out, or name an element that works on parts");
            }
            if self.number + 1 < self.count && planner.kind_of(name) == Some(Sink::NAME) {
                let what = format!("is done at \"{}\", a Sink, where parts leave the plant", name.text());
                self.complain(planner, &what, "let it be the last step, or leave it out and name the sink in `then`");
            }
        }
    }

    /// The number of a step of that name, from 0; steps also go by their numbers from 1.
    fn find(&self, name: &str, field: &str, planner: &mut Planner<'_>) -> Option<usize> {
        let count = self.count;
        let by_number =
            || name.parse::<usize>().ok().filter(|number| (1..=count).contains(number)).map(|number| number - 1);
        let found = self.names.get(name).copied().or_else(by_number);
        if found.is_none() {
            let what = format!("has a `{field}` that leads to no step: \"{name}\"");
            let known: Vec<&str> = self.names.keys().copied().take(20).collect();
            let help = if known.is_empty() {
                format!("give the number of a step, 1 to {count}")
            } else {
                format!("give the name of a step ({} ...) or its number, 1 to {count}", known.join(", "))
            };
            self.complain(planner, &what, &help);
        }
        found
    }

    /// How long it takes, where the step says so: one law for all elements, or one for each.
    pub(super) fn process_times(
        &self,
        step: &StepDescription,
        at: &[ElementIndex],
        planner: &mut Planner<'_>,
    ) -> Vec<(Option<ElementIndex>, Distribution)> {
        match &step.process_time {
            None | Some(StepTime::ByOption(_)) => Vec::new(),
            Some(StepTime::Same(time)) => vec![(None, time.distribution().clone())],
            Some(StepTime::ByElement(times)) => {
                let mut planned = Vec::with_capacity(times.len());
                for (name, time) in times.iter() {
                    let element = planner.element(name);
                    if !at.contains(&element) {
                        let what = format!("has a time for \"{}\", where it is not done", name.text());
                        self.complain(planner, &what, "give times for the elements that `at` names");
                    }
                    planned.push((Some(element), time.distribution().clone()));
                }
                // What takes no time of a step has been complained of already.
                let takes_time = |(name, at): &(&Name, &ElementIndex)| {
                    planned.iter().all(|(element, _)| *element != Some(**at)) && takes_time(name, planner)
                };
                if let Some((_, without)) = step.at.0.iter().zip(at).find(takes_time) {
                    let what = format!("has no time for \"{}\"", planner.name_of(*without));
                    self.complain(planner, &what, "give a time for each element that `at` names");
                }
                planned
            }
        }
    }

    /// How long it takes by what was chosen of the part, where the step says so.
    pub(super) fn option_times(&self, step: &StepDescription, planner: &mut Planner<'_>) -> Option<Box<OptionTimes>> {
        let Some(StepTime::ByOption(times)) = &step.process_time else { return None };
        Some(Box::new(OptionTimes::plan(times, planner)))
    }

    /// The share of parts that go back, and to where.
    pub(super) fn rework(&self, step: &StepDescription, planner: &mut Planner<'_>) -> Option<(f64, u32)> {
        let to = match &step.rework_to {
            None => self.number,
            Some(name) => self.find(name, "rework_to", planner)?,
        };
        if to > self.number {
            self.complain(planner, "goes back to a later step", "name an earlier step in `rework_to`, or the same one");
        }
        if step.rework_to.is_some() && step.rework == Ratio::ZERO {
            self.complain(planner, "says where to go back to and that no part does", "give it a `rework` above 0");
        }
        if step.rework == Ratio::ONE {
            self.complain(planner, "sends every part back for ever", "give it a `rework` below 1");
        }
        (step.rework != Ratio::ZERO).then_some((step.rework.value(), to as u32))
    }

    /// The limit that begins with the end of this step. `limits` counts those of the plant.
    pub(super) fn queue_time(
        &self,
        step: &StepDescription,
        limits: &mut u32,
        planner: &mut Planner<'_>,
    ) -> Option<QueueTime> {
        let Some(within) = step.queue_time else {
            if step.queue_time_to.is_some() || step.queue_time_spoils {
                self.complain(planner, "has no `queue_time`, and says what it is for", "give it a `queue_time`");
            }
            return None;
        };
        let to = match &step.queue_time_to {
            None => self.number + 1,
            Some(name) => self.find(name, "queue_time_to", planner)?,
        };
        if to <= self.number || to >= self.count {
            self.complain(
                planner,
                "has a `queue_time` that ends with no later step",
                "name a later step in `queue_time_to`",
            );
            return None;
        }
        let number = *limits;
        *limits += 1;
        Some(QueueTime { number, to: to as u32, within, spoils: step.queue_time_spoils })
    }
    /// For what the process time counts.
    pub(super) fn cadence(&self, step: &StepDescription, planner: &mut Planner<'_>) -> Cadence {
        if step.process_time.is_none() && (step.per != Per::Job || step.interval.is_some()) {
            let what = "says for what a process time counts, and gives none";
            self.complain(planner, what, "give it a `process_time`, or leave out its `per` and `interval`");
        }
        Cadence::plan(step.per, step.interval, self.origin, planner)
    }

    /// Steps of one recipe that are worked on together have to agree on what that takes. `first` is the first one of it.
    pub(super) fn check_recipe(&self, step: &StepDescription, first: &StepDescription, planner: &mut Planner<'_>) {
        let said = |step: &StepDescription| (step.setup.clone(), step.batch_minimum, step.batch_maximum);
        if said(step) != said(first) {
            let what = "needs another setup or other batches than an earlier step with its recipe";
            self.complain(
                planner,
                what,
                "give steps of one `recipe` the same `setup`, `batch_minimum` and `batch_maximum`",
            );
        }
    }

    /// How much is worked on at once.
    pub(super) fn batch(&self, step: &StepDescription, planner: &mut Planner<'_>) -> BatchSizes {
        let BatchSizes { minimum, maximum } = BatchSizes { minimum: step.batch_minimum, maximum: step.batch_maximum };
        if minimum == Some(0) || maximum == Some(0) {
            self.complain(
                planner,
                "is done in batches of nothing",
                "give `batch_minimum` and `batch_maximum` from 1 on",
            );
        }
        if minimum.zip(maximum).is_some_and(|(minimum, maximum)| minimum > maximum) {
            let what = "needs more for a batch than go into one";
            self.complain(planner, what, "give it a `batch_minimum` that is no more than its `batch_maximum`");
        }
        BatchSizes { minimum, maximum }
    }

    /// The earlier step whose tool has to do this one.
    pub(super) fn same_tool_as(
        &self,
        step: &StepDescription,
        steps: &[StepDescription],
        planner: &mut Planner<'_>,
    ) -> Option<u32> {
        let before = self.find(step.same_tool_as.as_ref()?, "same_tool_as", planner)?;
        if before >= self.number {
            self.complain(
                planner,
                "has to be done by the tool of a step that is no earlier one",
                "name an earlier step",
            );
            return None;
        }
        let is_there = |name: &Name| steps[before].at.0.iter().any(|other| other.text() == name.text());
        let is_known = |name: &Name| planner.kind_of(name).is_some();
        if !step.at.0.iter().any(is_there) && steps[before].at.0.iter().chain(&step.at.0).all(is_known) {
            let what = format!("has to be done by the tool of step {}, and is done elsewhere", before + 1);
            self.complain(planner, &what, "name an element in `at` that both steps name");
        }
        Some(before as u32)
    }
}

/// Whether a step takes time at the element of that name: where work is done, and how long a way takes can be said too.
fn takes_time(name: &Name, planner: &Planner<'_>) -> bool {
    planner.does_steps(name) || planner.kind_of(name) == Some(Delay::NAME)
}
