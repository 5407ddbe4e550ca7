//! The kinds of mistakes that reading and planning a description can find, with what `linewright explain` says of them.
//!
//! LW02xx are values and units, LW03xx fields and names, LW04xx references, LW05xx plant logic; LW071x are tables whose
//! text is sound but whose contents are not what was asked for.

/// Declares codes and the list of them that `linewright explain` searches.
#[macro_export]
macro_rules! declare_codes {
    ($($(#[$documentation:meta])* $name:ident = $id:literal, $title:literal, $explanation:literal;)*) => {
        $(
            $(#[$documentation])*
            pub static $name: $crate::description::Code =
                $crate::description::Code { id: $id, title: $title, explanation: $explanation };
        )*
        /// Every code of this room.
        pub static CODES: &[&$crate::description::Code] = &[$(&$name),*];
    };
}

declare_codes! {
    /// A value of another kind than the field holds.
    WRONG_TYPE = "LW0201", "wrong kind of value",
    "Every field holds one kind of value: a number, a text, a list, named fields in round brackets and so on. Nothing is \
     converted in silence: a number in quotes is a text, and one value is not a list of one.\n\n\
     Bad:\n    capacity: \"2\",\nGood:\n    capacity: 2,";
    /// A quantity without its unit.
    MISSING_UNIT = "LW0202", "quantity without a unit",
    "A bare number does not say whether it means seconds or minutes, and the reader of a file cannot ask. Every value \
     with a dimension carries its unit, as text.\n\n\
     Bad:\n    process_time: 40,\nGood:\n    process_time: \"40 s\",";
    /// A quantity of another dimension.
    WRONG_DIMENSION = "LW0203", "quantity of another dimension",
    "The unit is known, but it measures something else than the field holds: a mass where a duration belongs, minutes \
     written as metres.\n\n\
     Bad:\n    process_time: \"40 kg\",\nGood:\n    process_time: \"40 s\",";
    /// A unit nobody knows.
    UNKNOWN_UNIT = "LW0204", "unknown unit",
    "Units are written with their symbols, in their own case: min and not minutes, kW and not KW, \
     since mW and MW differ by nine zeros.\n\n\
     Bad:\n    process_time: \"40 secs\",\nGood:\n    process_time: \"40 s\",";
    /// Text that is not a number, quantity, date or time.
    MALFORMED = "LW0205", "text that is not a value",
    "A quantity is a number, a space and a unit; a duration may join several: \"1 h 30 min\". The decimal mark is a point, \
     there are no marks between thousands, and NaN and infinity are not numbers here. Dates are written 2026-12-25, \
     times of day 06:00.\n\n\
     Bad:\n    length: \"1,5 m\",\nGood:\n    length: \"1.5 m\",";
    /// A value outside of what makes sense.
    OUT_OF_RANGE = "LW0206", "value out of range",
    "The value is well written, but no plant has it: a negative duration, a ratio above 1, more places than the engine \
     can count, a length that is not zero and yet smaller than a nanometre.\n\n\
     Bad:\n    yield_ratio: 1.2,\nGood:\n    yield_ratio: 0.98,";
    /// A fraction where things are counted.
    NOT_WHOLE = "LW0207", "fraction of something that is counted",
    "Places, parts and operators come in whole numbers, written without a point.\n\n\
     Bad:\n    capacity: 2.5,\nGood:\n    capacity: 2,";
    /// Parameters of a distribution that do not fit together.
    WRONG_PARAMETERS = "LW0208", "parameters that make no distribution",
    "Each parameter is a sound value, but together they describe no distribution: the minimum is above the mode, the \
     mean is zero, all weights are zero.\n\n\
     Bad:\n    process_time: Triangular(\"60 s\", \"45 s\", \"40 s\"),\nGood:\n    process_time: Triangular(\"40 s\", \"45 s\", \"60 s\"),";
    /// Too few or too many arguments.
    WRONG_ARGUMENTS = "LW0209", "wrong number of arguments",
    "Arguments without names are taken in order, so each must be there; or all of them are given by name, in any order.\n\n\
     Bad:\n    process_time: Triangular(\"40 s\", \"60 s\"),\nGood:\n    process_time: Triangular(min: \"40 s\", mode: \"45 s\", max: \"60 s\"),";
    /// An empty name or list where there must be something.
    EMPTY = "LW0210", "nothing where something must be",
    "A name of no letters names nothing, and a list without values has nothing to draw from.\n\n\
     Bad:\n    process_time: Empirical([]),\nGood:\n    process_time: Empirical([\"41 s\", \"44 s\"]),";
    /// A field that the struct does not have.
    UNKNOWN_FIELD = "LW0301", "unknown field",
    "A field that is not known would be ignored, and the run would not be the one that was meant. Field names are listed \
     in docs/scenario.md.\n\n\
     Bad:\n    Station(proces_time: \"40 s\"),\nGood:\n    Station(process_time: \"40 s\"),";
    /// A field that must be given and is not.
    MISSING_FIELD = "LW0302", "missing field",
    "Fields without a default have to be given: there is no value that would be right for most plants.\n\n\
     Bad:\n    \"mill\": Station(next: \"out\"),\nGood:\n    \"mill\": Station(process_time: \"40 s\", next: \"out\"),";
    /// A field or key given twice.
    DUPLICATE = "LW0303", "given twice",
    "A field, key or column stands here twice; one of the two values would be lost in silence.\n\n\
     Bad:\n    Station(capacity: 1, capacity: 2),\nGood:\n    Station(capacity: 2),";
    /// A word that is none of the choices.
    UNKNOWN_WORD = "LW0304", "unknown word",
    "A word without quotes picks one of a fixed set (kinds of elements, rules, distributions), and this one is not in it. \
     Names that the file itself gives are written in quotes.\n\n\
     Bad:\n    process_time: Exponental(\"6 h\"),\nGood:\n    process_time: Exponential(\"6 h\"),";
    /// A struct of another name.
    WRONG_WORD = "LW0305", "another struct than the field holds",
    "The word in front of round brackets says what they hold. Where only one thing can stand, the word may be left out, but \
     it may not be another one.\n\n\
     Bad:\n    energy: Power(processing: \"11 kW\"),\nGood:\n    energy: (processing: \"11 kW\"),";
    /// Values without names where fields have names.
    UNNAMED_FIELDS = "LW0306", "fields without names",
    "Fields are given by name; only short lists of arguments, such as those of distributions, may leave the names out.\n\n\
     Bad:\n    Station(\"40 s\", 2),\nGood:\n    Station(process_time: \"40 s\", capacity: 2),";
    /// A reference to something that does not exist.
    DANGLING_NAME = "LW0401", "name of nothing",
    "A name in quotes refers to something the scenario defines: an element, a pool, a part type. Nothing has this name.\n\n\
     Bad:\n    next: \"pakcer\",\nGood:\n    next: \"packer\",";
    /// A reference to something of another kind.
    WRONG_KIND = "LW0402", "name of another kind of thing",
    "The name exists, but what it names cannot serve here: staff come from a pool, not from a station.\n\n\
     Bad:\n    repaired_by: \"mill\",\nGood:\n    repaired_by: \"technicians\",";
    /// Fields that contradict each other.
    CONTRADICTION = "LW0501", "fields that contradict each other",
    "Each field is sound by itself, but together they ask for what cannot be: no working time at all, two times to failure \
     for one failure mode.\n\n\
     Bad:\n    failures: [(time_to_repair: \"5 min\")],\nGood:\n    failures: [(time_to_failure: Exponential(\"6 h\"), time_to_repair: \"5 min\")],";
    /// A table without the column asked for.
    MISSING_COLUMN = "LW0711", "table without the column",
    "A table beside the scenario lacks a column that is needed, or has several where one must be chosen.\n\n\
     Bad:\n    process_time: Empirical(\"times.csv\", \"secnds\"),\nGood:\n    process_time: Empirical(\"times.csv\", \"seconds\", \"s\"),";
    /// A column nobody asked for.
    UNKNOWN_COLUMN = "LW0712", "unknown column",
    "The columns of a table are the fields of its rows. One that is not known would be ignored, and so would a misspelt one.\n\n\
     Bad:\n    name,part_typ,source\nGood:\n    name,part_type,source";
    /// A table that cannot be read in this place.
    NO_TABLES = "LW0713", "no tables here",
    "Values that do not stand in a scenario file (a value on the command line, a live command) cannot name tables, \
     since there is no directory they would lie in.\n\n\
     Bad:\n    --set 'mill.process_time=Empirical(\"times.csv\")'\nGood:\n    --set 'mill.process_time=Empirical([\"41 s\", \"44 s\"])'";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_in_order() {
        for pair in CODES.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} {}", pair[0].id, pair[1].id);
        }
        for code in CODES {
            assert!(code.id.len() == 6 && code.id.starts_with("LW"), "{code}");
            assert!(!code.title.is_empty() && !code.title.ends_with('.'), "{code}");
            let (why, examples) = code.explanation.split_once("\n\nBad:\n    ").expect(code.id);
            let (bad, good) = examples.split_once("\nGood:\n    ").expect(code.id);
            assert!(why.ends_with('.') && bad != good && !good.is_empty(), "{code}");
        }
    }
}
