//! Which parameters make sense, told to the person who wrote them.

use super::Distribution;
use crate::limits::{
    LARGEST_COUNT_MEAN, LARGEST_PARAMETER, SMALLEST_PARAMETER, SMALLEST_SHAPE, SMALLEST_WEIBULL_SHAPE,
};

impl Distribution {
    /// Whether the parameters make a law; the message names the parameter, its value and what is allowed.
    ///
    /// # Errors
    /// The first parameter that is not finite, out of its range or at odds with another, in words for the user.
    pub fn validate(&self) -> Result<(), String> {
        match *self {
            Distribution::Constant(value) => finite("value", value),
            Distribution::Uniform { min, max } => ordered(&[("min", min), ("max", max)]),
            Distribution::Triangular { min, mode, max } | Distribution::Pert { min, mode, max } => {
                ordered(&[("min", min), ("mode", mode), ("max", max)])
            }
            Distribution::Exponential { mean } => positive("mean", mean),
            Distribution::Erlang { shape, mean } => {
                if shape == 0 {
                    return Err("`shape` is the number of phases and must be at least 1".to_owned());
                }
                positive("mean", mean)
            }
            Distribution::Gamma { shape: value, scale } => {
                shape("shape", value, SMALLEST_SHAPE)?;
                positive("scale", scale)
            }
            Distribution::Weibull { shape: value, scale } => {
                shape("shape", value, SMALLEST_WEIBULL_SHAPE)?;
                positive("scale", scale)
            }
            Distribution::Normal { mean, standard_deviation } => {
                finite("mean", mean)?;
                spread("standard_deviation", standard_deviation)?;
                if standard_deviation == 0.0 && mean < 0.0 {
                    return Err(format!(
                        "`mean` is {}, but without a spread a value that is never negative cannot have it",
                        Shown(mean)
                    ));
                }
                Ok(())
            }
            Distribution::Gaussian { mean, standard_deviation } => {
                finite("mean", mean)?;
                spread("standard_deviation", standard_deviation)
            }
            Distribution::LogNormal { mean, cv } => {
                positive("mean", mean)?;
                spread("cv", cv)
            }
            Distribution::Beta { alpha, beta, min, max } => {
                shape("alpha", alpha, SMALLEST_SHAPE)?;
                shape("beta", beta, SMALLEST_SHAPE)?;
                ordered(&[("min", min), ("max", max)])
            }
            Distribution::Geometric { probability } => {
                positive("probability", probability)?;
                if probability > 1.0 {
                    return Err(format!("`probability` is {}, but a probability is at most 1", Shown(probability)));
                }
                Ok(())
            }
            Distribution::Poisson { mean } => {
                positive("mean", mean)?;
                if mean > LARGEST_COUNT_MEAN {
                    return Err(format!("`mean` is {}, but a mean count is at most {LARGEST_COUNT_MEAN}", Shown(mean)));
                }
                Ok(())
            }
            Distribution::Empirical(ref values) => {
                if values.is_empty() {
                    return Err("there are no values to draw from".to_owned());
                }
                (1..).zip(values.iter()).try_for_each(|(number, &value)| finite(&format!("value {number}"), value))
            }
            Distribution::Discrete(ref outcomes) => {
                for (number, &(value, weight)) in (1..).zip(outcomes.iter()) {
                    finite(&format!("value {number}"), value)?;
                    spread(&format!("weight {number}"), weight)?;
                }
                if !outcomes.iter().any(|&(_, weight)| weight > 0.0) {
                    return Err("at least one value must have a weight above 0".to_owned());
                }
                Ok(())
            }
        }
    }
}

/// A number as a message shows it: in scientific form where it would otherwise be mostly zeros.
struct Shown(f64);

impl std::fmt::Display for Shown {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Shown(value) = *self;
        if value == 0.0 || (1e-6..1e12).contains(&value.abs()) {
            write!(formatter, "{value}")
        } else {
            write!(formatter, "{value:e}")
        }
    }
}

fn finite(name: &str, value: f64) -> Result<(), String> {
    if !value.is_finite() {
        return Err(format!("`{name}` is {value}, but must be a finite number"));
    }
    if value.abs() > LARGEST_PARAMETER {
        return Err(format!("`{name}` is {value:e}, beyond the largest magnitude of {LARGEST_PARAMETER:e}"));
    }
    Ok(())
}

fn positive(name: &str, value: f64) -> Result<(), String> {
    finite(name, value)?;
    if value <= 0.0 {
        return Err(format!("`{name}` is {}, but must be above 0", Shown(value)));
    }
    if value < SMALLEST_PARAMETER {
        return Err(format!("`{name}` is {value:e}, below the smallest magnitude of {SMALLEST_PARAMETER:e}"));
    }
    Ok(())
}

fn shape(name: &str, value: f64, smallest: f64) -> Result<(), String> {
    finite(name, value)?;
    if value < smallest {
        return Err(format!("`{name}` is {}, but a shape is at least {smallest}", Shown(value)));
    }
    Ok(())
}

/// A spread or weight: 0 is allowed.
fn spread(name: &str, value: f64) -> Result<(), String> {
    finite(name, value)?;
    if value < 0.0 {
        return Err(format!("`{name}` is {}, but must not be negative", Shown(value)));
    }
    if value > 0.0 && value < SMALLEST_PARAMETER {
        return Err(format!("`{name}` is {value:e}, below the smallest magnitude of {SMALLEST_PARAMETER:e}"));
    }
    Ok(())
}

fn ordered(named: &[(&str, f64)]) -> Result<(), String> {
    for &(name, value) in named {
        finite(name, value)?;
    }
    for pair in named.windows(2) {
        let ((low_name, low), (high_name, high)) = (pair[0], pair[1]);
        if low > high {
            return Err(format!(
                "`{low_name}` is {}, but must not be above `{high_name}`, which is {}",
                Shown(low),
                Shown(high)
            ));
        }
    }
    Ok(())
}
