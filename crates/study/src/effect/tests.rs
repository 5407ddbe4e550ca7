//! Effects of models whose effects are known exactly, with noise that is common to all points or to none.

use kernel::{Stream, StreamKey};

use super::factorial::*;
use super::one_at_a_time::*;

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} for {expected}");
}

/// All combinations of levels, the last axis fastest.
fn full(levels: &[usize]) -> Vec<Vec<usize>> {
    levels.iter().fold(vec![Vec::new()], |points, count| {
        let longer = |point: Vec<usize>| (0..*count).map(move |level| [point.clone(), vec![level]].concat());
        points.into_iter().flat_map(longer).collect()
    })
}

fn normal(purpose: &str, replication: u64) -> f64 {
    Stream::new(&StreamKey { seed: 5, replication, name: "effect", purpose }).normal()
}

#[test]
fn a_sum_of_two_axes_is_explained_by_them_alone() {
    // y = 10 + {0, 1, 5} + {0, -2}: variances of the parts (14/3 - ...) by hand: mean of {0,1,5} is 2, squares 4 + 1 + 9 = 14,
    // each twice: 28. Mean of {0,-2} is -1, squares 1 + 1 = 2, each three times: 6. In all 34.
    let points = full(&[3, 2]);
    let row: Vec<f64> = points.iter().map(|at| 10.0 + [0.0, 1.0, 5.0][at[0]] + [0.0, -2.0][at[1]]).collect();
    let effects = effects(&[3, 2], &points, &[row], 0.95).expect("fits");
    close(effects.mean, 11.0);
    let means: Vec<f64> = effects.axes[0].levels.iter().filter_map(|level| level.mean()).collect();
    assert_eq!(means, [9.0, 10.0, 14.0]);
    assert_eq!((effects.axes[0].lowest, effects.axes[0].highest, effects.axes[0].range), (0, 2, 5.0));
    assert_eq!((effects.axes[1].lowest, effects.axes[1].highest, effects.axes[1].range), (1, 0, 2.0));
    close(effects.axes[0].share.expect("full"), 28.0 / 34.0);
    close(effects.axes[1].share.expect("full"), 6.0 / 34.0);
    close(effects.interactions[0].share.expect("full"), 0.0);
    close(effects.rest.expect("full"), 0.0);
    // One row tells nothing of noise.
    assert_eq!((effects.noise, effects.axes[0].interval, effects.interactions[0].interval), (None, None, None));
}

#[test]
fn a_product_of_two_axes_is_an_interaction_and_of_three_is_the_rest() {
    let sign = |level: usize| 2.0 * level as f64 - 1.0;
    let points = full(&[2, 2, 2]);
    let model =
        |at: &Vec<usize>| 3.0 * sign(at[0]) + 2.0 * sign(at[0]) * sign(at[2]) + sign(at[0]) * sign(at[1]) * sign(at[2]);
    let row: Vec<f64> = points.iter().map(model).collect();
    let effects = effects(&[2, 2, 2], &points, &[row], 0.95).expect("fits");
    // Squares 9 : 4 : 1.
    close(effects.axes[0].share.expect("full"), 9.0 / 14.0);
    close(effects.axes[1].share.expect("full"), 0.0);
    let pair = effects.interactions.iter().find(|pair| pair.axes == (0, 2)).expect("each pair is there");
    close(pair.share.expect("full"), 4.0 / 14.0);
    close(pair.largest.expect("full").abs(), 2.0);
    assert_eq!(pair.cells, [[Some(-1.0), Some(-5.0)], [Some(1.0), Some(5.0)]]);
    close(effects.rest.expect("full"), 1.0 / 14.0);
    assert_eq!(effects.interactions.len(), 3);
}

#[test]
fn intervals_hold_under_common_random_numbers() {
    // Noise of 10 common to all points of a row, 0.5 of each point's own.
    let points = full(&[2, 3]);
    let truth = |at: &[usize]| 2.0 * at[0] as f64 + at[1] as f64;
    let (mut covered_mean, mut covered_range, mut noise) = (0, 0, 0.0);
    for study in 0..200 {
        let row = |row: u64| {
            let common = 10.0 * normal(&format!("common {study}"), row);
            let own = |point: usize| 0.5 * normal(&format!("{study} {point}"), row);
            points.iter().enumerate().map(|(index, at)| truth(at) + common + own(index)).collect()
        };
        let rows: Vec<Vec<f64>> = (0..8).map(row).collect();
        let effects = effects(&[2, 3], &points, &rows, 0.95).expect("fits");
        let level = effects.axes[0].levels[0].interval(0.95).expect("eight rows");
        covered_mean += usize::from(level.contains(1.0));
        let range = effects.axes[0].interval.expect("eight rows");
        covered_range += usize::from(range.contains(2.0));
        assert!(range.half_width < 1.0, "what is common cancels: {range:?}");
        noise += effects.noise.expect("eight rows") / 200.0;
    }
    assert!((183..=197).contains(&covered_mean), "{covered_mean} of 200");
    assert!((183..=197).contains(&covered_range), "{covered_range} of 200");
    // The truth varies by 6 + 4 = 10, noise adds 5 * 0.25 / 8 = 0.156.
    assert!((noise - 0.0154).abs() < 0.001, "{noise}");
}

