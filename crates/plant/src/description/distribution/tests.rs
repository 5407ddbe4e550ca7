//! Distributions: every law in every form, and the argument each complaint points at.

use super::super::complaint::Complaint;
use super::super::reader::Reader;
use super::super::table::{Table, TableSource};
use super::super::tests::{accepts, laid_out, refuses, shown};
use super::super::{Name, Origin, codes};
use super::laws::LAWS;
use super::*;

fn text(text: &str) -> Node {
    Node::text(text)
}

fn law<T: Describe>(node: &Node) -> T {
    let mut reader = Reader::without_tables();
    let read = T::read(node, &mut reader);
    read.unwrap_or_else(|| panic!("{:?}", reader.complaints()))
}

#[test]
fn times_are_drawn_in_nanoseconds() {
    let hour = 3.6e12;
    for (node, expected) in [
        (text("45 s"), Distribution::Constant(45e9)),
        (Node::call("Constant", [text("45 s")]), Distribution::Constant(45e9)),
        (Node::call("Exponential", [text("6 h")]), Distribution::Exponential { mean: 6.0 * hour }),
        (
            Node::call("Triangular", [text("40 s"), text("45 s"), text("60 s")]),
            Distribution::Triangular { min: 40e9, mode: 45e9, max: 60e9 },
        ),
        (
            Node::structure("LogNormal", [("cv", Node::float(0.8)), ("mean", text("20 min"))]),
            Distribution::LogNormal { mean: hour / 3.0, cv: 0.8 },
        ),
        (Node::call("Erlang", [Node::integer(3), text("1 h")]), Distribution::Erlang { shape: 3, mean: hour }),
        (Node::call("Empirical", [Node::list([text("1 s"), text("2 s")])]), Distribution::Empirical([1e9, 2e9].into())),
        (
            Node::call("Discrete", [Node::list([Node::call("", [text("1 s"), Node::integer(3)])])]),
            Distribution::Discrete([(1e9, 3.0)].into()),
        ),
    ] {
        assert_eq!(law::<TimeDistribution>(&node).distribution(), &expected);
    }
    let counts = law::<CountDistribution>(&Node::call("Uniform", [Node::integer(1), Node::integer(3)]));
    assert_eq!(counts.distribution(), &Distribution::Empirical([1.0, 2.0, 3.0].into()));
    let numbers = law::<NumberDistribution>(&Node::call("Gaussian", [Node::integer(-3), Node::float(0.5)]));
    assert_eq!(numbers.distribution(), &Distribution::Gaussian { mean: -3.0, standard_deviation: 0.5 });
}

