//! One of several words: how an enum is read from `Lifo`, `Exponential("6 h")` or `Rework(to: "mill", limit: 2)`.

use super::codes;
use super::complaint::Complaint;
use super::fields::{FieldSet, listed, unnamed};
use super::node::{Field, Node, Value};
use super::origin::Origin;
use super::reader::Reader;
use super::vocabulary::nearest_word;

/// The word that was chosen, with what stands behind it.
#[derive(Debug, Clone)]
pub struct Choice<'a> {
    variant: &'static str,
    name_origin: Origin,
    node: &'a Node,
}

/// An argument as a variant declares it: its name, and whether it must be given.
pub type Argument = (&'static str, bool);

impl<'a> Choice<'a> {
    /// The one of `variants` that `node` begins with; complains if it begins with none. `what` is what is chosen.
    pub fn of(node: &'a Node, what: &str, variants: &[&'static str], reader: &mut Reader<'_>) -> Option<Self> {
        let word = match &node.value {
            Value::Absent => Some(("None", node.origin)),
            _ => node.name(),
        };
        if let Some((word, name_origin)) = word
            && let Some(variant) = variants.iter().find(|variant| **variant == word)
        {
            return Some(Choice { variant, name_origin, node });
        }
        reader.complain(match (&node.value, word) {
            (Value::Absent, _) | (_, None) => not_a_word(node, what, variants),
            (_, Some((word, origin))) => unknown_word(word, origin, what, variants.iter().copied()),
        });
        None
    }

    /// The word.
    #[must_use]
    pub fn variant(&self) -> &'static str {
        self.variant
    }

    /// Checks that nothing stands behind the word; `Lifo()` is as good as `Lifo`.
    pub fn nothing(&self, reader: &mut Reader<'_>) -> Option<()> {
        let empty = match &self.node.value {
            Value::Struct { fields, .. } => fields.is_empty(),
            Value::Call { arguments, .. } => arguments.is_empty(),
            _ => true,
        };
        if empty {
            return Some(());
        }
        let word = self.variant;
        reader.complain(
            Complaint::new(&codes::WRONG_ARGUMENTS, self.node.origin, format!("{word} takes no arguments"))
                .label("expected the word alone")
                .help(format!("write `{word}`")),
        );
        None
    }

    /// The fields behind the word, which are `known`; complains of others.
    pub fn fields(&self, known: &[&'static str], reader: &mut Reader<'_>) -> Option<FieldSet<'a>> {
        match &self.node.value {
            Value::Call { arguments, .. } if !arguments.is_empty() => {
                let complaint = unnamed(self.variant, self.node, arguments);
                reader.complain(complaint.help(format!("fields of {}: {}", self.variant, listed(known))));
                None
            }
            Value::Struct { fields, .. } => Some(self.named(fields, known, reader)),
            _ => Some(FieldSet::empty(self.variant, self.name_origin)),
        }
    }

    /// The arguments behind the word as fields, whether they are given in order or by name; complains of a wrong
    /// number of them.
    pub fn arguments(&self, declared: &[Argument], reader: &mut Reader<'_>) -> Option<FieldSet<'a>> {
        let given: &[Node] = match &self.node.value {
            Value::Struct { fields, .. } if !fields.is_empty() => {
                let known: Vec<&'static str> = declared.iter().map(|(name, _)| *name).collect();
                return Some(self.named(fields, &known, reader));
            }
            Value::Call { arguments, .. } => arguments,
            _ => &[],
        };
        let mut set = FieldSet::empty(self.variant, self.name_origin);
        for ((name, _), argument) in declared.iter().zip(given) {
            set.insert(name, argument.origin, argument);
        }
        let needed = declared.iter().take_while(|(_, required)| *required).count();
        if given.len() < needed || given.len() > declared.len() {
            // Too many: from the first argument that has no place. Too few: the word.
            let origin = match (given.get(declared.len()), given.last()) {
                (Some(first), Some(last)) => first.origin.to(last.origin).or(self.name_origin),
                _ => self.name_origin,
            };
            reader.complain(self.wrong_number(given.len(), needed, declared, origin));
            for (name, _) in declared.iter().skip(given.len()) {
                set.excuse(name);
            }
        }
        Some(set)
    }

    fn wrong_number(&self, count: usize, needed: usize, declared: &[Argument], origin: Origin) -> Complaint {
        let word = self.variant;
        let numerus = |count: usize| if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") };
        let takes =
            if needed == declared.len() { numerus(needed) } else { format!("{needed} to {}", numerus(declared.len())) };
        let names: Vec<&str> = declared.iter().map(|(name, _)| *name).collect();
        let given = if count == 1 { "1 is given".to_owned() } else { format!("{count} are given") };
        let label = match declared.get(count) {
            Some((next, _)) => format!("`{next}` is missing"),
            None => "one too many".to_owned(),
        };
        Complaint::new(&codes::WRONG_ARGUMENTS, origin, format!("{word} takes {takes}, {given}"))
            .label(label)
            .help(format!("write {word}({})", names.join(", ")))
    }

    fn named(&self, fields: &'a [Field], known: &[&'static str], reader: &mut Reader<'_>) -> FieldSet<'a> {
        let mut set = FieldSet::of_fields(fields, self.variant, self.name_origin, self.node.origin, reader);
        set.complain_of_unknown(&[known], reader);
        set
    }
}

/// The complaint of `word`, which is no `what`: none of `known`.
#[must_use]
pub fn unknown_word<'k>(
    word: &str,
    origin: Origin,
    what: &str,
    known: impl IntoIterator<Item = &'k str> + Clone,
) -> Complaint {
    let what = &in_words(what);
    let help = match nearest_word(word, known.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known: {}", listed(&known.into_iter().collect::<Vec<&str>>())),
    };
    Complaint::new(&codes::UNKNOWN_WORD, origin, format!("there is no {what} called `{word}`"))
        .label(format!("expected {}", with_article(what)))
        .help(help)
}

fn not_a_word(node: &Node, what: &str, variants: &[&'static str]) -> Complaint {
    let what = &in_words(what);
    let (message, help) = match &node.value {
        Value::Text(text) if variants.contains(&text.as_str()) => {
            (format!("{} is a word without quotes", with_article(what)), format!("write `{text}`"))
        }
        Value::Struct { .. } | Value::Call { .. } => (
            format!("these brackets do not say which {what} they hold"),
            format!("begin with one of {}", listed(variants)),
        ),
        _ => (
            format!("expected {}, found {}", with_article(what), node.kind_in_words()),
            format!("one of {}", listed(variants)),
        ),
    };
    Complaint::new(&codes::WRONG_TYPE, node.origin, message)
        .label(format!("expected {}", with_article(what)))
        .help(help)
}

/// The name of a type as words: `DispatchingRule` is a dispatching rule.
fn in_words(what: &str) -> String {
    let mut words = String::new();
    for letter in what.chars() {
        if letter.is_uppercase() && words.ends_with(char::is_lowercase) {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// `a` or `an` in front of a word.
pub(crate) fn with_article(what: &str) -> String {
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" };
    format!("{article} {what}")
}
