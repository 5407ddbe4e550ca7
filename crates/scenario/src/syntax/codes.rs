//! The codes of syntax mistakes, LW01xx, with what `linewright explain` says of them.

use plant::declare_codes;

declare_codes! {
    /// A token where another was expected.
    UNEXPECTED = "LW0101", "unexpected text",
    "Something stands where the file's syntax (RON) has no place for it.\n\n\
     Bad:\n    capacity: ,\nGood:\n    capacity: 2,";
    /// A bracket without its partner.
    OPEN_BRACKET = "LW0102", "bracket without its partner",
    "Every ( [ { needs its own ) ] } in the right order. The place shown is the bracket that was left open, or the one \
     that closes nothing.\n\n\
     Bad:\n    \"mill\": Station(next: \"out\",\n    \"out\": Sink(),\nGood:\n    \"mill\": Station(next: \"out\"),\n    \"out\": Sink(),";
    /// A quote without its partner.
    OPEN_TEXT = "LW0103", "text without a closing quote",
    "A text begins and ends with a double quote. A quote that is left open would swallow the rest of the file, so a text \
     that runs over its line and is followed by rubbish is reported at its first quote.\n\n\
     Bad:\n    name: \"mill,\nGood:\n    name: \"mill\",";
    /// NaN, infinity, or a literal beyond the range of numbers.
    NOT_FINITE = "LW0104", "number that is not finite",
    "NaN, infinities and literals too large or too small to be held (1e999 would become infinity, 1e-999 zero) are never \
     what is meant in a plant. Where there is no limit, leave the field out or write None.\n\n\
     Bad:\n    limit: inf,\nGood:\n    limit: None,";
    /// A damaged number.
    BAD_NUMBER = "LW0105", "damaged number",
    "Numbers are written 12, 0.5, 1e-3, 1_000, 0x1f, 0o17, 0b1. Leading zeros, stray underscores, integers beyond 64 bits and \
     several points are refused rather than guessed at.\n\n\
     Bad:\n    capacity: 007,\nGood:\n    capacity: 7,";
    /// A number with its unit outside of quotes.
    BARE_QUANTITY = "LW0106", "quantity without quotes",
    "A number with a unit, a date or a time of day is written as text.\n\n\
     Bad:\n    process_time: 40 s,\nGood:\n    process_time: \"40 s\",";
    /// An unknown escape.
    BAD_ESCAPE = "LW0107", "unknown escape",
    "In a text a backslash begins an escape: \\\" \\\\ \\n \\r \\t \\0 \\x41 \\u{20ac}. Write \\\\ for a backslash, or a raw text.\n\n\
     Bad:\n    table: \"data\\orders.csv\",\nGood:\n    table: \"data/orders.csv\",";
    /// Single, typographic or byte quotes.
    WRONG_QUOTES = "LW0108", "wrong kind of quotes",
    "Text stands between straight double quotes. Single quotes, typographic quotes and byte strings are not used.\n\n\
     Bad:\n    next: 'packer',\nGood:\n    next: \"packer\",";
    /// A key given twice in a map.
    REPEATED_KEY = "LW0109", "key given twice",
    "Two entries of a map have the same key; one of them would be lost in silence.\n\n\
     Bad:\n    elements: { \"mill\": Station(), \"mill\": Sink() },\nGood:\n    elements: { \"mill\": Station(), \"out\": Sink() },";
    /// A field given twice in a struct.
    REPEATED_FIELD = "LW0110", "field given twice",
    "Two fields of a struct have the same name; one of them would be lost in silence.\n\n\
     Bad:\n    Station(capacity: 1, capacity: 2)\nGood:\n    Station(capacity: 2)";
    /// Brackets in brackets beyond the limit.
    TOO_DEEP = "LW0111", "nested too deeply",
    "Brackets may be nested 64 deep, far beyond what any scenario needs; deeper text is damaged or hostile.\n\n\
     Bad:\n    [[[[ ... a hundred deep ... ]]]]\nGood:\n    [[1, 2], [3, 4]]";
    /// `#![enable(...)]`.
    ATTRIBUTE = "LW0112", "RON extension",
    "RON's extensions change what a file means and are not used. What they offer is built in: Some(...) may be left out, and so \
     may the names of structs.\n\n\
     Bad:\n    #![enable(implicit_some)]\nGood:\n    // no attribute";
    /// A file beyond the size limit.
    TOO_LARGE = "LW0113", "file too large",
    "A source file may hold 64 MiB. Orders and other long lists belong into CSV files beside the scenario, of which each may hold \
     as much again.\n\n\
     Bad:\n    a list of a million orders in the scenario\nGood:\n    the same list, one order a line, in orders.csv";
    /// A file that is not UTF-8.
    NOT_TEXT = "LW0114", "file is not UTF-8",
    "Files are read as UTF-8. The first byte that is not is named. Editors save as UTF-8 when told to; `iconv -f latin1 -t utf8` \
     converts.\n\n\
     Bad:\n    name: \"M\\xfchle\" saved as Latin-1\nGood:\n    the same, saved as UTF-8";
    /// `/*` without `*/`.
    OPEN_COMMENT = "LW0115", "comment without an end",
    "A block comment begins with /* and ends with */. Block comments nest.\n\n\
     Bad:\n    /* a /* b */\nGood:\n    /* a /* b */ */";
    /// Named and positional values in one bracket.
    MIXED_ARGUMENTS = "LW0116", "named and unnamed values mixed",
    "Either all values in a bracket have names or none has.\n\n\
     Bad:\n    LogNormal(\"20 min\", cv: 0.8)\nGood:\n    LogNormal(mean: \"20 min\", cv: 0.8)";
    /// Something after the end.
    TRAILING = "LW0117", "text after the end",
    "A file holds one value. What follows it would be ignored in silence, so it is refused; mostly a bracket closes too early.\n\n\
     Bad:\n    Scenario(name: \"a\") , elements: {}\nGood:\n    Scenario(name: \"a\", elements: {})";
    /// `=` for `:`.
    WRONG_SEPARATOR = "LW0118", "wrong separator",
    "A name and its value are separated by a colon, items by commas.\n\n\
     Bad:\n    capacity = 2;\nGood:\n    capacity: 2,";
    /// Two items without a comma between them.
    MISSING_COMMA = "LW0119", "missing comma",
    "Items are separated by commas; the one after the last item may be left out.\n\n\
     Bad:\n    capacity: 2\n    next: \"out\"\nGood:\n    capacity: 2,\n    next: \"out\",";
    /// A field name in quotes.
    QUOTED_FIELD = "LW0120", "field name in quotes",
    "Fields of a struct (round brackets) have plain names; keys of a map (curly brackets) are texts in quotes.\n\n\
     Bad:\n    Station(\"capacity\": 2)\nGood:\n    Station(capacity: 2)";
    /// Nothing in the file.
    EMPTY = "LW0121", "empty file",
    "The file holds nothing but blanks and comments.\n\n\
     Bad:\n    // nothing here\nGood:\n    Scenario(schema: 1, name: \"first\", elements: {})";
    /// A file that cannot be read.
    UNREADABLE = "LW0122", "file cannot be read",
    "The operating system refused the file: it does not exist, is a folder, or may not be read by you. Names are taken relative to \
     the folder of the file they stand in.\n\n\
     Bad:\n    base: \"plants/plant.ron\" where there is no such file\nGood:\n    base: \"plant.ron\"";
    /// A file name that means another file elsewhere.
    BAD_FILE_NAME = "LW0123", "file name that is not portable",
    "Files are named relative to the folder of the file that names them, with `/` between folders, so that a scenario means the same on \
     every machine. `..` may lead out of the folder; absolute paths and backslashes are refused.\n\n\
     Bad:\n    base: \"/plants/plant.ron\"\nGood:\n    base: \"../plants/plant.ron\"";
    /// A comment of another language.
    WRONG_COMMENT = "LW0124", "comment that does not begin with //",
    "A comment begins with // and goes on to the end of its line, or stands between /* and */. A # begins none.\n\n\
     Bad:\n    # the old line\nGood:\n    // the old line";
    /// A name of several words outside of quotes.
    BARE_NAME = "LW0125", "name without quotes",
    "A name of your own stands in quotes. Only the words that the engine knows, such as Fifo, have none, and none of them \
     has a blank in it.\n\n\
     Bad:\n    calendar: two shifts,\nGood:\n    calendar: \"two shifts\",";
}
