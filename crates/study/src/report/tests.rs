//! The whole page: that it is well formed whatever the data, the same every time, and needs nothing from outside.

use super::sample::{film, page};
use super::*;

/// Elements that have no end tag in HTML, beside those that SVG closes in one.
const VOID: [&str; 3] = ["meta", "link", "!DOCTYPE"];

/// Checks that every tag is closed by its own end tag, and gives the names of all attributes with their values.
fn parsed(html: &str) -> Vec<(String, String)> {
    let (before, rest) = html.split_once("<style>").expect("a style sheet");
    let (_, rest) = rest.split_once("</style>").expect("its end");
    let (body, rest) = rest.split_once("<script>").expect("a script");
    let (_, after) = rest.split_once("</script>").expect("its end");
    let markup = format!("{before}{body}{after}");
    let mut open: Vec<&str> = Vec::new();
    let mut attributes = Vec::new();
    for piece in markup.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("a tag that ends");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "at {piece}");
            continue;
        }
        let name = tag.split([' ', '/']).next().expect("a name");
        let mut quoted = tag.split('"');
        while let (Some(before), Some(value)) = (quoted.next(), quoted.next()) {
            attributes.push((
                before.trim().trim_end_matches('=').rsplit(' ').next().unwrap_or("").to_owned(),
                value.to_owned(),
            ));
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new());
    attributes
}

/// Puts a page where somebody can look at it, if LINEWRIGHT_REPORT_SAMPLES names a directory.
fn keep(name: &str, html: &str) {
    if let Some(directory) = std::env::var_os("LINEWRIGHT_REPORT_SAMPLES") {
        std::fs::write(std::path::Path::new(&directory).join(name), html).expect("a file that can be written");
    }
}

/// Whether an attribute holds no text in place of a number.
fn is_drawable(name: &str, value: &str) -> bool {
    let is_words = matches!(name, "aria-label" | "class" | "content" | "href" | "id");
    is_words || !(value.contains("NaN") || value.contains("inf"))
}

#[test]
fn a_page_with_everything_is_well_formed_and_always_the_same() {
    let html = html(&page());
    assert!(html == super::html(&page()), "the same data gives the same bytes");
    let attributes = parsed(&html);
    for (name, value) in &attributes {
        assert!(is_drawable(name, value), "{name}={value}");
        assert!(!name.starts_with("on"), "{name}");
        // Links lead to places of the page itself.
        if matches!(name.as_str(), "href" | "src" | "xlink:href") {
            assert!(value.starts_with('#') || value == "data:,", "{value}");
        }
    }
    for word in ["http:", "https:", "//", "@import", "@font-face"] {
        let without_comments = html.replace("// Tips", "").replace("// The browser's", "");
        assert!(!without_comments.contains(word), "{word}");
    }
    for id in [
        "plant",
        "states",
        "levels",
        "schedule",
        "flow-time",
        "energy",
        "throughput",
        "incidents",
        "alarms",
        "expectations",
        "variants",
        "sweep",
        "effects",
        "screening",
        "optimisation",
        "kpis",
    ] {
        assert!(html.contains(&format!("<section id=\"{id}\">")), "{id}");
        assert!(html.contains(&format!("<a href=\"#{id}\">")), "{id}");
    }
    assert!(html.len() < 2_000_000, "{}", html.len());
    keep("everything.html", &html);
}

#[test]
fn incidents_are_told_with_their_zone() {
    let told = html(&page());
    let (zone, incident) = told.split_once(">part 29 fell off on").expect("a row");
    assert!(zone.ends_with("<td>placer 1</td><td class=\"long\""), "the zone is told before it");
    assert!(
        incident.contains("lane &lt;3&gt;") && incident.contains(", 3.93 m from its entry, at 2 min 02.995 s</td>")
    );
    let mut without = page();
    without.film = Some(Film { incidents: Vec::new(), ..film() });
    assert!(!html(&without).contains("Incidents"));
}

#[test]
fn a_page_of_nothing_is_a_page() {
    let html = html(&Page::default());
    parsed(&html);
    assert!(!html.contains("<section") && !html.contains("<nav"));
}

