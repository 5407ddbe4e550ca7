//! The codes of mistakes in `signals.ron`, LW11xx.

use plant::declare_codes;

declare_codes! {
    /// A file that describes no signals.
    NO_SIGNALS = "LW1101", "no signals",
    "A file of signals begins with Signals( and says which version of the format it is written in.\n\n\
     Bad:\n    Scenario(schema: 1),\nGood:\n    Signals(schema: 1, sources: {}, signals: {}),";
    /// A time that is none.
    NO_TIME = "LW1102", "no date and time",
    "Dates and times are written as in ISO 8601, in UTC or with their offset from it.\n\n\
     Bad:\n    start: \"Monday\",\nGood:\n    start: \"2026-11-23T06:00:00Z\",";
    /// Two signals of one address.
    TWICE = "LW1103", "address used twice",
    "Each address of a source is one signal: what is observed there cannot mean two things.\n\n\
     Bad:\n    signals: {\"a\": (address: \"mill/on\"), \"b\": (address: \"mill/on\")},\n\
     Good:\n    signals: {\"a\": (address: \"mill/on\"), \"b\": (address: \"mill/done\")},";
    /// A source that is not there, or is not named where it has to be.
    NO_SOURCE = "LW1104", "source that is not there",
    "A signal comes from one of the `sources`. Where there is only one, it need not be named.\n\n\
     Bad:\n    signals: {\"a\": (source: \"plc\", address: \"mill/on\")},\n\
     Good:\n    signals: {\"a\": (source: \"log\", address: \"mill/on\")},";
    /// A type whose values can never show what the signal is to show.
    NO_SUCH_TYPE = "LW1105", "type that cannot show it",
    "What a signal shows needs values that can say it: a level or a parameter is a number, a state is a word.\n\n\
     Bad:\n    signals: {\"a\": (address: \"mill/level\", type: Text, shows: Level(\"mill\"))},\n\
     Good:\n    signals: {\"a\": (address: \"mill/level\", type: Number, shows: Level(\"mill\"))},";
    /// A signal that is to be written.
    WRITES = "LW1106", "signal that is written",
    "A twin reads what the plant says and never writes to it, so that it can do no harm there.\n\n\
     Bad:\n    signals: {\"a\": (address: \"mill/on\", direction: Write)},\n\
     Good:\n    signals: {\"a\": (address: \"mill/on\", direction: Read)},";
    /// A signal of something that an element never does.
    NO_SUCH_THING = "LW1107", "element that does no such thing",
    "A signal shows what its element can do: a sink begins nothing, a buffer does not fail. What elements of a kind can do\n\
     stands in the reference of scenarios.\n\n\
     Bad:\n    signals: {\"a\": (address: \"out/done\", shows: Finished(\"out\"))},\n\
     Good:\n    signals: {\"a\": (address: \"mill/done\", shows: Finished(\"mill\"))},";
}
