//! What makes observations of the messages of a broker, whatever is spoken in them.

use crate::feed::connection::Watch;
use crate::observation::Observation;
use crate::wall_time::WallTime;

/// Longest payload that is looked at, in bytes.
pub(super) const LONGEST: usize = 1 << 20;

/// A message as it came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'m> {
    pub topic: &'m str,
    pub payload: &'m [u8],
    /// Whether the broker had kept it for whoever subscribes later.
    pub is_retained: bool,
    pub arrival: WallTime,
}

/// What follows from messages.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// What was seen.
    pub observations: Vec<Observation>,
    /// What is to be published: topics and payloads.
    pub requests: Vec<(String, Vec<u8>)>,
}

/// Reads the messages of one source, in the order in which they come.
pub(super) trait Reader: Send {
    /// What `message` says. What makes no sense is an observation too, of bad quality, and is counted by `watch`.
    fn read(&mut self, message: Message<'_>, watch: &Watch, heard: &mut Heard);

    /// The connection has been made again at `now`: anything may have been missed, unless the broker kept it.
    fn reconnected(&mut self, _now: WallTime, _heard: &mut Heard) {}

    /// The connection is there at `now`, whether or not anything comes: called every few seconds at least.
    fn wait(&mut self, _now: WallTime, _heard: &mut Heard) {}
}