#[test]
fn wrong_parameters_are_pointed_at() {
    for (node, expected) in [
        (
            Node::call("Triangular", [text("60 s"), text("45 s"), text("40 s")]),
            &[
                "LW0208 \"60 s\": `min` of Triangular is above its `mode` | must not be above `mode` | \
                 the order is min, mode, max",
                "LW0208 \"45 s\": `mode` of Triangular is above its `max` | must not be above `max` | \
                 the order is min, mode, max",
            ][..],
        ),
        (
            Node::call("Triangular", [text("40 s"), text("60 s")]),
            &["LW0209 Triangular: Triangular takes 3 arguments, 2 are given | `max` is missing | \
               write Triangular(min, mode, max)"],
        ),
        (
            Node::call("Exponential", [text("6 h"), Node::integer(2)]),
            &["LW0209 2: Exponential takes 1 argument, 2 are given | one too many | write Exponential(mean)"],
        ),
        (
            Node::call("Exponential", [text("0 s")]),
            &["LW0208 \"0 s\": `mean` of Exponential must be above 0 | expected more than 0 | -"],
        ),
        (
            Node::call("LogNormal", [text("20 kg"), Node::float(-0.8)]),
            &[
                "LW0203 kg: \"20 kg\" is a mass | expected a duration: ns, us, ms, s, min, h, d, wk | \
                 write \"20 s\" for example",
                "LW0208 -0.8: `cv` of LogNormal must not be negative | expected 0 or more | -",
            ],
        ),
        (
            Node::structure("LogNormal", [("mean", text("20 min")), ("sd", text("1 min"))]),
            &[
                "LW0301 sd: LogNormal has no field `sd` | unknown field | fields of LogNormal: mean, cv",
                "LW0302 LogNormal: LogNormal needs a field `cv` | `cv` is missing | add `cv: 1.5` with your own value",
            ],
        ),
        (
            Node::call("Erlang", [Node::float(2.5), text("1 h")]),
            &["LW0207 2.5: 2.5 is not a whole number | expected a whole number | -"],
        ),
        (
            Node::call("Gamma", [Node::float(0.001), text("1 h")]),
            &["LW0208 0.001: `shape` is 0.001, but a shape is at least 0.01 | makes no distribution | -"],
        ),
        (
            Node::call("Exponental", [text("6 h")]),
            &["LW0304 Exponental: there is no time distribution called `Exponental` | expected a time distribution | \
               did you mean `Exponential`?"],
        ),
        (
            Node::call("Poisson", [Node::integer(3)]),
            &["LW0304 Poisson: there is no time distribution called `Poisson` | expected a time distribution | \
               known: Constant, Uniform, Triangular, Pert, Exponential, Erlang, Gamma, Normal, LogNormal, Weibull, \
               Beta, Empirical, Discrete"],
        ),
        (
            Node::list([text("1 s")]),
            &["LW0201 [\"1 s\"]: expected a time distribution, found a list | expected a time distribution | \
               write for example \"45 s\" or Exponential(\"6 h\")"],
        ),
        (
            Node::integer(45),
            &["LW0202 45: 45 has no unit | expected a duration with its unit | \
               write \"45 s\" or another of ns, us, ms, s, min, h, d, wk"],
        ),
        (
            Node::call("Empirical", [Node::list([])]),
            &["LW0210 []: there are no values to draw from | expected at least one value | -"],
        ),
        (
            Node::call("Empirical", [Node::list([text("1 s"), Node::integer(2), text("x")])]),
            &[
                "LW0202 2: 2 has no unit | expected a duration with its unit | \
                 write \"2 s\" or another of ns, us, ms, s, min, h, d, wk",
                "LW0205 x: \"x\" does not begin with a number | expected a duration | \
                 write a number and a unit: \"40 s\"",
            ],
        ),
        (
            Node::call("Empirical", [Node::list([text("1 s")]), text("a")]),
            &["LW0209 \"a\": a list has no columns | belongs to a CSV file | -"],
        ),
        (
            Node::call("Empirical", [text("times.csv")]),
            &["LW0713 \"times.csv\": the table \"times.csv\" cannot be read from here | names a file | \
               write the values as a list instead"],
        ),
        (
            Node::call("Discrete", [Node::list([Node::call("", [text("1 s"), Node::float(-1.0)])])]),
            &["LW0208 -1.0: the weight -1.0 is negative | expected a weight of 0 or above | -"],
        ),
        (
            Node::call("Discrete", [Node::list([Node::call("", [text("1 s"), Node::integer(0)])])]),
            &["LW0208 [(\"1 s\", 0)]: at least one value must have a weight above 0 | makes no distribution | -"],
        ),
    ] {
        refuses::<TimeDistribution>(&node, expected);
    }
    refuses::<CountDistribution>(
        &Node::call("Geometric", [Node::float(1.5)]),
        &["LW0206 1.5: 1.5 is more than 1 | expected a ratio from 0 to 1 | for percent write \"1.5 %\""],
    );
    refuses::<CountDistribution>(
        &Node::integer(-1),
        &["LW0206 -1: -1 is negative | expected a whole number, 0 or more | -"],
    );
    refuses::<NumberDistribution>(
        &Node::call("Uniform", [Node::float(2.0), Node::integer(1)]),
        &["LW0208 2.0: `min` of Uniform is above its `max` | must not be above `max` | the order is min, max"],
    );
}

