//! From a file name to one tree: the file, the files it is based on, what it sets, what the command line sets.
//!
//! The tree that comes out is what a single file would have said, with every value still pointing at the file (or `--set`)
//! it came from. What the values mean is decided later, by whoever expands the tree into a plant.

use plant::description::{Complaint, Field, Node, Origin, Value};

use crate::overlay::codes;
use crate::overlay::{Assignment, Path, Schema, merge};
use crate::sources::{Sources, identity};
use crate::syntax::{self, write};

/// Most files in a chain of bases, the scenario itself included.
pub const BASE_CHAIN: usize = 16;

/// A scenario as one tree, without `base` and `set`, which have been carried out.
#[derive(Debug)]
pub struct Loaded {
    /// Every text the tree came from; tables opened later are added.
    pub sources: Sources,
    /// The scenario as if one file had said it.
    pub root: Node,
    /// The files of the chain, the scenario first, as numbers of sources.
    pub files: Vec<u16>,
    /// What was set while a run of it was under way, in that order; it is in `root` too.
    pub later: Vec<Later>,
}

/// Something that was set while a run was under way: it wins over what timed events had set by then.
#[derive(Debug, Clone, PartialEq)]
pub struct Later {
    /// Timed events that had happened by then.
    pub after: usize,
    /// What was set.
    pub assignment: Assignment,
}

impl Later {
    /// How `setting` is written that was made after so many timed events: as it is where there were none, otherwise with their number
    /// in front, as in `[2]mill.capacity=3`. No path begins with a bracket.
    #[must_use]
    pub fn written(after: usize, setting: &str) -> String {
        if after == 0 { setting.to_owned() } else { format!("[{after}]{setting}") }
    }

    /// The number in front of a setting, and the rest of it.
    fn split(text: &str) -> (usize, &str) {
        let number = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        number.and_then(|(number, rest)| Some((number.parse().ok()?, rest))).unwrap_or((0, text))
    }
}

/// Why there is no tree.
#[derive(Debug)]
pub struct Rejected {
    /// Every text that was read, to show complaints.
    pub sources: Sources,
    /// What is wrong, in the order of [`crate::diagnostic::arrange`].
    pub complaints: Vec<Complaint>,
}

impl Rejected {
    /// Whether some file could not be read at all, which may be another matter tomorrow.
    pub fn is_unreadable(&self) -> bool {
        self.complaints.iter().any(|complaint| complaint.code == &syntax::codes::UNREADABLE)
    }
}

impl Loaded {
    /// BLAKE3 of the canonical text of the resolved scenario: equal for two spellings of one scenario. Tables are not in
    /// it; their hashes are those of their sources.
    pub fn hash(&self) -> blake3::Hash {
        let mut text = write(&self.root);
        for Later { after, assignment } in &self.later {
            text += &format!("\n[{after}]{}={}", assignment.path, write(&assignment.value));
        }
        blake3::hash(text.as_bytes())
    }
}

/// Reads the scenario at `path` from the disk and carries out its overlays; `overrides` are the texts after `--set`.
///
/// # Errors
/// Every complaint of syntax, overlays and paths, all at once.
pub fn load(path: &str, overrides: &[String], schema: &dyn Schema) -> Result<Loaded, Box<Rejected>> {
    load_from(Sources::default(), path, overrides, schema)
}

/// As [`load`], with files from wherever `sources` takes them.
///
/// # Errors
/// As [`load`].
pub fn load_from(
    sources: Sources,
    path: &str,
    overrides: &[String],
    schema: &dyn Schema,
) -> Result<Loaded, Box<Rejected>> {
    let (gathered, mut complaints) = gather(sources, path, overrides, schema);
    match gathered {
        Ok(loaded) if complaints.is_empty() => Ok(loaded),
        gathered => {
            let sources = gathered.map_or_else(|sources| sources, |loaded| loaded.sources);
            crate::diagnostic::arrange(&mut complaints);
            Err(Box::new(Rejected { sources, complaints }))
        }
    }
}

/// As [`load_from`], but a path or value that cannot be set leaves the rest of the tree to be looked at. Answers with the
/// tree, or with the sources alone where a file is damaged, and with what is wrong so far.
pub(crate) fn gather(
    sources: Sources,
    path: &str,
    overrides: &[String],
    schema: &dyn Schema,
) -> (Result<Loaded, Sources>, Vec<Complaint>) {
    let mut chain = Chain {
        sources: &sources,
        schema,
        files: Vec::new(),
        seen: Vec::new(),
        is_damaged: false,
        complaints: Vec::new(),
    };
    let mut root = chain.file(path, Origin::NOWHERE);
    let (mut assignments, mut later) = (Vec::new(), Vec::new());
    for (index, text) in overrides.iter().enumerate() {
        let (after, text) = Later::split(text);
        match Assignment::parse(text, &format!("--set #{}", index + 1), path, &sources) {
            Ok(assignment) => {
                if after > 0 {
                    later.push(Later { after, assignment: assignment.clone() });
                }
                assignments.push(assignment);
            }
            Err(complaints) => chain.complaints.extend(complaints),
        }
    }
    if let Some(root) = &mut root {
        chain.assign(root, &assignments);
    }
    let Chain { files, complaints, is_damaged, .. } = chain;
    let gathered = match root {
        Some(root) if !is_damaged => Ok(Loaded { sources, root, files, later }),
        _ => Err(sources),
    };
    (gathered, complaints)
}

