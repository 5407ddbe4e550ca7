//! Reading the files: which there are, what their columns mean, and which of these mean nothing here.

use std::collections::{BTreeMap, BTreeSet};

use plant::description::Complaint;
use scenario::sources::Sources;

use super::check::loose_ends;
use super::complaint;
use super::decimal::Decimal;
use super::fab::{Changeover, Fab, Family, Lot, MinimumRun, Name, Order, Per, Product, Rank, Route, Step, Target, Way};
use super::table::Column::{Left, Read};
use super::table::{Column, Line, Table, count, unknown};
use super::time::{Columns, date, law, span, span_if};
use crate::numbers::Word;

/// What is read, and what there is to say about it.
pub(super) struct Desk<'s> {
    pub sources: &'s Sources,
    pub folder: &'s str,
    pub complaints: Vec<Complaint>,
    pub notes: Vec<String>,
    /// The files that were read.
    pub files: Vec<String>,
}

pub(super) const BY_STEP: &str = "groups lines of what is read; its remarks are not taken over";

const TOOLS: &[Column] = &[
    Read("STNFAM"),
    Left("STN", "names the tools of a family, which are called after the family and numbered here"),
    Read("RULE"),
    Read("FWLRANK"),
    Read("WAKERESRANK"),
    Read("BATCHCRITF"),
    Read("BATCHPER"),
    Read("LTIME"),
    Read("LTUNITS"),
    Read("ULTIME"),
    Read("ULTUNITS"),
    Read("STNCAP"),
    Read("STNQTY"),
    Read("STNGRP"),
    Left(
        "STNFAMSTEP_ACTLIST",
        "names a macro of the other program: lots are loaded, set up for, processed and unloaded",
    ),
    Read("STNFAMLOC"),
    Left("PRERULERWL", "is a setting of the other program"),
    Read("SETUPGRP"),
];
const ROUTES: &[Column] = &[
    Left("ROUTE", "repeats the name of the route"),
    Read("STEP"),
    Read("DESC"),
    Read("STNFAM"),
    Read("PDIST"),
    Read("PTIME"),
    Read("PTIME2"),
    Read("PTUNITS"),
    Read("PTPER"),
    Read("BATCHMN"),
    Read("BATCHMX"),
    Read("SETUP"),
    Read("WHEN"),
    Read("STIME"),
    Read("STUNITS"),
    Read("SVESTN"),
    Read("FORSTEP"),
    Read("BatchInterval"),
    Read("BatchIntUnits"),
    Read("PartInterval"),
    Read("PartIntUnits"),
    Read("RWKSTEP"),
    Read("REWORK"),
    Read("RWKTYPE"),
    Read("StepPercent"),
    Read("STEP_CQT"),
    Read("CQT"),
    Read("CQTUNITS"),
    Left("IGNORE", BY_STEP),
];

