//! A piece of time out of a trace: what was there and how it moved.

use std::collections::BTreeMap;

use nalgebra::{Isometry3, UnitQuaternion};

use super::block::{Known, Record};
use super::stored_pose::between;
use super::{Look, ThingId};

/// A thing is somewhere at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key {
    /// When, in nanoseconds.
    pub time_ns: i64,
    /// Where.
    pub pose: Isometry3<f64>,
}

/// How a thing moves in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Its number.
    pub thing: ThingId,
    /// Its name.
    pub name: String,
    /// Its look, by its place among the window's.
    pub look: usize,
    /// Since when it exists, in nanoseconds.
    pub since_ns: i64,
    /// When it ceases to exist, in nanoseconds, if the window or what was read with it says so.
    pub until_ns: Option<i64>,
    /// Where it is: from the last key before the window to the first one after it, by times that increase. Never empty.
    pub keys: Vec<Key>,
}

impl Track {
    /// Where it is at a time, if it exists then: between two keys on a straight way, about one axis, at an even speed; before the
    /// first and after the last where they are.
    pub fn pose_at(&self, time_ns: i64) -> Option<Isometry3<f64>> {
        if time_ns < self.since_ns || self.until_ns.is_some_and(|until_ns| time_ns >= until_ns) {
            return None;
        }
        self.pose_near(time_ns)
    }

    /// The same whether or not it exists.
    pub fn pose_near(&self, time_ns: i64) -> Option<Isometry3<f64>> {
        let after = self.keys.partition_point(|key| key.time_ns <= time_ns);
        let last = after.checked_sub(1).and_then(|index| self.keys.get(index));
        match (last, self.keys.get(after)) {
            (Some(last), Some(next)) => {
                let [passed, all] = [time_ns, next.time_ns].map(|time| time.abs_diff(last.time_ns) as f64);
                Some(between(&last.pose, &next.pose, passed / all))
            }
            (Some(only), None) | (None, Some(only)) => Some(only.pose),
            (None, None) => None,
        }
    }

    /// Its keys while it exists between two times: at the beginning, at the end, and in between. `None` if it does not.
    pub(super) fn cut(&self, from_ns: i64, to_ns: i64) -> Option<Vec<Key>> {
        let begin_ns = self.since_ns.max(from_ns);
        let end_ns = self.until_ns.map_or(to_ns, |until_ns| until_ns.min(to_ns));
        let key = |time_ns| Some(Key { time_ns, pose: self.pose_near(time_ns)? });
        if begin_ns > end_ns {
            return None;
        }
        let mut keys = vec![key(begin_ns)?];
        keys.extend(self.keys.iter().filter(|key| begin_ns < key.time_ns && key.time_ns < end_ns));
        if begin_ns < end_ns {
            keys.push(key(end_ns)?);
        }
        // A quaternion and its negative are the same turn, but the way between two of them is the shorter one where they
        // are on one side.
        for index in 1..keys.len() {
            let before = keys[index - 1].pose.rotation.coords;
            let rotation = &mut keys[index].pose.rotation;
            if before.dot(&rotation.coords) < 0.0 {
                *rotation = UnitQuaternion::new_unchecked(-rotation.into_inner());
            }
        }
        Some(keys)
    }
}

/// What was there between two times.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The name of what was traced.
    pub name: String,
    /// When it begins, in nanoseconds.
    pub from_ns: i64,
    /// When it ends, in nanoseconds.
    pub to_ns: i64,
    /// The looks of all things of the trace.
    pub looks: Vec<Look>,
    /// Everything that exists at some time of it, by number.
    pub tracks: Vec<Track>,
}

/// Puts the tracks of a window together.
#[derive(Debug)]
pub struct Tracks {
    from_ns: i64,
    to_ns: i64,
    tracks: BTreeMap<u64, Track>,
}

impl Tracks {
    /// None yet.
    pub fn new(from_ns: i64, to_ns: i64) -> Self {
        Self { from_ns, to_ns, tracks: BTreeMap::new() }
    }

    /// Takes what the beginning of a block says, or what begins in it.
    pub fn known(&mut self, known: Known) {
        let key = Key { time_ns: known.key_ns, pose: known.pose.pose() };
        self.tracks.entry(known.number).or_insert_with(|| Track {
            thing: ThingId(known.number),
            name: known.name,
            look: known.look as usize,
            since_ns: known.since_ns,
            until_ns: None,
            keys: vec![key],
        });
    }

    /// Takes what comes in a block.
    pub fn record(&mut self, record: Record) {
        match record {
            Record::Thing(known) => self.known(known),
            Record::Gone { number, time_ns } => {
                if let Some(track) = self.tracks.get_mut(&number) {
                    track.until_ns = Some(time_ns);
                }
            }
            Record::Key { number, time_ns, pose } => {
                let Some(track) = self.tracks.get_mut(&number) else { return };
                if track.keys.last().is_some_and(|last| last.time_ns >= self.to_ns) {
                    return;
                }
                if time_ns <= self.from_ns {
                    track.keys.clear();
                }
                track.keys.push(Key { time_ns, pose: pose.pose() });
            }
        }
    }

    /// All that exists in the window.
    pub fn finish(self) -> Vec<Track> {
        let (from_ns, to_ns) = (self.from_ns, self.to_ns);
        let exists =
            |track: &Track| track.since_ns <= to_ns && track.until_ns.is_none_or(|until_ns| until_ns > from_ns);
        self.tracks.into_values().filter(exists).collect()
    }
}
