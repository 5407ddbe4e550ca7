//! A plan with its scenarios read: the cases that are to be played, made one by one.

use std::sync::{Arc, OnceLock};

use kernel::{SimDuration, SimTime};
use plant::description::{Complaint, Describe, Node, Origin as Place, Reader};
use plant::plant::Plant;
use plant::registry::Registry;
use scenario::design::{LARGEST_BUDGET, SMALLEST_BUDGET, Setting};
use scenario::expand::{self, KindSchema, Replications, Scenario, Template};
use scenario::load::Rejected;
use scenario::overlay::{Path, resolve};
use scenario::sources::Sources;

use super::case_id::Origin;
use super::{CaseId, Files, Kind, Plan, Refused};
use crate::case::Case;
use crate::journal::Journal;
use crate::journal::runs::Counted;
use crate::precision::Rule;
use crate::tuning;
use crate::warm_up::{self, WarmUpError};
use scenario::staged::FileError;

/// Replications of each case where nobody says how many.
const USUAL_REPLICATIONS: u64 = 30;
/// The same for each point of a sweep.
const USUAL_REPLICATIONS_OF_POINTS: u64 = 10;

/// A study that can be played.
#[derive(Debug)]
pub struct Study {
    /// What was asked for.
    pub plan: Plan,
    /// The engine that plays it: version, commit, whether the tree differed from that.
    pub engine: String,
    /// The seed of all streams.
    pub seed: u64,
    /// When runs end, if not at the horizon.
    pub until: Option<SimTime>,
    /// How many replications each case is played.
    pub rule: Rule,
    registry: Arc<Registry>,
    /// The warm-up that was found for the base, and counts for all cases.
    warm_up: OnceLock<SimDuration>,
    /// The base; behind it variants that are scenarios of their own, by their names.
    scenarios: Vec<(String, Scenario, Origin)>,
}

/// One case of a study.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number among the cases; those that a filter leaves out have one too.
    pub index: u64,
    /// What it changes about the scenario.
    pub settings: Vec<Setting>,
    /// Its name in the journal.
    pub id: CaseId,
    /// A name for people.
    pub name: String,
    scenario: usize,
    variant: Option<usize>,
}

impl Study {
    /// Reads the scenarios of `plan`, from `files` alone if they are given, else from the disk.
    ///
    /// # Errors
    /// Everything that is wrong with the scenarios, or a request that makes no sense.
    pub fn open(plan: Plan, files: Option<&Files>, engine: &str, registry: &Arc<Registry>) -> Result<Study, Refused> {
        let until = plan.until.as_deref().map(|until| duration("--until", until)).transpose()?;
        let sources = || files.map_or_else(Sources::default, |files| Sources::new(files.clone()));
        let open = |file: &str, more: &[String]| {
            let set: Vec<String> = plan.set.iter().chain(more).cloned().collect();
            expand::open_from(sources(), file, &set, registry)
        };
        let Some((base, others)) = plan.files.split_first() else {
            return Err(Refused::Request("there is no scenario".into(), "name a scenario file".into()));
        };
        let base_scenario = open(base, &[])?;
        let seed = plan.seed.unwrap_or(base_scenario.seed);
        let mut scenarios = vec![(name_of(&base_scenario, base).to_owned(), base_scenario)];
        for file in others {
            let scenario = open(file, &[])?;
            scenarios.push((name_of(&scenario, file).to_owned(), scenario));
        }
        for changes in &plan.variants {
            scenarios.push((changes.join("; "), open(base, changes)?));
        }
        let mut with_origins: Vec<(String, Scenario, Origin)> = Vec::new();
        for (name, scenario) in scenarios {
            let template = Template::new(&scenario.loaded, registry);
            let mut origin = Origin::new(engine, &scenario, &template, seed, until.map(SimDuration::as_nanos));
            if let Some((.., base)) = with_origins.first()
                && scenario.plant.warm_up_search.is_some()
            {
                origin = origin.with_base(base);
            }
            with_origins.push((name, scenario, origin));
        }
        let scenarios = with_origins;
        let base_study = &scenarios[0].1.study;
        match plan.kind {
            Kind::Sweep if base_study.sweep.is_none() => {
                let help = "write `sweep: ...` into it, or give --axis 'PATH=[VALUE, ...]'";
                return Err(Refused::Request(format!("{base} says nothing of a sweep"), help.into()));
            }
            Kind::Compare if scenarios.len() + base_study.variants.len() < 2 => {
                let help = "name other scenarios, write `variants` into this one, or give --variant 'PATH=VALUE'";
                return Err(Refused::Request(format!("there is nothing to compare {base} with"), help.into()));
            }
            Kind::Optimize if base_study.optimization.is_none() => {
                let help = "write `optimize: (variables: [...], objectives: [...])` into it";
                return Err(Refused::Request(format!("{base} does not say what to optimise"), help.into()));
            }
            _ => {}
        }
        if plan.runs.is_some_and(|runs| !(SMALLEST_BUDGET..=LARGEST_BUDGET).contains(&runs)) {
            let help = format!("--runs takes {SMALLEST_BUDGET} to {LARGEST_BUDGET}");
            return Err(Refused::Request("nothing is found with so many runs".into(), help));
        }
        if plan.replications == Some(0) {
            let help = "--replications takes 1 or more";
            return Err(Refused::Request("nothing would be played".into(), help.into()));
        }
        let usual = match plan.kind {
            Kind::Run | Kind::Optimize => 1,
            Kind::Compare => USUAL_REPLICATIONS,
            Kind::Sweep => USUAL_REPLICATIONS_OF_POINTS,
        };
        let asked = plan.replications.map(Replications::Fixed).or_else(|| base_study.replications.clone());
        let rule = Rule(asked.unwrap_or(Replications::Fixed(usual)));
        let until = until.map(|until| SimTime::ZERO.saturating_add(until));
        let (engine, registry) = (engine.to_owned(), registry.clone());
        let study = Study { plan, engine, seed, until, rule, registry, warm_up: OnceLock::new(), scenarios };
        if study.plan.kind == Kind::Optimize
            && let Some(Err(invalid)) = tuning::optimizer(&study)
        {
            return Err(Refused::Request(invalid.to_string(), "change what stands under `optimize`".into()));
        }
        Ok(study)
    }

