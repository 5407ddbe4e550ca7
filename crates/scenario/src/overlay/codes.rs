//! The codes of mistakes in overlays and paths, LW06xx, with what `linewright explain` says of them.

use plant::declare_codes;

declare_codes! {
    /// A path that leads nowhere.
    NO_MATCH = "LW0601", "path that matches nothing",
    "A path of `set`, `--set`, a sweep axis or a timed Set names nothing in the scenario. A path begins with the name of an element \
     (or of a section such as `clock`) and goes on field by field; `*` stands for any name of one level (up to the next `/`), `**` for \
     any name, `[0]` for an item of a list, `[*]` for all of them.\n\n\
     Bad:\n    set: { \"mil.capacity\": 2 }\nGood:\n    set: { \"mill.capacity\": 2 }";
    /// A path that cannot be read.
    BAD_PATH = "LW0602", "path that cannot be read",
    "A path is made of names separated by dots, and of items in square brackets counted from 0. A name with dots, brackets or blanks at its \
     ends stands in single quotes.\n\n\
     Bad:\n    set: { \"mill..capacity\": 2, \"mill.failures[first]\": () }\nGood:\n    set: { \"mill.capacity\": 2, \"'press 1.5t'.failures[0]\": () }";
    /// A chain of bases that comes back to itself.
    BASE_CYCLE = "LW0603", "files based on each other",
    "Following `base` from file to file leads back to a file already seen, so there is no bottom to build on.\n\n\
     Bad:\n    a.ron: base: \"b.ron\"    b.ron: base: \"a.ron\"\nGood:\n    a.ron: base: \"b.ron\"    b.ron: no base";
    /// A chain of bases beyond the limit.
    BASE_CHAIN = "LW0604", "too many files based on each other",
    "A scenario may be based on a file that is based on a file, and so on, 16 files deep.\n\n\
     Bad:\n    a01.ron based on a02.ron based on ... a17.ron\nGood:\n    week.ron based on plant.ron";
    /// `base` that is no file name, or a file that is no struct.
    BAD_SHAPE = "LW0605", "not the shape of a scenario",
    "A scenario file holds one struct, Scenario(...); its `base` is a file name in quotes, and its `set` a map of paths in quotes.\n\n\
     Bad:\n    set: [\"mill.capacity\", 2]\nGood:\n    set: { \"mill.capacity\": 2 }";
    /// Removing what is not there.
    NOTHING_TO_REMOVE = "LW0606", "nothing to remove",
    "In an overlay `\"mill\": None` removes the element `mill` of the base. There is none of that name, so either the name or the base is not \
     the one you meant.\n\n\
     Bad:\n    base: \"plant.ron\", elements: { \"mil\": None }\nGood:\n    base: \"plant.ron\", elements: { \"mill\": None }";
    /// `--set` without a path or a value.
    BAD_ASSIGNMENT = "LW0607", "not path=value",
    "What follows --set is a path, an equals sign and a value. In a shell, put it into single quotes when the value holds blanks, brackets or \
     double quotes.\n\n\
     Bad:\n    --set mill.capacity 2\nGood:\n    --set mill.capacity=2 --set 'mill.process_time=Constant(\"42 s\")'";
    /// More values than the limit.
    TOO_MANY = "LW0608", "too many values",
    "One path with wildcards would write more than ten million values, which no plant needs.\n\n\
     Bad:\n    a list of a million items set on a thousand elements\nGood:\n    the list in a CSV file, named by each element";
}
