//! What charts have in common: the frame with its axes, steps over intervals of time, and places for the pointer to rest.

use kernel::SimTime;

use super::scale::{Clock, Scale, Ticks, round_ticks};
use super::svg::{Drawing, Path, group, line, rect, text, text_width};

/// Width of a chart that has the page to itself.
pub(super) const WIDE: f64 = 1120.0;
/// Width of one of several side by side.
pub(super) const SMALL: f64 = 360.0;
/// Size of the letters at ticks.
pub(super) const LETTERS: f64 = 12.0;

/// A chart's plot area with a scale on either side.
#[derive(Debug)]
pub(super) struct Frame {
    /// What is drawn so far.
    pub drawing: Drawing,
    /// Along.
    pub x: Scale,
    /// Up.
    pub y: Scale,
}

/// Room around a plot area, and its own height.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Width of the whole chart.
    pub width: f64,
    /// Height of the plot area.
    pub height: f64,
    /// Left of it.
    pub left: f64,
    /// Right of it.
    pub right: f64,
    /// Above it.
    pub top: f64,
    /// Below it.
    pub bottom: f64,
}

impl Room {
    /// Of a chart of that width and height, for one axis along and one up with that title on top.
    pub fn new(width: f64, height: f64) -> Self {
        Room { width, height, left: 58.0, right: 16.0, top: 26.0, bottom: 42.0 }
    }
}

impl Frame {
    /// A frame whose scale goes up along `ticks`, with a grid. Along it counts from `from` to `until`.
    pub fn new(room: Room, (from, until): (f64, f64), ticks: &Ticks, title: &str) -> Self {
        let Room { width, height, left, right, top, bottom } = room;
        let mut frame = Frame {
            drawing: Drawing::new(width, top + height + bottom),
            x: Scale { low: from, high: until, start: left, end: width - right },
            y: Scale { low: ticks.low(), high: ticks.high(), start: top + height, end: top },
        };
        frame.drawing.add(text(0.0, 12.0, title).class("axis-title"));
        for (value, label) in &ticks.labels {
            let y = frame.y.at(*value);
            frame.drawing.add(line(left, y, width - right, y).class(if *value == 0.0 { "zero" } else { "grid" }));
            frame.drawing.add(text(left - 8.0, y + 4.0, label).class("tick end"));
        }
        frame
    }

    /// A frame whose left end is a time, with the axis of time below.
    pub fn over_time(room: Room, clock: Clock, (from, until): (SimTime, SimTime), ticks: &Ticks, title: &str) -> Self {
        let ends = (from.as_seconds_f64(), until.as_seconds_f64());
        let mut frame = Frame::new(room, ends, ticks, title);
        frame.time_axis(clock, (from, until));
        frame
    }

    /// The axis of time below the plot area.
    pub fn time_axis(&mut self, clock: Clock, (from, until): (SimTime, SimTime)) {
        let width = self.x.end - self.x.start;
        let ticks = clock.ticks(from, until, (width / 90.0) as usize);
        let labels = ticks.labels.into_iter().map(|(time, label)| (time.as_seconds_f64(), label));
        self.x_axis(labels.collect(), &ticks.title);
    }

    /// An axis with labels at values, below the plot area. Labels that would touch the one before are left out.
    pub fn x_axis(&mut self, labels: Vec<(f64, String)>, title: &str) {
        let bottom = self.y.start;
        self.drawing.add(line(self.x.start, bottom, self.x.end, bottom).class("zero"));
        let mut free_from = f64::NEG_INFINITY;
        for (value, label) in labels {
            let x = self.x.at(value);
            let half = 0.5 * text_width(&label, LETTERS);
            self.drawing.add(line(x, bottom, x, bottom + 4.0).class("zero"));
            if x - half >= free_from {
                free_from = x + half + 8.0;
                // The outermost labels stay within the picture.
                let (x, anchor) =
                    if x + half > self.drawing.width { (self.drawing.width, "tick end") } else { (x, "tick middle") };
                self.drawing.add(text(x, bottom + 17.0, &label).class(anchor));
            }
        }
        let centre = 0.5 * (self.x.start + self.x.end);
        self.drawing.add(text(centre, bottom + 35.0, title).class("axis-title middle"));
    }

