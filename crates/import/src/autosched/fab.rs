//! A fab as the files describe it, each thing with the place where it stands.

use plant::description::Origin;

use super::decimal::Decimal;
use super::time::{Law, Span};

/// Everything that is read.
#[derive(Debug, Default)]
pub(super) struct Fab {
    pub families: Vec<Family>,
    pub breakdowns: Vec<Breakdown>,
    pub maintenance: Vec<Maintenance>,
    pub changeovers: Vec<Changeover>,
    pub minimum_runs: Vec<MinimumRun>,
    pub ways: Vec<Way>,
    pub routes: Vec<Route>,
    pub orders: Vec<Order>,
    pub lots: Vec<Lot>,
}

/// A name, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub text: String,
    pub origin: Origin,
}

/// A station family: tools that do the same.
#[derive(Debug)]
pub(super) struct Family {
    pub name: Name,
    pub tools: u32,
    /// The group that breaks down alike.
    pub group: String,
    pub place: String,
    pub setup_group: Option<Name>,
    /// The dispatching rules, as the format calls them.
    pub ranks: Vec<Rank>,
    pub load: Span,
    pub unload: Span,
    /// How many lots a tool takes in at once, one of which it works on.
    pub ports: u32,
}

/// A rule by which lots are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    Priority,
    Setup,
    Fifo,
}

#[derive(Debug)]
pub(super) struct Breakdown {
    pub target: Target,
    pub is_by_calendar: bool,
    pub between: Law,
    pub duration: Law,
}

/// What an attachment is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Family(String),
    Group(String),
}

#[derive(Debug)]
pub(super) struct Maintenance {
    pub target: Target,
    pub name: String,
    pub due: Due,
    pub duration: Law,
}

/// When maintenance is due: how often, and when first.
#[derive(Debug)]
pub(super) enum Due {
    Calendar(Span, Span),
    Pieces(u32, u32),
}

#[derive(Debug)]
pub(super) struct Changeover {
    /// From any where there is none.
    pub from: Option<String>,
    pub to: String,
    pub time: Span,
}

#[derive(Debug)]
pub(super) struct MinimumRun {
    pub group: String,
    pub jobs: u32,
    pub origin: Origin,
}

/// How long lots take from one place to another.
#[derive(Debug)]
pub(super) struct Way {
    pub from: String,
    pub to: String,
    pub time: Law,
}

#[derive(Debug)]
pub(super) struct Route {
    pub name: String,
    pub steps: Vec<Step>,
}

#[derive(Debug)]
pub(super) struct Step {
    pub number: Name,
    /// What people call it; one of a kind in its route.
    pub name: String,
    pub family: Name,
    pub time: Law,
    pub per: Per,
    pub interval: Option<Span>,
    /// Wafers that go in together, at least and at most.
    pub batch: Option<(u32, u32)>,
    pub setup: Option<String>,
    pub setup_time: Option<Span>,
    /// The step that is done by the tool of this one.
    pub saves_for: Option<Name>,
    pub sampled: Option<Decimal>,
    pub rework: Option<(Decimal, Name)>,
    pub queue_time: Option<(Span, Name)>,
}

/// For what a process time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Per {
    Lot,
    Piece,
    Batch,
}

/// Lots that are started again and again.
#[derive(Debug)]
pub(super) struct Order {
    pub name: Name,
    pub product: Product,
    /// Seconds since 1970.
    pub start: i64,
    pub due: i64,
    pub every: Option<Span>,
    pub times: u32,
    pub lots: u32,
}

/// What is made, and how urgently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Product {
    pub part: String,
    pub route: String,
    pub priority: u32,
    pub pieces: u32,
}

/// A lot that is in the fab at the beginning.
#[derive(Debug)]
pub(super) struct Lot {
    pub product: Product,
    pub start: i64,
    pub due: i64,
    /// The number of the step that is next.
    pub step: Name,
}