/// A page all of whose names are `name`.
fn named(name: &str) -> Page {
    let mut page = page();
    page.title = name.into();
    page.file = name.into();
    page.remarks = vec![name.into()];
    page.provenance = vec![(name.into(), name.into())];
    if let Some(film) = &mut page.film {
        film.elements.iter_mut().for_each(|element| element.name = name.into());
        if let Some(tariff) = film.energy.as_mut().and_then(|energy| energy.tariff.as_mut()) {
            tariff.currency = name.into();
        }
    }
    for kpi in &mut page.kpis {
        kpi.name = name.into();
        kpi.subject = kpi.subject.as_ref().map(|_| name.into());
    }
    page.verdicts.iter_mut().for_each(|verdict| verdict.kpi = name.into());
    if let Some(variants) = &mut page.variants {
        variants.base = name.into();
        for variant in &mut variants.variants {
            *variant = Variant { name: name.into(), changes: vec![name.into()], remarks: vec![name.into()] };
        }
        variants.kpis.iter_mut().for_each(|kpi| kpi.name = name.into());
    }
    if let Some(sweep) = &mut page.sweep {
        sweep.kpis.iter_mut().for_each(|kpi| kpi.name = name.into());
        for axis in &mut sweep.axes {
            axis.name = name.into();
            axis.levels.iter_mut().for_each(|level| *level = name.into());
        }
    }
    for effects in &mut page.effects {
        effects.kpi = name.into();
        for main in &mut effects.mains {
            main.axis.name = name.into();
            main.axis.levels.iter_mut().for_each(|level| *level = name.into());
        }
    }
    for screening in &mut page.screenings {
        screening.kpi = name.into();
        screening.factors.iter_mut().for_each(|factor| factor.name = name.into());
    }
    if let Some(front) = &mut page.front {
        front.variables.iter_mut().for_each(|variable| *variable = name.into());
        front.objectives.iter_mut().for_each(|objective| objective.name = name.into());
    }
    page
}

#[test]
fn no_name_leaves_its_place() {
    let hostile = "</title></style></script><script>alert('1')</script><img src=x onerror=\"a\"> & \u{0}\u{202e}";
    let html = html(&named(hostile));
    parsed(&html);
    keep("hostile.html", &html);
    assert_eq!(html.matches("<script").count(), 1);
    assert_eq!(html.matches("</script").count(), 1);
    assert!(!html.contains("<img") && !html.contains('\u{0}') && !html.contains('\u{202e}'));
    for name in ["", "漢字かな交じり文の名前", "🏭", &"long ".repeat(2_000)] {
        parsed(&super::html(&named(name)));
    }
}

/// A film whose every series holds `value`.
fn filled(value: f64) -> Film {
    let mut film = film();
    film.work_in_progress.fill(value);
    film.throughput_per_h.fill(value);
    for element in &mut film.elements {
        element.level.fill(value);
        element.shares.iter_mut().for_each(|share| share.1 = value);
    }
    film.flow_time.mean_s = value;
    film.flow_time.width_s = value;
    if let Some(energy) = &mut film.energy {
        energy.power_kw.fill(value);
        energy.by_element.iter_mut().for_each(|(_, power)| power.fill(value));
        if let Some(tariff) = &mut energy.tariff {
            tariff.price_per_kwh.fill(value);
        }
    }
    film
}

#[test]
fn odd_values_and_missing_pieces_make_a_page_too() {
    for value in [0.0, -1.0, 1e-300, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX] {
        let page = Page { film: Some(filled(value)), ..page() };
        for (name, value) in parsed(&html(&page)) {
            assert!(is_drawable(&name, &value), "{name}={value}");
        }
    }
    let whole = film();
    let pieces: [fn(&mut Film); 9] = [
        |film| film.elements.clear(),
        |film| film.ticks.clear(),
        |film| film.ticks.truncate(3),
        |film| film.window.lanes.clear(),
        |film| film.window.until = film.window.from,
        |film| film.flow_time.counts.clear(),
        |film| film.flows.iter_mut().for_each(|flow| flow.parts = 0),
        |film| film.bottleneck = Some(9_999),
        |film| film.start_unix_ns = None,
    ];
    for change in pieces {
        let mut film = whole.clone();
        change(&mut film);
        parsed(&html(&Page { film: Some(film), ..Page::default() }));
    }
}