/// One table, whatever the path.
#[derive(Debug)]
struct OneTable(Table);

impl TableSource for OneTable {
    fn table(&self, _path: &str, _at: Origin) -> Result<Table, Complaint> {
        Ok(self.0.clone())
    }
}

/// A table whose cells have origins in their CSV text, which comes with it.
fn table(csv: &str) -> (Table, String) {
    let mut rows = Vec::new();
    let mut start = 0;
    for line in csv.lines() {
        let mut row = Vec::new();
        for cell in line.split(',') {
            row.push(Node::text(cell).at(Origin::new(0, start, start + cell.len() as u32)));
            start += cell.len() as u32 + 1;
        }
        rows.push(row);
    }
    let columns = rows.remove(0);
    (Table { columns, rows }, csv.to_owned())
}

#[test]
fn observed_values_come_from_a_column() {
    for (csv, arguments, expected) in [
        ("time\n1 s\n2 s", vec![], Ok(&[1e9, 2e9][..])),
        ("time [s]\n1\n0.1", vec![], Ok(&[1e9, 1e8])),
        ("a,time [min]\nx,1\ny,2 s", vec!["time"], Ok(&[6e10, 2e9])),
        ("a,seconds\nx,1.5\ny,2", vec!["seconds", "s"], Ok(&[1.5e9, 2e9])),
        ("a,b\n1 s,2 s", vec![], Err("LW0711 this table has 2 columns (columns of the table: a, b)")),
        ("a,time\n1 s,2 s", vec!["tiem"], Err("LW0711 the table has no column \"tiem\" (did you mean \"time\"?)")),
        ("time\n1", vec![], Err("LW0202 1 has no unit (write \"1 s\" or another of ns, us, ms, s, min, h, d, wk)")),
        ("time\n1", vec!["time", "sec"], Err("LW0204 there is no unit \"sec\" (did you mean \"1 s\"?)")),
        ("time", vec![], Err("LW0210 there are no values to draw from")),
    ] {
        let source = OneTable(table(csv).0);
        let mut reader = Reader::new(&source);
        let arguments = std::iter::once("times.csv").chain(arguments).map(text);
        let read = TimeDistribution::read(&Node::call("Empirical", arguments), &mut reader);
        let complaint = reader.complaints().first().map(ToString::to_string);
        match expected {
            Ok(values) => {
                assert_eq!(complaint, None, "{csv}");
                assert_eq!(read.map(|law| law.distribution), Some(Distribution::Empirical(values.into())), "{csv}");
            }
            Err(message) => {
                assert_eq!(complaint.map(|text| text.replacen(": ", " ", 1)).as_deref(), Some(message), "{csv}");
                assert!(read.is_none() && reader.complaints().len() == 1, "{csv}");
            }
        }
    }
}

crate::describe! {
    /// One arrival.
    pub struct Arrival {
        /// When.
        time: SimDuration,
        /// What.
        part_type: Name,
        /// How many.
        quantity: u32 = 1,
        /// How hot.
        heat: Option<f64> = None,
    }
}

