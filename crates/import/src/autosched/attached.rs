//! What breaks down and is maintained: the calendars, and what they are attached to.

use std::collections::{BTreeMap, BTreeSet};

use super::complaint;
use super::fab::{Breakdown, Due, Fab, Maintenance, Target};
use super::read::{BY_STEP, Desk};
use super::table::Column;
use super::table::Column::{Left, Read};
use super::time::{Columns, Law, law, span};

const DOWN: &[Column] = &[
    Read("DOWNCALNAME"),
    Read("DOWNCALTYPE"),
    Read("MTTFDIST"),
    Read("MTTF"),
    Read("MTTF2"),
    Read("MTTFUNITS"),
    Read("MTTRDIST"),
    Read("MTTR"),
    Read("MTTR2"),
    Read("MTTRUNITS"),
    Left("IGNORE", BY_STEP),
];
const TASKS: &[Column] = &[
    Read("PMCALNAME"),
    Read("PMCALTYPE"),
    Read("MTBPM"),
    Read("MTBPMUNITS"),
    Read("MTTRDIST"),
    Read("MTTR"),
    Read("MTTR2"),
    Read("MTTRUNITS"),
    Left("IGNORE", BY_STEP),
];
const ATTACHED: &[Column] = &[
    Read("CALNAME"),
    Read("CALTYPE"),
    Read("RESTYPE"),
    Read("RESNAME"),
    Read("FOADIST"),
    Read("FOA"),
    Read("FOA2"),
    Read("FOAUNITS"),
];
const REPAIR: Columns = Columns { law: "MTTRDIST", first: "MTTR", second: "MTTR2", unit: "MTTRUNITS" };

impl Desk<'_> {
    /// What breaks down and is maintained, and how.
    pub fn attachments(&mut self, fab: &mut Fab) {
        let downs: BTreeMap<String, (bool, Law, Law)> = self
            .lines(&["downcal.txt"], DOWN, |line| {
                let clock = line.choice("DOWNCALTYPE", &["mttf_by_cal", "mttf_by_proc"])?;
                let between = Columns { law: "MTTFDIST", first: "MTTF", second: "MTTF2", unit: "MTTFUNITS" };
                let name = line.need("DOWNCALNAME")?.text.to_owned();
                Ok((name, (clock == 0, law(line, &between)?, law(line, &REPAIR)?)))
            })
            .into_iter()
            .collect();
        let tasks: BTreeMap<String, (Due, Law)> = self
            .lines(&["pmcal.txt"], TASKS, |line| {
                let due = match line.choice("PMCALTYPE", &["mtbpm_by_cal", "mtbpm_by_pieces"])? {
                    0 => span(line, "MTBPM", "MTBPMUNITS").map(|every| Due::Calendar(every, every))?,
                    _ => line.count("MTBPM").map(|pieces| Due::Pieces(pieces, pieces))?,
                };
                Ok((line.need("PMCALNAME")?.text.to_owned(), (due, law(line, &REPAIR)?)))
            })
            .into_iter()
            .collect();
        let (mut breakdowns, mut maintenance) = (Vec::new(), Vec::new());
        let mut attached = BTreeSet::new();
        let families = &fab.families;
        self.lines(&["attach.txt"], ATTACHED, |line| {
            let (calendar, resource) = (line.need("CALNAME")?, line.need("RESNAME")?);
            attached.insert(calendar.text.to_owned());
            let target = match line.choice("RESTYPE", &["stngrp", "stnfam"])? {
                0 => Target::Group(resource.text.to_owned()),
                _ => Target::Family(resource.text.to_owned()),
            };
            if !families.iter().any(|family| family.is_meant(&target)) {
                return Err(complaint(
                    resource.origin,
                    format!("no tool is of \"{}\"", resource.text),
                    "not in tool.txt",
                ));
            }
            let missing =
                |file| complaint(calendar.origin, format!("\"{}\" is not in {file}", calendar.text), "this one");
            if line.choice("CALTYPE", &["down", "pm"])? == 0 {
                let (is_by_calendar, between, duration) =
                    *downs.get(calendar.text).ok_or_else(|| missing("downcal.txt"))?;
                let first = Columns { law: "FOADIST", first: "FOA", second: "FOA2", unit: "FOAUNITS" };
                if law(line, &first)? != between {
                    let word = line.need("FOA")?;
                    let message = "the first breakdown follows another law than the others";
                    return Err(complaint(word.origin, message, "expected the same as in downcal.txt"));
                }
                breakdowns.push(Breakdown { target, is_by_calendar, between, duration });
            } else {
                let (due, duration) = tasks.get(calendar.text).ok_or_else(|| missing("pmcal.txt"))?;
                line.choice("FOADIST", &["constant"])?;
                let due = match due {
                    Due::Calendar(every, _) => Due::Calendar(*every, span(line, "FOA", "FOAUNITS")?),
                    Due::Pieces(every, _) => Due::Pieces(*every, line.count("FOA")?),
                };
                maintenance.push(Maintenance { target, name: calendar.text.to_owned(), due, duration: *duration });
            }
            Ok(())
        });
        (fab.breakdowns, fab.maintenance) = (breakdowns, maintenance);
        let loose = |file: &str, name: &String| format!("{file}: \"{name}\" is attached to nothing in attach.txt");
        self.notes.extend(downs.keys().filter(|name| !attached.contains(*name)).map(|name| loose("downcal.txt", name)));
        self.notes.extend(tasks.keys().filter(|name| !attached.contains(*name)).map(|name| loose("pmcal.txt", name)));
    }
}
