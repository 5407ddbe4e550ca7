//! Plays what an optimisation wants and its journal lacks, on all cores.

use super::{Tuning, budget};
use crate::exec::{Advance, Ended, ExecError};
use crate::journal::Journal;
use crate::journal::writer::Writer;
use crate::plan::Study;
use crate::player::{Keeper, Player};
use crate::team::Team;

/// Plays an optimisation to its end. `tell` hears of runs in the place of cases.
///
/// # Errors
/// A run that ended in an error, or a journal that cannot be written. What was finished before is committed as far as the disk
/// allows.
pub fn play(
    study: &Study,
    journal: &mut Journal,
    team: &Team,
    stop: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(&Advance),
) -> Result<Ended, ExecError> {
    let Some(mut tuning) = Tuning::begin(study) else { return Ok(Ended::Done) };
    let advance = Advance { cases_in_all: budget(study), ..Advance::default() };
    let keeper = Keeper::Journal(Writer::new(journal));
    let mut player = Player { study, team, stop, tell: Box::new(tell), keeper, advance };
    let mut ended = Ended::Done;
    loop {
        let wanted = tuning.wanted();
        if wanted.is_empty() {
            player.advance.cases = player.advance.cases_in_all;
            break;
        }
        let wanted = wanted.into_iter().map(|wanted| (wanted, Default::default()));
        let Some(answers) = player.answers(wanted, &tuning.columns)? else {
            ended = Ended::Interrupted;
            break;
        };
        tuning.take(&answers);
        player.advance.cases = tuning.runs();
        (player.tell)(&player.advance);
    }
    player.commit()?;
    (player.tell)(&player.advance);
    Ok(ended)
}
