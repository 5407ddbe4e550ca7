//! The codes of mistakes in tables beside a scenario, LW07xx, with what `linewright explain` says of them.

use plant::declare_codes;

declare_codes! {
    /// A row with another number of cells than the heading.
    RAGGED_ROW = "LW0701", "row of another length",
    "Every row of a table has as many cells as its heading has columns. A comma inside a cell needs quotes around the cell; decimals have a \
     point.\n\n\
     Bad:\n    part,due\n    A,2 d,late\nGood:\n    part,due\n    A,\"2 d,late\"";
    /// A table without heading or with a column without a name.
    BAD_HEADING = "LW0702", "heading without names",
    "The first line of a table names its columns, every one of them, separated by commas.\n\n\
     Bad:\n    part,,due\nGood:\n    part,quantity,due";
    /// Quotes that do not enclose a cell.
    BAD_QUOTES = "LW0703", "quotes that do not enclose a cell",
    "A cell that holds a comma, a quote or a line break stands in double quotes as a whole, with quotes inside it doubled.\n\n\
     Bad:\n    pipe 5\",steel\nGood:\n    \"pipe 5\"\"\",steel";
    /// Columns that are not separated by commas.
    NO_COMMAS = "LW0704", "columns not separated by commas",
    "Tables are separated by commas. Spreadsheets in some countries export semicolons, with decimal commas; export again as \"CSV (comma \
     separated)\" with decimal points.\n\n\
     Bad:\n    part;time\n    A;1,5\nGood:\n    part,time\n    A,1.5";
    /// More cells than the limit.
    TOO_MANY_CELLS = "LW0705", "table too large",
    "A table may hold ten million cells.\n\n\
     Bad:\n    a log of years, raw\nGood:\n    the same, summed up or cut to the period that is simulated";
}