struct Chain<'s> {
    sources: &'s Sources,
    schema: &'s dyn Schema,
    files: Vec<u16>,
    /// Name and identity of every file so far, the scenario first.
    seen: Vec<(String, String)>,
    /// Whether some of what the files say is lost. A path that leads nowhere does no such harm.
    is_damaged: bool,
    complaints: Vec<Complaint>,
}

impl Chain<'_> {
    /// The tree of the file at `path` with its base below it; `None` after complaining.
    fn file(&mut self, path: &str, at: Origin) -> Option<Node> {
        let source = match self.sources.open(path, at) {
            Ok(source) => source,
            Err(complaint) => return self.refuse(complaint),
        };
        self.files.push(source);
        self.seen.push((path.to_owned(), identity(path)));
        let text = self.sources.get(source)?;
        let parsed = syntax::parse(text.text(), source);
        self.is_damaged |= parsed.is_damaged;
        self.complaints.extend(parsed.complaints);
        let mut root = parsed.root?;
        let Value::Struct { fields, .. } = &mut root.value else {
            let complaint = Complaint::new(&codes::BAD_SHAPE, root.origin, "the file holds no scenario")
                .label(format!("expected Scenario(...), found {}", root.kind_in_words()))
                .help("`linewright init` writes a commented starter");
            return self.refuse(complaint);
        };
        let base = take(fields, "base");
        let set = take(fields, "set");
        // Even a damaged file leads to its base, whose mistakes are shown in the same pass.
        let mut tree = match base {
            None => root,
            Some(base) => {
                let mut tree = self.base(&base.node)?;
                if self.is_damaged {
                    return None;
                }
                // What cannot be removed was not there: nothing is lost by it.
                merge(&mut tree, root, self.schema, &mut self.complaints);
                tree
            }
        };
        let assignments = set.map(|set| self.assignments(set.node)).unwrap_or_default();
        self.assign(&mut tree, &assignments);
        Some(tree)
    }

    fn base(&mut self, name: &Node) -> Option<Node> {
        let Value::Text(text) = &name.value else {
            let complaint = Complaint::new(&codes::BAD_SHAPE, name.origin, "`base` is the name of a file")
                .label(format!("expected a text, found {}", name.kind_in_words()))
                .help("write base: \"plant.ron\"");
            return self.refuse(complaint);
        };
        let path = match self.sources.beside(text, name.origin) {
            Ok(path) => path,
            Err(complaint) => return self.refuse(complaint),
        };
        let this = identity(&path);
        if let Some(first) = self.seen.iter().position(|(_, identity)| *identity == this) {
            let names: Vec<&str> = self.seen[first..].iter().map(|(name, _)| name.as_str()).collect();
            let complaint =
                Complaint::new(&codes::BASE_CYCLE, name.origin, "files are based on each other in a circle")
                    .label("this leads back to a file that is based on this one")
                    .help(format!("the circle is {} -> {path}", names.join(" -> ")));
            return self.refuse(complaint);
        }
        if self.seen.len() >= BASE_CHAIN {
            let complaint = Complaint::new(&codes::BASE_CHAIN, name.origin, "too many files are based on each other")
                .label(format!("at most {BASE_CHAIN} files make a scenario"));
            return self.refuse(complaint);
        }
        self.file(&path, name.origin)
    }

    /// The entries of a `set` map.
    fn assignments(&mut self, set: Node) -> Vec<Assignment> {
        let Value::Map(entries) = set.value else {
            let complaint = Complaint::new(&codes::BAD_SHAPE, set.origin, "`set` is a map of paths and values")
                .label("expected curly brackets")
                .help("write set: { \"mill.capacity\": 2 }");
            self.complaints.push(complaint);
            return Vec::new();
        };
        let mut assignments = Vec::new();
        for (key, value) in entries {
            match Path::of(&key) {
                Ok(path) => assignments.push(Assignment::new(path, value)),
                Err(complaint) => self.complaints.push(complaint),
            }
        }
        assignments
    }

    /// Puts values where they belong. In a damaged file no path can be judged.
    fn assign(&mut self, root: &mut Node, assignments: &[Assignment]) {
        if self.is_damaged {
            return;
        }
        for assignment in assignments {
            if let Err(complaint) = assignment.apply(root, self.schema) {
                self.complaints.push(complaint);
            }
        }
    }

    fn refuse(&mut self, complaint: Complaint) -> Option<Node> {
        self.is_damaged = true;
        self.complaints.push(complaint);
        None
    }
}

