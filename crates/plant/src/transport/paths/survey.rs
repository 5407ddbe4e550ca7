//! From descriptions to networks: what stands where, who drives on what, and what cannot go well.

use std::collections::BTreeSet;

use super::interlock::{Footprint, interlocks};
use super::network::{FleetInfo, Hauler, Network, NodeInfo, Paths, SegmentInfo, Site};
use super::ways::Ways;
use super::{PathNetwork, PathNetworkPlan};
use super::{blocks, rails};
use crate::codes;
use crate::description::{Label, Length, Name, Origin};
use crate::element::{Door, ElementIndex, ElementKind};
use crate::part::PartTypeIndex;
use crate::plan::Planner;
use crate::plant::PlannedElement;
use crate::transport::automated_storage::AutomatedStoragePlan;
use crate::transport::crane_rail::CraneRailPlan;
use crate::transport::fleet::{Fleet, FleetPlan};
use crate::work::WorkplacePlan;

/// Resolves what a network says of itself.
pub(super) fn plan_network(description: &PathNetwork, planner: &mut Planner<'_>) -> PathNetworkPlan {
    let names: Vec<&str> = description.nodes.iter().map(|(name, _)| name.text()).collect();
    let most = kernel::limits::PATH_NODES;
    if names.is_empty() || names.len() > most {
        let message = format!("a path network of {} nodes", names.len());
        let label = format!("there must be from 1 to {most}");
        let help = if names.is_empty() { "add a node" } else { "divide it into several networks" };
        contradiction(planner, "nodes", message, &label, help);
    }
    let nodes = description.nodes.iter().map(|(name, node)| NodeInfo {
        name: name.text().into(),
        place_nm: [node.x.as_nanometres(), node.y.as_nanometres()],
        capacity: planner.at_least_one_of(node.capacity, "capacity", name),
        stop: node.stop,
        serves: node.serves.iter().filter_map(|element| served(element, planner)).collect(),
    });
    let nodes: Vec<NodeInfo> = nodes.collect();
    let segments = description.segments.iter().map(|segment| {
        let ends = [&segment.from, &segment.to].map(|end| planner.one_of("node", end, &names) as u32);
        let [from, to] = ends.map(|end| nodes.get(end as usize).map_or([0, 0], |node| node.place_nm));
        let length = segment.length.unwrap_or_else(|| distance(from, to));
        let origin = segment.from.origin();
        let are_known = [&segment.from, &segment.to].iter().all(|end| names.contains(&end.text()));
        if are_known && ends[0] == ends[1] {
            let message = format!("a segment leads from \"{}\" back to it", segment.from.text());
            contradiction_at(planner, origin, message, "expected two nodes", "let it end at another node");
        } else if (are_known && length <= Length::ZERO)
            || segment.speed.is_some_and(|speed| speed.as_nanometres_per_second() <= 0)
        {
            let message = format!("the segment from \"{}\" to \"{}\"", segment.from.text(), segment.to.text());
            let message = message + if length <= Length::ZERO { " has no length" } else { " has a speed of 0" };
            contradiction_at(
                planner,
                origin,
                message,
                "vehicles need time on it",
                "give its nodes other places, or it a `length` and a `speed`",
            );
        }
        SegmentInfo {
            from: ends[0],
            to: ends[1],
            two_way: segment.two_way,
            length,
            speed: segment.speed,
            capacity: planner.at_least_one_of(segment.capacity, "capacity", &segment.from),
        }
    });
    let mut segments: Vec<SegmentInfo> = segments.collect();
    if nodes.is_empty() {
        // They lead nowhere, and that has been said.
        segments.clear();
    }
    PathNetworkPlan { nodes, segments }
}

/// The distance of two places in nanometres, rounded down to one.
pub(super) fn distance([x, y]: [i64; 2], [to_x, to_y]: [i64; 2]) -> Length {
    let square = |from: i64, to: i64| (i128::from(to) - i128::from(from)).unsigned_abs().pow(2);
    Length::from_nanometres(i64::try_from((square(x, to_x) + square(y, to_y)).isqrt()).unwrap_or(i64::MAX))
}

pub(super) fn contradiction(planner: &mut Planner<'_>, field: &str, message: String, label: &str, help: &str) {
    let origin = planner.origin_of(field);
    contradiction_at(planner, origin, message, label, help);
}

fn contradiction_at(planner: &mut Planner<'_>, origin: Origin, message: String, label: &str, help: &str) {
    planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
}

/// The plan of an element of a kind.
fn plan_of<P: 'static>(elements: &[Option<PlannedElement>], element: ElementIndex) -> Option<&P> {
    elements.get(element.index())?.as_ref()?.planned.plan().downcast_ref()
}

