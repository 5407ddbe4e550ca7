//! Random cases for the reference model.

use kernel::{Stream, StreamKey};

use super::{Arrival, Change, HORIZON, Reference, Stopper};

impl Reference {
    pub fn random(seed: u64) -> Reference {
        let mut stream = Stream::new(&StreamKey { seed, replication: 0, name: "reference", purpose: "case" });
        let mut between = |from: i64, to: i64| from + stream.below((to - from) as u64) as i64;
        let metre = 1_000_000_000;
        let second = 1_000_000_000;
        let types = vec![
            ("long", between(metre / 2, 2 * metre), between(second / 2, 9 * second)),
            ("mid", between(metre / 4, metre), between(second / 2, 9 * second)),
            ("short", between(metre / 9, metre / 2), between(second / 9, 3 * second)),
        ];
        let length = between(4 * metre, 15 * metre);
        let stoppers = match between(0, 4) {
            0 => vec![],
            1 => vec![Stopper {
                name: "one",
                position: between(metre, 3 * metre),
                dwell: Some(between(1, 3 * second)),
                closed: false,
            }],
            2 => vec![Stopper {
                name: "one",
                position: between(metre, 3 * metre),
                dwell: None,
                closed: between(0, 2) == 0,
            }],
            _ => vec![
                Stopper {
                    name: "one",
                    position: between(metre / 2, metre),
                    dwell: Some(between(1, 2 * second)),
                    closed: false,
                },
                Stopper {
                    name: "two",
                    position: between(2 * metre, 3 * metre),
                    dwell: Some(between(1, second)),
                    closed: false,
                },
                Stopper { name: "three", position: between(3 * metre, 4 * metre), dwell: None, closed: true },
            ],
        };
        let mut arrivals: Vec<Arrival> = (0..between(1, 80))
            .map(|_| Arrival { at: between(0, 300 * second), part_type: between(0, 3) as usize })
            .collect();
        arrivals.sort_by_key(|arrival| arrival.at);
        let mut changes = Vec::new();
        for _ in 0..between(0, 30) {
            let at = between(1, HORIZON - 1);
            let change = match between(0, 10) {
                0 => Change::Stop,
                1 | 2 => Change::Go,
                3 => Change::Gap(between(0, metre / 3)),
                4 => Change::Accumulating(between(0, 2) == 0),
                5 => Change::Speed(0),
                6 if !stoppers.is_empty() => {
                    Change::Closed(between(0, stoppers.len() as i64) as usize, between(0, 3) == 0)
                }
                _ => Change::Speed(between(metre / 50, metre)),
            };
            changes.push((at, change));
        }
        // Nothing is stopped for ever.
        changes.push((between(310 * second, 320 * second), Change::Go));
        changes.push((between(320 * second, 330 * second), Change::Speed(between(metre / 3, metre))));
        for stopper in 0..stoppers.len() {
            changes.push((between(320 * second, 330 * second), Change::Closed(stopper, false)));
        }
        changes.sort_by_key(|(at, _)| *at);
        // Gaps only shrink: parts closer than a gap made wider afterwards move as they were, which this model, in which
        // no part knows another, would have to be told.
        let initial_gap = between(0, metre / 4);
        let mut gap = initial_gap;
        for (_, change) in &mut changes {
            if let Change::Gap(value) = change {
                gap = gap.min(*value);
                *value = gap;
            }
        }
        Reference {
            length,
            speed: between(metre / 20, metre),
            acceleration: 0,
            gap: initial_gap,
            accumulating: between(0, 2) == 0,
            types,
            stoppers,
            eyes: vec![0, between(metre / 3, 3 * metre), length - metre / 7, length],
            arrivals,
            changes,
        }
    }

    /// The same with ramps: an acceleration that changes now and then, and more to speed up and slow down for.
    pub fn with_ramps(mut self, seed: u64) -> Reference {
        let mut stream = Stream::new(&StreamKey { seed, replication: 0, name: "reference", purpose: "ramps" });
        let mut between = |from: i64, to: i64| from + stream.below((to - from) as u64) as i64;
        let (metre, second) = (1_000_000_000, 1_000_000_000);
        self.acceleration = between(metre / 50, 2 * metre);
        for _ in 0..between(0, 30) {
            let change = match between(0, 6) {
                0 => Change::Acceleration(if between(0, 4) == 0 { 0 } else { between(metre / 100, metre) }),
                1 | 2 => Change::Stop,
                _ => Change::Go,
            };
            self.changes.push((between(1, 310 * second), change));
        }
        self.changes.sort_by_key(|(at, _)| *at);
        self
    }
}