    /// The scenario that everything is held against.
    #[must_use]
    pub fn base(&self) -> &Scenario {
        &self.scenarios[0].1
    }

    /// The base as a case, whether it is one of this study's or not.
    #[must_use]
    pub fn base_case(&self) -> Case {
        let plant = self.settled(self.base().plant.clone());
        Case { name: self.name().to_owned(), plant, seed: self.seed, until: self.until }
    }

    /// Finds the end of the warm-up, if the base leaves that to pilot runs: before anything is played. It counts for all cases,
    /// so that they are measured over the same time. Answers with what was found.
    ///
    /// # Errors
    /// See [`WarmUpError`].
    pub fn settle(&self, stop: &(dyn Fn() -> bool + Sync)) -> Result<Option<SimDuration>, WarmUpError> {
        let Some(search) = self.base().plant.warm_up_search else { return Ok(None) };
        if self.warm_up.get().is_none() {
            let found = warm_up::find(&self.base_case(), search, stop)?;
            return Ok(Some(*self.warm_up.get_or_init(|| found)));
        }
        Ok(self.warm_up.get().copied())
    }

    /// The plant with the warm-up of the base, if it leaves its own to be found: all cases are measured over the same time.
    fn settled(&self, plant: Arc<Plant>) -> Arc<Plant> {
        let base = &self.base().plant;
        let of_base = if base.warm_up_search.is_some() { self.warm_up.get().copied() } else { Some(base.warm_up) };
        match of_base {
            Some(found) if plant.warm_up_search.is_some() => warm_up::with_warm_up(&plant, found),
            _ => plant,
        }
    }

