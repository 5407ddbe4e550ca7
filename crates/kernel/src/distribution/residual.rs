//! What is left of something that has gone on for a while: draws given that a value is beyond an age.

use super::Distribution;
use crate::{SimDuration, Stream};

/// Draws before the age is taken to be beyond what the law allows.
const MOST_DRAWS: u32 = 256;

impl Distribution {
    /// Draws how much longer something goes on whose whole duration follows this law and that has gone on for `age`: by drawing
    /// until the whole is longer. Where the law does not come that far, as when it is not true, it ends at once.
    ///
    /// One draw for an exponential law, which has no memory; else 1 / P(longer than `age`) draws on average, at most 256.
    pub fn sample_residual(&self, age: SimDuration, stream: &mut Stream) -> SimDuration {
        if let Distribution::Exponential { .. } = self {
            return self.sample_duration(stream);
        }
        for _ in 0..MOST_DRAWS {
            let whole = self.sample_duration(stream);
            if whole > age {
                return whole - age;
            }
            if let Distribution::Constant(_) = self {
                break;
            }
        }
        SimDuration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Moments, StreamKey};

    #[test]
    fn what_is_left_follows_the_law_beyond_the_age() {
        let stream = |purpose| Stream::new(&StreamKey { seed: 1, replication: 0, name: "residual", purpose });
        let mean = |law: &Distribution, age: f64| {
            let (mut moments, mut stream) = (Moments::new(), stream("draws"));
            let age = SimDuration::from_seconds_f64(age).expect("in range");
            (0..20_000).for_each(|_| moments.add(law.sample_residual(age, &mut stream).as_seconds_f64()));
            moments.mean().expect("many")
        };
        // Uniform from 0 to 10 s, given more than 4 s: 3 s are left on average. Exponential: always the mean.
        assert!((mean(&Distribution::Uniform { min: 0.0, max: 10e9 }, 4.0) - 3.0).abs() < 0.05);
        assert!((mean(&Distribution::Exponential { mean: 5e9 }, 40.0) - 5.0).abs() < 0.15);
        // Weibull with shape 2 and scale 1, given more than 1: e x (the tail beyond 1) = 0.3789.
        assert!((mean(&Distribution::Weibull { shape: 2.0, scale: 1e9 }, 1.0) - 0.3789).abs() < 0.01);
        assert_eq!(mean(&Distribution::Constant(3e9), 1.0), 2.0);
        assert_eq!(mean(&Distribution::Normal { mean: 80e9, standard_deviation: 2e9 }, 200.0), 0.0);
    }
}