#[test]
fn designs_with_gaps_have_means_and_no_shares() {
    let mut points = full(&[2, 2]);
    let mut row = vec![1.0, 2.0, 3.0, 4.0];
    row[3] = f64::NAN;
    let told = effects(&[2, 2], &points, &[row.clone()], 0.95).expect("fits");
    assert_eq!((told.is_full_factorial, told.left_out, told.rest), (false, 1, None));
    assert_eq!((told.axes[0].share, told.axes[0].range), (None, 1.5));
    assert_eq!(told.interactions[0].cells, [[Some(1.0), Some(2.0)], [Some(3.0), None]]);
    assert_eq!(told.interactions[0].largest, None);
    // Each combination twice is full again; twice and once is not.
    points.extend(full(&[2, 2]));
    let twice = [1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0];
    assert!(effects(&[2, 2], &points, &[twice.to_vec()], 0.95).expect("fits").is_full_factorial);
    points.truncate(5);
    assert!(!effects(&[2, 2], &points, &[twice[..5].to_vec()], 0.95).expect("fits").is_full_factorial);
    // A level nobody is at.
    let told = effects(&[3], &[vec![0], vec![2]], &[vec![1.0, 5.0]], 0.95).expect("fits");
    assert_eq!((told.axes[0].levels[1].mean(), told.axes[0].range, told.is_full_factorial), (None, 4.0, false));
}

#[test]
fn what_does_not_fit_is_refused() {
    assert!(effects(&[2], &[vec![0], vec![1]], &[], 0.95).is_err());
    assert!(effects(&[2], &[vec![0], vec![1]], &[vec![1.0]], 0.95).is_err());
    assert!(effects(&[2], &[vec![0], vec![2]], &[vec![1.0, 2.0]], 0.95).is_err());
    assert!(effects(&[2], &[vec![0, 0]], &[vec![1.0]], 0.95).is_err());
    assert!(effects(&[2], &[vec![0]], &[vec![f64::NAN]], 0.95).is_err());
    assert!(effects(&[2_001], &[vec![0]], &[vec![1.0]], 0.95).is_err());
    assert!(effects(&[usize::MAX, 2], &[vec![0, 0]], &[vec![1.0]], 0.95).is_err());
    assert!(sensitivities(&[None], &[vec![1.0, 2.0]]).is_err());
    assert!(sensitivities(&[None], &[]).is_err());
    // No axes at all: one point, nothing to tell.
    let told = effects(&[], &[vec![]], &[vec![1.0]], 0.95).expect("fits");
    assert_eq!((told.axes.len(), told.rest), (0, Some(0.0)));
}

#[test]
fn one_at_a_time_finds_slopes_and_elasticities() {
    // y = 100 + 3 a - b^2 at a = 10 +- 1, b = 0 +- 2, with noise that cancels, and a choice without numbers.
    let rows: Vec<Vec<f64>> = (0..5)
        .map(|row| [130.0, 127.0, 133.0, 126.0, 126.0, 131.0, 130.0].map(|y| y + normal("one", row)).to_vec())
        .collect();
    let setting = |base, low, high| Some(Setting { base, low, high });
    let found = sensitivities(&[setting(10.0, 9.0, 11.0), setting(0.0, -2.0, 2.0), None], &rows).expect("fits");
    let mean = |moments: &kernel::Moments| moments.mean().expect("five rows");
    close(mean(&found[0].low), -3.0);
    close(mean(&found[0].high), 3.0);
    close(mean(&found[0].swing), 6.0);
    assert!(found[0].swing.interval(0.95).expect("five rows").half_width < 1e-9);
    // 6 of about 130 for 2 of 10.
    let base = rows.iter().map(|row| row[0]).sum::<f64>() / 5.0;
    close(found[0].elasticity.expect("numbers"), 6.0 / base / 0.2);
    close(mean(&found[1].low), -4.0);
    assert_eq!((found[1].elasticity, found[2].elasticity), (None, None));
    close(mean(&found[2].low), 1.0);
}