/// The elements of which the plans are of a kind, in their order.
fn all<P: 'static>(elements: &[Option<PlannedElement>]) -> impl Iterator<Item = (ElementIndex, &P)> {
    (0..elements.len() as u32).map(ElementIndex).filter_map(|element| Some((element, plan_of(elements, element)?)))
}

/// The paths of a plant whose elements are planned, each of which stands at one of `places` with its fields.
pub(crate) fn survey<'p>(
    elements: &[Option<PlannedElement>],
    groups: &[Option<ElementIndex>],
    places: &[(Origin, &'p [(String, Origin)])],
    planner: &mut Planner<'p>,
) -> Paths {
    let turn_to = |planner: &mut Planner<'p>, element: ElementIndex| {
        let (origin, fields) = places[element.index()];
        planner.turn_to(element, origin, fields);
    };
    let mut paths = Paths::default();
    let are_all_there = elements.iter().all(Option::is_some);
    for (element, plan) in all::<PathNetworkPlan>(elements) {
        turn_to(planner, element);
        let number = paths.networks.len() as u32;
        paths.networks.push(Network {
            element,
            nodes: plan.nodes.clone(),
            segments: plan.segments.clone(),
            vehicles: Vec::new(),
            carriers: vec![None; planner.part_type_count()],
            footprint: Footprint::default(),
            named: plan.nodes.len(),
            interlocks: Vec::new(),
        });
        paths.sites.resize(elements.len(), None);
        place_elements(&mut paths, number, elements, planner);
        let fleets = all::<FleetPlan>(elements).filter(|(_, fleet)| fleet.network == element);
        let footprint = fleets.fold(Footprint::default(), |footprint, (_, fleet)| footprint.with(fleet.footprint));
        if !footprint.is_none() && blocks::divide(&mut paths.networks[number as usize], footprint, planner) {
            let network = &mut paths.networks[number as usize];
            network.footprint = footprint;
            network.interlocks = interlocks(&network.layout());
        }
    }
    if !paths.networks.is_empty() {
        survey_fleets(&mut paths, elements, groups, are_all_there, &turn_to, planner);
    }
    let fleets = paths.fleets.iter().map(|fleet| Hauler {
        element: fleet.element,
        carriers: fleet.vehicles.clone(),
        lines: paths.networks[fleet.network as usize].nodes.len(),
    });
    paths.haulers = fleets.collect();
    for (element, plan) in all::<CraneRailPlan>(elements) {
        turn_to(planner, element);
        rails::check(plan, elements, planner);
        paths.rails.insert(paths.haulers.len() as u32, rails::stops(plan, groups));
        paths.haulers.push(Hauler { element, carriers: planner.members_of(element), lines: plan.stops.len() });
    }
    for (element, plan) in all::<AutomatedStoragePlan>(elements) {
        paths.stores.insert(element, paths.haulers.len() as u32);
        paths.haulers.push(Hauler { element, carriers: planner.members_of(element), lines: plan.lines() });
    }
    paths
}

/// Sees to the vehicles on the networks of a plant.
fn survey_fleets<'p>(
    paths: &mut Paths,
    elements: &[Option<PlannedElement>],
    groups: &[Option<ElementIndex>],
    are_all_there: bool,
    turn_to: &impl Fn(&mut Planner<'p>, ElementIndex),
    planner: &mut Planner<'p>,
) {
    // The tools of a group stand where that does.
    for (element, group) in groups.iter().enumerate() {
        if let Some(group) = group {
            paths.sites[element] = paths.sites[group.index()];
        }
    }
    for (element, plan) in all::<FleetPlan>(elements) {
        turn_to(planner, element);
        let Some(network) = super::number_of(paths, plan.network) else { continue };
        if paths.networks[network].nodes.is_empty() {
            continue;
        }
        let fleet = plan_fleet(element, plan, network as u32, paths, planner);
        let number = paths.fleets.len() as u32;
        let vehicles = (0..fleet.vehicles.len() as u32).map(|vehicle| (number, vehicle));
        paths.networks[network].vehicles.extend(vehicles);
        share_types(&mut paths.networks[network].carriers, number, &plan.carries, &paths.fleets, elements, planner);
        paths.fleets.push(FleetInfo { feeders: feeders(paths, network as u32, elements, planner), ..fleet });
    }
    for network in 0..paths.networks.len() {
        turn_to(planner, paths.networks[network].element);
        check_network(paths, network, elements, are_all_there, planner);
    }
}

