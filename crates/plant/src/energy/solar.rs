//! The sun on the roof: power by the time of the day, as shares of a peak.

use std::collections::BTreeSet;

use super::weekly::Weekly;
use crate::availability::instant::{DAY, StartInstant};
use crate::availability::work_calendar::WEEK;
use crate::codes;
use crate::description::{ClockTime, Complaint, Describe, Node, Origin, Power, Ratio, Reader, Shape, Value, describe};

describe! {
    /// From a time of the day on a solar plant gives such a share of its peak.
    pub struct SolarStep {
        /// Since when, local time.
        from: ClockTime,
        /// The share of the peak, until the next step.
        share: Ratio,
    }
}

/// What a solar plant gives over a day.
#[derive(Debug, Clone, PartialEq)]
pub struct SolarProfile {
    steps: Vec<SolarStep>,
    /// How many shares there are where each is that of an hour.
    hours: Option<usize>,
    origin: Origin,
}

impl Describe for SolarProfile {
    fn shape() -> Shape {
        Shape::one_of(
            "SolarProfile",
            "Shares of the peak over a day, the same every day: 24 of them, one for each hour; or steps, each from a time of the day \
             until the next (the last of a day holds until the first of the next); or the name of a CSV file beside the scenario \
             whose columns are the fields of a step.",
            &[
                "[0, 0, 0, 0, 0, 0.05, 0.2, 0.4, 0.6, 0.75, 0.85, 0.9, 0.9, 0.85, 0.75, 0.6, 0.4, 0.2, 0.05, 0, 0, 0, 0, 0]",
                r#"[(from: "06:00", share: 0.3), (from: "10:00", share: 0.8), (from: "15:00", share: 0.3), (from: "19:00", share: 0)]"#,
                r#""sun.csv""#,
            ],
            vec![Ratio::shape(), SolarStep::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let is_steps = |nodes: &[Node]| matches!(nodes.first().map(|node| &node.value), Some(Value::Struct { .. }));
        let origin = node.origin;
        match &node.value {
            Value::Text(path) => {
                let table = reader.table(path, origin)?;
                Some(SolarProfile { steps: table.read_rows("a step", origin, reader)?, hours: None, origin })
            }
            Value::List(nodes) if is_steps(nodes) => {
                Some(SolarProfile { steps: Vec::read(node, reader)?, hours: None, origin })
            }
            _ => {
                let shares: Vec<Ratio> = Vec::read(node, reader)?;
                let hours = Some(shares.len());
                let step = |(hour, share): (u8, Ratio)| {
                    let text = Node::text(&format!("{hour:02}:00")).at(origin);
                    Some(SolarStep { from: ClockTime::read(&text, reader)?, share })
                };
                let steps: Option<Vec<SolarStep>> = (0..24).zip(shares).map(step).collect();
                Some(SolarProfile { steps: steps?, hours, origin })
            }
        }
    }
}

describe! {
    /// A solar plant on site. What it gives is used first; what is left fills the battery or is fed into the grid.
    pub struct Solar {
        /// Its power at a share of 1.
        peak: Power,
        /// Shares of the peak over a day.
        profile: SolarProfile,
    }
}

impl Solar {
    /// Its power in milliwatts by the time of the week.
    pub(super) fn plan(&self, start: StartInstant) -> Result<Weekly<i64>, Complaint> {
        let SolarProfile { steps, hours, origin } = &self.profile;
        let wrong = |message: String, label: &str, help: &str| {
            Err(Complaint::new(&codes::CONTRADICTION, *origin, message).label(label).help(help))
        };
        if let Some(hours) = hours.filter(|hours| *hours != 24) {
            return wrong(
                format!("this profile has {hours} shares"),
                "expected 24, one for each hour of the day",
                "give each share the time of the day from which it holds: `(from: \"06:00\", share: 0.2)`",
            );
        }
        let rises = steps.windows(2).all(|pair| pair[0].from.as_nanos() < pair[1].from.as_nanos());
        let (Some(last), true) = (steps.last(), rises) else {
            return wrong(
                "the steps of this profile are not in the order of the day".to_owned(),
                "expected one step or more, each later than the one before",
                "sort them by `from`",
            );
        };
        let midnights = (1..=WEEK / DAY).map(|day| day * DAY);
        let begins = (0..WEEK / DAY).flat_map(|day| steps.iter().map(move |step| day * DAY + step.from.as_nanos()));
        let ends: BTreeSet<i64> = midnights.chain(begins).filter(|end| (1..=WEEK).contains(end)).collect();
        let power = |at: i64| {
            let step = steps.iter().rev().find(|step| step.from.as_nanos() <= at % DAY).unwrap_or(last);
            // Of milliwatts, so that any two machines agree on it to the last digit.
            (self.peak.as_milliwatts() as f64 * step.share.value()).round() as i64
        };
        Ok(Weekly::made_of(ends, start.in_week().as_nanos(), power))
    }
}
