//! `linewright exec`: plays a part of a study that was laid out.

use std::sync::Arc;

use plant::registry::Registry;
use study::exec::{Shard, Share};
use study::plan::Kind;

use super::{request, series};
use crate::arguments::Exec;
use crate::exit::{Exit, Failure};
use crate::output::{self, figure};

/// Plays what that share of the study lacks.
///
/// # Errors
/// A directory without a study, a run that ended in an error, or runs that cannot be written.
pub fn exec(arguments: &Exec, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let (directory, study) = request::open_directory(&arguments.directory, registry)?;
    let is_search = study.plan.kind == Kind::Optimize;
    if is_search && (arguments.shard.is_some() || arguments.index.is_some()) {
        let help = "without --shard and --index, `exec` goes on with it on all cores of this machine";
        return Err(Failure::usage("an optimisation has no parts: what is played follows from what was played", help));
    }
    let share = match (&arguments.shard, arguments.index) {
        (Some(shard), _) => Share::Shard(*shard),
        (None, Some(index)) if index >= study.count() => {
            let help = format!("this study has {}, counted from 0", figure::counted(study.count(), "case"));
            return Err(Failure::usage(format!("there is no case {index}"), &help));
        }
        (None, Some(index)) if study.entry(index).is_none() => {
            let help = "the others keep their numbers: `linewright sweep FILE --dry-run` shows them";
            return Err(Failure::usage(format!("the filter of this study leaves case {index} out"), help));
        }
        (None, Some(index)) => Share::Index(index),
        (None, None) => Share::Shard(Shard::WHOLE),
    };
    let (_, played, advance) = series::into_directory(&study, &directory, share, arguments.team.jobs)?;
    let text = format!(
        "{} of {} done; {} played{}\n",
        figure::count(advance.cases),
        figure::counted(advance.cases_in_all, if is_search { "run" } else { "case" }),
        figure::counted(advance.played, "run"),
        series::in_words(&played, advance.events),
    );
    output::print(&text)?;
    Ok(if played.interrupted { Exit::Interrupted } else { Exit::Done })
}

/// `2/8`: the third of eight parts.
///
/// # Errors
/// Anything else.
pub fn shard(text: &str) -> Result<Shard, String> {
    let wrong = || format!("expected I/N with I from 0 to N-1, such as 0/4, found {text}");
    let (index, of) = text.split_once('/').ok_or_else(wrong)?;
    let (index, of) = (index.parse().map_err(|_| wrong())?, of.parse().map_err(|_| wrong())?);
    if index < of { Ok(Shard { index, of }) } else { Err(wrong()) }
}
