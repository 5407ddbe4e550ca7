//! Our tables against the `csv` crate: generated tables that are well formed must hold the same cells.

use kernel::{Stream, StreamKey};
use plant::description::{Node, Value};

#[test]
fn generated_tables_hold_the_same_cells() {
    let mut cells = 0;
    for replication in 0..5_000 {
        let mut stream = Stream::new(&StreamKey { seed: 7, replication, name: "table", purpose: "differential" });
        let text = table(&mut stream);
        let ours = scenario::table::read(&text, 0).unwrap_or_else(|complaint| panic!("{complaint}\n{text:?}"));
        let mut reader = csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(text.as_bytes());
        let theirs: Vec<Vec<String>> =
            reader.records().map(|record| record.expect("well formed").iter().map(str::to_owned).collect()).collect();
        let text_of = |node: &Node| match &node.value {
            // The csv crate trims inside quotes too.
            Value::Text(text) => text.trim().to_owned(),
            other => panic!("{other:?} in a table"),
        };
        let ours: Vec<Vec<String>> =
            std::iter::once(&ours.columns).chain(&ours.rows).map(|row| row.iter().map(text_of).collect()).collect();
        assert_eq!(ours, theirs, "{text:?}");
        cells += ours.iter().map(Vec::len).sum::<usize>();
    }
    assert!(cells > 50_000, "the generator writes next to nothing: {cells} cells");
}

fn table(stream: &mut Stream) -> String {
    let columns = 1 + stream.below(4);
    let mut text = (0..columns).map(|column| format!("column {column}")).collect::<Vec<_>>().join(",");
    let line_break = if stream.below(2) == 0 { "\n" } else { "\r\n" };
    for _ in 0..stream.below(12) {
        text.push_str(line_break);
        if stream.below(8) == 0 {
            text.push_str(line_break);
        }
        for column in 0..columns {
            if column > 0 {
                text.push(',');
            }
            // An empty cell alone on its line would be a blank line, which is no row.
            if columns > 1 && stream.below(5) == 0 {
                continue;
            }
            let options =
                ["1", "40 s", "\"a,b\"", "\"say \"\"x\"\"\"", "\"two\nlines\"", "\"\"", "ü", "1.5", " padded ", "x"];
            text.push_str(options[stream.below(options.len() as u64) as usize]);
        }
    }
    text
}
