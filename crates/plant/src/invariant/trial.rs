//! Plants for tests, written in the notation of scenarios: just enough of a reader to make nodes from text.

use std::sync::Arc;

use crate::description::{Field, FieldSet, Node, Origin, Reader, Value};
use crate::plant::{Plant, PlantDescription};
use crate::registry::Registry;
use crate::run::Run;

/// Ways between machines: belts with stoppers, buffers by rule, delays, branches and merges, a rework belt.
pub(crate) const WAYS: &str = r#"
    clock: (warm_up: "30 min", horizon: "400 d"),
    part_types: {"crate": (attributes: {"weight": Uniform(1, 9)}), "tray": (priority: 1, attributes: {"weight": Constant(4)})},
    elements: {
        "crates": Source(arrivals: Interarrival(Exponential("50 s")), part_type: "crate", when_blocked: Pause, next: "join"),
        "trays": Source(arrivals: Interarrival(Exponential("40 s")), part_type: "tray", next: "join"),
        "join": Merge(priorities: {"crates": 2}, next: "belt"),
        "belt": Conveyor(length: "12 m", speed: "0.5 m/s", accumulating: true, part_length: {"crate": "800 mm", "*": "400 mm"}, gap: "100 mm",
            stoppers: {"scanner": (position: "6 m", dwell: Exponential("8 s"))},
            failures: [(time_to_failure: Exponential("1 h"), time_to_repair: Exponential("5 min"))],
            energy: (processing: "1 kW", idle: "200 W"), next: "by weight"),
        "by weight": Branch(by: Attribute(attribute: "weight", cases: [Below(3, "light"), AtLeast(8, "heavy")], otherwise: "spread")),
        "spread": Branch(by: ShortestQueue(["left", "right"])),
        "light": Delay(time: Uniform("20 s", "3 min"), capacity: 4, ordered: true, next: "store"),
        "heavy": Delay(time: Exponential("2 min"), capacity: 2, failures: [(operations_to_failure: Constant(7), time_to_repair: "90 s", after_repair: Restart)], next: "store"),
        "left": Station(process_time: Exponential("70 s"), queue: 2, quality: (yield_ratio: 0.8, rejects: Rework(to: "return", limit: 1)), next: "store"),
        "right": Station(process_time: Exponential("60 s"), queue: 1, next: "store"),
        "return": Conveyor(length: "3 m", speed: "0.2 m/s", part_length: "1 m", next: "left"),
        "store": Buffer(capacity: 6, rule: Lifo, minimum_dwell: Uniform("10 s", "1 min"), calendar: (shifts: [(from: "00:00", to: "23:00")]), next: "pick"),
        "pick": Branch(by: FirstFree(["press", "oven"])),
        "press": Station(process_time: Triangular("20 s", "30 s", "50 s"), next: "turn"),
        "oven": Station(capacity: 3, process_time: "2 min", failures: [(time_to_failure: Exponential("30 min"), time_to_repair: "2 min")], next: "turn"),
        "turn": Branch(by: Alternation(sequence: ["out", "slow belt"], strict: true)),
        "slow belt": Conveyor(length: "4 m", speed: "0.3 m/s", part_length: "500 mm", next: "out"),
        "out": Sink(),
    },
"#;

