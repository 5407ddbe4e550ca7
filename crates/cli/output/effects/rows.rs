//! What the axes of a sweep do to a KPI, as data: all that the tables for people show and what they leave out for want of room.

use kernel::{Interval, Moments};
use plant::kpi::Column as Kpi;
use serde::Serialize;
use study::effect::Analysis;
use study::effect::factorial::{Effects, Interaction, MainEffect};
use study::effect::one_at_a_time::Sensitivity;
use study::morris::Screened;
use study::precision::LEVEL;

/// What the axes do to one KPI, by whatever the design allows to tell.
#[derive(Debug, Serialize)]
pub struct AnalysisRow {
    kpi: String,
    unit: String,
    #[serde(flatten)]
    found: Found,
}

#[derive(Debug, Serialize)]
#[serde(tag = "method", rename_all = "snake_case")]
enum Found {
    Factorial {
        mean: f64,
        /// Shares and interactions are told of full factorials alone.
        full_factorial: bool,
        /// Share that neither axes nor pairs explain.
        rest: Option<f64>,
        /// Share that is likely to be noise, inside of the others.
        noise: Option<f64>,
        /// Points at which the KPI is undefined.
        points_left_out: usize,
        axes: Vec<MainEffectRow>,
        interactions: Vec<InteractionRow>,
    },
    OneAtATime {
        axes: Vec<SensitivityRow>,
    },
    Regression {
        explained: f64,
        axes: Vec<RiseRow>,
    },
    Morris {
        axes: Vec<ScreenedRow>,
    },
}

#[derive(Debug, Serialize)]
struct MainEffectRow {
    path: String,
    levels: Vec<LevelRow>,
    lowest_at: String,
    highest_at: String,
    difference: f64,
    half_width: Option<f64>,
    share: Option<f64>,
}

#[derive(Debug, Serialize)]
struct LevelRow {
    value: String,
    #[serde(flatten)]
    mean: MeanRow,
}

#[derive(Debug, Serialize)]
struct InteractionRow {
    paths: [String; 2],
    /// The largest deviation from the sum of both main effects.
    largest: Option<f64>,
    half_width: Option<f64>,
    share: Option<f64>,
}

#[derive(Debug, Serialize)]
struct SensitivityRow {
    path: String,
    low: ChangeRow,
    high: ChangeRow,
    /// Per cent of the KPI for one per cent of the field.
    elasticity: Option<f64>,
}

/// What setting one field to a value changes against the scenario as it is.
#[derive(Debug, Serialize)]
struct ChangeRow {
    value: String,
    #[serde(flatten)]
    change: MeanRow,
}

#[derive(Debug, Serialize)]
struct RiseRow {
    path: String,
    from: String,
    to: String,
    rise: f64,
    half_width: f64,
}

#[derive(Debug, Serialize)]
struct ScreenedRow {
    path: String,
    /// Mean size of effects over the whole range, by which axes are ranked.
    mu_star: Option<f64>,
    mu_star_half_width: Option<f64>,
    mu: Option<f64>,
    sigma: Option<f64>,
}

#[derive(Debug, Serialize)]
struct MeanRow {
    mean: Option<f64>,
    half_width: Option<f64>,
}

impl MeanRow {
    fn of(moments: &Moments) -> Self {
        MeanRow { mean: moments.mean(), half_width: half_width(moments.interval(LEVEL)) }
    }
}

fn half_width(interval: Option<Interval>) -> Option<f64> {
    interval.map(|interval| interval.half_width)
}

impl AnalysisRow {
    /// What `analysis` says of `kpi`.
    pub fn of(analysis: &Analysis, kpi: &Kpi) -> Self {
        AnalysisRow { kpi: kpi.to_string(), unit: kpi.quantity.unit().to_owned(), found: Found::of(analysis) }
    }
}

impl Found {
    fn of(analysis: &Analysis) -> Self {
        match analysis {
            Analysis::Factorial { axes, effects } => Found::factorial(axes, effects),
            Analysis::OneAtATime { axes, sensitivities } => {
                let row = |((path, [low, high]), found): (&(String, [String; 2]), &Sensitivity)| SensitivityRow {
                    path: path.clone(),
                    low: ChangeRow { value: low.clone(), change: MeanRow::of(&found.low) },
                    high: ChangeRow { value: high.clone(), change: MeanRow::of(&found.high) },
                    elasticity: found.elasticity,
                };
                Found::OneAtATime { axes: axes.iter().zip(sensitivities).map(row).collect() }
            }
            Analysis::Regression { axes, regression } => {
                let row = |((path, [from, to]), rise): (&(String, [String; 2]), &Interval)| RiseRow {
                    path: path.clone(),
                    from: from.clone(),
                    to: to.clone(),
                    rise: rise.mean,
                    half_width: rise.half_width,
                };
                let axes = axes.iter().zip(&regression.rises).map(row).collect();
                Found::Regression { explained: regression.explained, axes }
            }
            Analysis::Morris { axes, screened } => {
                let row = |(path, found): (&String, &Screened)| ScreenedRow {
                    path: path.clone(),
                    mu_star: found.mu_star(),
                    mu_star_half_width: half_width(found.sizes.interval(LEVEL)),
                    mu: found.mu(),
                    sigma: found.sigma(),
                };
                Found::Morris { axes: axes.iter().zip(screened).map(row).collect() }
            }
        }
    }

    fn factorial(axes: &[(String, Vec<String>)], effects: &Effects) -> Self {
        let level =
            |(value, moments): (&String, &Moments)| LevelRow { value: value.clone(), mean: MeanRow::of(moments) };
        let main = |((path, values), effect): (&(String, Vec<String>), &MainEffect)| MainEffectRow {
            path: path.clone(),
            levels: values.iter().zip(&effect.levels).map(level).collect(),
            lowest_at: values[effect.lowest].clone(),
            highest_at: values[effect.highest].clone(),
            difference: effect.range,
            half_width: half_width(effect.interval),
            share: effect.share,
        };
        let pair = |pair: &Interaction| InteractionRow {
            paths: [axes[pair.axes.0].0.clone(), axes[pair.axes.1].0.clone()],
            largest: pair.largest,
            half_width: half_width(pair.interval),
            share: pair.share,
        };
        // Of any other design there is nothing to say of pairs.
        let pairs = effects.interactions.iter().filter(|_| effects.is_full_factorial);
        Found::Factorial {
            mean: effects.mean,
            full_factorial: effects.is_full_factorial,
            rest: effects.rest,
            noise: effects.noise,
            points_left_out: effects.left_out,
            axes: axes.iter().zip(&effects.axes).map(main).collect(),
            interactions: pairs.map(pair).collect(),
        }
    }
}
