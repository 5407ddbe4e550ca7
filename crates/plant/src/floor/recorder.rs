//! Records of what happens, and the buffers they go to.
//!
//! Records go to plain buffers that the caller drains between slices, so they cost nothing when off, are bounded
//! by the length of a slice when on, and never influence the run.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};

use crate::element::ElementIndex;
use crate::part::PartTypeIndex;
use crate::state::State;
use crate::transport::robot::RobotRecord;
use crate::transport::zone::{PosesRecord, Trouble};

/// What happened to whom and when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventRecord {
    /// When.
    pub at: SimTime,
    /// Where.
    pub element: ElementIndex,
    /// What.
    pub what: Happening,
}

/// The things an event record can tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Happening {
    /// A part came in.
    Arrived(u64),
    /// Work on a part began (setup included).
    Started(u64),
    /// Work on a part was finished.
    Finished(u64),
    /// A part left.
    Departed(u64),
    /// A part was born.
    Born(u64),
    /// A part left the plant as shipped.
    Shipped(u64),
    /// A part was scrapped.
    Scrapped(u64),
    /// A part went into another one for good.
    Consumed(u64),
    /// A part found no room and never came in.
    Lost(u64),
    /// Something has gone wrong with a part in a zone.
    Incident(u64, Trouble),
    /// The unit changed its state.
    State(State),
}

/// The stay of one part at one element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartRecord {
    /// Serial number of the part.
    pub part: u64,
    /// Its type.
    pub part_type: PartTypeIndex,
    /// The element.
    pub element: ElementIndex,
    /// When it came.
    pub arrived: SimTime,
    /// When it left.
    pub departed: SimTime,
}

/// One reading of a sensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleRecord {
    /// When.
    pub at: SimTime,
    /// The sensor.
    pub sensor: ElementIndex,
    /// The reading in the sensor's unit; NaN where it shows nothing.
    pub value: f64,
}

/// An alarm going on or off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlarmRecord {
    /// When.
    pub at: SimTime,
    /// The alarm.
    pub alarm: ElementIndex,
    /// Whether it went on.
    pub on: bool,
    /// The value that did it.
    pub value: f64,
}
kernel::persist!(struct AlarmRecord { at, alarm, on, value });

/// An entry in the plant's books that no event tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BookRecord {
    /// When.
    pub at: SimTime,
    /// What.
    pub entry: BookEntry,
}

/// What the plant's books hold about parts and power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookEntry {
    /// A part came into the plant: it is work in progress from now on.
    CameIn,
    /// A part that was in the plant is no part any more, whatever became of it.
    Gone,
    /// A part was shipped, so long after it came in.
    Shipped(SimDuration),
    /// An element draws so many milliwatts from now on.
    Power(ElementIndex, i64),
}

/// What a tank or pipe held on average over a stretch of time that lies within one interval of [`Recorder::volume_ticks`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VolumeRecord {
    /// The end of the stretch; it begins where the last one ended.
    pub until: SimTime,
    /// The tank or pipe.
    pub element: ElementIndex,
    /// Integral of the volume over the stretch, in litres x seconds.
    pub litre_seconds: f64,
}

/// Buffers for records, drained by the caller between slices.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recorder {
    /// Whether events are recorded.
    pub events: bool,
    /// Whether the stays of parts are recorded.
    pub parts: bool,
    /// Whether sensor readings are recorded.
    pub samples: bool,
    /// Whether entries in the plant's books are recorded.
    pub books: bool,
    /// Whether it is recorded where things in zones are, at each of their steps, and what robots do.
    pub poses: bool,
    /// Ends of the intervals over which the volumes of tanks are recorded; none are where there are no intervals.
    pub volume_ticks: Arc<[SimTime]>,
    /// Volumes since the last drain.
    pub volume_records: Vec<VolumeRecord>,
    /// Events since the last drain.
    pub event_records: Vec<EventRecord>,
    /// Stays that ended since the last drain.
    pub part_records: Vec<PartRecord>,
    /// Readings since the last drain.
    pub sample_records: Vec<SampleRecord>,
    /// Entries in the books since the last drain.
    pub book_records: Vec<BookRecord>,
    /// Steps of zones since the last drain.
    pub pose_records: Vec<PosesRecord>,
    /// What robots have begun to do since the last drain, where poses are recorded.
    pub robot_records: Vec<RobotRecord>,
    /// Alarms since the run began; alarms are rare and always recorded, up to a limit.
    pub alarm_records: Vec<AlarmRecord>,
}

impl Recorder {
    /// Whether anybody wants to know of the movement of parts.
    #[inline]
    pub(crate) fn listens(&self) -> bool {
        self.events | self.parts
    }

    /// Writes an event down, if anybody wants events.
    #[cold]
    pub(crate) fn write(&mut self, at: SimTime, element: ElementIndex, what: Happening) {
        if self.events {
            self.event_records.push(EventRecord { at, element, what });
        }
    }
}