/// Failures of three sorts, setups, operators with skills, a shared repairer, breaks, energy with standby, a rework loop.
pub(crate) const SHOP: &str = r#"
    clock: (start: "2026-11-23T06:00:00Z", warm_up: "2 h", horizon: "400 d"),
    part_types: {"red": (), "white": (priority: 2)},
    energy: (emission: "380 g/kWh", tariff: (price: "0.31 EUR/kWh", times: [
        (days: "Mon-Fri", from: "22:00", to: "06:00", price: "0.19 EUR/kWh"),
        (days: "Sun", from: "20:00", to: "04:00", price: "0.17 EUR/kWh"),
    ])),
    elements: {
        "in": Source(arrivals: Interarrival(Exponential("70 s")), part_type: {"red": 3, "white": 1}, next: "saw"),
        "saw": Station(process_time: Triangular("40 s", "45 s", "60 s"), queue: 3,
            failures: [(time_to_failure: Exponential("30 min"), time_to_repair: LogNormal(mean: "4 min", cv: 0.8), repaired_by: "fitters"),
                       (operations_to_failure: Discrete([(5, 1), (9, 2)]), time_to_repair: "30 s", after_repair: Restart)],
            energy: (processing: "11 kW", idle: "2 kW", down: "1 kW", standby: "300 W", standby_after: "1 min", warm_up_time: "20 s", warm_up: "12 kW"),
            next: "mill"),
        "mill": Station(capacity: 2, process_time: {"red": Exponential("80 s"), "*": "95 s"}, queue: (capacity: 4, rule: Spt),
            setup: (time: "50 s", matrix: {"red": {"white": Uniform("30 s", "90 s")}}),
            staffing: (processing: [(pool: "people", skill: "milling"), (pool: "tools")], setup: [(pool: "people"), (pool: "tools", amount: 2)], priority: 3),
            failures: [(time_to_failure: Exponential("40 min"), clock: CalendarTime, time_to_repair: Exponential("3 min"), repaired_by: "fitters", priority: 1, after_repair: Scrap)],
            energy: (processing: "20 kW", idle: "4 kW", setup: "6 kW"),
            next: "check"),
        "check": Station(process_time: Exponential("30 s"), queue: Unlimited,
            staffing: (processing: "people"),
            quality: (yield_ratio: 0.85, inspection: (detection: 0.9, false_alarm: 0.02), rejects: Rework(to: "mill", limit: 2)),
            calendar: (shifts: [(from: "06:00", to: "14:00"), (from: "15:00", to: "23:30")], breaks: [(from: "09:00", to: "09:15")], at_end: StopAtOnce),
            next: "out"),
        "people": Pool(members: [(size: 1, skills: ["milling", "packing"]), (size: 2, skills: ["packing"])],
            calendar: (shifts: [(from: "06:00", to: "22:00")], breaks: [(from: "12:00", to: "12:20")], at_end: StopAtOnce)),
        "tools": Pool(members: 2, calendar: (shifts: [(from: "06:00", to: "05:00")], breaks: [(from: "12:10", to: "12:30"), (from: "17:00", to: "17:05")], at_end: StopAtOnce)),
        "fitters": Pool(members: 1, calendar: (shifts: [(from: "06:00", to: "18:00")], breaks: [])),
        "out": Sink(),
    },
"#;