    /// The name of the base.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.scenarios[0].0
    }

    /// All scenarios, the base first.
    pub fn scenarios(&self) -> impl Iterator<Item = &Scenario> {
        self.scenarios.iter().map(|(_, scenario, _)| scenario)
    }

    /// What the base says at a path, if that is one place and something is written there.
    #[must_use]
    pub fn base_value(&self, path: &str) -> Option<Node> {
        let root = &self.base().loaded.root;
        let path = Path::of(&Node::text(path)).ok()?;
        let places = resolve(root, &path, &KindSchema(&self.registry)).ok()?;
        let [place] = places.as_slice() else { return None };
        place.get(root).cloned()
    }

    /// Every file the scenarios were read from.
    #[must_use]
    pub fn files(&self) -> Files {
        let sources = self.scenarios().flat_map(|scenario| scenario.loaded.sources.all());
        let files = sources.filter(|source| source.is_file());
        files.map(|source| (source.name().to_owned(), source.text().as_bytes().to_vec())).collect()
    }

    /// How many cases there are, those that a filter leaves out included; of an optimisation the base alone, since the others
    /// follow from what was played.
    #[must_use]
    pub fn count(&self) -> u64 {
        match self.plan.kind {
            Kind::Run | Kind::Optimize => 1,
            Kind::Compare => (self.scenarios.len() + self.base().study.variants.len()) as u64,
            Kind::Sweep => self.base().study.sweep.as_ref().map_or(0, |design| design.count()),
        }
    }

    /// Case number `index`; `None` if a filter leaves it out, and behind the last.
    #[must_use]
    pub fn entry(&self, index: u64) -> Option<Entry> {
        if self.plan.kind == Kind::Sweep {
            return Some(self.changed(index, self.base().study.sweep.as_ref()?.point(index)?));
        }
        let variants = &self.base().study.variants;
        // The base, its own variants, then those that are scenarios of their own.
        let place = usize::try_from(index).ok().filter(|_| index < self.count())?;
        let (scenario, variant) = match place.checked_sub(1) {
            None => (0, None),
            Some(variant) if variant < variants.len() => (0, Some(variant)),
            Some(other) => (other - variants.len() + 1, None),
        };
        let settings = variant.map(|variant| variants[variant].settings.clone()).unwrap_or_default();
        let name = variant.map_or_else(|| self.scenarios[scenario].0.clone(), |variant| variants[variant].name.clone());
        Some(Entry { index, id: self.scenarios[scenario].2.case(&settings), settings, name, scenario, variant })
    }

    /// Case number `index`, which changes the base by `settings`.
    #[must_use]
    pub fn changed(&self, index: u64, settings: Vec<Setting>) -> Entry {
        let (id, name) = (self.scenarios[0].2.case(&settings), format!("#{index}"));
        Entry { index, settings, id, name, scenario: 0, variant: None }
    }

    /// Every case that no filter leaves out.
    pub fn entries(&self) -> impl Iterator<Item = Entry> {
        (0..self.count()).filter_map(|index| self.entry(index))
    }

    /// Whether the number of replications of all cases is that of the base: cases that are compared are played in pairs.
    #[must_use]
    pub fn follows_base(&self) -> bool {
        self.plan.kind == Kind::Compare && self.rule.kpi().is_some()
    }

    /// The rule for the number of replications of all cases but the base, once those of the base are in `journal`.
    ///
    /// # Errors
    /// A segment that cannot be read any more.
    pub fn rule_of_others(&self, journal: &Journal) -> Result<Rule, FileError> {
        let Some(base) = self.entry(0).filter(|_| self.follows_base()) else { return Ok(self.rule.clone()) };
        let progress = Counted::of(journal, &base.id, self.plan.replication, self.rule.begin()).to_the_end()?;
        Ok(Rule(Replications::Fixed(progress.played())))
    }

    /// The plant of a case, ready to be played.
    ///
    /// # Errors
    /// What is wrong with its settings.
    pub fn case(&self, entry: &Entry) -> Result<Case, Vec<Complaint>> {
        let scenario = &self.scenarios[entry.scenario].1;
        let plant = match entry.variant {
            Some(variant) => scenario.study.variants[variant].plant.clone(),
            None if entry.settings.is_empty() => scenario.plant.clone(),
            None => Arc::new(Template::new(&scenario.loaded, &self.registry).plant(&entry.settings)?),
        };
        let plant = self.settled(plant);
        Ok(Case { name: entry.name.clone(), plant, seed: self.seed, until: self.until })
    }
}

/// The name of a scenario, or its file's where it has none.
#[must_use]
pub fn name_of<'n>(scenario: &'n Scenario, file: &'n str) -> &'n str {
    let name: &str = &scenario.plant.name;
    if name.is_empty() { file_stem(file) } else { name }
}

/// `plants/line.ron` without folder and ending.
fn file_stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.strip_suffix(".ron").filter(|stem| !stem.is_empty()).unwrap_or(name)
}

/// The duration that stands at `name`, with the same complaints as in a scenario.
///
/// # Errors
/// What is wrong with it.
pub fn duration(name: &str, text: &str) -> Result<SimDuration, Refused> {
    let sources = Sources::default();
    let complaints = match sources.add_text(name, text, "") {
        Ok(source) => {
            let node = Node::text(text).at(Place::new(source, 0, text.len() as u32));
            let mut reader = Reader::new(&sources);
            if let Some(duration) = SimDuration::read(&node, &mut reader) {
                return Ok(duration);
            }
            reader.into_complaints()
        }
        Err(complaint) => vec![complaint],
    };
    Err(Refused::Scenario(Box::new(Rejected { sources, complaints })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_without_a_name_goes_by_its_file() {
        for (file, name) in [("a/line.ron", "line"), ("line", "line"), ("c:\\x\\line.ron", "line"), (".ron", ".ron")] {
            assert_eq!(file_stem(file), name);
        }
    }

    #[test]
    fn until_is_a_duration_with_its_unit() {
        assert_eq!(duration("--until", "1 h 30 min").ok(), Some(SimDuration::from_minutes(90)));
        for wrong in ["90", "", "ninety minutes", "-1 h"] {
            assert!(duration("--until", wrong).is_err(), "{wrong}");
        }
    }
}
