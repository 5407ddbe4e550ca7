use plant::floor::Happening;
use std::sync::Arc;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let verbose = std::env::args().nth(2).is_some();
    let registry = Arc::new(plant::registry::Registry::default());
    let scenario = match scenario::expand::open(&path, &[], &registry) {
        Ok(s) => s,
        Err(r) => {
            println!("{}", scenario::diagnostic::render(&r.complaints, &r.sources, scenario::diagnostic::Style::Plain));
            return;
        }
    };
    let plant = scenario.plant;
    let begun = std::time::Instant::now();
    let mut run = plant::run::Run::new(plant.clone(), 1, 0).unwrap();
    run.recorder().events = true;
    let mut n = 0;
    loop {
        let p = run.advance();
        let evs = std::mem::take(&mut run.recorder().event_records);
        for e in evs {
            if verbose && !matches!(e.what, Happening::State(_)) && true {
                n += 1;
                println!(
                    "{:>14.6} {:<8} {:?}",
                    (e.at - kernel::SimTime::ZERO).as_seconds_f64(),
                    plant.model.name(e.element),
                    e.what
                );
            }
        }
        match p {
            Ok(plant::run::Progress::Done) => break,
            Ok(_) => {}
            Err(e) => {
                println!("ERROR {e}");
                break;
            }
        }
    }
    let r = run.report();
    for e in &r.elements {
        print!(
            "{:<10} {:<10} done {:>6} level {:>3} mean {:.4}",
            e.name, e.kind, e.counts.processed, e.level, e.level_mean
        );
        for f in &e.figures {
            print!(" | {} {:.5}{}", f.name, f.value, f.unit);
        }
        println!();
        for w in e.words.iter().take(8) {
            println!("      {}: {}", w.name, w.word);
        }
    }
    for t in &r.part_types {
        println!("{} shipped {} scrapped {} flow {:.6}", t.name, t.shipped, t.scrapped, 0.0);
    }
    println!("digest {:?} events {} in {:?}", run.digest(), run.event_count(), begun.elapsed());
}