/// The shop, where operators and fitters walk.
pub(crate) fn walking_shop() -> String {
    let walks = |speed: &str, when_free: &str, at: &str| {
        format!(r#"walking: (speed: "{speed}", base: (x: "5 m", y: "-3 m"), when_free: {when_free}, at: {{{at}}}), "#)
    };
    let people = walks("1.1 m/s", "Return", r#""mill": (x: "12 m"), "check": (x: "30 m", y: "4 m")"#);
    let fitters = walks("1.3 m/s", "Stay", r#""saw": (x: "-20 m"), "mill": (x: "12 m")"#);
    SHOP.replace(r#""people": Pool("#, &format!(r#""people": Pool({people}"#))
        .replace(r#""fitters": Pool("#, &format!(r#""fitters": Pool({fitters}"#))
}

/// Kits, boxes and pallets: assembly into a product, batches with a longest wait, unbatching, disassembly, populations.
pub(crate) const KITS: &str = r#"
    clock: (horizon: "400 d"),
    part_types: {"board": (), "screw": (), "device": (), "box": (), "pallet": (), "frame": (), "motor": ()},
    elements: {
        "boards": Source(arrivals: Interarrival(Exponential("60 s")), part_type: "board", next: "join"),
        "screws": Source(arrivals: Interarrival(Constant("40 s")), batch_size: Discrete([(3, 1), (5, 1)]), part_type: "screw", when_blocked: Lose, next: "join"),
        "join": Assembly(bill: {"board": 1, "screw": 4}, product: "device", capacity: 2, process_time: Exponential("50 s"), queue: 5,
            failures: [(time_to_failure: Exponential("20 min"), time_to_repair: Exponential("2 min"), after_repair: Scrap)],
            quality: (yield_ratio: 0.9), next: "packer"),
        "packer": Batch(size: 4, container: "box", longest_wait: "3 min", process_time: "10 s", queue: 3, next: "van"),
        "van": Station(capacity: 2, process_time: Exponential("2 min"), queue: 1, next: "opener"),
        "opener": Unbatch(process_time: "5 s", queue: 1, next: "slow"),
        "slow": Station(process_time: Exponential("45 s"), next: "out"),
        "carriers": Source(arrivals: Population(5), part_type: "pallet", next: "loop a"),
        "loop a": Station(process_time: Exponential("30 s"), queue: 1, next: "loop b"),
        "loop b": Station(process_time: Exponential("35 s"), next: "loop out"),
        "loop out": Sink(),
        "old": Source(arrivals: Unlimited, part_type: "frame", next: "cutter"),
        "cutter": Disassembly(pieces: [(part_type: "motor", amount: 2), (part_type: "board", next: "slow")], process_time: Exponential("4 min"), queue: 2, next: "sorter"),
        "sorter": Batch(size: 3, container: "pallet", same_type: true, queue: 2, next: "pile"),
        "pile": Station(process_time: Exponential("1 min"), queue: 2,
            quality: (yield_ratio: 0.8, inspection: (detection: 1.0), rejects: Scrap), next: "out"),
        "out": Sink(),
    },
"#;

/// Routings with alternatives and re-entry, orders with due dates, dispatching rules, unlimited arrivals that block.
pub(crate) const JOBS: &str = r#"
    clock: (warm_up: "1 h", horizon: "400 d"),
    part_types: {"long": (routing: "long"), "short": (routing: "short", priority: 1)},
    routings: {
        "long": (steps: [(at: ["lathe a", "lathe b"], process_time: Exponential("5 min")), (at: ["drill"]), (at: ["lathe b"], process_time: "2 min"), (at: ["drill"], process_time: "1 min")], then: "out"),
        "short": (steps: [(at: ["drill"]), (at: ["lathe b", "lathe a"])], then: "out"),
    },
    orders: [(name: "rush", part_type: "short", quantity: 40, release: "3 h", due: "5 h", source: "desk"),
             (name: "stock", part_type: "long", quantity: 200, release: "10 h", source: "desk")],
    elements: {
        "desk": Source(arrivals: Orders),
        "stream": Source(arrivals: Interarrival(Exponential("6 min")), part_type: {"long": 1, "short": 1}, when_blocked: Pause, start: "10 min"),
        "lathe a": Station(process_time: Exponential("4 min"), queue: (capacity: 2, rule: Edd)),
        "lathe b": Station(process_time: Exponential("3 min"), queue: (capacity: 6, rule: CriticalRatio)),
        "drill": Station(capacity: 3, process_time: Exponential("7 min"), queue: (rule: Mwkr),
            setup: (time: "90 s"), failures: [(time_to_failure: Exponential("2 h"), time_to_repair: Exponential("15 min"), after_repair: Resume)]),
        "out": Sink(),
    },
"#;

/// Tool groups with re-entrant routings, qualifications, rankings by what changes while parts wait, setups, crews, shifts,
/// standby and rework, of which one has little room in front.
pub(crate) const FAB: &str = r#"
    clock: (start: "2026-11-23T06:00:00Z", warm_up: "2 h", horizon: "400 d"),
    part_types: {"logic": (routing: "logic"), "memory": (routing: "memory", priority: 1), "test": (routing: "logic", priority: 3)},
    routings: {
        "logic": (steps: [(at: ["litho"], process_time: Exponential("9 min")), (at: ["etch"], process_time: "14 min"), (at: ["litho"]), (at: ["etch"]), (at: ["metro", "gauge"])], then: "out"),
        "memory": (steps: [(at: ["litho"], process_time: "8 min"), (at: ["etch"]), (at: ["metro"], process_time: Exponential("3 min"))], then: "out"),
    },
    orders: [(name: "hot", part_type: "test", quantity: 12, release: "5 h", due: "9 h", source: "desk")],
    elements: {
        "desk": Source(arrivals: Orders),
        "stream": Source(arrivals: Interarrival(Exponential("11 min")), part_type: {"logic": 2, "memory": 1}, when_blocked: Pause),
        "litho": ToolGroup(tools: 3, process_time: Uniform("6 min", "10 min"), ranking: [Priority, CriticalRatio],
            qualified: {"memory": [1, 3], "logic/3": [2, 3]},
            failures: [(time_to_failure: Exponential("3 h"), time_to_repair: Exponential("12 min"), repaired_by: "fitters")]),
        "etch": ToolGroup(tools: 4, process_time: Exponential("15 min"), queue: 5, ranking: [SetupAvoiding, Priority, Edd, Lwkr],
            setup: (time: Uniform("2 min", "6 min")), staffing: (processing: "people", setup: "people"),
            failures: [(operations_to_failure: Constant(9), time_to_repair: "8 min", after_repair: Scrap),
                       (time_to_failure: Exponential("6 h"), clock: CalendarTime, time_to_repair: "5 min", after_repair: Restart)],
            energy: (processing: "20 kW", idle: "4 kW", setup: "6 kW", standby: "1 kW", standby_after: "4 min", warm_up_time: "90 s")),
        "metro": ToolGroup(tools: 2, process_time: {"logic": "2 min", "*": "4 min"}, queue: 2, ranking: Lifo,
            calendar: (shifts: [(from: "06:00", to: "14:00"), (from: "14:30", to: "05:00")], breaks: [(from: "09:00", to: "09:15")], at_end: StopAtOnce),
            quality: (yield_ratio: 0.9, rejects: Rework(to: "etch", limit: 1))),
        "gauge": Station(process_time: "3 min"),
        "people": Pool(members: 3, calendar: (shifts: [(from: "06:00", to: "05:00")], breaks: [(from: "12:00", to: "12:20")], at_end: StopAtOnce)),
        "fitters": Pool(members: 1),
        "out": Sink(),
    },
"#;

/// Lots of pieces in tool groups: batches by steps and by recipes, full ones and such that have waited, cascades, handling
/// beside the tool, setups by steps with a least run, tools that earlier steps bind, maintenance in turn and by pieces; and
/// whatever halts, scraps or sends back what is inside.
pub(crate) const LOTS: &str = r#"
    clock: (start: "2026-11-23T06:00:00Z", warm_up: "2 h", horizon: "400 d"),
    part_types: {"lot": (routing: "long", pieces: 25), "hot": (routing: "long", pieces: 25, priority: 2), "half": (routing: "short", pieces: 12)},
    routings: {
        "long": (steps: [
            (at: ["furnace"], process_time: Uniform("50 min", "60 min"), recipe: "oxide", batch_minimum: 50, batch_maximum: 100),
            (at: ["track"], process_time: "50 s", per: Piece, interval: "36 s", setup: "resist a"),
            (name: "first layer", at: ["scanner"], process_time: Uniform("20 s", "26 s"), per: Piece),
            (at: ["implant"], process_time: "9 min", setup: "boron"),
            (at: ["furnace"], process_time: "40 min", batch_maximum: 75, queue_time: "2 h", queue_time_spoils: true),
            (at: ["scanner"], process_time: "22 s", per: Piece, same_tool_as: "first layer"),
            (at: ["implant"], process_time: "12 min", setup: "arsenic"),
            (at: ["furnace"], process_time: "55 min", recipe: "oxide", batch_minimum: 50, batch_maximum: 100),
            (at: ["wet"], process_time: Exponential("15 min"), interval: "8 min", sampled: 0.8, rework: 0.1, rework_to: "6"),
        ], then: "out"),
        "short": (steps: [
            (at: ["track"], process_time: "40 s", per: Piece, setup: "resist b"),
            (at: ["scanner"], process_time: "30 s", per: Piece),
            (at: ["implant"], process_time: "7 min"),
            (at: ["ash 1", "ash 2"], process_time: "6 min"),
            (at: ["wet"]),
            (at: ["ash 1", "ash 2"], process_time: "5 min", same_tool_as: "4"),
        ], then: "out"),
    },
    elements: {
        "stream": Source(arrivals: Interarrival(Exponential("19 min")), part_type: {"lot": 4, "hot": 1, "half": 3}, when_blocked: Pause),
        "furnace": ToolGroup(tools: 3, ranking: [Priority, Edd], batch: (minimum: 25, maximum: 100, counted_in: Pieces, longest_wait: "70 min", together: Recipe),
            qualified: {"long/5": [1, 3]}, handling: (load: "3 min", unload: "2 min"),
            failures: [(time_to_failure: Exponential("9 h"), time_to_repair: Exponential("40 min"), after_repair: Scrap)],
            maintenance: [(every: "30 h", first: "9 h", duration: "1 h"), (operations: 40, duration: "20 min", done_by: "fitters")],
            quality: (yield_ratio: 0.97, rejects: Rework(to: "wet", limit: 1)), energy: (processing: "40 kW", idle: "20 kW")),
        "track": ToolGroup(tools: 2, setup: (by: Step, time: "4 min", matrix: {"resist a": {"resist b": Uniform("5 min", "9 min")}}), ranking: [SetupAvoiding, Priority],
            handling: (load: "1 min", unload: "1 min", occupies: false),
            failures: [(time_to_failure: Exponential("5 h"), time_to_repair: Exponential("20 min"), after_repair: Restart)],
            energy: (processing: "9 kW", idle: "4 kW", standby: "1 kW", standby_after: "4 min", warm_up_time: "90 s")),
        "scanner": ToolGroup(tools: 3, ranking: [Priority], staffing: (processing: "people"),
            failures: [(time_to_failure: Exponential("6 h"), time_to_repair: "25 min", repaired_by: "fitters", after_repair: Resume)],
            maintenance: [(pieces: 300, duration: Exponential("15 min"))]),
        "implant": ToolGroup(tools: 2, setup: (by: Step, time: "11 min", minimum_run: 3, initial: "boron"), staffing: (setup: "people"), ranking: [CriticalRatio]),
        "wet": Station(capacity: 2, process_time: "3 s", per: Piece, interval: "2 s", handling: (load: "40 s", unload: "20 s", occupies: false), queue: (capacity: 4, rule: Spt),
            staffing: (processing: "people"),
            failures: [(time_to_failure: Exponential("7 h"), clock: CalendarTime, time_to_repair: Exponential("15 min"), after_repair: Resume)]),
        "ash 1": Station(process_time: "1 min", queue: 3),
        "ash 2": Station(process_time: "1 min", queue: Unlimited),
        "people": Pool(members: 4, calendar: (shifts: [(from: "06:00", to: "05:00")], breaks: [(from: "12:00", to: "12:20")], at_end: StopAtOnce)),
        "fitters": Pool(members: 1),
        "out": Sink(),
    },
"#;

/// Vehicles of two fleets on a loop with a spur and an overtaking lane: several parts on one, batteries, looking ahead, failures
/// that scrap what is carried, calls that are taken back; to and from sources, buffers, assemblies, groups and belts.
pub(crate) const AISLES: &str = r#"
    clock: (warm_up: "1 h", horizon: "400 d"),
    part_types: {"crate": (), "lid": (), "box": (), "board": (routing: "boards", priority: 1)},
    routings: {"boards": (steps: [(at: ["saw"]), (at: ["drill", "lathe"]), (at: ["polish"])], then: "ramp")},
    elements: {
        "crates": Source(arrivals: Interarrival(Exponential("50 s")), part_type: "crate", next: "rack"),
        "lids": Source(arrivals: Interarrival(Exponential("2 min")), part_type: "lid", next: "pack"),
        "boards": Source(arrivals: Interarrival(Exponential("3 min")), part_type: "board"),
        "rack": Buffer(capacity: 6, rule: Lifo, next: "pack"),
        "pack": Assembly(bill: {"crate": 2, "lid": 1}, product: "box", process_time: Exponential("40 s"), queue: 2,
            quality: (yield_ratio: 0.9, rejects: Send(to: "bin")), next: "belt"),
        "belt": Conveyor(length: "3 m", speed: "0.1 m/s", accumulating: true, next: "out"),
        "saw": Station(process_time: Exponential("90 s"), queue: 2),
        "drill": Station(process_time: Exponential("4 min"), queue: 1, failures: [(time_to_failure: Exponential("1 h"), time_to_repair: Exponential("5 min"))]),
        "lathe": ToolGroup(tools: 2, process_time: Exponential("5 min"), queue: 2),
        "polish": Delay(time: Uniform("30 s", "90 s"), capacity: 3),
        "ramp": Buffer(capacity: 5, next: "out"),
        "bin": Sink(),
        "out": Sink(),
        "aisles": PathNetwork(
            nodes: {
                "n1": (serves: ["rack"]), "n2": (x: "10 m", serves: ["lids", "saw"], capacity: 2), "n3": (x: "20 m", serves: ["pack"]),
                "n4": (x: "30 m", serves: ["drill"]), "n5": (x: "30 m", y: "10 m", serves: ["belt", "bin"]), "fork": (x: "20 m", y: "10 m", stop: false),
                "spur": (x: "20 m", y: "5 m", serves: ["lathe"]), "n6": (x: "10 m", y: "10 m", serves: ["polish"]),
                "n7": (y: "10 m", serves: ["ramp"]), "charger": (x: "-5 m", y: "5 m", capacity: 2),
            },
            segments: [
                (from: "n1", to: "n2", capacity: 2), (from: "n2", to: "n3"), (from: "n3", to: "n4"), (from: "n4", to: "n5"), (from: "n5", to: "fork"),
                (from: "fork", to: "spur", two_way: true, speed: "0.5 m/s"), (from: "fork", to: "n6"), (from: "n6", to: "n7", capacity: 2), (from: "n7", to: "n1"),
                (from: "n7", to: "charger"), (from: "charger", to: "n1"),
            ],
        ),
        "tug": Fleet(network: "aisles", vehicles: 2, start: ["n3", "n1"], speed: "1.5 m/s", loaded_speed: "1 m/s", capacity: 3, carries: ["crate", "lid", "box"],
            load_time: Uniform("5 s", "9 s"), unload_time: "6 s", dispatching: LongestWaiting, parking: ["n5"],
            failures: [(time_to_failure: Exponential("20 min"), time_to_repair: Exponential("2 min"), after_repair: Scrap)]),
        "robot": Fleet(network: "aisles", vehicles: 2, start: ["charger", "n6"], speed: "1.2 m/s", load_time: Exponential("10 s"), unload_time: "4 s", dispatching: LookAhead,
            failures: [(operations_to_failure: Geometric(0.1), time_to_repair: "40 s")],
            battery: (capacity: "300 Wh", driving: "300 W", standing: "30 W", charging: "1 kW", chargers: ["charger"], charge_below: 0.4, resume_at: 0.7, when_idle: true)),
    },
"#;

/// The plant that `text` describes, which is the inside of a scenario's outermost brackets.
pub(crate) fn plant(text: &str) -> Plant {
    let node = Parser { rest: text }.fields(None);
    let registry = Arc::new(Registry::default());
    let mut reader = Reader::without_tables();
    let description = FieldSet::of(&node, "Scenario", &mut reader)
        .and_then(|fields| PlantDescription::read(&fields, &registry, &mut reader));
    let complaints = reader.into_complaints();
    assert!(complaints.is_empty(), "{complaints:#?}");
    description.expect("no complaints").plan(&registry).expect("a plant without contradictions")
}

/// A run of the plant that `text` describes.
pub(crate) fn run(text: &str, seed: u64) -> Run {
    Run::new(Arc::new(plant(text)), seed, 0).expect("a plant without plugins")
}

struct Parser<'t> {
    rest: &'t str,
}

impl Parser<'_> {
    fn peek(&mut self) -> char {
        self.rest = self.rest.trim_start();
        self.rest.chars().next().unwrap_or(')')
    }

    fn take(&mut self, expected: char) -> bool {
        let found = self.peek() == expected && !self.rest.is_empty();
        if found {
            self.rest = &self.rest[expected.len_utf8()..];
        }
        found
    }

    fn until(&mut self, ends: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    fn items<T>(&mut self, close: char, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        while self.peek() != close {
            items.push(item(self));
            self.take(',');
        }
        self.take(close);
        items
    }

    fn fields(&mut self, name: Option<String>) -> Node {
        let fields = self.items(')', |parser| {
            parser.peek();
            let name = parser.until(|letter| !letter.is_alphanumeric() && letter != '_');
            assert!(parser.take(':'), "`{name}` needs a colon before {}", parser.rest);
            Field { name, name_origin: Origin::NOWHERE, node: parser.value() }
        });
        Value::Struct { name, name_origin: Origin::NOWHERE, fields }.into()
    }

    fn brackets(&mut self, name: Option<String>) -> Node {
        self.peek();
        let word = self.rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(0);
        let named = word > 0 && self.rest[word..].trim_start().starts_with(':');
        if named || self.peek() == ')' {
            return self.fields(name);
        }
        let arguments = self.items(')', Parser::value);
        Value::Call { name, name_origin: Origin::NOWHERE, arguments }.into()
    }

    fn value(&mut self) -> Node {
        match self.peek() {
            '"' => {
                self.take('"');
                let text = self.until(|letter| letter == '"');
                self.take('"');
                Node::text(&text)
            }
            '[' => {
                self.take('[');
                Node::list(self.items(']', Parser::value))
            }
            '{' => {
                self.take('{');
                let entry = |parser: &mut Self| {
                    let key = parser.value();
                    assert!(parser.take(':'), "an entry needs a colon before {}", parser.rest);
                    (key, parser.value())
                };
                Value::Map(self.items('}', entry)).into()
            }
            '(' => {
                self.take('(');
                self.brackets(None)
            }
            letter if letter.is_alphabetic() => {
                let word = self.until(|letter| !letter.is_alphanumeric() && letter != '_');
                match word.as_str() {
                    "true" | "false" => Node::boolean(word == "true"),
                    "None" => Node::absent(),
                    _ if self.take('(') => self.brackets(Some(word)),
                    _ => Node::identifier(&word),
                }
            }
            _ => {
                let number = self.until(|letter| !letter.is_ascii_digit() && letter != '.' && letter != '-');
                match number.parse::<i64>() {
                    Ok(whole) => Node::integer(whole),
                    Err(_) => Node::float(number.parse().expect("a number")),
                }
            }
        }
    }
}
