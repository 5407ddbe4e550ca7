//! `linewright plan`: lays a study out in a directory, to be played by whoever comes.

use std::sync::Arc;

use plant::registry::Registry;
use study::directory::Directory;
use study::plan::Kind;

use super::request;
use super::typed::Typed;
use crate::arguments::Plan;
use crate::exit::{Exit, Failure};
use crate::output::{self, QUIET, figure, styled};

/// Lays the study out.
///
/// # Errors
/// A wrong scenario, or a directory that cannot be written.
pub fn plan(arguments: &Plan, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let typed = Typed { axes: &arguments.axis, variants: &arguments.variant };
    let mut plan = request::plan_of(Kind::Run, &arguments.files);
    request::change(&mut plan, &arguments.changes);
    typed.tell(&mut plan)?;
    plan.replications = arguments.replications;
    plan.kpis.clone_from(&arguments.kpi);
    let study = request::read(plan.clone(), typed, registry)?;
    // What the scenario is about decides what is played.
    let is_compared = plan.files.len() > 1 || !plan.variants.is_empty() || !study.base().study.variants.is_empty();
    let kind = match () {
        () if study.base().study.sweep.is_some() => Kind::Sweep,
        () if is_compared => Kind::Compare,
        () => Kind::Run,
    };
    plan.kind = kind;
    let study = request::open(plan, typed, registry)?;
    let directory = Directory::at(&arguments.out);
    request::lay_out(&directory, &study)?;
    let most = if study.rule.kpi().is_some() { "at most " } else { "" };
    let text = format!(
        "{}, {most}{} each: {}\n{}\n",
        figure::counted(study.count(), if kind == Kind::Sweep { "point" } else { "case" }),
        figure::counted(study.rule.most(), "replication"),
        arguments.out.display(),
        styled(
            QUIET,
            format!(
                "`linewright exec {0} --shard I/N` plays a part of it, I from 0 to N-1; `linewright merge {0}` puts all together",
                arguments.out.display()
            )
        ),
    );
    output::print(&text)?;
    Ok(Exit::Done)
}
