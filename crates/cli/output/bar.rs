//! The state bar: how an element spent its time, as a row of cells.
//!
//! Every state has a cell of its own look, so a bar reads the same without colours; colours only make it faster. Inside a
//! table the cells are placeholders of one column each, and are drawn after the table is laid out, because a table
//! cannot know that a colour has no width.

use anstyle::{AnsiColor, Color, RgbColor, Style};
use plant::state::State;

/// Placeholders begin here: a range of Unicode that belongs to nobody.
const PLACEHOLDERS: u32 = 0xE000;

/// How the cells of one state look.
#[derive(Debug, Clone, Copy)]
struct Cell {
    glyph: char,
    style: Style,
}

const fn cell(glyph: char, colour: AnsiColor) -> Cell {
    Cell { glyph, style: Style::new().fg_color(Some(Color::Ansi(colour))) }
}

/// A colour that the sixteen of a terminal lack.
const ORANGE: Style = Style::new().fg_color(Some(Color::Rgb(RgbColor(230, 140, 30))));

const fn look(state: State) -> Cell {
    match state {
        State::Processing => cell('█', AnsiColor::Green),
        State::Setup => cell('▓', AnsiColor::Cyan),
        State::Blocked => cell('▒', AnsiColor::Magenta),
        State::Starved => cell('░', AnsiColor::BrightBlack),
        State::WaitingForOperator => cell('o', AnsiColor::Blue),
        State::WaitingForTransport => cell('t', AnsiColor::Blue),
        State::WaitingForMaterial => cell('l', AnsiColor::Blue),
        State::MinorStop => cell('m', AnsiColor::Yellow),
        State::Failed => cell('F', AnsiColor::Red),
        State::WaitingForRepair => cell('w', AnsiColor::Red),
        State::Repair => Cell { glyph: 'R', style: ORANGE },
        State::PlannedMaintenance => cell('M', AnsiColor::Yellow),
        State::OffShift => cell('·', AnsiColor::BrightBlack),
        State::WarmingUp => cell('h', AnsiColor::Yellow),
    }
}

/// How many of `width` cells each share gets: proportional, to the last cell (largest remainder), and the earlier share
/// wins a tie. Shares sum to one; where they sum to nothing, so do the cells.
fn cells(shares: &[f64], width: usize) -> Vec<usize> {
    let exact: Vec<f64> = shares.iter().map(|share| share.max(0.0) * width as f64).collect();
    let mut cells: Vec<usize> = exact.iter().map(|cells| cells.floor() as usize).collect();
    let wanted = exact.iter().sum::<f64>().round() as usize;
    let mut order: Vec<usize> = (0..shares.len()).collect();
    let remainder = |index: &usize| exact[*index] - exact[*index].floor();
    order.sort_by(|one, other| remainder(other).total_cmp(&remainder(one)));
    let missing = wanted.min(width).saturating_sub(cells.iter().sum());
    for index in order.into_iter().take(missing) {
        cells[index] += 1;
    }
    cells
}

/// A bar of `width` placeholders; `shares` are parallel to [`State::ALL`].
pub fn bar(shares: &[f64], width: usize) -> String {
    let cells = cells(shares, width);
    let placeholder = |index: usize| char::from_u32(PLACEHOLDERS + index as u32).unwrap_or(' ');
    cells.into_iter().enumerate().flat_map(|(index, count)| std::iter::repeat_n(placeholder(index), count)).collect()
}

/// The cell of `state` as a placeholder.
fn sample(state: State) -> char {
    let index = State::ALL.iter().position(|other| *other == state).unwrap_or(0);
    char::from_u32(PLACEHOLDERS + index as u32).unwrap_or(' ')
}

/// The legend of `states`, in lines of at most `width` columns.
pub fn legend(states: &[State], width: usize) -> String {
    let mut text = String::new();
    let mut column = 0;
    for state in states {
        let name = state.in_words();
        let length = 2 + name.len();
        if column > 0 && column + 2 + length > width {
            text.push('\n');
            column = 0;
        }
        if column > 0 {
            text.push_str("  ");
            column += 2;
        }
        text.push(sample(*state));
        text.push(' ');
        text.push_str(name);
        column += length;
    }
    draw(&text)
}

/// `text` with every placeholder drawn.
pub fn draw(text: &str) -> String {
    let state_of = |letter: char| {
        let index = (letter as u32).checked_sub(PLACEHOLDERS)?;
        State::ALL.get(index as usize).copied()
    };
    let mut drawn = String::with_capacity(text.len());
    let mut present = None;
    for letter in text.chars() {
        let state = state_of(letter);
        if state != present {
            if let Some(before) = present {
                drawn.push_str(&format!("{:#}", look(before).style));
            }
            if let Some(state) = state {
                drawn.push_str(&look(state).style.to_string());
            }
            present = state;
        }
        drawn.push(state.map_or(letter, |state| look(state).glyph));
    }
    if let Some(before) = present {
        drawn.push_str(&format!("{:#}", look(before).style));
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(parts: &[(State, f64)]) -> Vec<f64> {
        let share = |state: &State| parts.iter().find(|(other, _)| other == state).map_or(0.0, |(_, share)| *share);
        State::ALL.iter().map(share).collect()
    }

    /// `text` without colours.
    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_bar_is_exactly_as_wide_as_asked_and_proportional() {
        let cases = [
            (vec![(State::Processing, 1.0)], 10, "██████████"),
            (vec![(State::Processing, 0.5), (State::Starved, 0.5)], 10, "█████░░░░░"),
            (vec![(State::Processing, 0.34), (State::Blocked, 0.33), (State::Starved, 0.33)], 10, "████▒▒▒░░░"),
            (vec![(State::Processing, 0.97), (State::Failed, 0.03)], 20, "███████████████████F"),
            (vec![(State::Processing, 0.98), (State::Failed, 0.02)], 20, "████████████████████"),
            (vec![(State::OffShift, 1.0)], 3, "···"),
            (vec![], 10, ""),
        ];
        for (parts, width, expected) in cases {
            let drawn = plain(&draw(&bar(&shares(&parts), width)));
            assert_eq!(drawn, expected, "{parts:?}");
        }
        for width in 0..80 {
            let thirds = shares(&[(State::Setup, 1.0 / 3.0), (State::Failed, 1.0 / 3.0), (State::Repair, 1.0 / 3.0)]);
            assert_eq!(bar(&thirds, width).chars().count(), width);
        }
    }

    #[test]
    fn every_state_has_a_cell_of_its_own() {
        let mut glyphs: Vec<char> = State::ALL.iter().map(|state| look(*state).glyph).collect();
        glyphs.sort_unstable();
        glyphs.dedup();
        assert_eq!(glyphs.len(), State::ALL.len());
        let drawn = draw(&State::ALL.iter().map(|state| sample(*state)).collect::<String>());
        assert_eq!(plain(&drawn).chars().count(), State::ALL.len());
    }

    #[test]
    fn a_legend_keeps_to_its_width() {
        let legend = plain(&legend(&State::ALL, 40));
        assert!(legend.lines().all(|line| line.chars().count() <= 40), "{legend}");
        assert!(State::ALL.iter().all(|state| legend.contains(state.in_words())), "{legend}");
    }
}