impl Desk<'_> {
    /// Everything, or complaints.
    pub fn read(&mut self) -> Fab {
        let families = self.lines(&["tool.txt", "tool.txt.1l"], TOOLS, family);
        let mut fab = Fab { families, ..Fab::default() };
        let products = self.products(&mut fab);
        let product = |line: Line<'_>| product(line, &products);
        fab.orders = self.lines(&["order.txt"], ORDERS, |line| order(line, product(line)?));
        fab.lots = self.lines(&["WIP.txt"], LOTS, |line| lot(line, product(line)?));
        fab.ways = self.lines(&["fromto.txt"], WAYS, way);
        fab.changeovers = self.lines(&["setup.txt"], CHANGEOVERS, changeover);
        let mut group = String::new();
        fab.minimum_runs = self.lines(&["setupgrp.txt"], RUNS, |line| {
            // A group is named in its first line.
            if let Some(word) = line.get("SETUPGRP") {
                word.text.clone_into(&mut group);
            }
            Ok(MinimumRun { group: group.clone(), jobs: line.count("MINRUN")?, origin: line.need("MINRUN")?.origin })
        });
        self.attachments(&mut fab);
        self.notes.extend(loose_ends(&fab));
        self.name_what_is_left();
        fab
    }

    /// Notes of the files in the folder that say nothing here.
    fn name_what_is_left(&mut self) {
        let left = self.sources.names_in(self.folder).into_iter().filter(|name| !self.files.contains(name));
        self.notes.extend(left.map(|name| format!("{name}: this file is not known here, and not taken over")));
    }

    /// The lines of a file that has to be there.
    pub fn lines<T>(
        &mut self,
        names: &[&str],
        columns: &[Column],
        mut read: impl FnMut(Line<'_>) -> Result<T, Complaint>,
    ) -> Vec<T> {
        let table = match Table::open(self.sources, self.folder, names) {
            Ok(table) => table,
            Err(complaint) => {
                self.complaints.push(complaint);
                return Vec::new();
            }
        };
        self.files.push(table.name.clone());
        table.look_through(columns, &mut self.notes, &mut self.complaints);
        let mut all = Vec::new();
        for line in table.lines() {
            match read(line) {
                Ok(one) => all.push(one),
                Err(complaint) => self.complaints.push(complaint),
            }
        }
        all
    }

    /// The routes, and which part follows which.
    fn products(&mut self, fab: &mut Fab) -> BTreeMap<String, String> {
        let parts = self.lines(&["part.txt"], PARTS, |line| {
            Ok((name(line.need("PART")?), name(line.need("ROUTEFILE")?), name(line.need("ROUTE")?)))
        });
        let routes: BTreeSet<String> = parts.iter().map(|(_, _, route)| route.text.clone()).collect();
        let mut products = BTreeMap::new();
        for (part, file, route) in parts {
            if !fab.routes.iter().any(|other| other.name == route.text) {
                let steps = self.lines(&[&file.text], ROUTES, |line| Ok((text_if(line, "ROUTE"), step(line)?)));
                let of = |name: &Option<String>| name.clone().unwrap_or_else(|| route.text.clone());
                let names: BTreeSet<String> = steps.iter().map(|(name, _)| of(name)).collect();
                for other in names.iter().filter(|other| !routes.contains(*other)) {
                    let note = format!("{}: no part of part.txt follows the route \"{other}\"", file.text);
                    if !self.notes.contains(&note) {
                        self.notes.push(note);
                    }
                }
                let mine = steps.into_iter().filter(|(name, _)| of(name) == route.text);
                let mut steps: Vec<Step> = mine.map(|(_, step)| step).collect();
                if steps.is_empty() {
                    let message = format!("\"{}\" has no steps of route \"{}\"", file.text, route.text);
                    self.complaints.push(complaint(file.origin, message, "this file"));
                }
                name_steps(&mut steps);
                fab.routes.push(Route { name: route.text.clone(), steps });
            }
            products.insert(part.text, route.text);
        }
        products
    }
}

const ORDERS: &[Column] = &[
    Read("LOT"),
    Read("PART"),
    Read("PRIOR"),
    Read("PIECES"),
    Read("START"),
    Read("RDIST"),
    Read("REPEAT"),
    Read("RUNITS"),
    Read("RPT#"),
    Read("LOTSPERRPT"),
    Read("DUE"),
    Left("ORDER", "names orders, which are called after their lots here"),
    Left("HOTLOT", "tells hot lots, which are told by their priority here"),
];
const LOTS: &[Column] = &[
    Left("LOT", "names lots, which have no names of their own here"),
    Read("PART"),
    Read("PRIOR"),
    Read("PIECES"),
    Read("START"),
    Read("CURSTEP"),
    Read("DUE"),
    Left("ORDER", "names orders, which lots in progress have none of here"),
    Left("HOTLOT", "tells hot lots, which are told by their priority here"),
    Left("TRACE", "asks for a log of the lot"),
];
const PARTS: &[Column] =
    &[Left("PARTGRP", "groups parts"), Left("PARTFAM", "groups parts"), Read("PART"), Read("ROUTEFILE"), Read("ROUTE")];
