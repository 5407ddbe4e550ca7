//! The kinds of mistakes that planning and running a plant can find, with what `linewright explain` says of them.

use crate::declare_codes;
pub use crate::description::codes::{CONTRADICTION, DANGLING_NAME, WRONG_KIND};

declare_codes! {
    /// An element of a kind nobody knows.
    UNKNOWN_KIND = "LW0403", "unknown element kind",
    "An element begins with the name of its kind. Kinds come from the engine and from the plugins that the program was \
     built with.\n\n\
     Bad:\n    \"mill\": Machine(process_time: \"40 s\"),\nGood:\n    \"mill\": Station(process_time: \"40 s\"),";
    /// Two elements that draw from the same stream.
    SHARED_STREAM = "LW0502", "two elements share a random stream",
    "Each element draws its random numbers from a stream of its own, named after it, so that what one machine draws \
     does not depend on the others. `stream` gives it another name, to keep the draws of an element that was renamed; \
     two elements cannot have the same.\n\n\
     Bad:\n    \"a\": Station(stream: \"mill\", ...), \"b\": Station(stream: \"mill\", ...)\n\
     Good:\n    \"a\": Station(stream: \"mill\", ...), \"b\": Station(...)";
    /// An element that is called like a tool of a group.
    TAKEN_NAME = "LW0514", "a name that a tool of a group has",
    "The tools of a ToolGroup are elements of their own, called after the group: those of \"etch\" are \"etch/1\", \"etch/2\" and so \
     on. No other element can have one of these names.\n\n\
     Bad:\n    \"etch\": ToolGroup(tools: 2, process_time: \"1 h\", next: \"etch/2\"), \"etch/2\": Station(process_time: \"9 min\", next: \"out\"),\n\
     Good:\n    \"etch\": ToolGroup(tools: 2, process_time: \"1 h\", next: \"strip\"), \"strip\": Station(process_time: \"9 min\", next: \"out\"),";
    /// A date and time that has passed when the run begins.
    BEFORE_THE_START = "LW0509", "date and time before the start of the run",
    "Events and orders can be given by date and time, which are judged against `clock.start` (2024-01-01T00:00:00Z unless \
     given). One before the start has passed when the run begins.\n\n\
     Bad:\n    clock: (start: \"2026-12-01T06:00:00Z\", horizon: \"3 d\"), events: [At(\"2026-11-30T08:00:00Z\", Fail(\"mill\"))],\n\
     Good:\n    clock: (start: \"2026-12-01T06:00:00Z\", horizon: \"3 d\"), events: [At(\"2026-12-02T08:00:00Z\", Fail(\"mill\"))],";
    /// Prices in more than one currency.
    SEVERAL_CURRENCIES = "LW0521", "prices in several currencies",
    "What electricity costs is added up, and sums in different currencies cannot be: the rate between them is not the \
     business of a plant. Give all prices of a tariff and all costs in one currency.\n\n\
     Bad:\n    energy: (tariff: (price: \"0.31 EUR/kWh\", times: [(from: \"22:00\", to: \"06:00\", price: \"0.21 USD/kWh\")])),\n\
     Good:\n    energy: (tariff: (price: \"0.31 EUR/kWh\", times: [(from: \"22:00\", to: \"06:00\", price: \"0.19 EUR/kWh\")])),";
    /// Two prices that hold at one time.
    TWO_PRICES = "LW0522", "two prices at one time",
    "The periods of a tariff, and those of an emission factor, come before the price that holds otherwise, but not before each other: where two of them \
     cover the same moment, nothing says which price holds. A period with `to` at or before `from` runs on into the next \
     day, also from Sunday into Monday.\n\n\
     Bad:\n    energy: (tariff: (price: \"0.31 EUR/kWh\", times: [(from: \"22:00\", to: \"06:00\", price: \"0.19 EUR/kWh\"), \
     (days: \"Sat, Sun\", from: \"00:00\", to: \"24:00\", price: \"0.22 EUR/kWh\")])),\n\
     Good:\n    energy: (tariff: (price: \"0.31 EUR/kWh\", times: [(from: \"22:00\", to: \"06:00\", price: \"0.19 EUR/kWh\"), \
     (days: \"Sat, Sun\", from: \"06:00\", to: \"22:00\", price: \"0.22 EUR/kWh\")])),";
    /// A body that cannot be.
    IMPOSSIBLE_BODY = "LW0531", "an impossible body",
    "A part that obeys physics has a volume, a mass and a friction that is not negative, and its centre of gravity lies within \
     its shape. The friction between a part and a belt is the lower one of theirs.\n\n\
     Bad:\n    part_types: {\"carton\": (body: (shape: Box(length: \"400 mm\", width: \"300 mm\", height: \"200 mm\"), mass: \"5 kg\", friction: -0.5))},\n\
     Good:\n    part_types: {\"carton\": (body: (shape: Box(length: \"400 mm\", width: \"300 mm\", height: \"200 mm\"), mass: \"5 kg\", friction: 0.5))},";
    /// A zone or a robot in a program without physics.
    NO_MOTION = "LW0532", "a program built without physics",
    "Zones, in which parts obey physics, and robots, whose times follow from their motion, need the feature `motion`, which takes \
     minutes to build and is left out unless asked for: `cargo run --release --features motion -- run FILE`.\n\n\
     Bad:\n    \"picker\": Robot(arm: Delta(base_radius: \"200 mm\", platform_radius: \"45 mm\", upper: \"350 mm\", lower: \"800 mm\", \
     axis: Turns(lower: \"-40 deg\", upper: \"90 deg\", speed: \"500 deg/s\", acceleration: \"9000 deg/s^2\")), \
     pick: (z: \"-800 mm\"), place: (x: \"300 mm\", z: \"-800 mm\"), next: \"out\"),\n\
     Good:\n    \"picker\": Station(process_time: \"1.2 s\", next: \"out\"),";
    /// Zones that overlap.
    ZONES_OVERLAP = "LW0533", "zones that overlap",
    "Each zone computes its own parts, and parts of different zones do not see each other, so no two may be in the same place. \
     The `origin` of a zone says where it lies in the plant; the places of its conveyors are counted from there.\n\n\
     Bad:\n    \"one\": Zone(), \"other\": Zone(),\n\
     Good:\n    \"one\": Zone(), \"other\": Zone(origin: (x: \"20 m\")),";
    /// An arm that is none, or a task that is none.
    NO_ARM = "LW0541", "an arm that cannot be",
    "An arm has 1 to 7 axes, each with a lower end that is not above its upper one, and with a speed and an acceleration that are \
     not 0. A delta robot's links have a length and its axes turn. The tool moves on its lines with a speed that is not 0, and \
     obstacles have sizes.\n\n\
     Bad:\n    axis: Turns(lower: \"-40 deg\", upper: \"90 deg\", speed: \"0 deg/s\", acceleration: \"9000 deg/s^2\"),\n\
     Good:\n    axis: Turns(lower: \"-40 deg\", upper: \"90 deg\", speed: \"500 deg/s\", acceleration: \"9000 deg/s^2\"),";
    /// A robot description that cannot be read.
    BAD_URDF = "LW0542", "a robot description that cannot be read",
    "An arm is read from a URDF file along one chain of joints from `base` to `tip`: revolute, continuous, prismatic and fixed ones, \
     each driven one with a limit that has a velocity. Files of xacro are expanded first: `xacro arm.xacro > arm.urdf`.\n\n\
     Bad:\n    <joint name=\"a\" type=\"revolute\"><parent link=\"base\"/><child link=\"arm\"/></joint>\n\
     Good:\n    <joint name=\"a\" type=\"revolute\"><parent link=\"base\"/><child link=\"arm\"/>\
     <limit lower=\"-3\" upper=\"3\" velocity=\"2\"/></joint>";
    /// A pose that the arm does not get to.
    OUT_OF_REACH = "LW0543", "out of reach",
    "No position of the axes puts the tool there, even if they had no limits: it is too far, too near, or turned in a way that an \
     arm of fewer than six axes cannot turn it. Poses are those of the tool in the frame of the base; a tool that points down \
     on an upright arm has `roll: \"180 deg\"`, on a delta robot none.\n\n\
     Bad:\n    place: (x: \"1300 mm\", z: \"-800 mm\"),\nGood:\n    place: (x: \"300 mm\", z: \"-800 mm\"),";
    /// A pose that the axes do not allow.
    AXIS_LIMIT = "LW0544", "beyond the limits of an axis",
    "The arm would get there, but one of its axes would have to go further than its limits allow, whichever way the arm is held. \
     Move the place or the robot, turn the tool, or correct the limits.\n\n\
     Bad:\n    place: (x: \"400 mm\", z: \"-1000 mm\"),\nGood:\n    place: (x: \"300 mm\", z: \"-800 mm\"),";
    /// A straight line that the arm cannot follow.
    NO_LINE = "LW0545", "a straight line that the arm cannot follow",
    "Above the pick and the place the tool moves straight up and down. On the way an axis would go beyond its limits, or would have \
     to be faster than any axis (a singular posture: two axes in line, an arm stretched out). Shorten `approach`, or move \
     the place.\n\n\
     Bad:\n    approach: \"780 mm\",\nGood:\n    approach: \"100 mm\",";
    /// A robot that runs into something.
    COLLISION = "LW0546", "a robot that runs into something",
    "On one of its moves a part of the arm comes into an obstacle of the cell, or into another part of the arm. The parts are as thick \
     as `link_radius` says, all along. Move the obstacle, the places or `home`, or give a longer `approach`. A robot that has an \
     `origin` is held against the conveyors of zones and what belongs to them, and against other robots, as well.\n\n\
     Bad:\n    obstacles: {\"lamp\": Box(at: (x: \"150 mm\", z: \"-700 mm\"), size: (\"100 mm\", \"100 mm\", \"500 mm\"))},\n\
     Good:\n    obstacles: {\"lamp\": Box(at: (x: \"900 mm\", z: \"-700 mm\"), size: (\"100 mm\", \"100 mm\", \"500 mm\"))},";
    /// A tank that falls into one that runs out by its weight.
    CASCADE = "LW0551", "a cascade of tanks that run out by their weight",
    "What runs out of a tank by its weight (a Pipe with `from`) becomes less and less as the tank empties. Where it falls into a \
     tank that runs out by its weight itself, there is no formula for what is in that one, and the engine steps through no \
     approximation. Put a pump between the two, whose flow is steady, or let one of them run out of the plant.\n\n\
     Bad:\n    \"one\": Pipe(from: \"upper\", to: \"middle\", opening: \"9 cm^2\"), \"two\": Pipe(from: \"middle\", to: \"lower\", opening: \"9 cm^2\"),\n\
     Good:\n    \"one\": Pipe(from: \"upper\", to: \"middle\", opening: \"9 cm^2\"), \
     \"two\": Pump(from: \"middle\", to: \"lower\", flow: \"90 l/min\", drain: (above: \"50 l\")),";
    /// A pump that could run a tank dry into which a pipe falls.
    RUNS_DRY = "LW0552", "a pump that could run dry",
    "A pump whose tank is empty passes on what comes in, as long as that is a steady flow. What falls in from a pipe changes all \
     the time. Keep such a pump from running dry, as one does with real ones: `drain` lets it start when the tank holds so \
     much, and stop when it is empty.\n\n\
     Bad:\n    \"fall\": Pipe(from: \"tower\", to: \"sump\", opening: \"9 cm^2\"), \"pump\": Pump(from: \"sump\", to: \"tower\", flow: \"90 l/min\"),\n\
     Good:\n    \"fall\": Pipe(from: \"tower\", to: \"sump\", opening: \"9 cm^2\"), \
     \"pump\": Pump(from: \"sump\", to: \"tower\", flow: \"90 l/min\", drain: (above: \"50 l\")),";
    /// A node that vehicles cannot reach.
    NO_WAY_THERE = "LW0561", "a node that vehicles cannot reach",
    "Vehicles have to get from every node where elements stand, where they begin, park or charge to every other such node and \
     back. A segment is one-way unless it says `two_way: true`.\n\n\
     Bad:\n    segments: [(from: \"store\", to: \"line\")],\n\
     Good:\n    segments: [(from: \"store\", to: \"line\", two_way: true)],";
    /// Cards that nobody hands back.
    CARD_NEVER_BACK = "LW0571", "cards that never come back",
    "A part takes a card of a CardLoop when it comes to an element of `from` and hands it back when it leaves those of `to`, so a way has \
     to lead from each of `from` to one of `to`, at all times where timed events set a `next`, and each of `to` has to be come to from \
     one of `from`, at one time or another. Without `to` the card comes back when the part leaves the plant.\n\n\
     Bad:\n    \"in\": Source(arrivals: Unlimited, next: \"saw\"), \"saw\": Station(process_time: \"2 min\", next: \"mill\"), \
     \"mill\": Station(process_time: \"3 min\", next: \"out\"), \"out\": Sink(), \
     \"cards\": CardLoop(cards: 4, from: [\"mill\"], to: [\"saw\"])\n\
     Good:\n    \"in\": Source(arrivals: Unlimited, next: \"saw\"), \"saw\": Station(process_time: \"2 min\", next: \"mill\"), \
     \"mill\": Station(process_time: \"3 min\", next: \"out\"), \"out\": Sink(), \
     \"cards\": CardLoop(cards: 4, from: [\"saw\"], to: [\"mill\"])";
    /// Members who walk and do not know where to.
    NO_WORKPLACE = "LW0581", "members who walk and do not know where to",
    "Members of a pool with `walking` go to where they are called, so `at` has to give a place for every element that names the pool in \
     its `staffing`, its `repaired_by` or its `done_by`. One place of a ToolGroup or Fleet serves for all of it.\n\n\
     Bad:\n    \"in\": Source(arrivals: Unlimited, next: \"mill\"), \
     \"mill\": Station(process_time: \"40 s\", staffing: (processing: \"people\"), next: \"out\"), \"out\": Sink(), \
     \"people\": Pool(members: 2, walking: (speed: \"1.2 m/s\", base: (), at: {})),\n\
     Good:\n    \"in\": Source(arrivals: Unlimited, next: \"mill\"), \
     \"mill\": Station(process_time: \"40 s\", staffing: (processing: \"people\"), next: \"out\"), \"out\": Sink(), \
     \"people\": Pool(members: 2, walking: (speed: \"1.2 m/s\", base: (), at: {\"mill\": (x: \"8 m\", y: \"2 m\")})),";
    /// A path network without vehicles.
    NO_VEHICLES = "LW0562", "a network without vehicles",
    "Elements stand at several nodes of a path network, so parts that go from one to another wait for a vehicle, and no fleet drives \
     on it.\n\n\
     Bad:\n    \"in\": Source(arrivals: Unlimited, next: \"rack\"), \"rack\": Buffer(capacity: 5, next: \"out\"), \"out\": Sink(), \
     \"aisle\": PathNetwork(nodes: {\"a\": (serves: [\"rack\"]), \"b\": (x: \"9 m\", serves: [\"out\"])}, \
     segments: [(from: \"a\", to: \"b\", two_way: true)])\n\
     Good:\n    \"in\": Source(arrivals: Unlimited, next: \"rack\"), \"rack\": Buffer(capacity: 5, next: \"out\"), \"out\": Sink(), \
     \"aisle\": PathNetwork(nodes: {\"a\": (serves: [\"rack\"]), \"b\": (x: \"9 m\", serves: [\"out\"])}, \
     segments: [(from: \"a\", to: \"b\", two_way: true)]), \
     \"agv\": Fleet(network: \"aisle\", vehicles: 1, start: [\"a\"], speed: \"1 m/s\")";
    /// As many vehicles as places.
    TOO_MANY_VEHICLES = "LW0563", "more vehicles than places",
    "A vehicle goes on when the next place is free. Where as many vehicles drive as there are places at which they may stop, none is \
     ever free. Take fewer vehicles, add nodes, or give nodes a larger `capacity`.\n\n\
     Bad:\n    \"in\": Source(arrivals: Unlimited, next: \"rack\"), \"rack\": Buffer(capacity: 5, next: \"out\"), \"out\": Sink(), \
     \"aisle\": PathNetwork(nodes: {\"a\": (serves: [\"rack\"]), \"b\": (x: \"9 m\", serves: [\"out\"])}, \
     segments: [(from: \"a\", to: \"b\", two_way: true)]), \
     \"agv\": Fleet(network: \"aisle\", vehicles: 2, start: [\"a\", \"b\"], speed: \"1 m/s\")\n\
     Good:\n    \"in\": Source(arrivals: Unlimited, next: \"rack\"), \"rack\": Buffer(capacity: 5, next: \"out\"), \"out\": Sink(), \
     \"aisle\": PathNetwork(nodes: {\"a\": (serves: [\"rack\"]), \"b\": (x: \"9 m\", serves: [\"out\"])}, \
     segments: [(from: \"a\", to: \"b\", two_way: true)]), \
     \"agv\": Fleet(network: \"aisle\", vehicles: 1, start: [\"a\"], speed: \"1 m/s\")";
    /// Vehicles that begin where they touch.
    VEHICLES_TOUCH = "LW0564", "vehicles that begin in each other",
    "Vehicles that have a `length` and a `width` take up room: at a node where all ways lie in one line a rectangle along that, at \
     any other the circle in which they turn. Two begin at nodes that are closer than that. Put the nodes further apart, let \
     vehicles begin elsewhere, or make one node of them with room for both (`capacity: 2`).\n\n\
     Bad:\n    \"in\": Source(arrivals: Unlimited, next: \"rack\"), \"rack\": Buffer(capacity: 5, next: \"out\"), \"out\": Sink(), \
     \"aisle\": PathNetwork(nodes: {\"a\": (serves: [\"rack\"]), \"b\": (x: \"1 m\"), \"c\": (x: \"9 m\", serves: [\"out\"])}, \
     segments: [(from: \"a\", to: \"b\", two_way: true), (from: \"b\", to: \"c\", two_way: true)]), \
     \"agv\": Fleet(network: \"aisle\", vehicles: 2, start: [\"a\", \"b\"], speed: \"1 m/s\", length: \"1.5 m\", width: \"0.8 m\")\n\
     Good:\n    \"in\": Source(arrivals: Unlimited, next: \"rack\"), \"rack\": Buffer(capacity: 5, next: \"out\"), \"out\": Sink(), \
     \"aisle\": PathNetwork(nodes: {\"a\": (serves: [\"rack\"]), \"b\": (x: \"3 m\"), \"c\": (x: \"9 m\", serves: [\"out\"])}, \
     segments: [(from: \"a\", to: \"b\", two_way: true), (from: \"b\", to: \"c\", two_way: true)]), \
     \"agv\": Fleet(network: \"aisle\", vehicles: 2, start: [\"a\", \"b\"], speed: \"1 m/s\", length: \"1.5 m\", width: \"0.8 m\")";
    /// Something happens for ever without time going on.
    ZERO_TIME_LOOP = "LW0801", "a circle that takes no time",
    "Elements hand work round in a circle in which nothing takes time, so the run would never get past that instant: an \
     unlimited source in front of an unlimited queue, a rework loop through stations without process time. The run \
     ends and names the elements of the circle. Give one of them a process time, a limit or a finite queue.";
    /// More parts than the engine keeps.
    TOO_MANY_PARTS = "LW0802", "too many parts in the plant",
    "More parts come in than leave, and their number has reached the engine's limit. Give the source a limit, let it \
     lose parts when blocked (`when_blocked: Lose`), or give the line more capacity.";
    /// A part of a type that its destination does not take.
    NOT_ACCEPTED = "LW0803", "a part that its destination does not take",
    "An assembly takes the part types of its bill and nothing else, an element whose `process_time` is a map only the part \
     types that have an entry there, and sources take nothing at all. A part was sent there that does not belong. Give its \
     type an entry (`\"*\"` stands for all types without one), sort the types with a branch in front, or correct `next`.\n\n\
     Bad:\n    process_time: {\"red\": \"40 s\"},\nGood:\n    process_time: {\"red\": \"40 s\", \"*\": \"50 s\"},";
    /// A part without a destination.
    NOWHERE_TO_GO = "LW0804", "a part with nowhere to go",
    "The element has no `next` and the part follows no routing. Give the element a `next`, or the part type a \
     `routing`.";
    /// A part fell or was quarantined where that ends the run.
    INCIDENT = "LW0806", "an incident that ends the run",
    "In a zone with `fallen: Stop` or `quarantined: Stop` the run ends when a part falls off, or when its state cannot be computed \
     any more. With `Scrap` the part is scrapped and the run goes on; the incident is among the results of the zone.";
    /// Vehicles that wait for each other for ever.
    VEHICLES_STUCK = "LW0807", "vehicles that wait for each other",
    "Each of these vehicles stands where another one has to go, and none of them has a free way to a place where it would be on \
     nobody's way, or those that have one have turned aside there in vain; the message says who stands where and waits for what. Mostly two have met head-on: make segments one-way (a loop), give the node where they meet a \
     larger `capacity` or a node beside it where one can wait, or let nodes where they meet be passed without stopping \
     (`stop: false`): then a vehicle waits before it until all of the way is free. Fewer vehicles or a `parking` out of the way help \
     too. On a one-way loop with fewer vehicles than places this cannot happen.";
    /// A vehicle whose battery is empty.
    FLAT_BATTERY = "LW0808", "a battery that has run flat",
    "A vehicle goes to charge when it has come free with less than `charge_below` in its battery. What it has then must last for the \
     way to the charger, and for what it may have to wait there; what it has above that for the longest job. Raise \
     `charge_below` or `capacity`, add a charger, or let vehicles charge when they have nothing to do (`when_idle: true`).";
    /// An invariant does not hold.
    INVARIANT_BROKEN = "LW0805", "broken invariant",
    "The engine counts everything twice, by code that shares nothing, and the two do not agree. This is a defect of the \
     engine or of a plugin, never of a scenario. Please report it with the scenario, the seed and the message.";
    /// Systems of a plugin without an order.
    SYSTEMS_AMBIGUOUS = "LW0901", "systems of a plugin in no fixed order",
    "Two systems that a plugin adds touch the same data and nothing says which comes first, so results could depend on \
     chance. Order them with `.before()`, `.after()` or `.chain()`.";
    /// More people asked for than there are.
    CREW_TOO_LARGE = "LW1001", "a crew larger than its pool",
    "The element asks for more members than the pool has in all (or than have the skill), so the work waits for ever \
     unless a timed event makes the pool larger.\n\n\
     Bad:\n    \"mill\": Station(process_time: \"40 s\", staffing: (processing: (pool: \"people\", amount: 3)), next: \"out\"), \
     \"people\": Pool(members: 2), \"out\": Sink()\n\
     Good:\n    \"mill\": Station(process_time: \"40 s\", staffing: (processing: (pool: \"people\", amount: 2)), next: \"out\"), \
     \"people\": Pool(members: 2), \"out\": Sink()";
    /// An element that parts cannot leave.
    NO_WAY_ON = "LW1002", "an element that parts cannot leave",
    "The element has no `next`, so parts go on where their routing says, but no part type of this plant follows one. The \
     run ends with an error when the first part is to leave.\n\n\
     Bad:\n    \"mill\": Station(process_time: \"40 s\"), \"out\": Sink()\n\
     Good:\n    \"mill\": Station(process_time: \"40 s\", next: \"out\"), \"out\": Sink()";
    /// An element that nothing sends parts to.
    NO_WAY_IN = "LW1003", "an element that no part can come to",
    "No other element names this one as where its parts go, no routing leads to it, and no timed event changes that, so it \
     stands idle for the whole run.\n\n\
     Bad:\n    \"in\": Source(arrivals: Unlimited, next: \"out\"), \"mill\": Station(process_time: \"40 s\", next: \"out\"), \
     \"out\": Sink()\n\
     Good:\n    \"in\": Source(arrivals: Unlimited, next: \"mill\"), \"mill\": Station(process_time: \"40 s\", next: \"out\"), \
     \"out\": Sink()";
    /// A pool that nobody draws on.
    UNUSED_POOL = "LW1004", "a pool that nobody asks for members",
    "No `staffing` and no `repaired_by` names this pool, so its members are at work nowhere.\n\n\
     Bad:\n    \"in\": Source(arrivals: Unlimited, next: \"mill\"), \"mill\": Station(process_time: \"40 s\", next: \"out\"), \
     \"people\": Pool(members: 2), \"out\": Sink()\n\
     Good:\n    \"in\": Source(arrivals: Unlimited, next: \"mill\"), \
     \"mill\": Station(process_time: \"40 s\", staffing: (processing: \"people\"), next: \"out\"), \
     \"people\": Pool(members: 2), \"out\": Sink()";
    /// A source of orders without orders.
    NO_ORDERS = "LW1005", "a source of orders without orders",
    "The source brings in what orders ask for (`arrivals: Orders`), and no entry of `orders` names it, so nothing comes.\n\n\
     Bad:\n    \"in\": Source(arrivals: Orders, next: \"out\"), \"out\": Sink()\n\
     Good:\n    \"in\": Source(arrivals: Interarrival(\"10 min\"), next: \"out\"), \"out\": Sink()";
    /// A zone in which times are not exact.
    WIDE_ZONE = "LW1006", "a zone too large or too slow for exact times",
    "A zone computes places from its origin in 32 bits, and keeps what is rounded of the way of parts. More than 40 m away, \
     and on belts slower than 50 mm/s, the edge of a photo-eye can be more than half a millisecond early or late all the \
     same. Put the origin of the zone in its middle, or divide it: belts of two zones that meet hand parts over as any two elements do. Give slow belts \
     `fidelity: Event`.\n\n\
     Bad:\n    \"in\": Source(arrivals: Interarrival(\"10 s\"), next: \"first\"), \"hall\": Zone(), \
     \"first\": Conveyor(length: \"41 m\", speed: \"2 m/s\", fidelity: Physics, zone: \"hall\", next: \"second\"), \
     \"second\": Conveyor(length: \"41 m\", speed: \"2 m/s\", fidelity: Physics, zone: \"hall\", next: \"out\"), \"out\": Sink()\n\
     Good:\n    \"in\": Source(arrivals: Interarrival(\"10 s\"), next: \"first\"), \"hall\": Zone(), \
     \"first\": Conveyor(length: \"40 m\", speed: \"2 m/s\", fidelity: Physics, zone: \"hall\", next: \"second\"), \
     \"annex\": Zone(origin: (x: \"40 m\")), \
     \"second\": Conveyor(length: \"40 m\", speed: \"2 m/s\", fidelity: Physics, zone: \"annex\", next: \"out\"), \"out\": Sink()";
    /// Robots that may run into each other.
    ROBOTS_MEET = "LW1007", "robots whose ways cross",
    "Two robots come to the same place in their work, and nothing keeps them from being there at one time. A run plays them \
     all the same, each as if it were alone. Move one of them (`origin`), or let both need the one member of a pool while they \
     work: then one waits for the other.\n\n\
     Bad:\n    \"left\": Robot(.., origin: (x: \"0 m\")), \"right\": Robot(.., origin: (x: \"1 m\")),\n\
     Good:\n    \"crossing\": Pool(members: 1), \
     \"left\": Robot(.., origin: (x: \"0 m\"), staffing: (processing: \"crossing\")), \
     \"right\": Robot(.., origin: (x: \"1 m\"), staffing: (processing: \"crossing\")),";
    /// A carrier that nobody draws.
    UNUSED_CARRIER = "LW1010", "an energy carrier that nobody draws",
    "An entry of `energy.carriers` is used by elements that name it in the `carriers` of their `energy`. None does.\n\n\
     Bad:\n    energy: (carriers: {\"gas\": (price: \"0.09 EUR/kWh\")}), elements: {\"in\": Source(arrivals: Unlimited, next: \"oven\"), \
     \"oven\": Station(process_time: \"40 s\", energy: (processing: \"2 kW\"), next: \"out\"), \"out\": Sink()}\n\
     Good:\n    energy: (carriers: {\"gas\": (price: \"0.09 EUR/kWh\")}), elements: {\"in\": Source(arrivals: Unlimited, next: \"oven\"), \
     \"oven\": Station(process_time: \"40 s\", energy: (processing: \"2 kW\", carriers: {\"gas\": (processing: \"40 kW\")}), next: \"out\"), \
     \"out\": Sink()}";
    /// Card loops of which each may wait for the other.
    CARDS_CROSS = "LW1008", "card loops that can wait for each other",
    "Parts that hold a card of one loop come to where another begins, and parts with a card of that to where the first begins. Once all \
     cards of both are with such parts, none of them can go on. Loops that lie one within the other, or one behind the other, never do \
     that.\n\n\
     Bad:\n    \"in\": Source(arrivals: Unlimited, next: \"saw\"), \"saw\": Station(process_time: \"2 min\", next: \"mill\"), \
     \"mill\": Station(process_time: \"3 min\", next: \"sort\"), \
     \"sort\": Branch(by: Probability({\"again\": 0.1, \"out\": 0.9})), \"again\": Buffer(capacity: 9, next: \"saw\"), \"out\": Sink(), \
     \"one\": CardLoop(cards: 4, from: [\"saw\"], to: [\"mill\"]), \"other\": CardLoop(cards: 4, from: [\"mill\"], to: [\"saw\"])\n\
     Good:\n    \"in\": Source(arrivals: Unlimited, next: \"saw\"), \"saw\": Station(process_time: \"2 min\", next: \"mill\"), \
     \"mill\": Station(process_time: \"3 min\", next: \"sort\"), \
     \"sort\": Branch(by: Probability({\"again\": 0.1, \"out\": 0.9})), \"again\": Buffer(capacity: 9, next: \"saw\"), \"out\": Sink(), \
     \"one\": CardLoop(cards: 4, from: [\"saw\"]), \"other\": CardLoop(cards: 4, from: [\"mill\"], to: [\"mill\"])";
    /// What is to be done before it may begin.
    BEFORE_THE_RELEASE = "LW1011", "something that comes before the release of its order",
    "The parts of an order come into the plant at its `release`. When it is due before that, or at that very instant, it is late whatever happens, and an operation of \
     a schedule that begins before it waits for it. Dates are judged against `clock.start`; a date without a time is the end of that day in \
     `due` and the beginning elsewhere.\n\n\
     Bad:\n    orders: [(name: \"A\", part_type: \"bracket\", release: \"2 d\", due: \"1 d\", source: \"in\")], part_types: {\"bracket\": ()}, \
     elements: {\"in\": Source(arrivals: Orders, next: \"out\"), \"out\": Sink()}\n\
     Good:\n    orders: [(name: \"A\", part_type: \"bracket\", release: \"1 d\", due: \"2 d\", source: \"in\")], part_types: {\"bracket\": ()}, \
     elements: {\"in\": Source(arrivals: Orders, next: \"out\"), \"out\": Sink()}";
    /// Branches and merges that send parts round among themselves.
    EMPTY_CIRCLE = "LW1014", "a circle that holds no parts",
    "Branches and merges hold nothing: a part stays where it is until something behind them takes it. Where they lead parts of a type back to each other, one \
     can be handed round without end at one instant, or wait for a place that is none.\n\n\
     Bad:\n    \"in\": Source(arrivals: Interarrival(\"1 min\"), next: \"sort\"), \"sort\": Branch(by: Probability({\"again\": 0.1, \"out\": 0.9})), \
     \"again\": Merge(next: \"sort\"), \"out\": Sink()\n\
     Good:\n    \"in\": Source(arrivals: Interarrival(\"1 min\"), next: \"sort\"), \"sort\": Branch(by: Probability({\"again\": 0.1, \"out\": 0.9})), \
     \"again\": Buffer(capacity: 9, minimum_dwell: \"1 min\", next: \"sort\"), \"out\": Sink()";
    /// A step that parts never come to.
    NEVER_DONE = "LW1013", "a step that is never done",
    "An element with a `next` sends all parts there, those that follow a routing too. Where that leads to no later step, and to nothing \
     that leaves it to the routing where parts go, the steps behind it are never done.\n\n\
     Bad:\n    routings: {\"way\": (steps: [(at: [\"mill\"]), (at: [\"drill\"])], then: \"out\")}, part_types: {\"a\": (routing: \"way\")}, \
     elements: {\"in\": Source(arrivals: Interarrival(\"1 min\")), \"mill\": Station(process_time: \"40 s\", next: \"out\"), \
     \"drill\": Station(process_time: \"40 s\"), \"out\": Sink()}\n\
     Good:\n    routings: {\"way\": (steps: [(at: [\"mill\"]), (at: [\"drill\"])], then: \"out\")}, part_types: {\"a\": (routing: \"way\")}, \
     elements: {\"in\": Source(arrivals: Interarrival(\"1 min\")), \"mill\": Station(process_time: \"40 s\"), \
     \"drill\": Station(process_time: \"40 s\"), \"out\": Sink()}";
    /// People who are never there when they are called.
    SHIFTS_APART = "LW1012", "shifts of a unit and its people that never meet",
    "The `staffing` of the element calls members of a pool, and in no week is there a time at which both calendars are on. Nothing is worked \
     on but what begins at the very instant at which one shift ends and the other begins. `repaired_by` and `done_by` may name a pool that \
     comes at other times.\n\n\
     Bad:\n    \"in\": Source(arrivals: Unlimited, next: \"mill\"), \"out\": Sink(), \
     \"mill\": Station(process_time: \"40 s\", staffing: (processing: \"people\"), calendar: (shifts: [(from: \"06:00\", to: \"14:00\")]), next: \"out\"), \
     \"people\": Pool(members: 2, calendar: (shifts: [(from: \"14:00\", to: \"22:00\")])),\n\
     Good:\n    \"in\": Source(arrivals: Unlimited, next: \"mill\"), \"out\": Sink(), \
     \"mill\": Station(process_time: \"40 s\", staffing: (processing: \"people\"), calendar: (shifts: [(from: \"06:00\", to: \"14:00\")]), next: \"out\"), \
     \"people\": Pool(members: 2, calendar: (shifts: [(from: \"06:00\", to: \"14:00\")])),";
    /// A place to which nobody is called.
    UNUSED_WORKPLACE = "LW1009", "a place to which members never walk",
    "`at` of a pool gives a place for an element that never calls members of it: its `staffing`, its `repaired_by` and its `done_by` name \
     another pool, or none.\n\n\
     Bad:\n    \"in\": Source(arrivals: Unlimited, next: \"mill\"), \
     \"mill\": Station(process_time: \"40 s\", staffing: (processing: \"people\"), next: \"out\"), \"out\": Sink(), \
     \"people\": Pool(members: 2, walking: (speed: \"1.2 m/s\", base: (), at: {\"mill\": (x: \"8 m\", y: \"2 m\"), \"out\": ()})),\n\
     Good:\n    \"in\": Source(arrivals: Unlimited, next: \"mill\"), \
     \"mill\": Station(process_time: \"40 s\", staffing: (processing: \"people\"), next: \"out\"), \"out\": Sink(), \
     \"people\": Pool(members: 2, walking: (speed: \"1.2 m/s\", base: (), at: {\"mill\": (x: \"8 m\", y: \"2 m\")})),";
}
