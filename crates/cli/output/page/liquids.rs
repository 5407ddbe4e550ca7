//! The tables of liquids: what was in tanks and pipes, and what pumps and pipes have delivered.

use plant::kpi::Measure;
use plant::report::ElementReport;
use plant::state::State;

use super::{Page, figure_of, is_nothing, nothing};
use crate::output::figure;
use crate::output::table::{Column, Table};

impl Page<'_> {
    /// What holds liquid.
    pub(super) fn tanks(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Tank"),
            Column::Words("kind"),
            Column::Figures("mean"),
            Column::Figures("at most"),
            Column::Figures("at least"),
            Column::Figures("at the end"),
            Column::Figures("in"),
            Column::Figures("out"),
            Column::Figures("ran over"),
            Column::Figures("empty"),
            Column::Figures("full"),
        ]);
        for element in self.report.elements.iter().filter(|element| figure_of(element, "mean volume").is_some()) {
            let volumes = ["mean volume", "largest volume", "smallest volume", "volume", "came in", "went out"];
            let is_tank = figure_of(element, "time empty").is_some();
            let share = |state: State| if is_tank { share(element, state) } else { nothing() };
            let ran_over = figure_of(element, "ran over").filter(|volume| *volume > 0.0);
            let cells = volumes.map(|name| volume(figure_of(element, name)));
            table.row([element.name.clone(), element.kind.to_lowercase()].into_iter().chain(cells).chain([
                volume(ran_over),
                share(State::Starved),
                share(State::Blocked),
            ]));
        }
        table.without_empty_columns(is_nothing).fitted(width, &["kind", "at least", "at most"]).render(width)
    }

    /// What moves liquid or lets it through.
    pub(super) fn pumps(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Flow"),
            Column::Words("kind"),
            Column::Figures("delivered"),
            Column::Figures("running"),
            Column::Figures("starved"),
            Column::Figures("blocked"),
        ]);
        let moves = |element: &&ElementReport| {
            figure_of(element, "went out").is_some() && figure_of(element, "volume").is_none()
        };
        for element in self.report.elements.iter().filter(moves) {
            let states = [State::Processing, State::Starved, State::Blocked];
            let cells = states.map(|state| share(element, state));
            table.row(
                [element.name.clone(), element.kind.to_lowercase(), volume(figure_of(element, "went out"))]
                    .into_iter()
                    .chain(cells),
            );
        }
        table.without_empty_columns(is_nothing).render(width)
    }
}

fn volume(litres: Option<f64>) -> String {
    litres.map_or_else(nothing, |litres| figure::measured(Measure::Volume, litres))
}

fn share(element: &ElementReport, state: State) -> String {
    let share = element.share(state);
    if share == 0.0 { nothing() } else { figure::percent(share) }
}