#[test]
fn rows_of_a_table_are_structs() {
    let (sound, _) = table("time [min], part_type,quantity,heat\n1,red,,\n90 s,blue,3,1.5");
    let mut reader = Reader::without_tables();
    let rows = sound.read_rows::<Arrival>("arrival", Origin::NOWHERE, &mut reader);
    let arrival = |seconds, part_type: &str, quantity, heat| Arrival {
        time: SimDuration::from_secs(seconds),
        part_type: Name::from(part_type),
        quantity,
        heat,
    };
    assert_eq!(rows, Some(vec![arrival(60, "red", 1, None), arrival(90, "blue", 3, Some(1.5))]));
    assert_eq!(reader.complaints(), []);

    for (csv, expected) in [
        (
            "time,part_typ,colour\n1 s,red,x\n2,red,x",
            &[
                "LW0712 part_typ: arrival has no column `part_typ` | unknown column | did you mean `part_type`?",
                "LW0712 colour: arrival has no column `colour` | unknown column | \
                 columns of arrival: time, part_type, quantity, heat",
            ][..],
        ),
        (
            "time,time,quantity\n1 s,1 s,1",
            &[
                "LW0303 time: column \"time\" is there twice | again here | -",
                "LW0711 : arrival needs a column `part_type` | this table has no `part_type` | \
                 columns of the table: time, time, quantity",
            ],
        ),
        (
            "time,part_type,quantity\n1 s,red,2.5\n40 kg,,x",
            &[
                "LW0207 2.5: 2.5 is not a whole number | expected a whole number | -",
                "LW0203 kg: \"40 kg\" is a mass | expected a duration: ns, us, ms, s, min, h, d, wk | \
                 write \"40 s\" for example",
                "LW0210 : `part_type` is empty in this row | expected a value like \"packer\" | -",
                "LW0201 x: expected a whole number, found the text \"x\" | expected a whole number | -",
            ],
        ),
    ] {
        let (table, csv) = table(csv);
        let mut reader = Reader::without_tables();
        assert_eq!(table.read_rows::<Arrival>("arrival", Origin::new(0, 0, 0), &mut reader), None);
        let said: Vec<String> = reader.complaints().iter().map(|complaint| shown(complaint, &csv)).collect();
        assert_eq!(said, expected, "{csv}");
    }
}

#[test]
fn every_law_reads_by_order_and_by_name_and_is_documented() {
    // Ascending values, each sound for its parameter.
    let value = |index: usize, kind: laws::ParameterKind| match kind {
        laws::ParameterKind::Value => text(&format!("{} s", index + 1)),
        laws::ParameterKind::Number => Node::float(index as f64 + 1.0),
        laws::ParameterKind::Whole => Node::integer(index as i64 + 1),
        laws::ParameterKind::Probability => Node::float(0.5),
    };
    for measured in Measure::Time.laws() {
        let values: Vec<Node> =
            measured.parameters.iter().enumerate().map(|(index, parameter)| value(index, parameter.kind)).collect();
        let in_order = law::<TimeDistribution>(&Node::call(measured.name, values.clone()));
        let names = measured.parameters.iter().map(|parameter| parameter.name);
        accepts(&Node::structure(measured.name, names.zip(values.clone()).rev_pairs()), &in_order);
        let written: Vec<String> = values.iter().map(|node| laid_out(node).0).collect();
        let expected = match measured.name {
            "Constant" => written.join(", "),
            name => format!("{name}({})", written.join(", ")),
        };
        assert_eq!(in_order.write(), Some(expected));
    }
    for law in LAWS {
        assert!(law.documentation.ends_with('.') || law.documentation.ends_with("..."), "{}", law.name);
    }
    let mut words = 0;
    for shape in [TimeDistribution::shape(), NumberDistribution::shape(), CountDistribution::shape()] {
        shape.visit(&mut |part| {
            assert!(!part.documentation.is_empty(), "{}", part.name);
            words += 1;
        });
    }
    assert!(words > 6);
}

/// Pairs from the last to the first.
trait ReversePairs<'f>: Iterator<Item = (&'f str, Node)> + Sized {
    fn rev_pairs(self) -> Vec<(&'f str, Node)> {
        let mut pairs: Vec<(&'f str, Node)> = self.collect();
        pairs.reverse();
        pairs
    }
}

impl<'f, I: Iterator<Item = (&'f str, Node)>> ReversePairs<'f> for I {}

#[test]
fn the_place_of_a_distribution_is_kept_but_does_not_count() {
    let (_, node) = laid_out(&Node::call("Exponential", [text("6 h")]));
    let placed = law::<TimeDistribution>(&node);
    assert_eq!(placed.origin(), Origin::new(0, 0, 18));
    assert_eq!(placed, law::<TimeDistribution>(&Node::call("Exponential", [text("360 min")])));
    assert_eq!(codes::WRONG_PARAMETERS.id, "LW0208");
}