/// An element that stands at a node; none where no element is called so, for which the network itself would stand otherwise.
fn served(name: &Name, planner: &mut Planner<'_>) -> Option<ElementIndex> {
    let element = planner.element(name);
    (planner.name_of(element) == name.text()).then_some(element)
}

/// Puts the elements of a network at their nodes.
fn place_elements(paths: &mut Paths, network: u32, elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let nodes = paths.networks[network as usize].nodes.clone();
    for (node, info) in (0..).zip(&nodes) {
        for element in &info.serves {
            let name = planner.name_of(*element);
            let Some(site) = paths.sites.get_mut(element.index()) else { continue };
            if site.replace(Site { network, node }).is_some() {
                let message = format!("\"{name}\" stands at two nodes");
                contradiction(
                    planner,
                    "nodes",
                    message,
                    "expected one node for each element",
                    "name it in the `serves` of one node only",
                );
            }
            let Some(Some(planned)) = elements.get(element.index()).map(Option::as_ref) else { continue };
            let is_apart = crate::transport::zone::zone_of(planned).is_some();
            if is_apart || !can_hold(planned) {
                let message = format!("\"{name}\" stands at a node, and no vehicle can load or unload there");
                let help = if is_apart {
                    "let an element outside the zone meet vehicles"
                } else {
                    "name what holds parts, such as stations and buffers"
                };
                contradiction(planner, "nodes", message, "expected elements that hold parts", help);
            }
        }
        if !info.stop && !info.serves.is_empty() {
            let message = format!("vehicles must not stop at node \"{}\", where elements stand", info.name);
            contradiction(planner, "nodes", message, "they load and unload at a standstill", "leave `stop: false` out");
        }
    }
}

/// Whether parts can be fetched from an element or brought to it.
pub(super) fn can_hold(element: &PlannedElement) -> bool {
    let door = element.planned.door();
    door != Door::Through && (door != Door::Closed || element.planned.plan().is::<crate::flow::source::SourcePlan>())
}

/// Resolves the nodes that a fleet names and finds its ways.
fn plan_fleet(
    element: ElementIndex,
    plan: &FleetPlan,
    network: u32,
    paths: &Paths,
    planner: &mut Planner<'_>,
) -> FleetInfo {
    let info = &paths.networks[network as usize];
    let names: Vec<&str> = info.nodes.iter().map(|node| &*node.name).collect();
    let mut nodes = |names_of: &[Label]| -> Vec<u32> {
        let mut known = Vec::new();
        for name in names_of {
            let node = planner.one_of("node", name, &names);
            if info.nodes.get(node).is_some_and(|node| !node.stop) {
                let message = format!("vehicles must not stop at node \"{}\"", name.text());
                contradiction_at(
                    planner,
                    name.origin(),
                    message,
                    "expected a node where they may stop",
                    "leave its `stop: false` out, or name another node",
                );
            }
            known.push(node as u32);
        }
        known
    };
    let (start, parking) = (nodes(&plan.start), nodes(&plan.parking));
    let chargers = plan.battery.as_ref().map_or_else(Vec::new, |battery| nodes(&battery.chargers));
    FleetInfo {
        element,
        network,
        vehicles: planner.members_of(element),
        first: info.vehicles.len() as u32,
        ways: [plan.speed, plan.loaded_speed].map(|speed| Ways::find(&info.nodes, &info.segments, speed)),
        start,
        parking,
        chargers,
        feeders: Vec::new(),
    }
}

/// Says of each part type which fleet carries it: the one that names it, or the one that names none.
fn share_types(
    carriers: &mut [Option<u32>],
    fleet: u32,
    carries: &[PartTypeIndex],
    fleets: &[FleetInfo],
    elements: &[Option<PlannedElement>],
    planner: &mut Planner<'_>,
) {
    let is_particular =
        |fleet: &FleetInfo| plan_of::<FleetPlan>(elements, fleet.element).is_some_and(|plan| !plan.carries.is_empty());
    for part_type in (0..carriers.len() as u16).map(PartTypeIndex) {
        if !carries.is_empty() && !carries.contains(&part_type) {
            continue;
        }
        let carrier = &mut carriers[part_type.index()];
        let other = carrier.and_then(|other| fleets.get(other as usize));
        match other {
            Some(other) if is_particular(other) != carries.is_empty() => {
                let message = format!(
                    "parts of type \"{}\" are carried by \"{}\" already",
                    planner.part_type_name(part_type),
                    planner.name_of(other.element)
                );
                let help = "say in `carries` of one of them which types of parts it carries";
                return contradiction(
                    planner,
                    "carries",
                    message,
                    "expected one fleet for each type on a network",
                    help,
                );
            }
            Some(_) if carries.is_empty() => {}
            _ => *carrier = Some(fleet),
        }
    }
}

