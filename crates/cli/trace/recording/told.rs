//! A thing in a trace, and what was told of it last: what stands still costs nothing.

use std::io::Write;

use kernel::{SimDuration, SimTime};
use motion::nalgebra::Isometry3;
use motion::trace::{Colour, Shape, ThingId, TraceError, TraceWriter};

/// What a thing looks like, and what it is called.
#[derive(Debug, Clone)]
pub struct Look {
    pub name: String,
    pub shape: Shape,
    pub colour: Colour,
}

/// A thing that exists.
#[derive(Debug)]
pub struct Told {
    thing: ThingId,
    at: SimTime,
    pose: Isometry3<f64>,
}

impl Told {
    /// A thing begins to exist.
    pub fn begin<W: Write>(
        writer: &mut TraceWriter<W>,
        at: SimTime,
        look: &Look,
        pose: Isometry3<f64>,
    ) -> Result<Self, TraceError> {
        let thing = writer.thing(at.as_nanos(), &look.name, &look.shape, look.colour, &pose)?;
        Ok(Self { thing, at, pose })
    }

    /// A thing is somewhere at a time, and has gone there since another; before that it stood still.
    pub fn goes<W: Write>(
        &mut self,
        writer: &mut TraceWriter<W>,
        since: SimTime,
        at: SimTime,
        pose: Isometry3<f64>,
    ) -> Result<(), TraceError> {
        // Of two poses at one time the first counts; where the second one differs, what comes next goes on from the first.
        if pose == self.pose || at <= self.at {
            return Ok(());
        }
        if self.at < since {
            writer.key(since.as_nanos(), self.thing, &self.pose)?;
        }
        writer.key(at.as_nanos(), self.thing, &pose)?;
        (self.at, self.pose) = (at, pose);
        Ok(())
    }

    /// A thing is somewhere else from a time on, without a way there.
    pub fn jumps<W: Write>(
        &mut self,
        writer: &mut TraceWriter<W>,
        at: SimTime,
        pose: Isometry3<f64>,
    ) -> Result<(), TraceError> {
        self.goes(writer, at - SimDuration::from_nanos(1), at, pose)
    }

    /// A thing ceases to exist.
    pub fn end<W: Write>(self, writer: &mut TraceWriter<W>, at: SimTime) -> Result<(), TraceError> {
        writer.gone(at.max(self.at).as_nanos(), self.thing)
    }
}