const WAYS: &[Column] = &[Read("FROMLOC"), Read("TOLOC"), Read("DDIST"), Read("DTIME"), Read("DTIME2"), Read("DUNITS")];
const CHANGEOVERS: &[Column] =
    &[Read("CURSETUP"), Read("NEWSETUP"), Read("STIME"), Read("STUNITS"), Left("IGNORE", BY_STEP)];
const RUNS: &[Column] = &[
    Read("SETUPGRP"),
    Left("SETUP", "names setups; a least run counts here for all of a family"),
    Read("MINRUN"),
    Left("IGNORE", BY_STEP),
];
impl Family {
    /// Whether what is attached to `target` is attached to it.
    pub fn is_meant(&self, target: &Target) -> bool {
        match target {
            Target::Family(name) => *name == self.name.text,
            Target::Group(group) => *group == self.group,
        }
    }

    pub fn is_of_setup_group(&self, group: &str) -> bool {
        self.setup_group.as_ref().is_some_and(|name| name.text == group)
    }
}

fn name(word: Word<'_>) -> Name {
    Name { text: word.text.to_owned(), origin: word.origin }
}

fn text_if(line: Line<'_>, column: &str) -> Option<String> {
    line.get(column).map(|word| word.text.to_owned())
}

fn family(line: Line<'_>) -> Result<Family, Complaint> {
    let mut ranks = vec![match line.choice("RULE", &["rule_HotLotFIRST", "rule_LSSU"])? {
        0 => Rank::Priority,
        _ => Rank::Setup,
    }];
    let listed = line.need("FWLRANK")?;
    for rank in listed.text.split(';').filter(|rank| !rank.is_empty()) {
        let rank = match rank {
            "rank_HP" => Rank::Priority,
            "rank_RSETUP" => Rank::Setup,
            "rank_FIFO" => Rank::Fifo,
            _ => {
                return Err(unknown(Word { text: rank, ..listed }, "a rank", &["rank_HP", "rank_RSETUP", "rank_FIFO"]));
            }
        };
        if !ranks.contains(&rank) {
            ranks.push(rank);
        }
    }
    // What is always so here: the tool with the shortest changeover takes a lot, and what has the same step to do goes together.
    let as_here = [("WAKERESRANK", "wake_LeastSetupTime"), ("BATCHCRITF", "crit_sameroutestep"), ("BATCHPER", "piece")];
    for (column, only) in as_here.into_iter().filter(|(column, _)| line.get(column).is_some()) {
        line.choice(column, &[only])?;
    }
    Ok(Family {
        name: name(line.need("STNFAM")?),
        tools: line.count("STNQTY")?,
        group: text_if(line, "STNGRP").unwrap_or_default(),
        place: text_if(line, "STNFAMLOC").unwrap_or_default(),
        setup_group: line.get("SETUPGRP").map(name),
        ranks,
        load: span(line, "LTIME", "LTUNITS")?,
        unload: span(line, "ULTIME", "ULTUNITS")?,
        ports: line.get("STNCAP").map_or(Ok(1), count)?,
    })
}

