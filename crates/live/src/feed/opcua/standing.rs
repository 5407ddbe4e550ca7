//! How things stood when a server was joined.
//!
//! The first value of every item is the present one, whenever it came about (OPC 10000-4, 5.13.1.2). All of them together are a
//! picture of one moment, which is as late as the newest of them: what is down since yesterday is down at that moment, and a
//! contact of yesterday is none now. So they are dated to it, and marked as standing. When the server is joined anew after a
//! break, first values are what happened last meanwhile, at their own times; those that are the same still are told the same again.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::SimDuration;

use crate::observation::Observation;
use crate::wall_time::WallTime;

/// What the first value of an item was dated to.
#[derive(Debug, Clone, Copy)]
struct First {
    own: Option<WallTime>,
    dated: Option<WallTime>,
}

#[derive(Debug)]
struct Picture {
    at: Option<WallTime>,
    firsts: Vec<Option<First>>,
}

/// How the items of a server stood when it was joined; the same for all sessions.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    /// How far a time may lie after its arrival and be believed.
    ahead: SimDuration,
    picture: Arc<Mutex<Picture>>,
}

impl Standing {
    /// Of so many items nothing is known yet.
    pub(super) fn new(items: usize, ahead: SimDuration) -> Self {
        Standing { ahead, picture: Arc::new(Mutex::new(Picture { at: None, firsts: vec![None; items] })) }
    }

    /// Dates and marks what stands among `batch`; `items` has the number of the item of each.
    pub(super) fn mark(&self, batch: &mut [Observation], items: &[usize]) {
        let mut picture = self.picture.lock().unwrap_or_else(PoisonError::into_inner);
        let Picture { at, firsts } = &mut *picture;
        let mut new = Vec::new();
        for (place, (observation, item)) in batch.iter_mut().zip(items).enumerate() {
            let own = observation.stamps.source;
            match firsts.get_mut(*item) {
                Some(first @ None) => {
                    *first = Some(First { own, dated: own });
                    new.push(place);
                    let is_credible = |at: &WallTime| at.since(observation.stamps.arrival) <= self.ahead;
                    *at = own.filter(is_credible).max(*at);
                }
                // It stands as it stood. One that has no time of its own may be another one each time.
                Some(Some(first)) if own.is_some() && first.own == own => {
                    observation.stamps.source = first.dated;
                    observation.is_standing = true;
                }
                _ => {}
            }
        }
        for place in new {
            let observation = &mut batch[place];
            observation.is_standing = true;
            observation.stamps.source = observation.stamps.source.map(|own| at.map_or(own, |at| own.max(at)));
            if let Some(Some(first)) = firsts.get_mut(items[place]) {
                first.dated = observation.stamps.source;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Quality, Reading, Stamps};

    fn at(second: i64) -> WallTime {
        WallTime::from_nanos(1_700_000_000_000_000_000 + second * 1_000_000_000)
    }

    fn told(second: Option<i64>) -> Observation {
        Observation {
            source: 0,
            address: "a".into(),
            reading: Reading::Truth(true),
            stamps: Stamps { source: second.map(at), server: None, arrival: at(1_000) },
            quality: Quality::Good,
            sequence: None,
            is_simulated: false,
            is_standing: false,
        }
    }

    /// The times and marks of values that come together, of these items.
    fn marked(standing: &Standing, told_of: &[(usize, Option<i64>)]) -> Vec<(Option<WallTime>, bool)> {
        let mut batch: Vec<Observation> = told_of.iter().map(|(_, second)| told(*second)).collect();
        let items: Vec<usize> = told_of.iter().map(|(item, _)| *item).collect();
        standing.mark(&mut batch, &items);
        batch.iter().map(|one| (one.stamps.source, one.is_standing)).collect()
    }

    #[test]
    fn first_values_are_of_the_moment_of_joining() {
        let standing = Standing::new(5, SimDuration::from_secs(60));
        let (now, stood, seen) = (Some(at(900)), true, false);
        // One has no time, one is from tomorrow; item 1 changes in the same message.
        let first = marked(&standing, &[(0, Some(3)), (1, Some(900)), (2, None), (1, Some(910)), (3, Some(90_000))]);
        let tomorrow = Some(at(90_000));
        assert_eq!(first, [(now, stood), (now, stood), (None, stood), (Some(at(910)), seen), (tomorrow, stood)]);
        assert_eq!(marked(&standing, &[(4, Some(20))]), [(now, stood)], "in another message of the same picture");
        // After a break: one is as it was, the others have changed.
        let again = marked(&standing, &[(0, Some(3)), (1, Some(950)), (2, None), (4, Some(960))]);
        assert_eq!(again, [(now, stood), (Some(at(950)), seen), (None, seen), (Some(at(960)), seen)]);
    }
}
