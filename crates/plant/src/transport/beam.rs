//! Light beams across conveyors: what a conveyor and the photo-eyes along it share.
//!
//! A kind cannot look into another's state, and an eye that changed the events of its conveyor would change the
//! run. So each eye leaves a [`Beam`] with the shop; the conveyor, which alone knows where parts lie, keeps the
//! beam up to date and sets the *eye's* timer to the next edge that comes before anything else happens on the
//! belt. When that timer runs out the eye asks the conveyor to look again, and the conveyor tells the eye. The
//! conveyor's own events, and so its digest, are the same with and without eyes.

use kernel::{EventId, SimTime};

use crate::element::ElementIndex;
use crate::floor::{Floor, Signal};

/// The timer of a photo-eye: an edge is due.
pub(crate) const EDGE: u32 = 0;

/// One beam across a conveyor.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Beam {
    /// The photo-eye it belongs to.
    pub eye: ElementIndex,
    /// Distance from the entry of the conveyor in nanometres.
    pub position: i64,
    /// Whether a part interrupts it.
    pub covered: bool,
    /// Number on the belt of the first part whose front has not reached the beam; `None` where that has to be
    /// found out, after the beam was moved.
    pub next: Option<u64>,
    /// When the eye's timer runs out.
    pub timer: Option<(SimTime, EventId)>,
}
kernel::persist!(struct Beam { eye, position, covered, next, timer });

impl Floor<'_> {
    /// Puts the beam of `eye` at `position` nanometres from the entry of `conveyor`, or moves it there.
    pub(crate) fn place_beam(&mut self, eye: ElementIndex, conveyor: ElementIndex, position: i64) {
        match self.shop.beams[conveyor.index()].iter().position(|beam| beam.eye == eye) {
            Some(index) => {
                let beam = &mut self.shop.beams[conveyor.index()][index];
                beam.position = position;
                beam.next = None;
                let timer = beam.timer.take();
                if let Some((_, timer)) = timer {
                    self.cancel(timer);
                }
            }
            None => {
                let beam = Beam { eye, position, covered: false, next: None, timer: None };
                self.shop.beams[conveyor.index()].push(beam);
            }
        }
        self.signal(conveyor, Signal::Observe { watched: eye });
    }

    /// Takes the beam of `eye` off `conveyor`.
    pub(crate) fn remove_beam(&mut self, eye: ElementIndex, conveyor: ElementIndex) {
        let beams = &mut self.shop.beams[conveyor.index()];
        if let Some(index) = beams.iter().position(|beam| beam.eye == eye) {
            let beam = beams.remove(index);
            if let Some((_, timer)) = beam.timer {
                self.cancel(timer);
            }
        }
    }

    /// The timer of `eye` has run out: an edge is due, and `conveyor` is to look.
    pub(crate) fn beam_is_due(&mut self, eye: ElementIndex, conveyor: ElementIndex) {
        if let Some(beam) = self.shop.beams[conveyor.index()].iter_mut().find(|beam| beam.eye == eye) {
            beam.timer = None;
        }
        self.signal(conveyor, Signal::Observe { watched: eye });
    }

    /// Whether a part on `conveyor` interrupts the beam of `eye`.
    pub(crate) fn is_beam_covered(&self, eye: ElementIndex, conveyor: ElementIndex) -> bool {
        self.shop.beams[conveyor.index()].iter().any(|beam| beam.eye == eye && beam.covered)
    }
}
