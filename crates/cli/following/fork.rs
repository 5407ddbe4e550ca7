//! `linewright fork`: goes on with a saved run, as it is or under other parameters, once or in many futures.

use std::sync::Arc;

use kernel::SimTime;
use live::forecast::{self, NoForecast};
use plant::registry::Registry;
use scenario::saved::Saved;
use serde::Serialize;

use super::foreseen::{self, ForecastRow};
use super::keeper;
use crate::arguments::{Fork, Format, ReportFormat};
use crate::exit::{Exit, Failure};
use crate::inputs::Inputs;
use crate::interrupt;
use crate::opened::{Opened, unusable};
use crate::output::{self, ALARMING, SIMULATED, styled};
use crate::run::{Manner, carry_out};

/// Most futures: of more the figures would change no more.
pub const MOST_FUTURES: u64 = 100_000;

/// What JSON says of futures.
#[derive(Debug, Serialize)]
struct Row {
    /// Whether what was followed is no plant but plays one.
    simulated: bool,
    #[serde(flatten)]
    forecast: ForecastRow,
}

/// Goes on.
///
/// # Errors
/// A file that is no saved run, settings that are wrong or make another plant of it, an error of a run.
pub fn fork(arguments: &Fork, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let saved = Saved::open(&arguments.saved).map_err(|error| unusable(&error))?;
    let (opened, run, states) = Opened::saved(&saved, &arguments.set, arguments.until.as_deref(), registry)?;
    Inputs::of(&opened.scenario).and([&arguments.saved]).spare("--save", arguments.save.as_deref())?;
    let Some(futures) = arguments.futures else {
        let format = match arguments.format {
            Format::Human => ReportFormat::Human,
            Format::Json => ReportFormat::Json,
        };
        let manner =
            Manner { out: None, events: None, save: arguments.save.as_deref(), trace: None, format, tools: false };
        return carry_out(&opened, run, &manner, registry, |_, _| Ok(()));
    };
    if !(1..=MOST_FUTURES).contains(&futures) {
        return Err(Failure::usage(format!("{futures} futures cannot be played"), "ask for 1 to 100000"));
    }
    let before = saved.fork(&[], registry).map_err(|error| unusable(&error))?.run;
    let request = forecast::Request {
        horizon: run.horizon() - run.now(),
        futures: futures as u32,
        jobs: 0,
        beliefs: keeper::beliefs(&saved, &before, &run),
        done_at: None,
    };
    interrupt::listen();
    let forecast = forecast::foresee(opened.plant(), &states, saved.seed, &request, &interrupt::is_asked)
        .map_err(|error| failure(&error))?;
    match arguments.format {
        Format::Human => {
            let tag = if saved.is_simulated { format!("{}\n", styled(ALARMING, SIMULATED)) } else { String::new() };
            let page = foreseen::page(&forecast, opened.plant(), request.horizon, saved.now - SimTime::ZERO);
            output::print(&(tag + &page))?;
        }
        Format::Json => output::print_json(&Row {
            simulated: saved.is_simulated,
            forecast: foreseen::row(&forecast, opened.plant(), request.horizon),
        })?,
    }
    Ok(Exit::Done)
}

/// A forecast that could not be made.
pub fn failure(error: &NoForecast) -> Failure {
    match error {
        NoForecast::Run(error) => Failure::ended(error),
        NoForecast::Interrupted => Failure::interrupted(error.to_string()),
        NoForecast::Misfit(misfit) => Failure::internal(format!("the state of the model cannot be read: {misfit}")),
    }
}
