//! Named random streams: xoshiro256++ seeded from (seed, replication, name, purpose).
//!
//! Each element draws from its own streams, so adding, renaming or removing another element moves none of its draws:
//! common random numbers across what-ifs come by construction. See docs/decisions/0003-random-streams.md.

mod ziggurat;

use crate::digest::DigestChain;
use crate::persist::{Persist, Reader, Unreadable, Writer};
use ziggurat::Tables;

/// What a stream is for; two keys that differ in any field give unrelated streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamKey<'a> {
    /// The seed of the whole study.
    pub seed: u64,
    /// The number of the replication, from 0.
    pub replication: u64,
    /// The stream name of the element, by default the element's name.
    pub name: &'a str,
    /// What the draws decide: "process_time", "routing", "time_to_failure" ...
    pub purpose: &'a str,
}

/// A stream of random numbers: xoshiro256++ (Blackman and Vigna 2021, ACM TOMS 47(4)), period 2^256 - 1.
///
/// ```
/// use kernel::{Stream, StreamKey};
/// let key = StreamKey { seed: 1, replication: 0, name: "mill", purpose: "process_time" };
/// let (mut one, mut same) = (Stream::new(&key), Stream::new(&key));
/// assert_eq!(one.next_u64(), same.next_u64());
/// ```
#[derive(Clone)]
pub struct Stream {
    state: [u64; 4],
    /// Looked up once per stream: asking the lazy cell at every draw would cost a fence and a branch.
    tables: &'static Tables,
}

impl Persist for Stream {
    fn write(&self, writer: &mut Writer) {
        self.state.iter().for_each(|word| writer.raw(&word.to_le_bytes()));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let mut words = [0; 4];
        for word in &mut words {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(reader.raw(8)?);
            *word = u64::from_le_bytes(bytes);
        }
        Ok(match reader.apart() {
            None => Self::from_state(words),
            Some(number) => Self::from_state(words).apart(number),
        })
    }
}

impl Stream {
    /// The stream for this key. About 60 ns and no allocation; the first one of a process also computes the tables, about 60 us.
    pub fn new(key: &StreamKey<'_>) -> Self {
        let mut chain = DigestChain::new();
        chain.mix(key.seed, key.replication);
        chain.mix_text(key.name);
        chain.mix_text(key.purpose);
        Self::from_chain(chain)
    }

    fn from_chain(mut chain: DigestChain) -> Self {
        let first = chain.value().bits();
        chain.mix(1, 1);
        let second = chain.value().bits();
        Self::from_state([(first >> 64) as u64, first as u64, (second >> 64) as u64, second as u64])
    }

    /// The stream that continues from the words of [`Stream::state`].
    ///
    /// All zero is the one state xoshiro cannot leave; it is replaced by a fixed other one.
    pub fn from_state(state: [u64; 4]) -> Self {
        let state = if state == [0; 4] { [1, 2, 3, 4] } else { state };
        Self { state, tables: ziggurat::tables() }
    }

    /// The four words that say where the stream stands, for snapshots.
    pub const fn state(&self) -> [u64; 4] {
        self.state
    }

    /// A stream that has nothing to do with this one or with others of other numbers: its state is a digest of both.
    #[must_use]
    pub fn apart(&self, number: u64) -> Self {
        let mut chain = DigestChain::new();
        chain.mix(self.state[0], self.state[1]);
        chain.mix(self.state[2], self.state[3]);
        chain.mix_text("apart");
        chain.mix(number, 0);
        Self::from_chain(chain)
    }

    /// The next 64 random bits; about 1 ns.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let c_mixed = c ^ a;
        let d_mixed = d ^ b;
        self.state = [a ^ d_mixed, b ^ c_mixed, c_mixed ^ (b << 17), d_mixed.rotate_left(45)];
        result
    }

    /// Uniform on [0, 1): a multiple of 2^-53. One draw.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * UNIT
    }

    /// Uniform on (0, 1), symmetric about a half, never 0 or 1: safe inside a logarithm. One draw.
    #[inline]
    pub fn uniform_open(&mut self) -> f64 {
        // 52 bits plus a half: with 53 the largest value would round to 1.
        ((self.next_u64() >> 12) as f64 + 0.5) * (2.0 * UNIT)
    }

    /// A whole number below `bound`, every one equally likely (Lemire 2019); 0 for bounds 0 and 1. One draw, rarely more.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        let mut product = u128::from(self.next_u64()) * u128::from(bound);
        if (product as u64) < bound {
            let threshold = bound.wrapping_neg() % bound.max(1);
            while (product as u64) < threshold {
                product = u128::from(self.next_u64()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }

    /// Exponential with mean 1; at least 0, always finite. 1.02 draws on average, about 4 ns.
    ///
    /// Ziggurat with 256 layers (Marsaglia and Tsang 2000), layer and abscissa from disjoint bits of one word.
    #[inline(always)]
    pub fn exponential(&mut self) -> f64 {
        let tables = self.tables;
        let bits = self.next_u64();
        let layer = &tables.exponential.layers[(bits & 0xFF) as usize];
        let x = (bits >> 11) as f64 * layer.scale;
        if x < layer.inner { x } else { ziggurat::exponential_edge(self, bits, x) }
    }

    /// Normal with mean 0 and standard deviation 1, always finite. 1.03 draws on average, about 4 ns.
    ///
    /// Ziggurat with 256 layers a side (Marsaglia and Tsang 2000), layer, sign and abscissa from disjoint bits of one word.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        let tables = self.tables;
        let bits = self.next_u64();
        let layer = &tables.normal.layers[(bits & 0xFF) as usize];
        let x = (bits >> 11) as f64 * layer.scale;
        let size = if x < layer.inner { x } else { ziggurat::normal_edge(self, bits, x) };
        // Bit 8 is the sign: moved to the sign bit, it costs no branch that cannot be predicted.
        f64::from_bits(size.to_bits() ^ ((bits << 55) & (1 << 63)))
    }
}

/// 2^-53.
const UNIT: f64 = 1.0 / (1u64 << 53) as f64;

impl PartialEq for Stream {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl Eq for Stream {}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stream").field(&self.state).finish()
    }
}

#[cfg(test)]
mod tests;
