//! Morris screening: which of many parameters matter at all, for a few runs a parameter.
//!
//! M. D. Morris (1991), "Factorial sampling plans for preliminary computational experiments", Technometrics 33(2): every move of
//! a walk ([`Walks`]) gives one elementary effect of the factor that moves. F. Campolongo, J. Cariboni and A. Saltelli (2007), "An effective screening design for
//! sensitivity analysis of large models", Environmental Modelling & Software 22: mu*, the mean of their sizes, ranks the factors
//! even where effects of both signs cancel. The spread sigma tells effects that depend on where the other factors are.

use kernel::Moments;
pub use scenario::design::Walks;

/// What is known of one factor.
#[derive(Debug, Clone, PartialEq)]
pub struct Screened {
    /// The elementary effects, one for each trajectory in which both points are defined: change of the KPI for a move of the
    /// factor over its whole range, if it went on like that. Their mean is mu.
    pub effects: Moments,
    /// Their sizes. Their mean is mu*, by which factors are ranked. Noise of the KPI makes it larger, for all factors alike.
    pub sizes: Moments,
}

impl Screened {
    /// The mean effect.
    #[must_use]
    pub fn mu(&self) -> Option<f64> {
        self.effects.mean()
    }

    /// The mean size of effects.
    #[must_use]
    pub fn mu_star(&self) -> Option<f64> {
        self.sizes.mean()
    }

    /// The standard deviation of effects: 0 for a factor that acts along a straight line and on its own.
    #[must_use]
    pub fn sigma(&self) -> Option<f64> {
        self.effects.variance().map(f64::sqrt)
    }
}

