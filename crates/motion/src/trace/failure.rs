//! Why a trace cannot be written or read, in words that say what and where.

use std::{fmt, io};

use super::ThingId;
use super::chunk::{OLDEST_VERSION, VERSION};
use crate::zone::ZoneError;

/// Why a trace cannot be written or read.
#[derive(Debug)]
pub enum TraceError {
    /// The file could not be written or read.
    File(io::Error),
    /// An earlier error has left the file in the middle of something: it is readable up to there.
    Broken,
    /// A name is longer than it may be.
    Name {
        /// How many bytes it has.
        bytes: usize,
        /// How many it may have.
        most: usize,
    },
    /// A shape that is none.
    Shape(ZoneError),
    /// A number lies outside of what can be written, or is none.
    Range {
        /// What it is.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The lowest possible.
        lower: f64,
        /// The highest possible.
        upper: f64,
    },
    /// There is no such thing, or it has gone.
    NoThing(ThingId),
    /// A thing's time does not come after the one before.
    Early {
        /// Of which thing.
        thing: ThingId,
        /// The time, in nanoseconds.
        time_ns: i64,
        /// The one before, in nanoseconds.
        last_ns: i64,
    },
    /// There is more of something than a trace can hold.
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there can be.
        most: usize,
    },
    /// The file is no trace.
    Foreign,
    /// The file is a trace of a version that this program does not read.
    Version(u8),
    /// The file is a trace and damaged.
    Damaged {
        /// Where the damaged piece begins, in bytes from the beginning of the file.
        at_byte: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A window ends before it begins.
    Backwards {
        /// Its beginning, in nanoseconds.
        from_ns: i64,
        /// Its end, in nanoseconds.
        to_ns: i64,
    },
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TraceError::File(error) => write!(f, "{error}"),
            TraceError::Broken => write!(f, "the trace broke off at an earlier error"),
            TraceError::Name { bytes, most } => write!(f, "a name has at most {most} bytes, not {bytes}"),
            TraceError::Shape(error) => write!(f, "{error}"),
            TraceError::Range { name, value, lower, upper } => {
                write!(f, "{name} must lie between {lower} and {upper}, not {value}")
            }
            TraceError::NoThing(ThingId(number)) => write!(f, "there is no thing {number}, or it has gone"),
            TraceError::Early { thing: ThingId(number), time_ns, last_ns } => {
                write!(f, "{time_ns} ns does not come after {last_ns} ns, where thing {number} has been last")
            }
            TraceError::TooMany { what, most } => write!(f, "a trace holds at most {most} {what}"),
            TraceError::Foreign => write!(f, "this is no trace"),
            TraceError::Version(version) => {
                write!(f, "this is a trace of version {version}, and this program reads {OLDEST_VERSION} to {VERSION}")
            }
            TraceError::Damaged { at_byte, what } => write!(f, "the trace is damaged: at byte {at_byte} {what}"),
            TraceError::Backwards { from_ns, to_ns } => {
                write!(f, "the window ends at {to_ns} ns, before its beginning at {from_ns} ns")
            }
        }
    }
}

impl std::error::Error for TraceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            TraceError::File(error) => Some(error),
            TraceError::Shape(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for TraceError {
    fn from(error: io::Error) -> Self {
        TraceError::File(error)
    }
}
