//! What somebody has to hear of at once, as a sentence and as a line of JSON.

use kernel::SimDuration;
use live::divergence::{Change, Overdue};
use live::mirror::Done;
use live::twin::Notice;
use live::wall_time::WallTime;
use plant::follow::{Followed, Seen};
use plant::plant::Plant;
use serde::Serialize;

use super::listening::Standing;
use crate::output::{ALARMING, GOOD, QUIET, figure, styled};

/// An alarm, or its end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarm {
    /// What it is: "process time changed", "down", "overdue", "source lost", "all late".
    pub alarm: &'static str,
    /// Whether it begins or ends.
    pub on: bool,
    /// The element or source.
    pub about: String,
    /// When it was noticed, on the clock of the plant.
    pub at: String,
    /// The same.
    #[serde(skip)]
    noticed: WallTime,
    /// Since when it is so.
    pub since: String,
    /// In words.
    pub text: String,
    /// Whether it is of no plant but of what plays one.
    pub simulated: bool,
    /// Of work: how long it takes or has taken, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub takes_s: Option<f64>,
    /// Of work: how long the model says it takes on average, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modelled_s: Option<f64>,
    /// Of a changed process time: how many times as fast as modelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
    /// What the model was set to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
}

impl Alarm {
    /// What an alarm of a changed process time is called.
    pub const CHANGED: &'static str = "process time changed";
    /// What an alarm of an element that is down is called.
    pub const DOWN: &'static str = "down";
    /// What an alarm of work that takes too long is called.
    pub const OVERDUE: &'static str = "overdue";
    /// What an alarm of a connection that is not there is called.
    pub const LOST: &'static str = "source lost";

    fn new(alarm: &'static str, about: &str, at: WallTime, since: WallTime, text: String) -> Self {
        Alarm {
            alarm,
            on: true,
            about: about.to_owned(),
            at: at.to_string(),
            noticed: at,
            since: since.to_string(),
            text,
            simulated: false,
            takes_s: None,
            modelled_s: None,
            speed: None,
            correction: None,
        }
    }

    /// What a notice of the twin amounts to, if anybody has to hear of it.
    pub fn of(notice: &Notice, plant: &Plant) -> Option<Self> {
        match notice {
            Notice::Changed { change, correction } => Some(changed(change, correction.as_deref(), plant)),
            Notice::Overdue(overdue) => Some(self::overdue(overdue, plant)),
            Notice::Ended { element, at } => {
                let name = plant.model.name(*element);
                let text = format!("{name} has ended the operation that was overdue");
                Some(Alarm { on: false, ..Alarm::new(Self::OVERDUE, name, *at, *at, text) })
            }
            Notice::Done(Done { at, element, seen, followed: Followed::Done(_) }) => {
                let name = plant.model.name(*element);
                match seen {
                    Seen::Failed => Some(Alarm::new(Self::DOWN, name, *at, *at, format!("{name} is down"))),
                    Seen::Repaired => {
                        let text = format!("{name} works again");
                        Some(Alarm { on: false, ..Alarm::new(Self::DOWN, name, *at, *at, text) })
                    }
                    Seen::Started | Seen::Finished | Seen::Reached(_) | Seen::Holds(_) => None,
                }
            }
            Notice::Done(_) => None,
        }
    }

    /// Everything that comes is late, or no longer is.
    pub fn of_lateness(on: bool, at: WallTime) -> Self {
        let text = match on {
            true => {
                "all that comes is late: its clock is behind what has been applied; start the twin anew if the plant has begun anew"
            }
            false => "what comes is no longer late",
        };
        Alarm { on, ..Alarm::new("all late", "the plant", at, at, text.to_owned()) }
    }

    /// A connection that stands otherwise than before, at a time of the plant.
    pub fn of_connection(standing: &Standing, at: WallTime) -> Self {
        let alarm = Alarm::new(Self::LOST, &standing.name, at, at, standing.text());
        Alarm { on: !standing.is_there(), ..alarm }
    }

    /// For people.
    pub fn line(&self) -> String {
        let style = if self.on { ALARMING } else { GOOD };
        let corrected = if self.correction.is_some() { "; the model is set right" } else { "" };
        format!(
            "{}  {}{}\n",
            styled(QUIET, figure::moment(self.noticed)),
            styled(style, &self.text),
            styled(QUIET, corrected)
        )
    }

    /// For programs: one line.
    pub fn json(&self) -> String {
        live::serde_json::to_string(self).map(|text| text + "\n").unwrap_or_default()
    }
}

fn changed(change: &Change, correction: Option<&str>, plant: &Plant) -> Alarm {
    let name = plant.model.name(change.element);
    let speed = change.speed();
    let compared = if speed >= 1.0 { format!("{speed:.1}x faster") } else { format!("{:.1}x slower", 1.0 / speed) };
    let now = match change.is_back {
        true => "as modelled again".to_owned(),
        false => format!("{compared} than modelled"),
    };
    let text = format!(
        "{name} runs {now} since {} ({} instead of {}, {})",
        figure::moment(change.since),
        figure::duration(change.mean),
        figure::duration(change.modelled),
        figure::counted(change.operations, "operation"),
    );
    Alarm {
        // What the model was set to is not apart from it any more.
        on: !change.is_back,
        takes_s: Some(change.mean.as_seconds_f64()),
        modelled_s: Some(change.modelled.as_seconds_f64()),
        speed: Some(speed),
        correction: correction.map(str::to_owned),
        ..Alarm::new(Alarm::CHANGED, name, change.noticed, change.since, text)
    }
}

fn overdue(overdue: &Overdue, plant: &Plant) -> Alarm {
    let name = plant.model.name(overdue.element);
    let worked: SimDuration = overdue.worked;
    let text = format!(
        "{name} has been at one operation for {} (modelled: {})",
        figure::duration(worked),
        figure::duration(overdue.modelled),
    );
    Alarm {
        takes_s: Some(worked.as_seconds_f64()),
        modelled_s: Some(overdue.modelled.as_seconds_f64()),
        ..Alarm::new(Alarm::OVERDUE, name, overdue.since.after(worked), overdue.since, text)
    }
}
