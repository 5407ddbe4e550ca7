//! What every layout must keep, whatever the graph: boxes apart, edges between their boxes, the same drawing every time.

use kernel::{Stream, StreamKey};

use super::*;

const SIZES: Sizes = Sizes { width: 140.0, height: 50.0, gap: 40.0, spacing: 20.0, columns: 6 };

fn edges(pairs: &[(usize, usize)]) -> Vec<Edge> {
    pairs.iter().map(|(from, to)| Edge { from: *from, to: *to, weight: 1 }).collect()
}

/// A graph with `edges` edges drawn from the kernel's streams.
fn random(seed: u64, count: usize, edges: usize) -> Vec<Edge> {
    let mut stream = Stream::new(&StreamKey { seed, replication: 0, name: "layout", purpose: "graph" });
    let mut below = |limit: usize| stream.below(limit as u64) as usize;
    let edge = |_| Edge { from: below(count), to: below(count), weight: below(1000) as u64 };
    (0..edges).map(edge).collect()
}

/// Checks all that must hold and gives the layout back.
fn checked(count: usize, edges: &[Edge]) -> Layout {
    let drawn = layout(count, edges, SIZES);
    assert_eq!(drawn, layout(count, edges, SIZES), "the same graph is drawn alike");
    let places: Vec<Place> = drawn.places.iter().flatten().copied().collect();
    for (index, one) in places.iter().enumerate() {
        assert!(one.x >= 0.0 && one.x + SIZES.width <= drawn.width + 1e-6, "{one:?}");
        assert!(one.y >= 0.0 && one.y + SIZES.height <= drawn.height + 1e-6, "{one:?} {}", drawn.height);
        for other in &places[index + 1..] {
            let is_beside = (one.x - other.x).abs() >= SIZES.width;
            let is_above = (one.y - other.y).abs() >= SIZES.height + 0.9 * SIZES.spacing;
            assert!(is_beside || is_above, "{one:?} {other:?}");
        }
    }
    let real = edges.iter().filter(|edge| edge.from != edge.to).count();
    assert_eq!(drawn.routes.len() + drawn.left_out, real);
    for route in &drawn.routes {
        let edge = edges[route.edge];
        let (first, last) = if route.is_back { (edge.to, edge.from) } else { (edge.from, edge.to) };
        for (stop, element) in [(route.stops[0], first), (route.stops[route.stops.len() - 1], last)] {
            let place = drawn.places[element].expect("an element with an edge has a place");
            assert!((stop.y - place.y - 0.5 * SIZES.height).abs() < 1e-6);
            assert!(stop.enter_x.min(stop.leave_x) == place.x);
        }
        // Between its ends it goes past boxes, never through one.
        for stop in &route.stops[1..route.stops.len() - 1] {
            let left = stop.enter_x.min(stop.leave_x);
            let column = places.iter().filter(|place| place.x == left);
            for place in column {
                assert!(stop.y < place.y || stop.y > place.y + SIZES.height, "{stop:?} {place:?}");
            }
        }
    }
    for (element, place) in drawn.places.iter().enumerate() {
        let has_edge = edges.iter().any(|edge| edge.from != edge.to && (edge.from == element || edge.to == element));
        assert_eq!(place.is_some(), has_edge, "{element}");
    }
    drawn
}

/// Columns of the elements in a drawing that has one row.
fn columns(drawn: &Layout) -> Vec<usize> {
    let column = |place: &Option<Place>| (place.expect("a place").x / (SIZES.width + SIZES.gap)).round() as usize;
    drawn.places.iter().map(column).collect()
}

#[test]
fn nothing_and_one_element_have_no_drawing() {
    assert_eq!(checked(0, &[]), Layout::default());
    assert_eq!(checked(1, &[]).places, [None]);
    assert_eq!(checked(1, &edges(&[(0, 0)])).places, [None]);
}

#[test]
fn a_line_is_straight_and_from_left_to_right() {
    let drawn = checked(3, &edges(&[(0, 1), (1, 2)]));
    assert_eq!(columns(&drawn), [0, 1, 2]);
    assert!(drawn.places.iter().flatten().all(|place| place.y == drawn.places[0].map_or(-1.0, |first| first.y)));
    assert_eq!(drawn.width, 3.0 * SIZES.width + 2.0 * SIZES.gap);
}

#[test]
fn a_long_line_runs_to_and_fro() {
    let line: Vec<(usize, usize)> = (0..13).map(|at| (at, at + 1)).collect();
    let drawn = checked(14, &edges(&line));
    // Fourteen layers make three rows of five, the second of which runs back.
    let x = |element: usize| drawn.places[element].map_or(0.0, |place| place.x);
    assert!(x(0) < x(4) && x(4) == x(5) && x(5) > x(9) && x(9) == x(10));
}

#[test]
fn what_feeds_something_late_stands_before_it() {
    let drawn = checked(6, &edges(&[(0, 1), (1, 2), (2, 3), (4, 5), (5, 3)]));
    assert_eq!(columns(&drawn), [0, 1, 2, 3, 1, 2]);
}

#[test]
fn circles_are_turned_back_where_they_close() {
    let drawn = checked(4, &edges(&[(0, 1), (1, 2), (2, 3), (2, 1), (3, 3)]));
    let back: Vec<usize> = drawn.routes.iter().filter(|route| route.is_back).map(|route| route.edge).collect();
    assert_eq!(back, [3]);
    assert_eq!(columns(&drawn), [0, 1, 2, 3]);
    checked(2, &edges(&[(0, 1), (1, 0)]));
    checked(3, &edges(&[(0, 1), (1, 2), (2, 0), (0, 1)]));
}

#[test]
fn random_graphs_keep_all_rules() {
    for seed in 0..60 {
        let count = 2 + (seed as usize * 7) % 40;
        checked(count, &random(seed, count, count + seed as usize));
    }
    checked(200, &random(1, 200, 260));
    checked(200, &(0..199).map(|at| Edge { from: at, to: at + 1, weight: 5 }).collect::<Vec<_>>());
}

#[test]
fn a_graph_that_is_too_dense_is_drawn_in_part() {
    let drawn = checked(150, &random(3, 150, 3_000));
    assert!(drawn.left_out > 0);
    let stops: usize = drawn.routes.iter().map(|route| route.stops.len() - 2).sum();
    assert!(stops <= MOST_STOPS);
}
