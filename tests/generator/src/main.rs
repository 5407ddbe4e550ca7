//! Prints the plant of a number, or takes one from a file, and says on the error stream whether everything holds that must;
//! with `--shrink` prints the smallest one that fails in the same way.

use std::process::ExitCode;
use std::sync::Arc;

use plant::registry::Registry;
use plant_generator::examine::examine;
use plant_generator::generated;
use plant_generator::shrink::shrunk;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let shrinks = arguments.iter().any(|argument| argument == "--shrink");
    arguments.retain(|argument| argument != "--shrink");
    let registry = Arc::new(Registry::default());
    let text = match arguments.as_slice() {
        [argument] => match argument.parse() {
            Ok(number) => Ok(generated(number, &registry).text),
            Err(_) => std::fs::read_to_string(argument).map_err(|error| format!("{argument}: {error}")),
        },
        _ => Err("expected a number or a file: cargo run -p plant-generator -- 17 --shrink > plant.ron".to_owned()),
    };
    let text = match text {
        Ok(text) if shrinks => shrunk(&text, &registry),
        Ok(text) => text,
        Err(mistake) => {
            eprintln!("{mistake}");
            return ExitCode::from(2);
        }
    };
    print!("{text}");
    match examine(&text, &registry) {
        Ok(examined) => {
            let report = &examined.reports[1];
            for element in &report.elements {
                let counts = &element.counts;
                eprintln!(
                    "{}: {} came, {} left, {} there",
                    element.name, counts.arrived, counts.departed, element.level
                );
            }
            eprintln!("{} events, {} shipped, jam: {:?}", report.event_count, examined.shipped(), report.jam);
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}