    /// A shade over what lies before `until`, with what it is.
    pub fn shade_before(&mut self, until: f64, label: &str) {
        let (left, right) = (self.x.start, self.x.at(until).min(self.x.end));
        if right <= left {
            return;
        }
        self.drawing.add(rect(left, self.y.end, right - left, self.y.start - self.y.end).class("warm-up").tip(label));
        if right - left > text_width(label, LETTERS) + 8.0 && self.y.start - self.y.end > 80.0 {
            self.drawing.add(text(left + 5.0, self.y.end + 14.0, label).class("note"));
        }
    }

    /// A line across at a value, with what it is at its right end.
    pub fn line_at(&mut self, value: f64, class: &str, label: &str) {
        let y = self.y.at(value);
        self.drawing.add(line(self.x.start, y, self.x.end, y).class(class).tip(label));
        self.drawing.add(text(self.x.end - 4.0, y - 5.0, label).class("note halo end"));
    }

    /// A line up at a value, with what it is at its top, `level` lines down.
    pub fn line_up_at(&mut self, value: f64, class: &str, label: &str, level: usize) {
        let x = self.x.at(value);
        self.drawing.add(line(x, self.y.start, x, self.y.end).class(class).tip(label));
        let y = self.y.end + 12.0 + 16.0 * level as f64;
        let fits = x + 6.0 + text_width(label, LETTERS) <= self.x.end;
        let (x, class) = if fits { (x + 5.0, "note halo") } else { (x - 5.0, "note halo end") };
        self.drawing.add(text(x, y, label).class(class));
    }

    /// Values that hold over intervals, as steps: the outline, and the area under it.
    pub fn steps(&mut self, intervals: &Intervals, values: &[f64], area: &str, outline: &str) {
        let mut top = Path::default();
        let mut filled = Path::default();
        let mut last = None;
        let base = self.y.at(self.y.low.max(0.0));
        for ((from, until), value) in intervals.spans().zip(values) {
            let (left, right, y) = (self.x.at(from), self.x.at(until), self.y.at(*value));
            match last {
                None => {
                    top.move_to(left, y);
                    filled.move_to(left, base).line_to(left, y);
                }
                Some(before) if before != y => {
                    top.line_to(left, y);
                    filled.line_to(left, y);
                }
                Some(_) => {}
            }
            top.line_to(right, y);
            filled.line_to(right, y);
            last = Some(y);
            if right >= self.x.end {
                break;
            }
        }
        if top.is_empty() {
            return;
        }
        let right = intervals.end().map_or(self.x.start, |end| self.x.at(end)).min(self.x.end);
        if !area.is_empty() {
            self.drawing.add(filled.line_to(right, base).close().element().class(area));
        }
        if !outline.is_empty() {
            self.drawing.add(top.element().class(outline));
        }
    }

    /// Places for the pointer along the plot area; `tip` says what is at the interval with that number. At most `most` of
    /// them: neighbours are put together, and the tip is that of the middle one.
    pub fn pointers(&mut self, intervals: &Intervals, most: usize, tip: impl Fn(usize) -> String) {
        let stride = intervals.len().div_ceil(most.max(1)).max(1);
        let spans: Vec<(f64, f64)> = intervals.spans().collect();
        let mut places = group("pointers");
        for (number, chunk) in spans.chunks(stride).enumerate() {
            let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else { continue };
            let (left, right) = (self.x.at(first.0), self.x.at(last.1).min(self.x.end));
            let place = rect(left, self.y.end, right - left, self.y.start - self.y.end);
            places = places.child(place.tip(&tip(number * stride + chunk.len() / 2)));
        }
        self.drawing.add(places);
    }
}

