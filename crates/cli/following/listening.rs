//! The sources of a plant: opened, run, and how they stand.

use std::thread::JoinHandle;
use std::time::Instant;

use live::feed::connection::{Status, Watch};
use live::feed::replay::{Pace, Playback};
use live::feed::{self, FeedError, Intake, outlet};
use live::signals::Signals;
use live::wall_time::{TimeFormat, WallTime};

use crate::arguments::FollowedPlant;
use crate::exit::Failure;

/// Batches that wait between a feed and the twin.
const BATCHES: usize = 256;

/// The sources of a plant, each on a thread of its own.
pub struct Listening {
    /// Where their observations come in.
    pub intake: Intake,
    threads: Vec<JoinHandle<Result<(), FeedError>>>,
    connections: Vec<Connection>,
    pace: Pace,
}

/// A source that is not here.
struct Connection {
    source: u16,
    name: String,
    watch: Watch,
    told: Told,
    /// How often it had been made when this was asked last.
    made: u64,
}

/// What was told of how a connection stands.
#[derive(Debug, Default)]
struct Told {
    /// Whether it was there.
    was_there: bool,
    /// Why it was not, since it was there last: each reason is news once, and reasons may change with each attempt.
    reasons: Vec<String>,
}

/// Most reasons that are told until a connection is there.
const MOST_REASONS: usize = 8;

impl Told {
    /// Whether it is news that a connection stands so.
    fn is_news(&mut self, is_there: bool, text: &str) -> bool {
        let was_there = std::mem::replace(&mut self.was_there, is_there);
        if is_there {
            self.reasons.clear();
            return !was_there;
        }
        let is_known = self.reasons.iter().any(|reason| reason == text) || self.reasons.len() >= MOST_REASONS;
        if !is_known {
            self.reasons.push(text.to_owned());
        }
        !is_known
    }
}

/// Up to when everything that was said has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Complete {
    /// Up to here, of all who are there; and how many seconds of the plant go by in one of ours.
    Until(Instant, f64),
    /// A connection that was made has shown no sign of life yet: what was said before it may be still to come.
    Unknown,
    /// Nobody is there whose time goes on.
    NoTime,
}

/// How a source that is not here stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Its number among the sources.
    pub source: u16,
    /// Its name.
    pub name: String,
    /// How the connection stands.
    pub status: Status,
    /// How often it was made.
    pub connections: u64,
    /// Messages that have come.
    pub messages: u64,
    /// Messages that make no sense, or were too long to look at.
    pub unreadable: u64,
    /// How often messages are missing between two that have come.
    pub gaps: u64,
    /// How often a server dropped values because its own queue for us was full.
    pub overflows: u64,
    /// What is wrong although the connection is there.
    pub remark: Option<String>,
}

impl Standing {
    /// Whether the connection is there.
    pub fn is_there(&self) -> bool {
        matches!(self.status, Status::Connected { .. })
    }

    /// In words.
    pub fn text(&self) -> String {
        let name = &self.name;
        match &self.status {
            Status::Connected { .. } => format!("{name} is connected"),
            Status::Connecting { why: None } => format!("{name} is being called"),
            Status::Connecting { why: Some(why) } => format!("{name} cannot be reached: {why}"),
            Status::Lost { why, .. } => format!("{name} is lost: {why}"),
        }
    }
}

/// Opens every source and lets each run on a thread of its own.
pub fn listen(followed: &FollowedPlant, signals: &Signals) -> Result<Listening, Failure> {
    let pace = match followed.speed {
        None => Pace::AsFastAsPossible,
        Some(times) if times > 0.0 && times.is_finite() => Pace::Times(times),
        Some(times) => {
            return Err(Failure::usage(format!("--speed {times} is no pace"), "give a number above 0, as in 1 or 60"));
        }
    };
    let from = match &followed.seek {
        None => None,
        Some(text) => Some(WallTime::read(text, TimeFormat::Iso8601).ok_or_else(|| {
            Failure::usage(format!("--seek {text} is no date and time"), "write it as in 2026-11-23T06:00:00Z")
        })?),
    };
    let (outlet, intake) = outlet(BATCHES);
    let (mut threads, mut connections) = (Vec::new(), Vec::new());
    for opened in feed::open(signals, Playback { pace, from }).map_err(|error| feed_failure(&error))? {
        let (outlet, mut feed) = (outlet.clone(), opened.feed);
        threads.push(std::thread::spawn(move || feed.run(&outlet)));
        connections.extend(opened.connection.map(|(source, watch)| Connection {
            source,
            name: signals.sources[usize::from(source)].name.to_string(),
            watch,
            told: Told::default(),
            made: 0,
        }));
    }
    Ok(Listening { intake, threads, connections, pace })
}