#[test]
fn the_size_is_bounded() {
    let mut film = film();
    let many: Vec<_> = (0..3_000)
        .map(|index| {
            let mut element = film.elements[index % film.elements.len()].clone();
            element.name = format!("element {index}").into();
            element
        })
        .collect();
    film.elements = many;
    film.flows = (0..2_999).map(|from| crate::film::Flow { from, to: from + 1, parts: 1 }).collect();
    let lane = film.window.lanes[0].1.clone();
    film.window.lanes = (0..3_000).map(|index| (index, lane.clone())).collect();
    film.alarms = (0..3_000)
        .map(|index| crate::film::AlarmPeriod { alarm: index, from: kernel::SimTime::ZERO, until: None })
        .collect();
    let html = html(&Page { film: Some(film), ..Page::default() });
    parsed(&html);
    assert!(html.len() < 4_000_000, "{}", html.len());
}

/// A film of the sample with `count` elements and the given flows between them.
fn of_plant(count: usize, flows: &[(usize, usize, u64)]) -> Film {
    let mut film = film();
    let likes: Vec<_> = film.elements.iter().filter(|element| element.works).cloned().collect();
    film.elements = (0..count)
        .map(|index| {
            let mut element = likes[index % likes.len()].clone();
            element.name = format!("station {}", index + 1).into();
            element
        })
        .collect();
    film.flows =
        flows.iter().map(|(from, to, parts)| crate::film::Flow { from: *from, to: *to, parts: *parts }).collect();
    film.bottleneck = Some(count / 2);
    film.window.lanes.iter_mut().enumerate().for_each(|(index, lane)| lane.0 = index % count);
    film.energy = None;
    film.alarms.clear();
    film.incidents.clear();
    film
}

#[test]
fn small_and_large_plants_have_a_picture() {
    let three = [(0, 1, 80), (1, 2, 75), (1, 1, 4)];
    // Twenty lines side by side that share their first and last stations, with a way back in every fifth.
    let mut many: Vec<(usize, usize, u64)> = Vec::new();
    for line in 0..20 {
        let at = |step: usize| 1 + line * 9 + step;
        many.push((0, at(0), 40 + line as u64));
        many.extend((0..8).map(|step| (at(step), at(step + 1), 40 + line as u64)));
        many.push((at(8), 181, 40));
        if line % 5 == 0 {
            many.push((at(6), at(2), 7));
        }
    }
    many.extend((181..199).map(|at| (at, at + 1, 900)));
    for (name, count, flows) in [("three.html", 3, three.as_slice()), ("many.html", 200, many.as_slice())] {
        let html = html(&Page { title: name.into(), film: Some(of_plant(count, flows)), ..Page::default() });
        parsed(&html);
        keep(name, &html);
        assert_eq!(html.matches("class=\"box").count(), count);
        assert_eq!(html.matches("class=\"way\"").count(), flows.len());
    }
}

/// The sample's sweep with its second axis alone, and with so many levels that its points are scattered.
fn other_sweeps() -> [Sweep; 2] {
    let whole = page().sweep.expect("a sweep");
    let known = whole.kpis[0].estimates.clone();
    let mut line = whole.clone();
    line.axes.remove(0);
    line.points = (0..5).map(|level| vec![level]).collect();
    line.kpis[0].estimates = (0..5).map(|level| known[level * 7]).collect();
    let mut cloud = whole;
    for axis in &mut cloud.axes {
        axis.levels = (0..64).map(|level| format!("{level} s")).collect();
    }
    cloud.points = (0..64).map(|point| vec![point, (point * 27) % 64]).collect();
    cloud.kpis[0].estimates = (0..64).map(|point| known[(point * 11) % 35]).collect();
    [line, cloud]
}

#[test]
fn sweeps_along_one_axis_or_without_a_grid_have_their_own_pictures() {
    let [line, cloud] = other_sweeps();
    let line = html(&Page { sweep: Some(line), ..Page::default() });
    parsed(&line);
    keep("line.html", &line);
    assert!(line.contains("Throughput by placer 1.process_time") && !line.contains("class=\"cell\""));
    assert_eq!(line.matches("class=\"point\"").count(), 5);
    let cloud = html(&Page { sweep: Some(cloud), ..Page::default() });
    parsed(&cloud);
    keep("cloud.html", &cloud);
    // Points without data have no dot.
    let known = other_sweeps()[1].kpis[0].estimates.iter().flatten().count();
    assert_eq!(cloud.matches("class=\"dot\"").count(), 2 * known);
}

