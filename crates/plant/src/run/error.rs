//! What can end a run before its horizon.

use std::fmt;
use std::sync::Arc;

use kernel::SimTime;

/// Why a run cannot go on. The results up to the moment stay readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunError {
    /// Too much happens at one instant: elements hand work round in a circle that takes no time.
    ZeroTimeLoop {
        /// When.
        at: SimTime,
        /// The elements in the circle, in name order.
        elements: Vec<Arc<str>>,
    },
    /// More parts are alive than `kernel::limits::PARTS_ALIVE`.
    TooManyParts {
        /// When.
        at: SimTime,
        /// Where the last one was to be born.
        element: Arc<str>,
    },
    /// A part came to an element that does not take its type.
    NotAccepted {
        /// When.
        at: SimTime,
        /// The element.
        element: Arc<str>,
        /// The part's type.
        part_type: Arc<str>,
        /// The element that sent it.
        from: Arc<str>,
    },
    /// Work on a part is to begin, and nothing says how long it takes.
    NoProcessTime {
        /// When.
        at: SimTime,
        /// The element.
        element: Arc<str>,
        /// The part's type.
        part_type: Arc<str>,
    },
    /// A part has no next step and its element no `next`.
    NowhereToGo {
        /// When.
        at: SimTime,
        /// The element that holds it.
        element: Arc<str>,
        /// The part's type.
        part_type: Arc<str>,
    },
    /// Something has happened to a part in a zone whose scenario says that the run ends there.
    Incident {
        /// When.
        at: SimTime,
        /// The conveyor.
        element: Arc<str>,
        /// The part.
        part: u64,
        /// What has happened to it.
        trouble: &'static str,
        /// So many micrometres from the entry of the conveyor.
        along_um: i64,
    },
    /// Vehicles wait for each other, and none of them will ever go on.
    VehiclesStuck {
        /// When.
        at: SimTime,
        /// The path network.
        network: Arc<str>,
        /// Who waits for what; the first was the last to wait.
        waits: Vec<VehicleWait>,
    },
    /// The battery of a vehicle is empty.
    FlatBattery {
        /// When that was seen.
        at: SimTime,
        /// The vehicle.
        vehicle: Arc<str>,
    },
    /// An invariant of the engine does not hold: a defect of the engine or of a plugin.
    Invariant {
        /// When.
        at: SimTime,
        /// Which one, and the figures.
        message: String,
    },
    /// The systems of a plugin cannot be put in order.
    Systems {
        /// Why.
        message: String,
    },
}

/// A vehicle that waits for the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleWait {
    /// Its name.
    pub vehicle: Arc<str>,
    /// What it holds: where it stands.
    pub stands: Vec<String>,
    /// What it waits for.
    pub lacks: String,
    /// The vehicles that hold that.
    pub holders: Vec<Arc<str>>,
}

impl fmt::Display for VehicleWait {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let VehicleWait { vehicle, stands, lacks, holders } = self;
        let holders: Vec<String> = holders.iter().map(|holder| format!("\"{holder}\"")).collect();
        write!(formatter, "\"{vehicle}\" at {} waits for {lacks}", stands.join(" and "))?;
        if holders.is_empty() { Ok(()) } else { write!(formatter, ", which {} holds", holders.join(" and ")) }
    }
}

impl RunError {
    /// The code that `linewright explain` knows this error by.
    #[must_use]
    pub fn code(&self) -> &'static crate::description::Code {
        use crate::codes;
        match self {
            RunError::ZeroTimeLoop { .. } => &codes::ZERO_TIME_LOOP,
            RunError::TooManyParts { .. } => &codes::TOO_MANY_PARTS,
            RunError::NotAccepted { .. } | RunError::NoProcessTime { .. } => &codes::NOT_ACCEPTED,
            RunError::NowhereToGo { .. } => &codes::NOWHERE_TO_GO,
            RunError::Incident { .. } => &codes::INCIDENT,
            RunError::VehiclesStuck { .. } => &codes::VEHICLES_STUCK,
            RunError::FlatBattery { .. } => &codes::FLAT_BATTERY,
            RunError::Invariant { .. } => &codes::INVARIANT_BROKEN,
            RunError::Systems { .. } => &codes::SYSTEMS_AMBIGUOUS,
        }
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::ZeroTimeLoop { at, elements } => {
                let names: Vec<String> = elements.iter().map(|name| format!("\"{name}\"")).collect();
                write!(
                    formatter,
                    "more than {} things happen at {at}, without time going on: {}",
                    kernel::limits::EVENTS_PER_INSTANT,
                    names.join(", ")
                )
            }
            RunError::TooManyParts { at, element } => write!(
                formatter,
                "more than {} parts are in the plant at {at}; \"{element}\" brings in more than leave",
                kernel::limits::PARTS_ALIVE
            ),
            RunError::NotAccepted { at, element, part_type, from } => write!(
                formatter,
                "at {at} \"{from}\" sends a part of type \"{part_type}\" to \"{element}\", which takes none of it"
            ),
            RunError::NoProcessTime { at, element, part_type } => write!(
                formatter,
                "at {at} \"{element}\" is to work on a part of type \"{part_type}\", for which its `process_time` has no \
                 entry: add one, or \"*\" for all other types"
            ),
            RunError::NowhereToGo { at, element, part_type } => write!(
                formatter,
                "at {at} a part of type \"{part_type}\" at \"{element}\" has nowhere to go: it follows no routing (or \
                 is through with it) and \"{element}\" has no `next`"
            ),
            RunError::Incident { at, element, part, trouble, along_um } => write!(
                formatter,
                "at {at} part {part} {trouble} on \"{element}\", {:.2} m from its entry, and the scenario says that the run ends \
                 there",
                *along_um as f64 / 1e6
            ),
            RunError::VehiclesStuck { at, network, waits } => {
                let waits: Vec<String> = waits.iter().map(ToString::to_string).collect();
                write!(formatter, "at {at} vehicles on \"{network}\" wait for each other: {}", waits.join("; "))
            }
            RunError::FlatBattery { at, vehicle } => write!(
                formatter,
                "at {at} the battery of \"{vehicle}\" is empty: let it charge earlier (`charge_below`), nearer, or give it more \
                 `capacity`"
            ),
            RunError::Invariant { at, message } => write!(formatter, "invariant broken at {at}: {message}"),
            RunError::Systems { message } => {
                write!(formatter, "the systems of a plugin cannot be put in order: {message}")
            }
        }
    }
}

impl std::error::Error for RunError {}