fn take(fields: &mut Vec<Field>, name: &str) -> Option<Field> {
    let place = fields.iter().position(|field| field.name == name)?;
    Some(fields.remove(place))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::overlay::NoSchema;

    fn loaded(files: &[(&str, &str)], overrides: &[&str]) -> Result<Loaded, Box<Rejected>> {
        let map: BTreeMap<String, Vec<u8>> =
            files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
        load_from(Sources::new(map), files[0].0, &overrides, &NoSchema)
    }

    #[test]
    fn files_sets_and_the_command_line_are_laid_over_each_other_in_order() {
        let files = [
            ("s/top.ron", "Scenario(base: \"../mid.ron\", c: 30, set: {\"a\": 31, \"d.e\": 32})"),
            ("s/../mid.ron", "Scenario(base: \"plants/low.ron\", b: 20, set: {\"c\": 21, \"b\": 22})"),
            ("s/../plants/low.ron", "Scenario(a: 10, b: 11, c: 12, d: (e: 13, f: 14))"),
        ];
        let good = loaded(&files, &["d.f=40", "d.f=41"]).expect("good files");
        assert_eq!(write(&good.root), "Scenario(a:31,b:22,c:30,d:(e:32,f:41))");
        assert_eq!(good.files.len(), 3);
        let file_of = |name: &str| {
            let path = Path::of(&Node::text(name)).expect(name);
            let places = crate::overlay::resolve(&good.root, &path, &NoSchema).expect(name);
            let origin = places[0].get(&good.root).expect(name).origin;
            good.sources.get(origin.source).expect(name).name().to_owned()
        };
        assert_eq!(file_of("a"), "s/top.ron");
        assert_eq!(file_of("b"), "s/../mid.ron");
        assert_eq!(file_of("d.f"), "--set #2");
        let plain = [("one.ron", "Scenario(\n a: 31, b: 22, c: 30, d: (e: 32, f: 41), // same\n)")];
        assert_eq!(loaded(&plain, &[]).expect("a good file").hash(), good.hash());
    }

    #[test]
    fn every_mistake_of_every_file_is_found_in_one_pass() {
        let chain: Vec<(String, String)> =
            (0..20).map(|i| (format!("{i}.ron"), format!("(base: \"{}.ron\")", i + 1))).collect();
        let chain: Vec<(&str, &str)> = chain.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        type Pairs<'a> = &'a [(&'a str, &'a str)];
        let cases: &[(Pairs, &[&str], Pairs)] = &[
            (
                &[("a.ron", "(base: \"b.ron\", x: NaN)"), ("b.ron", "(y: 007)")],
                &["z"],
                &[("LW0104", "NaN"), ("LW0105", "007"), ("LW0607", "z")],
            ),
            (&[("a.ron", "(base: \"b.ron\")"), ("b.ron", "(base: \"./a.ron\")")], &[], &[("LW0603", "\"./a.ron\"")]),
            (&[("a.ron", "(base: \"a.ron\")")], &[], &[("LW0603", "\"a.ron\"")]),
            (&chain, &[], &[("LW0604", "\"16.ron\"")]),
            (&[("a.ron", "(base: \"b.ron\")")], &[], &[("LW0122", "\"b.ron\"")]),
            (&[("a.ron", "(base: \"/b.ron\")")], &[], &[("LW0123", "\"/b.ron\"")]),
            (&[("a.ron", "(base: 3, set: [1])")], &[], &[("LW0605", "3")]),
            (&[("a.ron", "(set: [1])")], &[], &[("LW0605", "[1]")]),
            (&[("a.ron", "[1]")], &[], &[("LW0605", "[1]")]),
            (
                &[("a.ron", "(a: 1, set: {\"b\": 2, \"c.d\": 3, 4: 5})")],
                &[],
                &[("LW0601", "b"), ("LW0601", "c"), ("LW0602", "4")],
            ),
            (
                &[("a.ron", "(a: 1, set: {\"b\": 2, \"c.d\": 3})")],
                &["e=1"],
                &[("LW0601", "b"), ("LW0601", "c"), ("LW0601", "e")],
            ),
        ];
        for (files, overrides, expected) in cases {
            let rejected = loaded(files, overrides).expect_err(files[0].1);
            let found: Vec<(&str, String)> = rejected
                .complaints
                .iter()
                .map(|complaint| (complaint.code.id, rejected.sources.excerpt(complaint.origin)))
                .collect();
            let expected: Vec<(&str, String)> = expected.iter().map(|(id, at)| (*id, (*at).to_owned())).collect();
            assert_eq!(found, expected, "{}", files[0].1);
        }
    }

    #[test]
    fn a_circle_of_files_is_shown() {
        let files = [("a.ron", "(base: \"b.ron\")"), ("b.ron", "(base: \"c.ron\")"), ("c.ron", "(base: \"b.ron\")")];
        let rejected = loaded(&files, &[]).expect_err("a circle");
        let help = rejected.complaints[0].help.as_deref().unwrap_or("");
        assert_eq!(help, "the circle is b.ron -> c.ron -> b.ron");
        assert!(!rejected.is_unreadable());
    }
}