impl Listening {
    /// Whether any source is a connection, so that what comes is of the present.
    pub fn is_of_the_present(&self) -> bool {
        !self.connections.is_empty()
    }

    /// Up to when everything that was said has come.
    pub fn complete(&self) -> Complete {
        let is_there = |watch: &&Watch| matches!(watch.status(), Status::Connected { .. });
        let there: Vec<&Watch> = self.connections.iter().map(|connection| &connection.watch).filter(is_there).collect();
        let Some(known) = there.iter().map(|watch| watch.complete()).collect::<Option<Vec<Instant>>>() else {
            return Complete::Unknown;
        };
        match (known.into_iter().min(), self.pace) {
            (Some(known), _) => Complete::Until(known, 1.0),
            (None, Pace::Times(times)) if self.connections.is_empty() => Complete::Until(Instant::now(), times),
            // A file that is read as fast as can be has no time of its own, and neither has who is away.
            (None, _) => Complete::NoTime,
        }
    }

    /// How every connection stands.
    pub fn standings(&self) -> Vec<Standing> {
        let standing = |connection: &Connection| Standing {
            source: connection.source,
            name: connection.name.clone(),
            status: connection.watch.status(),
            connections: connection.watch.connections(),
            messages: connection.watch.messages(),
            unreadable: connection.watch.unreadable() + connection.watch.refused(),
            gaps: connection.watch.gaps(),
            overflows: connection.watch.overflows(),
            remark: connection.watch.why(),
        };
        self.connections.iter().map(standing).collect()
    }

    /// The connections that stand otherwise than when this was asked last, or for another reason. One that broke and was made again
    /// meanwhile is there twice, first lost: somebody may have to wait for what it has missed.
    pub fn changed(&mut self) -> Vec<Standing> {
        let mut changed = Vec::new();
        for (standing, connection) in self.standings().into_iter().zip(&mut self.connections) {
            let was_made = std::mem::replace(&mut connection.made, standing.connections);
            if connection.told.is_news(standing.is_there(), &standing.text()) {
                changed.push(standing);
            } else if let (Status::Connected { since }, true) = (&standing.status, standing.connections > was_made) {
                let status = Status::Lost { since: *since, why: "it broke for a moment".to_owned() };
                changed.push(Standing { status, ..standing.clone() });
                changed.push(standing);
            }
        }
        changed
    }

    /// Listens no longer, and says what the feeds have come to.
    pub fn end(self) -> Result<(), Failure> {
        drop(self.intake);
        for thread in self.threads {
            match thread.join() {
                Ok(result) => result.map_err(|error| feed_failure(&error))?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(())
    }
}

fn feed_failure(error: &FeedError) -> Failure {
    if error.retryable {
        return Failure::missing(
            error.to_string(),
            "files that signals name lie beside them: look at this source there",
        );
    }
    let help = "the same will not go well later: look at this source in the signals";
    Failure::invalid(format!("{}: {}", error.subject, error.message), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_told_once_until_the_connection_is_there() {
        let mut told = Told::default();
        let mut news = |is_there: bool, text: &str| told.is_news(is_there, text);
        assert!(news(false, "called"));
        assert!(news(false, "refused") && !news(false, "refused"));
        assert!(news(false, "no such host") && !news(false, "refused"), "it goes to and fro");
        assert!(news(true, "connected") && !news(true, "connected"));
        assert!(news(false, "refused") && !news(false, "refused"));
        let many: Vec<bool> = (0..100).map(|number| news(false, &number.to_string())).collect();
        assert_eq!(many.iter().filter(|is_news| **is_news).count(), MOST_REASONS - 1);
        assert!(news(true, "connected"));
    }
}
