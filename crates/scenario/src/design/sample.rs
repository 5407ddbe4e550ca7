//! Samples: points chosen by a method instead of written down, each from its number alone.
//!
//! What a method draws depends on the design only, not on the seed of the runs: another seed plays the same points.

use kernel::{DigestChain, Stream, StreamKey};

use super::{Factor, Method, Walks, sobol};

/// How far along each factor's values point `index` lies, from 0 to 1; `None` where it leaves the scenario's value.
pub fn shares(method: Method, points: u64, factors: &[Factor], index: u64) -> Vec<Option<f64>> {
    match method {
        Method::LatinHypercube => {
            let share = |factor: &Factor| {
                let name = factor.path.to_string();
                let mut jitter = stream("place in its cell", &name, index);
                let cell = Shuffle::new(&name, points).place(index);
                Some((cell as f64 + jitter.uniform_open()) / points as f64)
            };
            factors.iter().map(share).collect()
        }
        Method::Sobol => (0..factors.len()).map(|axis| Some(sobol::coordinate(axis, index as u32))).collect(),
        Method::OneAtATime => {
            let end = |axis: u64| match index.checked_sub(1) {
                Some(step) if step / 2 == axis => Some((step % 2) as f64),
                _ => None,
            };
            (0..factors.len() as u64).map(end).collect()
        }
        Method::Morris { levels } => {
            let trajectories = points / (factors.len() as u64 + 1);
            let point =
                Walks::new(0, factors.len(), levels, trajectories).ok().and_then(|walks| walks.coordinates_at(index));
            point.map_or_else(|| vec![None; factors.len()], |point| point.into_iter().map(Some).collect())
        }
    }
}

fn stream(purpose: &str, name: &str, number: u64) -> Stream {
    Stream::new(&StreamKey { seed: 0, replication: number, name, purpose })
}

/// A random order of so many things that tells the place of each without holding the others: a Feistel network over the next
/// power of four, walked until it stays inside (Black and Rogaway 2002, "Ciphers with arbitrary finite domains").
struct Shuffle {
    count: u64,
    half_bits: u32,
    keys: [u64; 4],
}

impl Shuffle {
    fn new(name: &str, count: u64) -> Self {
        let mut stream = stream("order", name, 0);
        let bits = u64::BITS - count.saturating_sub(1).leading_zeros();
        Shuffle { count, half_bits: bits.div_ceil(2).max(1), keys: std::array::from_fn(|_| stream.next_u64()) }
    }

    fn place(&self, index: u64) -> u64 {
        let mask = (1_u64 << self.half_bits) - 1;
        let mut value = index;
        loop {
            let (mut left, mut right) = (value >> self.half_bits, value & mask);
            for key in self.keys {
                let mut chain = DigestChain::new();
                chain.mix(key, right);
                (left, right) = (right, left ^ (chain.value().bits() as u64 & mask));
            }
            value = left << self.half_bits | right;
            if value < self.count {
                return value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffle_is_an_order() {
        for count in [1, 2, 3, 10, 16, 17, 1000] {
            let shuffle = Shuffle::new("mill.queue", count);
            let mut places: Vec<u64> = (0..count).map(|index| shuffle.place(index)).collect();
            assert!(count < 10 || !places.iter().copied().eq(0..count), "{count}");
            places.sort_unstable();
            assert!(places.into_iter().eq(0..count), "{count}");
        }
    }
}