#[test]
fn a_fine_grid_is_a_map_of_cells_that_stand_for_several_levels() {
    let axis = |name: &str| Axis { name: name.into(), levels: (0..100).map(|level| format!("{level} s")).collect() };
    let estimate = |point: usize| Estimate { mean: (point / 100) as f64, half_width: None, replications: 1 };
    let mut sweep = other_sweeps()[0].clone();
    sweep.axes = vec![axis("saw.process_time"), axis("drill.process_time")];
    sweep.points = (0..10_000).map(|point| vec![point / 100, point % 100]).collect();
    sweep.kpis.truncate(1);
    sweep.kpis[0].estimates = (0..10_000).map(|point| Some(estimate(point))).collect();
    let html = html(&Page { sweep: Some(sweep), ..Page::default() });
    parsed(&html);
    keep("fine_grid.html", &html);
    // A hundred levels in threes are 34 cells: the first stands for levels 0 to 2, whose mean is 1, the last for level 99 alone.
    assert_eq!(html.matches("class=\"cell\"").count(), 34 * 34);
    assert!(html.contains("saw.process_time: 0 s to 2 s\n") && html.contains("saw.process_time: 99 s\n"));
    assert!(html.contains("Each cell is the mean of all points whose levels are in it."));
}

#[test]
fn one_objective_is_shown_as_the_search_went_on() {
    let mut front = page().front.expect("a front");
    front.objectives.remove(0);
    for design in &mut front.designs {
        design.objectives.remove(0);
        design.is_on_front = false;
    }
    let made =
        |design: &EvaluatedDesign| design.objectives[0].filter(|_| design.is_feasible).map_or(0.0, |known| known.mean);
    let most = front.designs.iter().map(made).fold(0.0, f64::max);
    front.designs.iter_mut().filter(|design| made(design) == most).for_each(|design| design.is_on_front = true);
    let html = html(&Page { front: Some(front), ..Page::default() });
    parsed(&html);
    keep("search.html", &html);
    assert!(html.contains("Throughput as the optimisation went on") && html.contains("class=\"front-line\""));
}

#[test]
fn the_size_of_a_study_is_bounded() {
    let mut page = named(&"a long name ".repeat(500));
    page.film = None;
    let sweep = page.sweep.as_mut().expect("a sweep");
    sweep.axes = vec![Axis { name: "axis".into(), levels: (0..500).map(|level| level.to_string()).collect() }; 60];
    sweep.points = (0..10_000).map(|point| vec![point % 500; 60]).collect();
    let estimate = sweep.kpis[0].estimates[0];
    sweep.kpis[0].estimates = vec![estimate; 10_000];
    let front = page.front.as_mut().expect("a front");
    front.designs = front.designs.iter().cloned().cycle().take(50_000).collect();
    let factors = &mut page.screenings[0].factors;
    *factors = factors.iter().cloned().cycle().take(20_000).collect();
    let variants = page.variants.as_mut().expect("variants");
    variants.variants = variants.variants.iter().cloned().cycle().take(3_000).collect();
    for kpi in &mut variants.kpis {
        kpi.differences = kpi.differences.iter().copied().cycle().take(3_000).collect();
    }
    let kpis = page.kpis.clone();
    page.kpis = (0..1_000)
        .flat_map(|subject| {
            kpis.iter().cloned().map(move |row| KpiRow { subject: Some(format!("element {subject}")), ..row })
        })
        .collect();
    page.verdicts = page.verdicts.iter().cloned().cycle().take(2_000).collect();
    let html = html(&page);
    parsed(&html);
    assert!(html.len() < 20_000_000, "{}", html.len());
}

#[test]
fn the_bottleneck_is_marked_and_said() {
    let html = html(&page());
    assert!(html.contains("The bottleneck is placer 1"));
    assert_eq!(html.matches("class=\"box bottleneck\"").count(), 1);
}