/// Equal or unequal intervals that follow each other from 0 on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Intervals<'a> {
    ends: &'a [SimTime],
}

impl<'a> Intervals<'a> {
    /// Those with these ends.
    pub fn new(ends: &'a [SimTime]) -> Self {
        Intervals { ends }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Beginning and end of each, in seconds.
    pub fn spans(&self) -> impl Iterator<Item = (f64, f64)> + use<'a> {
        let begins = std::iter::once(0.0).chain(self.ends.iter().map(|end| end.as_seconds_f64()));
        begins.zip(self.ends.iter().map(|end| end.as_seconds_f64()))
    }

    /// Where the last one ends, in seconds.
    pub fn end(&self) -> Option<f64> {
        self.ends.last().map(|end| end.as_seconds_f64())
    }

    /// Beginning and end of one.
    pub fn span_of(&self, index: usize) -> (SimTime, SimTime) {
        let at = |index: usize| self.ends.get(index).copied().unwrap_or(SimTime::ZERO);
        (index.checked_sub(1).map_or(SimTime::ZERO, at), at(index))
    }

    /// At most `most` groups of neighbours of about equal length, as ranges of indices: the rows of a table.
    pub fn groups(&self, most: usize) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
        let (count, stride) = (self.ends.len(), self.ends.len().div_ceil(most.max(1)).max(1));
        (0..count).step_by(stride).map(move |from| from..(from + stride).min(count))
    }

    /// Mean over a range of indices of what holds over the intervals, by their length.
    pub fn mean(&self, values: &[f64], range: std::ops::Range<usize>) -> f64 {
        let (mut sum, mut length) = (0.0, 0.0);
        for ((from, until), value) in self.spans().zip(values).take(range.end).skip(range.start) {
            sum += value * (until - from);
            length += until - from;
        }
        if length > 0.0 { sum / length } else { 0.0 }
    }
}

/// Ticks from 0 to the largest of `values`.
pub(super) fn ticks_from_zero(values: impl IntoIterator<Item = f64>, wanted: usize) -> Ticks {
    let largest = values.into_iter().filter(|value| value.is_finite()).fold(0.0, f64::max);
    round_ticks(0.0, largest, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(seconds: &[f64]) -> Vec<SimTime> {
        seconds.iter().map(|end| SimTime::from_seconds_f64(*end).expect("a short time")).collect()
    }

    #[test]
    fn groups_cover_all_intervals_once_and_weigh_by_length() {
        let ends = ends(&[1.0, 2.0, 4.0, 5.0, 6.0]);
        let intervals = Intervals::new(&ends);
        assert_eq!(intervals.groups(2).collect::<Vec<_>>(), [0..3, 3..5]);
        assert_eq!(intervals.mean(&[1.0, 1.0, 4.0, 0.0, 0.0], 0..3), 2.5);
        assert_eq!(intervals.mean(&[], 0..3), 0.0);
        assert_eq!(Intervals::new(&[]).groups(10).count(), 0);
    }

    #[test]
    fn steps_go_from_end_to_end() {
        let ends = ends(&[1.0, 2.0]);
        let room = Room { width: 20.0, height: 10.0, left: 0.0, right: 0.0, top: 0.0, bottom: 0.0 };
        let mut frame = Frame::new(room, (0.0, 2.0), &round_ticks(0.0, 10.0, 1), "");
        frame.steps(&Intervals::new(&ends), &[5.0, 10.0], "area", "line");
        let text = frame.drawing.finish("");
        assert!(text.contains("d=\"M0 10L0 5L10 5L10 0L20 0L20 10Z\" class=\"area\""), "{text}");
        assert!(text.contains("d=\"M0 5L10 5L10 0L20 0\" class=\"line\""), "{text}");
    }
}
