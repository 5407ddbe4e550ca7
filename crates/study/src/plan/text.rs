//! A plan as text: RON like the scenarios, so that people can read it and one reader serves both.

use plant::description::{Complaint, Describe, Map, Node, Reader, Value, describe};
use scenario::load::Rejected;
use scenario::sources::Sources;
use scenario::syntax;

use super::{Files, Kind, Plan};

/// The version of the format.
const FORMAT: u32 = 1;

describe! {
    /// A plan as it is stored.
    struct Study {
        /// Version of the format.
        format: u32,
        /// The engine that laid it out.
        engine: String,
        /// What the cases are.
        kind: Kind,
        /// The scenarios.
        files: Vec<String>,
        /// What is set in all of them.
        set: Vec<String> = Vec::new(),
        /// Further variants.
        variants: Vec<Vec<String>> = Vec::new(),
        /// The seed.
        seed: Option<u64> = None,
        /// The end of runs.
        until: Option<String> = None,
        /// Replications.
        replications: Option<u64> = None,
        /// The replication that pictures show.
        replication: u64 = 0,
        /// The KPIs of interest.
        kpis: Vec<String> = Vec::new(),
        /// Confidence of comparisons.
        confidence: f64 = 0.95,
        /// Runs of an optimisation.
        runs: Option<u64> = None,
        /// Every file, by path.
        sources: Map<String>,
    }
}

impl Plan {
    /// The plan as text, with the engine that lays it out and every file it needs.
    #[must_use]
    pub fn to_text(&self, engine: &str, files: &Files) -> String {
        let texts = |texts: &[String]| Node::list(texts.iter().map(|text| Node::text(text)));
        let whole = |number: u64| i64::try_from(number).map_or_else(|_| Node::text(&number.to_string()), Node::integer);
        let mut fields = vec![
            ("format", Node::integer(i64::from(FORMAT))),
            ("engine", Node::text(engine)),
            ("kind", Node::identifier(&format!("{:?}", self.kind))),
            ("files", texts(&self.files)),
            ("set", texts(&self.set)),
            ("variants", Node::list(self.variants.iter().map(|variant| texts(variant)))),
            ("kpis", texts(&self.kpis)),
            ("confidence", Node::float(self.confidence)),
        ];
        fields.extend(self.seed.map(|seed| ("seed", whole(seed))));
        fields.extend(self.until.as_ref().map(|until| ("until", Node::text(until))));
        fields.extend(self.replications.map(|number| ("replications", whole(number))));
        fields.extend(self.runs.map(|number| ("runs", whole(number))));
        fields.extend((self.replication > 0).then(|| ("replication", whole(self.replication))));
        let files = files.iter().map(|(path, text)| (path.as_str(), Node::text(&String::from_utf8_lossy(text))));
        fields.push(("sources", Node::map(files)));
        // One field a line, so that a diff of two plans shows what differs.
        let lines = fields.iter().map(|(name, node)| format!("    {name}: {},\n", syntax::write(node)));
        format!("Study(\n{})\n", lines.collect::<String>())
    }

    /// Reads a plan; `path` is where it stands. Answers with the engine that laid it out and the files it needs too.
    ///
    /// # Errors
    /// Everything that is wrong with the text.
    pub fn of_text(path: &str, text: &str) -> Result<(Plan, String, Files), Box<Rejected>> {
        let sources = Sources::default();
        let refuse = |complaints: Vec<Complaint>, sources| Err(Box::new(Rejected { sources, complaints }));
        let source = match sources.add_text(path, text, "") {
            Ok(source) => source,
            Err(complaint) => return refuse(vec![complaint], sources),
        };
        let parsed = syntax::parse(text, source);
        let Some(root) = parsed.root.filter(|_| parsed.complaints.is_empty()) else {
            return refuse(parsed.complaints, sources);
        };
        let mut reader = Reader::without_tables();
        let study = match &root.value {
            Value::Struct { .. } => Study::read(&root, &mut reader),
            _ => None,
        };
        let said = reader.into_complaints();
        let Some(study) = study.filter(|study| said.is_empty() && study.format == FORMAT) else {
            let unknown =
                Complaint::new(&plant::description::codes::WRONG_TYPE, root.origin, "this is no plan of a study")
                    .label(format!("expected Study(format: {FORMAT}, ...)"));
            return refuse(if said.is_empty() { vec![unknown] } else { said }, sources);
        };
        let files = study.sources.iter().map(|(name, text)| (name.text().to_owned(), text.clone().into_bytes()));
        let plan = Plan {
            kind: study.kind,
            files: study.files,
            set: study.set,
            variants: study.variants,
            seed: study.seed,
            until: study.until,
            replications: study.replications,
            replication: study.replication,
            kpis: study.kpis,
            confidence: study.confidence,
            runs: study.runs,
        };
        Ok((plan, study.engine, files.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_reads_back_as_it_was_written() {
        let plan = Plan {
            kind: Kind::Compare,
            files: vec!["a.ron".into(), "b \"c\".ron".into()],
            set: vec!["mill.capacity=2".into()],
            variants: vec![vec!["a=1".into(), "b=\"x;y\"".into()], Vec::new()],
            seed: Some(7),
            until: Some("2 h".into()),
            replications: None,
            replication: 3,
            kpis: vec!["throughput".into()],
            confidence: 0.9,
            runs: Some(800),
        };
        let files = Files::from([
            ("a.ron".to_owned(), b"Scenario(\n  name: \"x\",\n)".to_vec()),
            ("t.csv".to_owned(), b"a,b\r\n".to_vec()),
        ]);
        let text = plan.to_text("0.1.0", &files);
        let (read, engine, read_files) = Plan::of_text("study.ron", &text).expect("a plan");
        assert_eq!((read, engine.as_str(), read_files), (plan, "0.1.0", files));
        for wrong in ["", "Study(format: 2)", "Scenario()", "[1]", "Study(format: 1, kind: Nap)"] {
            assert!(Plan::of_text("study.ron", wrong).is_err(), "{wrong}");
        }
    }
}
