//! The reason for a bottleneck and what to do about it, in sentences.

use kernel::{SimDuration, SimTime};

use super::between::{more_of, where_parts_wait};
use super::crowd::turned_away;
use super::{CLEAR_LEAD, Candidate, Finding, HELD_BACK, Limit, Shares};
use crate::report::{CrewReport, Report};

/// A factor above this says no more than that it is large.
const FAR_AHEAD: f64 = 100.0;
/// A pool that works for less than this share of the working time of a unit that calls it hardly meets it.
const HARDLY_MEETS: f64 = 0.1;
/// A pool whose members are at work for less than this share of their time is large enough.
const MOSTLY_RESTS: f64 = 0.5;
/// A unit that waits for people longer than this share of its working time, and for such a pool, does not wait for more of them.
const WAITS_MOSTLY: f64 = 0.5;

impl Finding<'_> {
    /// All of it: who, how it waits, what limits it and what to do.
    pub(super) fn reason(&self) -> String {
        if self.limit == Limit::Between && !self.helpers.is_empty() {
            return self.between();
        }
        let mut reason = format!("{} {} {}", self.headline(), self.waiting(), self.advice());
        if let Some(other) = &self.runner_up
            && self.shares.blocked >= HELD_BACK
            && !matches!(self.limit, Limit::Outflow | Limit::Standstill)
        {
            reason += &format!(
                " Since it is blocked at times, look at what takes its parts away and at \"{}\" too.",
                other.element
            );
        }
        reason
    }

    fn name(&self) -> &str {
        &self.candidate.element
    }

    /// The other unit, if the two share the bottleneck.
    fn sharer(&self) -> Option<&Candidate> {
        self.runner_up.as_ref().filter(|other| lead(&self.candidate, other) < CLEAR_LEAD)
    }

    fn headline(&self) -> String {
        let name = self.name();
        let length = in_words(self.candidate.active_mean);
        let Some(other) = &self.runner_up else {
            let what = if self.is_far_ahead { "is busy by far the most" } else { "is the busiest unit" };
            return format!("\"{name}\" {what}: it is active {length} at a time on average.");
        };
        let other_length = in_words(other.active_mean);
        let factor = lead(&self.candidate, other);
        if self.sharer().is_some() {
            format!(
                "\"{name}\" and \"{}\" share the bottleneck: they are active {length} and {other_length} at a time on \
                 average.",
                other.element
            )
        } else {
            let factor = match factor {
                factor if factor > FAR_AHEAD => format!("over {FAR_AHEAD:.0}"),
                factor => format!("{factor:.1}"),
            };
            format!(
                "\"{name}\" is the bottleneck: it is active {length} at a time on average, {factor} times as long as \
                 the next, \"{}\" ({other_length}).",
                other.element
            )
        }
    }

    fn waiting(&self) -> String {
        let Shares { starved, blocked, people, transport, material, power, warming_up, .. } = self.shares;
        let it = if self.sharer().is_some() { format!("\"{}\"", self.name()) } else { "It".to_owned() };
        let mut text = format!(
            "{it} waits for parts {} of its working time and is blocked {}",
            percent(starved),
            percent(blocked)
        );
        for (share, what) in [
            (people, "waits for people"),
            (transport, "waits for transport"),
            (material, "waits for liquid"),
            (power, "is held back by the limit of the load"),
            (warming_up, "warms up"),
        ] {
            if share > 0.0 {
                text += &format!(", and {what} {}", percent(share));
            }
        }
        text + "."
    }

    /// `Even the busiest unit`, if that is what it is.
    fn even_it(&self) -> String {
        if self.is_busiest { "Even the busiest unit".to_owned() } else { format!("\"{}\" itself", self.name()) }
    }

    /// What to do where what limits the plant is no unit that works on parts, but known.
    fn between(&self) -> String {
        let Some((first, others)) = self.helpers.split_first() else { return String::new() };
        let helper = &first.candidate;
        let which = if self.is_busiest { "the busiest" } else { "one" };
        let also = match others.iter().map(|helper| format!("\"{}\"", helper.candidate.element)).collect::<Vec<_>>() {
            others if others.is_empty() => String::new(),
            others => format!(" So does {}.", others.join(" and ")),
        };
        format!(
            "\"{}\" is the bottleneck: it hardly rests, and is busy {} of its time. \"{}\", {which} of the units that work on parts, \
             waits for parts {} of its working time, and yet parts wait {}: neither more arrivals nor a faster machine \
             raises the throughput. Try {} first.{also}",
            helper.element,
            percent(helper.active_share),
            self.name(),
            percent(self.shares.starved),
            where_parts_wait(self.report),
            more_of(first),
        )
    }

    /// What the unit could do at most in addition if the time lost to this were spent on parts.
    fn gain(&self, lost: f64) -> String {
        if self.shares.processing > 0.0 {
            match lost / self.shares.processing {
                gain if gain < 1.0 => format!(" (at most {} more parts)", percent(gain)),
                gain if gain < FAR_AHEAD => format!(" (at most {:.0} times as many parts)", 1.0 + gain),
                _ => format!(" (at most over {FAR_AHEAD:.0} times as many parts)"),
            }
        } else {
            String::new()
        }
    }

    /// What limits the unit, how much could be gained, and what to do.
    fn advice(&self) -> String {
        let shares = &self.shares;
        let failures = match self.element.counts.failures {
            1 => "One failure keeps".to_owned(),
            failures => format!("{failures} failures keep"),
        };
        match self.limit {
            Limit::Arrivals if let Some(turned_away) = turned_away(self.report) => format!(
                "{} waits for parts at times, and at others {turned_away} found no room and were turned away: room in front of it (a \
                 longer queue) keeps some of them. More arrivals or a faster machine raise the throughput as well.",
                self.even_it(),
            ),
            Limit::Arrivals => format!(
                "{} waits for parts: what comes in limits the throughput. More arrivals (or more parts in circulation) raise it; \
                 a faster machine does not.",
                self.even_it()
            ),
            Limit::Between => format!(
                "{} waits for parts, and yet parts wait {}: neither more of these nor a faster machine raises the throughput. \
                 Look at the people, vehicles, cards and other parts that are waited for, and the room on the way.",
                self.even_it(),
                where_parts_wait(self.report)
            ),
            Limit::Outflow => format!(
                "{} cannot get rid of its parts: what takes them away limits the throughput. Look at where they go next, and at \
                 the room in front of it.",
                self.even_it()
            ),
            Limit::People => self.people(),
            Limit::Transport => format!(
                "It waits for transport longer than for anything else: one more vehicle, or vehicles that come sooner{}, help \
                 before any machine does.",
                self.gain(shares.transport)
            ),
            Limit::Material => format!(
                "It waits for the liquid that its work takes longer than for anything else: more flow into the tanks, or a larger \
                 tank that is filled in time{}, helps before any machine does.",
                self.gain(shares.material)
            ),
            Limit::Power => format!(
                "The limit of the load holds it back longer than anything else does: a higher limit, or less that draws power at \
                 the same time{}, helps before any machine does.",
                self.gain(shares.power)
            ),
            Limit::Failures => format!(
                "{failures} it down {} of its working time: rarer stops or quicker repairs{} help most.",
                percent(shares.down),
                self.gain(shares.down)
            ),
            Limit::Repairers => format!(
                "{failures} it down {} of its working time, and for {} of that nobody comes to repair it: one \
                 more repairer, or first call on one{}, helps most.",
                percent(shares.down),
                percent(shares.waiting_for_repair / shares.down),
                self.gain(shares.waiting_for_repair)
            ),
            Limit::Setups => format!(
                "Changeovers take {} of its working time: larger lots, a rule that avoids setups or quicker changeovers{} \
                 help most.",
                percent(shares.setup),
                self.gain(shares.setup)
            ),
            Limit::WarmingUp => format!(
                "Warming up takes {} of its working time: a shorter warm-up, fewer breaks in which it is switched off, or none \
                 of standby{} help most.",
                percent(shares.warming_up),
                self.gain(shares.warming_up)
            ),
            Limit::ProcessTime => format!(
                "It processes parts {} of its working time: a shorter process time or another place beside it is the first \
                 thing to try.",
                percent(shares.processing)
            ),
            Limit::Standstill => self.standstill(),
        }
    }

    /// What to do where it waits for people: more of them help only where those that there are can come and are busy.
    fn people(&self) -> String {
        let crews = &self.element.crews;
        let mostly = self.shares.people >= WAITS_MOSTLY;
        if let Some(CrewReport { pool, meets }) = crews.iter().find(|crew| mostly && crew.meets < HARDLY_MEETS) {
            let when = if *meets > 0.0 { format!("for {} of", percent(*meets)) } else { "for none of".to_owned() };
            return format!(
                "It waits for people longer than for anything else, but their shifts hardly meet: \"{pool}\" is at work {when} the \
                 working time of \"{}\". Shifts that meet help; more members do not.",
                self.name()
            );
        }
        let rests = |crew: &&CrewReport| mostly && utilization(self.report, &crew.pool) < Some(MOSTLY_RESTS);
        if let Some(CrewReport { pool, .. }) = crews.iter().find(rests) {
            return format!(
                "It waits for people longer than for anything else, though the members of \"{pool}\" are at work only {} of their \
                 shift: look at how many of them work here takes at once, with which skill, and from where they come.",
                percent(utilization(self.report, pool).unwrap_or(0.0))
            );
        }
        format!(
            "It waits for people longer than for anything else: one more member in its pool{} helps before any machine \
             does.",
            self.gain(self.shares.people)
        )
    }

    fn standstill(&self) -> String {
        let report = self.report;
        if let Some(standstill) = &report.standstill {
            return format!(
                "The plant has stood still since {}, as the note says: as long as that lasts no other change raises the throughput.",
                in_words(standstill.since - SimTime::ZERO)
            );
        }
        let is_jammed = report.jam.as_ref().is_some_and(|jam| jam.elements.iter().any(|name| name == self.name()));
        let who = match is_jammed || report.stuck.iter().any(|stuck| stuck.element == self.name()) {
            true => "It",
            false => "Part of the plant",
        };
        format!("{who} has stood still for long, as the note says: look at that first.")
    }
}

/// How much longer one is active at a time than the other.
fn lead(one: &Candidate, other: &Candidate) -> f64 {
    one.active_mean.as_nanos() as f64 / other.active_mean.as_nanos().max(1) as f64
}

/// How much of their time on shift the members of a pool are at work.
fn utilization(report: &Report, pool: &str) -> Option<f64> {
    let pool = report.elements.iter().find(|element| element.name == pool)?;
    pool.figures.iter().find(|figure| figure.name == "utilization").map(|figure| figure.value)
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 1.0 { "under 1 %".to_owned() } else { format!("{percent:.0} %") }
}

/// A duration to three places, for people: `12.5 s`, `3.4 min`, `2.1 h`.
fn in_words(duration: SimDuration) -> String {
    let seconds = duration.as_seconds_f64();
    match seconds {
        seconds if seconds >= 2.0 * 86_400.0 => format!("{:.1} d", seconds / 86_400.0),
        seconds if seconds >= 2.0 * 3_600.0 => format!("{:.1} h", seconds / 3_600.0),
        seconds if seconds >= 120.0 => format!("{:.1} min", seconds / 60.0),
        seconds => format!("{seconds:.1} s"),
    }
}