/// The workplaces at nodes that can send parts to another node.
fn feeders(
    paths: &Paths,
    network: u32,
    elements: &[Option<PlannedElement>],
    planner: &Planner<'_>,
) -> Vec<ElementIndex> {
    let leads_away = |from: ElementIndex| {
        let to = planner.ways().range((from, ElementIndex(0))..=(from, ElementIndex(u32::MAX)));
        let is_elsewhere = |to: ElementIndex| {
            let door = elements.get(to.index()).and_then(Option::as_ref).map(|to| to.planned.door());
            paths.trip(from, to).is_some() || door == Some(Door::Through)
        };
        to.map(|(_, to)| *to).any(is_elsewhere)
    };
    let is_feeder = |(element, plan): &(ElementIndex, &WorkplacePlan)| {
        paths.site(*element).is_some_and(|site| site.network == network)
            && (plan.next.is_none() || leads_away(*element))
    };
    all::<WorkplacePlan>(elements).filter(is_feeder).map(|(element, _)| element).collect()
}

/// Checks that vehicles can get to wherever they have to.
fn check_network(
    paths: &mut Paths,
    number: usize,
    elements: &[Option<PlannedElement>],
    are_all_there: bool,
    planner: &mut Planner<'_>,
) {
    let network = &paths.networks[number];
    let fleets: Vec<&FleetInfo> = paths.fleets.iter().filter(|fleet| fleet.network as usize == number).collect();
    let serving = (0..).zip(&network.nodes).filter(|(_, node)| !node.serves.is_empty()).map(|(node, _)| node);
    let serving: BTreeSet<u32> = serving.collect();
    if fleets.is_empty() {
        // One that could not be read may have been meant to, or one whose network is none.
        let is_lost = |plan: &FleetPlan| !paths.networks.iter().any(|network| network.element == plan.network);
        let may_be_lost = planner.has_lost(Fleet::NAME) || all::<FleetPlan>(elements).any(|(_, plan)| is_lost(plan));
        if serving.len() > 1 && are_all_there && !may_be_lost {
            let origin = planner.origin_of("nodes");
            planner.complain(
                &codes::NO_VEHICLES,
                origin,
                "elements stand at several nodes of this network, and no vehicle drives on it",
                "no part would get from one to another",
                Some(format!("add a fleet: Fleet(network: \"{}\", ...)", planner.name_of(network.element))),
            );
        }
        return;
    }
    for part_type in (0..network.carriers.len() as u16).map(PartTypeIndex) {
        if network.carriers[part_type.index()].is_none() {
            let name = planner.part_type_name(part_type).to_owned();
            let packs = all::<WorkplacePlan>(elements).find(|(_, plan)| plan.container() == Some(part_type));
            let (message, help) = match packs {
                None => (
                    format!("no fleet on this network carries parts of type \"{name}\""),
                    "name the type in the `carries` of a fleet, or let one fleet carry all others by leaving `carries` out"
                        .to_owned(),
                ),
                Some((packer, _)) => (
                    format!(
                        "no fleet on this network carries parts of type \"{name}\", as which \"{}\" sends on what it packs",
                        planner.name_of(packer)
                    ),
                    format!("a batch is a part of its own type, whatever is in it: name \"{name}\" in the `carries` of a fleet"),
                ),
            };
            contradiction(planner, "nodes", message, "they would wait for ever", &help);
            break;
        }
    }
    // Where no vehicle comes to and from is no place for one.
    let is_used = |node: u32| {
        let way = |fleet: &FleetInfo, from: u32, to: u32| fleet.ways[0].time(from, to).is_some();
        let mut starts = fleets.iter().filter_map(|fleet| Some((*fleet, *fleet.start.first()?)));
        starts.any(|(fleet, start)| way(fleet, start, node) && way(fleet, node, start))
    };
    let stops = (0..).zip(&network.nodes).filter(|(number, node)| node.stop && is_used(*number));
    let places: u64 = stops.map(|(_, node)| u64::from(node.capacity)).sum();
    let vehicles = network.vehicles.len() as u64;
    if vehicles >= places {
        let origin = planner.origin_of("nodes");
        planner.complain(
            &codes::TOO_MANY_VEHICLES,
            origin,
            format!("{vehicles} vehicles drive on this network, and {places} can stand on it"),
            "with no place free none of them could ever go on",
            Some("take fewer vehicles, or add nodes where they may stop, or `capacity`".to_owned()),
        );
    }
    for (node, info) in (0..).zip(&network.nodes) {
        let begin = fleets
            .iter()
            .map(|fleet| (0..fleet.vehicles.len()).filter(|number| fleet.start_of(*number) == Some(node)).count());
        let begin: usize = begin.sum();
        if begin > info.capacity as usize {
            let message =
                format!("{begin} vehicles begin at node \"{}\", where {} can stand", info.name, info.capacity);
            contradiction(
                planner,
                "nodes",
                message,
                "expected a place for each",
                "name more nodes in the `start` of the fleet, or give the node a larger `capacity`",
            );
        }
    }
    check_start(network, &fleets, planner);
    for fleet in &fleets {
        let own = [&fleet.start, &fleet.parking, &fleet.chargers].into_iter().flatten().copied();
        let visited: BTreeSet<u32> = serving.iter().copied().chain(own).collect();
        let Some(first) = visited.first().copied() else { continue };
        let cut_off = visited.iter().find_map(|node| {
            let way = |from: u32, to: u32| fleet.ways[0].time(from, to).is_some();
            let cut = if !way(first, *node) {
                (first, *node)
            } else if !way(*node, first) {
                (*node, first)
            } else {
                return None;
            };
            Some(cut)
        });
        if let Some((from, to)) = cut_off {
            let name = |node: u32| &network.nodes[node as usize].name;
            let origin = planner.origin_of("segments");
            planner.complain(
                &codes::NO_WAY_THERE,
                origin,
                format!("no way leads from node \"{}\" to node \"{}\"", name(from), name(to)),
                format!("the vehicles of \"{}\" have to get from each to the other", planner.name_of(fleet.element)),
                Some("add a segment, or let one be `two_way: true`".to_owned()),
            );
            break;
        }
    }
}