fn step(line: Line<'_>) -> Result<Step, Complaint> {
    let number = name(line.need("STEP")?);
    let interval =
        match (span_if(line, "BatchInterval", "BatchIntUnits")?, span_if(line, "PartInterval", "PartIntUnits")?) {
            (Some(_), Some(_)) => {
                let word = line.need("PartInterval")?;
                return Err(complaint(word.origin, "this step has two intervals", "expected one"));
            }
            (of_batches, of_parts) => of_batches.or(of_parts),
        };
    let per = match line.choice("PTPER", &["per_lot", "per_piece", "per_batch"])? {
        0 => Per::Lot,
        1 => Per::Piece,
        _ => Per::Batch,
    };
    if let Some(word) = line.get("WHEN").filter(|word| word.text != "need") {
        return Err(unknown(word, "a time for setups", &["need"]));
    }
    let saves = line.get("SVESTN").map(|_| line.choice("SVESTN", &["no", "yes"])).transpose()? == Some(1);
    let rework = line.get("REWORK").map(|_| {
        line.choice("RWKTYPE", &["lot"])?;
        Ok((line.number("REWORK")?.percent(), name(line.need("RWKSTEP")?)))
    });
    let queue_time = line.get("CQT").map(|_| Ok((span(line, "CQT", "CQTUNITS")?, name(line.need("STEP_CQT")?))));
    Ok(Step {
        name: text_if(line, "DESC").unwrap_or_else(|| number.text.clone()),
        family: name(line.need("STNFAM")?),
        time: law(line, &Columns { law: "PDIST", first: "PTIME", second: "PTIME2", unit: "PTUNITS" })?,
        per,
        interval,
        batch: line.get("BATCHMX").map(|_| Ok((line.count("BATCHMN")?, line.count("BATCHMX")?))).transpose()?,
        setup: text_if(line, "SETUP"),
        setup_time: span_if(line, "STIME", "STUNITS")?,
        saves_for: if saves { Some(name(line.need("FORSTEP")?)) } else { None },
        sampled: line.get("StepPercent").map(|_| line.number("StepPercent").map(Decimal::percent)).transpose()?,
        rework: rework.transpose()?,
        queue_time: queue_time.transpose()?,
        number,
    })
}

/// Descriptions that several steps share name none of them: these go by their numbers.
fn name_steps(steps: &mut [Step]) {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for step in steps.iter() {
        *uses.entry(step.name.clone()).or_default() += 1;
    }
    for step in steps.iter_mut().filter(|step| uses.get(&step.name).is_some_and(|count| *count > 1)) {
        step.name.clone_from(&step.number.text);
    }
}

fn product(line: Line<'_>, products: &BTreeMap<String, String>) -> Result<Product, Complaint> {
    let part = line.need("PART")?;
    let route = products.get(part.text).ok_or_else(|| {
        let all: Vec<&str> = products.keys().map(String::as_str).collect();
        unknown(part, "a part", &all)
    })?;
    Ok(Product {
        part: part.text.to_owned(),
        route: route.clone(),
        priority: line.count("PRIOR")?,
        pieces: line.count("PIECES")?,
    })
}

fn order(line: Line<'_>, product: Product) -> Result<Order, Complaint> {
    let every = match line.get("REPEAT") {
        Some(word) => {
            line.choice("RDIST", &["constant"])?;
            let every = span(line, "REPEAT", "RUNITS")?;
            if every.number == Decimal::ZERO {
                return Err(complaint(word.origin, "lots would be started again in no time", "expected more than 0"));
            }
            Some(every)
        }
        None => None,
    };
    let (start, due) = (date(line, "START")?, date(line, "DUE")?);
    if due < start {
        return Err(complaint(line.need("DUE")?.origin, "this lot is due before it starts", "expected START or later"));
    }
    Ok(Order {
        name: name(line.need("LOT")?),
        product,
        start,
        due,
        every,
        times: line.get("RPT#").map_or(Ok(1), count)?,
        lots: line.get("LOTSPERRPT").map_or(Ok(1), count)?,
    })
}

fn lot(line: Line<'_>, product: Product) -> Result<Lot, Complaint> {
    Ok(Lot { product, start: date(line, "START")?, due: date(line, "DUE")?, step: name(line.need("CURSTEP")?) })
}

fn way(line: Line<'_>) -> Result<Way, Complaint> {
    Ok(Way {
        from: line.need("FROMLOC")?.text.to_owned(),
        to: line.need("TOLOC")?.text.to_owned(),
        time: law(line, &Columns { law: "DDIST", first: "DTIME", second: "DTIME2", unit: "DUNITS" })?,
    })
}

fn changeover(line: Line<'_>) -> Result<Changeover, Complaint> {
    Ok(Changeover {
        from: text_if(line, "CURSETUP"),
        to: line.need("NEWSETUP")?.text.to_owned(),
        time: span(line, "STIME", "STUNITS")?,
    })
}
