//! Any window says the same as the whole trace, and is read without it.

use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use nalgebra::Isometry3;

use super::super::TraceReader;
use super::told::{STEP_NS, Scene, furthest_off, lively, open};

/// Counts what is read.
struct Counted<'a>(Cursor<&'a [u8]>, &'a Cell<usize>);

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.set(self.1.get() + count);
        Ok(count)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn every_window_says_what_was_told() {
    let (file, told) = lively(10, 5000).finish();
    let mut reader = open(&file);
    let (from_ns, to_ns) = reader.span_ns().expect("a span");
    let piece = (to_ns - from_ns) / 97;
    for number in -2..99 {
        let begin = from_ns + number * piece;
        for length in [0, piece / 3, 9 * piece] {
            let window = reader.window(begin, begin + length).expect("a window");
            let (way, turn) = furthest_off(&window, &told);
            assert!(way <= 1.0 && turn <= 1.0, "{number} {length}: {way} {turn}");
        }
    }
}

#[test]
fn a_window_is_read_without_the_rest() {
    let (file, _) = lively(30, 12_000).finish();
    let read = Cell::new(0);
    let mut reader = TraceReader::open(Counted(Cursor::new(&file), &read)).expect("a trace");
    assert!(read.get() < 3000, "{} bytes to open", read.get());
    read.set(0);
    let (from_ns, to_ns) = reader.span_ns().expect("a span");
    let middle = from_ns + (to_ns - from_ns) / 2;
    reader.window(middle, middle + 100 * STEP_NS).expect("a window");
    assert!(read.get() * 8 < file.len(), "{} of {} bytes", read.get(), file.len());
}

/// A thing that moves for ever from one key to the next, one that stands still all the time, and others that fill blocks.
fn long_ways() -> Scene {
    let mut scene = Scene::new();
    let at = |x: f64| Isometry3::translation(x, 0.0, 0.0);
    let (slow, still) = (scene.thing(0, at(0.0)), scene.thing(0, at(-7.0)));
    let busy: Vec<usize> = (0..10).map(|index| scene.thing(0, at(index as f64))).collect();
    for step in 1..6000 {
        for index in &busy {
            scene.key(step * STEP_NS, *index, at(((step * step) % 1001) as f64 * 0.01 + *index as f64));
        }
    }
    scene.key(6000 * STEP_NS, slow, at(60.0));
    scene.key(6000 * STEP_NS, still, at(-7.0));
    scene
}

#[test]
fn a_move_over_many_blocks_is_known_in_each_of_them() {
    let (file, told) = long_ways().finish();
    let mut reader = open(&file);
    assert!(reader.contents().expect("contents").blocks > 10);
    for step in [1, 2000, 4500, 5990] {
        let window = reader.window(step * STEP_NS, step * STEP_NS + 1).expect("a window");
        let pose = |index: usize| window.tracks[index].pose_at(step * STEP_NS).expect("it is there").translation.x;
        assert!((pose(0) - 0.01 * step as f64).abs() < 2e-5, "{step}: {}", pose(0));
        assert_eq!(pose(1), -7.0);
        assert!(furthest_off(&window, &told).0 <= 1.0);
    }
}

#[test]
fn what_stands_still_does_not_make_a_window_read_on() {
    let mut scene = Scene::new();
    let at = |x: f64| Isometry3::translation(x, 0.0, 0.0);
    let still = scene.thing(0, at(-7.0));
    let busy = scene.thing(0, at(0.0));
    for step in 1..60_000 {
        scene.key(step * STEP_NS, busy, at(((step * step) % 1001) as f64 * 0.01));
    }
    scene.key(60_000 * STEP_NS, still, at(-7.0));
    let (file, _) = scene.finish();
    let read = Cell::new(0);
    let mut reader = TraceReader::open(Counted(Cursor::new(&file), &read)).expect("a trace");
    read.set(0);
    reader.window(STEP_NS, 2 * STEP_NS).expect("a window");
    assert!(read.get() * 4 < file.len(), "{} of {} bytes", read.get(), file.len());
}

#[test]
fn times_of_different_things_may_come_in_any_order() {
    let mut scene = Scene::new();
    let at = |x: i64| Isometry3::translation(((x * x) % 1009) as f64 * 0.01, 0.0, 0.0);
    let (one, other) = (scene.thing(0, at(0)), scene.thing(0, at(0)));
    // A hundred steps of the one, then of the other: an arm that says ahead how it will move.
    for bout in 0..300 {
        for thing in [one, other] {
            for step in 1..=100 {
                scene.key((bout * 100 + step) * STEP_NS, thing, at(bout * 100 + step));
            }
        }
    }
    let (file, told) = scene.finish();
    let mut reader = open(&file);
    assert!(reader.contents().expect("contents").blocks > 3);
    for begin in (0..30_000).step_by(777) {
        let window = reader.window(begin * STEP_NS, (begin + 50) * STEP_NS).expect("a window");
        assert!(furthest_off(&window, &told).0 <= 1.0, "from step {begin}");
    }
}
