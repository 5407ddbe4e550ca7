//! The Linewright program with paint booths: `cargo run -p paint-shop -- run tests/extension/paint_shop.ron`.

use std::process::ExitCode;

use paint_shop::PaintShop;

fn main() -> ExitCode {
    linewright::main_with(&[&PaintShop])
}
