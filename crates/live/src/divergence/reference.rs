//! A law that operations are held against, as draws of it: what lies where among them is judged the same for skewed laws as for
//! normal ones.

use std::sync::OnceLock;

use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{Distribution, Stream, StreamKey, student_t_quantile};

use super::MOST;

/// Draws of a law among which operations are placed.
const DRAWS: usize = 400;

/// A law as sorted draws of it, in seconds.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub(super) law: Distribution,
    pub(super) draws: Vec<f64>,
}

/// As its law: the draws follow from it.
impl Persist for Reference {
    fn write(&self, writer: &mut Writer) {
        self.law.write(writer);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let law = Distribution::read(reader)?;
        // Draws of a law that cannot be might never end.
        law.validate().map_err(|_| reader.unreadable("the parameters of a law"))?;
        Ok(Reference::of(&law))
    }
}

impl Reference {
    /// Draws from a stream of its own: the same for the same law, whatever else is drawn.
    pub(super) fn of(law: &Distribution) -> Self {
        let key = StreamKey { seed: 0, replication: 0, name: "divergence", purpose: "law" };
        let mut stream = Stream::new(&key);
        let mut draws: Vec<f64> = (0..DRAWS).map(|_| law.sample(&mut stream) / 1e9).collect();
        draws.sort_by(f64::total_cmp);
        Reference { law: law.clone(), draws }
    }

    /// The normal score of a duration by its place among the draws; `None` beyond them.
    pub(super) fn score(&self, seconds: f64) -> Option<f64> {
        let below = self.draws.partition_point(|draw| *draw < seconds);
        let up_to = self.draws.partition_point(|draw| *draw <= seconds);
        let is_inside = below > 0 && up_to < self.draws.len();
        is_inside.then(|| scores()[below + up_to])
    }
}

/// The normal score of every half place among the draws, from 0 to twice as many as there are.
fn scores() -> &'static [f64] {
    static SCORES: OnceLock<Vec<f64>> = OnceLock::new();
    SCORES.get_or_init(|| {
        let places = 2 * DRAWS;
        let upper: Vec<f64> =
            (DRAWS..places).map(|place| student_t_quantile(place as f64 / places as f64, f64::INFINITY)).collect();
        let upper = |place: usize| upper.get(place - DRAWS).copied().unwrap_or(MOST);
        (0..=places).map(|place| if place < DRAWS { -upper(places - place) } else { upper(place) }).collect()
    })
}
