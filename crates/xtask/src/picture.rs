//! `cargo xtask picture`: plays the flagship scenario and keeps what the program prints as a picture for README.md.
//!
//! The picture is the program's own coloured text and nothing else, so nobody edits it by hand; a test compares its words
//! with what the program prints now, but for the times that were measured.

use std::path::Path;

use anstyle_svg::{Palette, Term};

use crate::cargo::{cargo, show, workspace_root};

/// The scenario that is played, and where the picture stands; both from the workspace root.
pub const SCENARIO: &str = "scenarios/electronics_line.ron";
/// See [`SCENARIO`].
pub const PICTURE: &str = "assets/run.svg";

/// The panel: dark, but lighter than a dark page, so that its edge shows on both kinds of page.
const PANEL: [u8; 3] = [0x1c, 0x21, 0x28];
/// Plain text.
const TEXT: [u8; 3] = [0xd1, 0xd7, 0xe0];
/// The sixteen colours of a terminal in the order of their codes, each readable on the panel.
const COLOURS: [[u8; 3]; 16] = [
    [0x54, 0x5d, 0x68],
    [0xf4, 0x70, 0x67],
    [0x57, 0xab, 0x5a],
    [0xc6, 0x90, 0x26],
    [0x53, 0x9b, 0xf5],
    [0xb0, 0x83, 0xf0],
    [0x39, 0xc5, 0xcf],
    [0xd1, 0xd7, 0xe0],
    [0x76, 0x83, 0x90],
    [0xff, 0x93, 0x8a],
    [0x6b, 0xc4, 0x6d],
    [0xda, 0xaa, 0x3f],
    [0x6c, 0xb6, 0xff],
    [0xdc, 0xbd, 0xfb],
    [0x56, 0xd4, 0xdd],
    [0xf0, 0xf3, 0xf6],
];

/// Builds the program in release, plays the scenario and writes the picture; says whether all went well.
pub fn run() -> bool {
    if !show(&mut cargo(&["build", "--release", "--locked", "--package", "linewright"])) {
        return false;
    }
    match coloured_output().and_then(|output| drawn(&output)).and_then(|picture| write(&picture)) {
        Ok(()) => {
            println!("wrote {PICTURE}");
            true
        }
        Err(message) => {
            eprintln!("picture: {message}");
            false
        }
    }
}

/// What the program prints with its colours, in as many columns as it takes where nobody reads on a terminal.
fn coloured_output() -> Result<String, String> {
    let words = ["run", "--quiet", "--release", "--locked", "--package", "linewright", "--", "run", SCENARIO];
    let mut command = cargo(&words);
    command.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR");
    let output = command.output().map_err(|error| format!("cannot start the program: {error}"))?;
    if !output.status.success() {
        return Err(format!("{SCENARIO} does not play: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    String::from_utf8(output.stdout).map_err(|_| "the program prints something that is no text".to_owned())
}

/// The text as a picture, below the command that prints it.
fn drawn(output: &str) -> Result<String, String> {
    let colour = |[red, green, blue]: [u8; 3]| anstyle::RgbColor(red, green, blue);
    let term =
        Term::new().palette(Palette(COLOURS.map(colour))).fg_color(colour(TEXT).into()).bg_color(colour(PANEL).into());
    let prompt = format!("\u{1b}[2m$\u{1b}[0m \u{1b}[1mlinewright run {SCENARIO}\u{1b}[0m\n\n");
    let picture = term.render_svg(&(prompt + output.trim_end()));
    // Without a view box a narrow page cuts the picture off instead of making it smaller.
    let (width, height) = size(&picture).ok_or("the picture says no size")?;
    let sized = format!("<svg width=\"{width}px\" height=\"{height}px\"");
    let picture = replaced(&picture, &sized, &format!("{sized} viewBox=\"0 0 {width} {height}\""))?;
    // Quiet text is to be quieter than the rest, not hard to read; and not every browser knows the opacity of a span.
    let picture = replaced(&picture, ".dimmed { opacity: 0.4; }", ".dimmed { fill-opacity: 0.7; }")?;
    replaced(&picture, "rx=\"4.5\"", "rx=\"8\"")
}

/// `text` with the first `from` in it made `to`.
fn replaced(text: &str, from: &str, to: &str) -> Result<String, String> {
    if text.contains(from) { Ok(text.replacen(from, to, 1)) } else { Err(format!("the picture holds no `{from}`")) }
}

/// Width and height of a picture in pixels.
fn size(picture: &str) -> Option<(&str, &str)> {
    let number = |name: &str| picture.split_once(&format!("{name}=\""))?.1.split_once("px\"").map(|(number, _)| number);
    Some((number("width")?, number("height")?))
}

fn write(picture: &str) -> Result<(), String> {
    let path = workspace_root().join(PICTURE);
    let directory = path.parent().unwrap_or_else(|| Path::new("."));
    let written = std::fs::create_dir_all(directory).and_then(|()| std::fs::write(&path, picture));
    written.map_err(|error| format!("cannot write {PICTURE}: {error}"))
}

/// The words of a picture line by line, without the command on top: what the program printed when it was drawn.
#[must_use]
pub fn printed(picture: &str) -> Vec<String> {
    let lines = picture.split("<tspan x=").skip(1).map(|line| {
        let line = line.split("\n</tspan>").next().unwrap_or_default();
        let pieces = line.split('<').filter_map(|piece| Some(piece.split_once('>')?.1));
        pieces.collect::<String>().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    });
    lines.skip(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_holds_every_word_and_its_colour() {
        let output = "\u{1b}[1ma < b & c\u{1b}[0m  d\n\n  \u{1b}[32m██\u{1b}[0m\u{1b}[2mquiet\u{1b}[0m\n";
        let picture = drawn(output).expect("a picture");
        assert_eq!(printed(&picture), ["a < b & c  d", "", "  ██quiet"]);
        assert!(picture.contains("<tspan class=\"fg-green\">██</tspan>"), "{picture}");
        assert!(picture.contains(".fg-green { fill: #57AB5A }"), "{picture}");
        assert!(picture.contains("viewBox=\"0 0 740 "), "{picture}");
    }
}