/// Checks that no vehicles touch where they begin, and that it is known where nodes are if vehicles have a size.
fn check_start(network: &Network, fleets: &[&FleetInfo], planner: &mut Planner<'_>) {
    if network.footprint.is_none() {
        return;
    }
    let mut places: Vec<([i64; 2], &str)> =
        network.nodes[..network.named].iter().map(|node| (node.place_nm, &*node.name)).collect();
    places.sort_unstable();
    if let Some([(_, one), (_, other)]) = places.array_windows().find(|[one, other]| one.0 == other.0) {
        let message = format!("node \"{one}\" and node \"{other}\" are in the same place");
        let help = "give each node its `x` and `y`, or leave `length` and `width` of the fleets out";
        return contradiction(planner, "nodes", message, "where vehicles have a size it counts where nodes are", help);
    }
    // A straight line is rounded to a nanometre, and may be written down rounded to a millimetre.
    let is_short = |segment: &u32| {
        network.segments[*segment as usize].length.as_nanometres() < network.straight_nm(*segment) - 1_000_000
    };
    if let Some(segment) = (0..network.segments.len() as u32).find(is_short) {
        let cell = network.cell_in_words(network.segment_cell(segment));
        let straight = network.straight_nm(segment) as f64 / 1e9;
        let message =
            format!("{cell} is shorter than the straight line between its nodes, which are {straight} m apart");
        let help = "give it that `length` or more, or its nodes other places";
        return contradiction(
            planner,
            "segments",
            message,
            "where vehicles have a size it counts where nodes are",
            help,
        );
    }
    let begin = fleets.iter().flat_map(|fleet| (0..fleet.vehicles.len()).filter_map(|number| fleet.start_of(number)));
    let begin: BTreeSet<u32> = begin.collect();
    let touching = begin.iter().find_map(|node| {
        let others = network.interlocked(network.node_cell(*node));
        let other = others.iter().find(|other| begin.contains(&other.0) && (other.0 as usize) < network.nodes.len())?;
        Some((*node, other.0))
    });
    if let Some((one, other)) = touching {
        let name = |node: u32| &network.nodes[node as usize].name;
        let Footprint { length, width } = network.footprint;
        let metres = |length: Length| length.as_nanometres() as f64 / 1e9;
        let origin = planner.origin_of("nodes");
        planner.complain(
            &codes::VEHICLES_TOUCH,
            origin,
            format!("vehicles that begin at node \"{}\" and at node \"{}\" collide", name(one), name(other)),
            format!("the largest on this network is {} m long and {} m wide", metres(length), metres(width)),
            Some("put the nodes further apart, or name others in the `start` of the fleet".to_owned()),
        );
    }
}

impl FleetInfo {
    /// The node at which a vehicle begins, by its number from 0.
    #[must_use]
    pub(crate) fn start_of(&self, vehicle: usize) -> Option<u32> {
        self.start.get(vehicle % self.start.len().max(1)).copied()
    }
}