/// What the KPI says of every factor: `values` has its mean at every point of the plan, in order, NaN where it is undefined, and
/// `at` how far along each factor the point was played, from 0 to 1. That may be beside the plan, as where a factor takes whole
/// numbers only; a move that came to nothing says nothing of its factor.
///
/// # Errors
/// In words, if there is not one value for each point.
pub fn analyse(walks: &Walks, at: &[Vec<f64>], values: &[f64]) -> Result<Vec<Screened>, &'static str> {
    if values.len() as u64 != walks.points() || at.len() != values.len() {
        return Err("there must be one value for each point of the plan");
    }
    if at.iter().any(|point| point.len() != walks.factors()) {
        return Err("every point must be somewhere along every factor");
    }
    let mut screened = vec![Screened { effects: Moments::new(), sizes: Moments::new() }; walks.factors()];
    let points = walks.factors() + 1;
    for (trajectory, (values, at)) in (0..).zip(values.chunks_exact(points).zip(at.chunks_exact(points))) {
        let (_, moves) = walks.trajectory(trajectory);
        for (step, done) in moves.iter().enumerate() {
            let moved = at[step + 1][done.factor] - at[step][done.factor];
            if moved == 0.0 {
                continue;
            }
            let effect = (values[step + 1] - values[step]) / moved;
            screened[done.factor].effects.add(effect);
            screened[done.factor].sizes.add(effect.abs());
        }
    }
    Ok(screened)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(plan: &Walks, model: impl Fn(&[f64]) -> f64) -> Vec<Screened> {
        let at = coordinates(plan);
        analyse(plan, &at, &at.iter().map(|at| model(at)).collect::<Vec<f64>>()).expect("one value a point")
    }

    fn coordinates(plan: &Walks) -> Vec<Vec<f64>> {
        (0..plan.points()).map(|point| plan.coordinates_at(point).expect("a point of the plan")).collect()
    }

    #[test]
    fn a_factor_of_whole_numbers_has_the_slope_of_the_numbers_played() {
        // From 1 to 3: the levels of the plan, 1, 1.67, 2.33 and 3, are played as 1, 2, 2 and 3. All moves
        // are half of the range where the plan has two thirds. The other factor comes to the same number wherever it is.
        let plan = Walks::new(1, 2, 4, 20).expect("a plan");
        let mut at = coordinates(&plan);
        at.iter_mut().for_each(|at| {
            at[0] = ((1.0 + 2.0 * at[0]).round() - 1.0) / 2.0;
            at[1] = 1.0;
        });
        let values: Vec<f64> = at.iter().map(|at| 7.0 * at[0]).collect();
        let screened = analyse(&plan, &at, &values).expect("one value a point");
        assert!((screened[0].mu_star().expect("twenty") - 7.0).abs() < 1e-12 && screened[0].sigma().expect("") < 1e-12);
        assert_eq!(screened[1].effects.count(), 0, "a factor that never moved has no effects");
    }

    #[test]
    fn a_straight_line_has_its_slopes_as_effects_and_no_spread() {
        let screened = screen(&Walks::new(1, 3, 4, 10).expect("a plan"), |x| 5.0 + 3.0 * x[0] - 2.0 * x[1]);
        for (factor, slope) in [3.0f64, -2.0, 0.0].into_iter().enumerate() {
            let found = &screened[factor];
            assert!((found.mu().expect("ten") - slope).abs() < 1e-12);
            assert!((found.mu_star().expect("ten") - slope.abs()).abs() < 1e-12);
            assert!(found.sigma().expect("ten") < 1e-12);
        }
    }

    #[test]
    fn effects_that_cancel_show_in_their_sizes() {
        // (x0 - 1/2)(x1 - 1/2): effects of x0 are x1 - 1/2, so +-1/6 and +-1/2 on a grid of four: mean 0, mean size 1/3,
        // standard deviation sqrt((1/36 + 1/4) / 2) = 0.3727.
        let screened = screen(&Walks::new(1, 2, 4, 4_000).expect("a plan"), |x| (x[0] - 0.5) * (x[1] - 0.5));
        for found in &screened {
            assert!(found.mu().expect("many").abs() < 0.02, "{found:?}");
            assert!((found.mu_star().expect("many") - 1.0 / 3.0).abs() < 0.01, "{found:?}");
            assert!((found.sigma().expect("many") - 0.3727).abs() < 0.01, "{found:?}");
            assert!(found.sizes.interval(0.99).expect("many").contains(1.0 / 3.0));
        }
    }

    #[test]
    fn sobols_function_is_ranked_as_its_coefficients_say() {
        // The product of (|4 x - 2| + a) / (1 + a): the smaller a, the more the factor matters (Saltelli and Sobol 1995).
        let a = [99.0, 0.0, 9.0, 1.0, 99.0, 4.5];
        let model = |x: &[f64]| x.iter().zip(a).map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product();
        let screened = screen(&Walks::new(2, 6, 8, 60).expect("a plan"), model);
        let size = |factor: usize| screened[factor].mu_star().expect("sixty");
        let mut order: Vec<usize> = (0..6).collect();
        order.sort_by(|one, other| size(*other).total_cmp(&size(*one)));
        assert_eq!(order[..4], [1, 3, 5, 2], "{:?}", (0..6).map(size).collect::<Vec<f64>>());
        assert!(size(0).max(size(4)) < 0.1 * size(1));
        // The pieces of the function rise and fall: the mean effect alone would call factor 1 unimportant.
        assert!(screened[1].mu().expect("sixty").abs() < 0.3 * size(1));
    }

    #[test]
    fn morris_own_model_shows_its_ten_factors_of_twenty() {
        // Morris 1991, section 4, with 0 for the coefficients that he draws from a normal law with variance 1.
        let model = |x: &[f64]| {
            let w: Vec<f64> =
                (0..20)
                    .map(|i| {
                        if matches!(i, 2 | 4 | 6) {
                            2.0 * (1.1 * x[i] / (x[i] + 0.1) - 0.5)
                        } else {
                            2.0 * (x[i] - 0.5)
                        }
                    })
                    .collect();
            let mut y = 20.0 * w[..10].iter().sum::<f64>();
            for i in 0..6 {
                for j in i + 1..6 {
                    y -= 15.0 * w[i] * w[j];
                    y -= (j + 1..5).map(|l| 10.0 * w[i] * w[j] * w[l]).sum::<f64>();
                }
            }
            y + 5.0 * w[..4].iter().product::<f64>()
        };
        let screened = screen(&Walks::new(4, 20, 4, 40).expect("a plan"), model);
        let (size, spread) =
            (|f: usize| screened[f].mu_star().expect("forty"), |f: usize| screened[f].sigma().expect("forty"));
        // Factors 1 to 6 interact, 7 is curved, 8 to 10 are straight with slope 40, the others do nothing.
        assert!((0..6).all(|f| size(f) > 25.0 && spread(f) > 25.0), "{screened:?}");
        assert!(spread(6) > 10.0);
        assert!((7..10).all(|f| (size(f) - 40.0).abs() < 1e-9 && spread(f) < 1e-9));
        assert!((10..20).all(|f| size(f) < 1e-9));
    }

    #[test]
    fn undefined_values_leave_their_moves_out() {
        let plan = Walks::new(1, 2, 4, 5).expect("a plan");
        let mut values = vec![1.0; 15];
        values[0] = f64::NAN;
        values[4] = f64::INFINITY;
        let at = coordinates(&plan);
        let screened = analyse(&plan, &at, &values).expect("one value a point");
        // One move of the first trajectory, two of the second.
        assert_eq!(screened.iter().map(|found| found.effects.count()).sum::<u64>(), 7);
        assert!(analyse(&plan, &at, &values[1..]).is_err());
    }

    #[test]
    fn plans_that_cannot_be_are_refused() {
        for (factors, levels, trajectories) in
            [(0, 4, 1), (100_001, 4, 1), (2, 3, 1), (2, 0, 1), (2, 1_002, 1), (2, 4, 0), (2, 4, u64::MAX)]
        {
            assert!(Walks::new(1, factors, levels, trajectories).is_err(), "{factors}, {levels}, {trajectories}");
        }
        assert_eq!(Walks::new(1, 1, 2, u64::MAX / 2).expect("a plan").levels_at(u64::MAX - 1), None);
    }
}
