//! Work: the one mechanism behind stations, assemblies, disassemblies, batches and unbatches.
//!
//! A workplace has places; each place runs one job at a time through the same phases: taking parts in, waiting
//! for a crew, setup, processing, and letting the result leave (blocking after service). Kinds differ only in
//! what a job takes in ([`Intake`]) and what it lets out ([`Release`]); failures, calendars, energy, quality,
//! setup and staffing act here once for all of them.

mod audit;
mod energy;
mod follow;
mod handlers;
mod intake;
mod job;
mod kit;
mod load;
mod motion;
mod overlap;
mod plan;
mod release;
mod scheduled;
pub(crate) mod straight;
mod technology;
mod tool;

pub(crate) use handlers::made_of_work;
pub(crate) use kit::Selection;
pub use plan::WorkplacePlan;
pub(crate) use plan::{Intake, Release};

use bevy_ecs::component::Component;
use kernel::{EventId, SimDuration, SimTime, Stream, TimeWeighted};

use crate::availability::failure;
use crate::availability::maintenance;
use crate::control::dispatching::PartQueue;
use crate::control::likeness::QueueByLikeness;
use crate::control::process_time::{OperationTime, Pace, ProcessPlan};
use crate::element::{ElementIndex, Resumption};
use crate::floor::{Floor, Happening};
use crate::part::{PartId, PartTypeIndex};
use crate::process::Particulars;
use crate::report::Figures;
use crate::state::{ActivePeriods, State};
use crate::unit::Unit;
use job::{Job, PHASES, Phase};
use technology::LEG_TIMER;

/// Timer number of the longest wait for a batch to fill. All numbers smaller than these two and that of legs are places.
const BATCH_TIMER: u32 = u32::MAX;
/// Timer number of the time of the next operation of a schedule.
const SCHEDULE_TIMER: u32 = u32::MAX - 1;

/// What a run changes at a workplace, what a usual job touches first (as in [`crate::unit::Unit`]).
#[derive(Debug, Clone, PartialEq, Component)]
#[repr(C, align(64))]
pub struct Workplace {
    process: Stream,
    /// How many times as long as planned work takes: 1 but in futures of a plant that is followed.
    slowness: f64,
    /// Mean of the process-time law where there is one for all parts, which have no say in how long they take.
    mean_for_all: Option<SimDuration>,
    /// Where a job on the straight way hands its part on to, if that is one element.
    onward: Option<ElementIndex>,
    /// The first place. Most workplaces have no other.
    first: Job,
    phases: [u32; PHASES],
    /// Whether usual jobs may take the straight way, so that this need not be worked out for each.
    straight: bool,
    /// Whether the next job may begin while earlier ones are inside, so that this need not be worked out for each.
    overlaps: bool,
    /// Whether a schedule says what is done here, so that this need not be looked up for each job.
    scheduled: bool,
    batch_overdue: bool,
    busy: TimeWeighted,
    /// Further places, and room for jobs that are inside and hold none.
    further: Vec<Job>,
    /// The lines of a bill; whatever takes parts in one line keeps them in [`crate::unit::Unit::line`], or in lines of what is alike
    /// where each choice asks something of those that wait.
    lines: Vec<PartQueue>,
    alike: Option<Box<QueueByLikeness>>,
    /// Means of the process-time laws of the present plan.
    means: Vec<SimDuration>,
    batch_timer: Option<EventId>,
    /// How many of the process times that are taken in turn are gone in the present round.
    turn: u32,
    /// Of the time before which nothing may begin.
    schedule_timer: Option<EventId>,
    /// Of loads, and of a technology, where there are such.
    particulars: Option<Box<Particulars>>,
}
kernel::persist!(struct Workplace { process, slowness, mean_for_all, onward, first, phases, straight, overlaps, batch_overdue, further, lines, alike, means, busy, batch_timer, turn, scheduled, schedule_timer, particulars });

/// A workplace while its handlers run.
#[derive(Debug)]
pub(crate) struct Work<'a> {
    pub me: ElementIndex,
    pub plan: &'a WorkplacePlan,
    pub state: &'a mut Workplace,
}

/// An element that is made of work, among the views of a slice: its workplace lies in [`Floor::works`], where the straight
/// way reaches it from any other.
#[derive(Debug)]
pub(crate) struct AtWork(pub ElementIndex);

impl Workplace {
    fn jobs(&self) -> impl Iterator<Item = &Job> {
        std::iter::once(&self.first).chain(&self.further)
    }

    fn jobs_mut(&mut self) -> impl Iterator<Item = &mut Job> {
        std::iter::once(&mut self.first).chain(&mut self.further)
    }

    fn job(&self, place: usize) -> &Job {
        if place == 0 { &self.first } else { &self.further[place - 1] }
    }

    fn job_mut(&mut self, place: usize) -> &mut Job {
        if place == 0 { &mut self.first } else { &mut self.further[place - 1] }
    }

    /// Room for jobs, whether they hold a place or not.
    fn place_count(&self) -> usize {
        1 + self.further.len()
    }

    #[inline]
    fn turn(&mut self, place: usize, phase: Phase) {
        let job = if place == 0 { &mut self.first } else { &mut self.further[place - 1] };
        job.turn(&mut self.phases, phase);
    }

    /// The parts that wait in one line, or with their like, at `unit`, to which this belongs.
    fn waiting<'a>(&'a self, unit: &'a Unit) -> impl Iterator<Item = PartId> + 'a {
        unit.line.iter().chain(self.alike.iter().flat_map(|alike| alike.iter()))
    }

    /// When the first of the jobs under way will be done.
    pub(crate) fn done_at(&self) -> Option<SimTime> {
        self.jobs().filter(|job| job.phase == Phase::Working && job.timer.is_some()).map(|job| job.ends).min()
    }

    pub(crate) fn reset_statistics(&mut self, plan: &WorkplacePlan, now: SimTime) {
        self.busy.reset(now);
        if let Some(particulars) = &mut self.particulars {
            particulars.reset_statistics(plan.technology.as_deref(), now);
        }
    }

    pub(crate) fn figures(&self, plan: &WorkplacePlan, figures: &mut Figures<'_>) {
        if plan.places > 1 || self.overlaps {
            figures.number("busy places", self.busy.mean(figures.now()));
        }
        for (name, value, unit) in &plan.figures {
            figures.quantity(name, *value, *unit);
        }
        if let Some(particulars) = &self.particulars {
            particulars.figures(plan.takes_loads(), plan.technology.as_deref(), figures);
        }
        let (lacking, lines) = self.lacking(plan);
        if lacking.len() < lines {
            figures.waits_for(&lacking);
        }
    }

    /// The part types of the lines of a bill that hold too little for a job which could begin, and how many lines there are.
    fn lacking(&self, plan: &WorkplacePlan) -> (Vec<PartTypeIndex>, usize) {
        let Intake::Bill { lines, selections, .. } = &plan.intake else { return (Vec::new(), 0) };
        if self.phases[Phase::Empty as usize] == 0 {
            return (Vec::new(), 0);
        }
        // What is chosen may pass a line over.
        let is_always_needed = |line: usize| selections.get(line).is_none_or(|selection| !selection.is_any());
        let short = |line: &usize| is_always_needed(*line) && self.lines[*line].len() < lines[*line].1 as usize;
        ((0..lines.len()).filter(short).map(|line| lines[line].0).collect(), lines.len())
    }
}

impl Work<'_> {
    /// The run begins, or the plan has changed: says how parts that come in line up.
    pub(crate) fn open_line(&mut self, floor: &mut Floor<'_>) {
        // A place that was given up may still hold a job.
        self.state.overlaps = self.plan.overlaps(self.me, floor.model()) || self.state.jobs().any(|job| job.is_inside);
        self.state.scheduled = floor.is_scheduled(self.me);
        self.state.straight = !self.state.scheduled
            && self.state.further.is_empty()
            && !self.state.overlaps
            && self.plan.goes_straight_on(self.me, floor);
        let by_likeness = self.plan.lines_up_by_likeness(self.me, floor);
        let unit = floor.unit_mut(self.me);
        unit.lines_up = self.plan.lines_up_by_arrival() && !by_likeness;
        unit.hears_arrivals = true;
        unit.departs_straight = self.state.straight;
        let one_law = matches!(self.plan.process, ProcessPlan::Same(_));
        let same_for_all = one_law && floor.model().routings.is_empty();
        self.state.mean_for_all = self.state.means.first().copied().filter(|_| same_for_all);
        let is_another = |next: &ElementIndex| *next != self.me && floor.has_own_gate(*next);
        self.state.onward = self.plan.next.filter(|next| self.state.straight && is_another(next));
        if self.state.alike.is_some() != by_likeness {
            self.line_up_anew(floor, by_likeness);
        }
    }

    /// A part has come in.
    #[inline]
    pub(crate) fn arrive(&mut self, floor: &mut Floor<'_>, part: PartId) {
        if self.state.straight {
            self.arrive_straight(floor);
            return;
        }
        if !floor.unit(self.me).lines_up {
            self.line_up(floor, part);
        }
        if self.has_empty_place() {
            floor.request_dispatch(self.me);
        }
    }

    #[inline(always)]
    fn has_empty_place(&self) -> bool {
        self.state.phases[Phase::Empty as usize] > 0
    }

    /// Begins as many jobs as there are places and parts for.
    #[inline]
    pub(crate) fn dispatch(&mut self, floor: &mut Floor<'_>) {
        if self.state.straight {
            self.begin_straight(floor);
        } else {
            self.begin_by_choice(floor);
        }
    }

    #[inline(never)]
    fn begin_by_choice(&mut self, floor: &mut Floor<'_>) {
        let takes = floor.unit(self.me).has.fluid;
        if takes {
            self.discharge(floor);
        }
        let told = floor.unit(self.me).told.starts;
        if told {
            floor.wait_no_more(self.me);
        } else {
            self.begin_jobs(floor);
        }
        if self.plan.group.is_some() && floor.can_take(self.me) {
            return self.ask_for_work(floor);
        }
        if takes {
            let lacks = !told && self.has_empty_place() && self.is_ready(floor) && !floor.has_material(self.me);
            floor.set_lacks(self.me, lacks);
        }
        self.watch_longest_wait(floor);
        // With every place taken there is nothing to choose; the next one to fall empty asks for a dispatch.
        let has_empty_place = self.has_empty_place();
        let unit = floor.unit_mut(self.me);
        unit.hears_arrivals = has_empty_place | !unit.lines_up;
        self.refresh(floor);
    }

    fn begin_jobs(&mut self, floor: &mut Floor<'_>) {
        let has = floor.unit(self.me).has;
        let mut has_begun = false;
        while self.has_empty_place() && self.is_ready(floor) && (!has.fluid || floor.has_material(self.me)) {
            // The power that it has been given is for all its places: the first does not make the next stand behind others.
            let may_begin = if has_begun { floor.unit(self.me).is_open() } else { floor.may_begin(self.me) };
            if !may_begin {
                return;
            }
            has_begun = true;
            let place = self.state.room_for_job();
            let Some(part) = self.take_in(floor, place) else { break };
            self.begin_job(floor, place, part);
        }
        // It has nothing to begin with, and keeps nobody waiting for power.
        if has.energy {
            floor.wait_no_more(self.me);
        }
    }

    #[inline(always)]
    fn begin_job(&mut self, floor: &mut Floor<'_>, place: usize, part: PartId) {
        floor.record_event(self.me, Happening::Started(part.serial()));
        for (part, _) in self.state.job(place).leaving.iter().rev() {
            floor.record_event(self.me, Happening::Started(part.serial()));
        }
        let has = floor.unit(self.me).has;
        if has.fluid {
            floor.take_material(self.me);
        }
        self.state.job_mut(place).part = Some(part);
        if has.setup | has.staffing {
            self.prepare(floor, place, part);
        } else {
            self.begin_work(floor, place);
        }
    }

    /// Sets the unit up for `part` if it has to be, and then calls the crew.
    #[inline(never)]
    fn prepare(&mut self, floor: &mut Floor<'_>, place: usize, part: PartId) {
        match self.changeover(floor, part) {
            Some(duration) => self.change_over(floor, place, duration),
            None => self.call_crew(floor, place),
        }
    }

    /// How long the unit has to be set up for `part`; `None` if it is ready for it.
    fn changeover(&mut self, floor: &mut Floor<'_>, part: PartId) -> Option<SimDuration> {
        let Floor { shop, facets, .. } = floor;
        let (plan, state) = facets[self.me.index()].setup.as_mut()?;
        plan.begin(state, plan.need(self.me, &shop.parts, part, &shop.model))
    }

    /// Asks for whoever the changeover needs, and begins it when they are there.
    #[inline(never)]
    fn change_over(&mut self, floor: &mut Floor<'_>, place: usize, duration: SimDuration) {
        self.state.job_mut(place).duration = duration;
        if self.seize_crew(floor, place, true) {
            self.begin_setup(floor, place);
        } else {
            self.state.turn(place, Phase::WaitingForSetupCrew);
        }
    }

    fn begin_setup(&mut self, floor: &mut Floor<'_>, place: usize) {
        self.state.turn(place, Phase::Setup);
        self.state.job_mut(place).run(floor, self.me, place);
    }

    /// Asks for whoever processing needs, and begins when they are there.
    fn call_crew(&mut self, floor: &mut Floor<'_>, place: usize) {
        if !floor.unit(self.me).has.staffing || self.seize_crew(floor, place, false) {
            self.begin_work(floor, place);
        } else {
            self.state.turn(place, Phase::WaitingForCrew);
        }
    }

    #[inline(never)]
    fn seize_crew(&mut self, floor: &mut Floor<'_>, place: usize, setup: bool) -> bool {
        let Some((staffing, _)) = floor.facets[self.me.index()].staffing.as_ref() else { return true };
        let needs = if setup { staffing.setup.clone() } else { staffing.processing.clone() };
        let priority = staffing.priority;
        needs.is_empty() || floor.seize(self.me, place as u32, &needs, priority)
    }

    #[inline(always)]
    fn begin_work(&mut self, floor: &mut Floor<'_>, place: usize) {
        let Some(part) = self.state.job(place).part else { return };
        let time = match &self.plan.technology {
            Some(technology) if technology.sets_times() => self.begin_by_technology(floor, place),
            _ => self.draw_time(floor, place, part),
        };
        let Some(time) = time else { return floor.shop.fail_for_want_of_time(self.me, part) };
        let time = self.plan.tempo.handled(time).slowed(self.state.slowness);
        self.state.turn(place, Phase::Working);
        let job = self.state.job_mut(place);
        job.planned = match self.plan.places {
            1 => time.planned,
            places => SimDuration::from_nanos(time.planned.as_nanos() / i64::from(places)),
        };
        job.duration = time.drawn;
        job.ahead = time.ahead;
        job.run(floor, self.me, place);
        self.record_motion(floor);
    }

    /// How long work on `part` at `place` takes, by the law that says so; `None` where none does.
    #[inline(always)]
    fn draw_time(&mut self, floor: &Floor<'_>, place: usize, part: PartId) -> Option<OperationTime> {
        if !self.state.job(place).leaving.is_empty() {
            return self.draw_time_of_load(floor, place);
        }
        let named = self.named();
        let shop = &floor.shop;
        let Workplace { process, means, turn, .. } = &mut *self.state;
        let pace = Pace { means, turn, stream: process };
        let own = self.plan.tempo.cadence;
        let (time, cadence) =
            self.plan.process.operation(&shop.model, &shop.parts, &shop.parts[part], named, own, pace)?;
        Some(if cadence.is_plain() { time } else { cadence.job(time, self.size(floor, place)) })
    }

    /// The crew that a place waited for is there.
    pub(crate) fn granted(&mut self, floor: &mut Floor<'_>, ticket: u32) {
        self.crew_has_come(floor, ticket as usize);
        self.refresh(floor);
    }

    fn crew_has_come(&mut self, floor: &mut Floor<'_>, place: usize) {
        let interrupted = std::mem::take(&mut self.state.job_mut(place).is_interrupted);
        match self.state.job(place).phase {
            Phase::WaitingForSetupCrew if interrupted => self.state.turn(place, Phase::Setup),
            Phase::WaitingForCrew if interrupted => self.state.turn(place, Phase::Working),
            Phase::WaitingForSetupCrew => return self.begin_setup(floor, place),
            Phase::WaitingForCrew => return self.begin_work(floor, place),
            _ => return,
        }
        self.go_on(floor, place);
        self.record_motion(floor);
    }

    /// A timer has run out: a setup or an operation is finished, or a batch has waited long enough.
    pub(crate) fn timer(&mut self, floor: &mut Floor<'_>, timer: u32) {
        let place = timer as usize;
        if timer == BATCH_TIMER {
            self.batch_waited(floor);
        } else if timer == SCHEDULE_TIMER {
            self.state.schedule_timer = None;
            floor.request_dispatch(self.me);
        } else if timer == LEG_TIMER {
            self.begin_leg(floor);
        } else if matches!(self.state.job(place).phase, Phase::Working | Phase::Outside) {
            if self.state.job(place).makes_way() {
                return self.make_way(floor, place);
            }
            if floor.unit(self.me).told.finishes {
                return self.wait_to_be_told(place);
            }
            self.finish(floor, place);
        } else {
            self.setup_finished(floor, place);
        }
    }

    #[inline(never)]
    fn setup_finished(&mut self, floor: &mut Floor<'_>, place: usize) {
        self.state.job_mut(place).timer = None;
        if floor.unit(self.me).has.staffing {
            floor.release(self.me, place as u32);
        }
        self.call_crew(floor, place);
        if self.has_empty_place() {
            // Nothing else begins while the unit is set up.
            floor.request_dispatch(self.me);
        }
        self.refresh(floor);
    }

    #[cold]
    fn batch_waited(&mut self, floor: &mut Floor<'_>) {
        self.state.batch_timer = None;
        // Of loads each part knows how long it has waited.
        self.state.batch_overdue = !self.plan.takes_loads();
        floor.request_dispatch(self.me);
    }

    #[inline(always)]
    fn finish(&mut self, floor: &mut Floor<'_>, place: usize) {
        let was_outside = self.state.job(place).phase == Phase::Outside;
        self.state.turn(place, Phase::Leaving);
        let job = self.state.job_mut(place);
        let Some(part) = job.part else { return };
        job.timer = None;
        job.destination = self.plan.next;
        if self.plan.technology.is_some() {
            self.end_by_technology(floor, place);
        }
        floor.record_event(self.me, Happening::Finished(part.serial()));
        let job = self.state.job(place);
        let reworks = floor.parts()[part].reworks;
        let unit = floor.unit_mut(self.me);
        let has = unit.has;
        unit.count_operation(reworks, job.planned);
        if !job.leaving.is_empty() {
            self.finish_companions(floor, place);
        }
        if has.energy {
            self.draw_per_part(floor, place);
        }
        let pieces = if has.maintenance { self.job_pieces(floor, place) } else { 0 };
        if has.staffing && !was_outside {
            floor.release(self.me, place as u32);
        }
        if has.fluid && !floor.give_material(self.me) {
            self.state.turn(place, Phase::Discharging);
            self.refresh(floor);
        } else {
            self.release(floor, place, part, has.quality);
        }
        if has.failures {
            failure::operation_finished(floor, self.me);
        }
        if has.maintenance {
            maintenance::operation_finished(floor, self.me, pieces);
        }
        floor.changed(self.me);
    }

    /// Lets the jobs go on whose parts could not leave before what they give into tanks had room there.
    #[inline(never)]
    fn discharge(&mut self, floor: &mut Floor<'_>) {
        while self.state.phases[Phase::Discharging as usize] > 0 {
            let place = self.state.jobs().position(|job| job.phase == Phase::Discharging);
            let Some((place, part)) = place.and_then(|place| Some((place, self.state.job(place).part?))) else {
                return;
            };
            if !floor.give_material(self.me) {
                return;
            }
            self.state.turn(place, Phase::Leaving);
            let judged = floor.unit(self.me).has.quality;
            self.release(floor, place, part, judged);
        }
    }

    /// Work stands still from now on. Nobody waits beside a machine that does not run: crews are let go, and may come back
    /// to repair it.
    pub(crate) fn halt(&mut self, floor: &mut Floor<'_>) {
        let now = floor.now();
        let staffed = floor.unit(self.me).has.staffing;
        for (place, job) in self.state.jobs_mut().enumerate().filter(|(_, job)| job.phase != Phase::Outside) {
            if let Some(timer) = job.timer.take() {
                floor.cancel(timer);
                job.left = job.ends - now;
            }
            if staffed && !matches!(job.phase, Phase::Empty | Phase::Leaving | Phase::Discharging) {
                job.is_deserted = true;
                floor.release(self.me, place as u32);
            }
        }
        self.interrupt_technology(floor);
        self.record_motion(floor);
        self.refresh(floor);
    }

    /// Work goes on, begins again, or is given up with its part.
    pub(crate) fn proceed(&mut self, floor: &mut Floor<'_>, resumption: Resumption) {
        self.resume_technology(resumption);
        for place in 0..self.state.place_count() {
            let job = self.state.job_mut(place);
            let deserted = std::mem::take(&mut job.is_deserted);
            if job.is_interrupted && resumption == Resumption::Restart {
                job.left = job.duration;
            }
            match job.phase {
                // Its work had begun before the first interruption.
                Phase::WaitingForSetupCrew | Phase::WaitingForCrew
                    if job.is_interrupted && resumption == Resumption::Scrap =>
                {
                    job.is_interrupted = false;
                    self.give_up(floor, place);
                }
                Phase::WaitingForSetupCrew | Phase::WaitingForCrew if deserted => {
                    self.call_back(floor, place);
                }
                Phase::Setup | Phase::Working if job.timer.is_none() => match resumption {
                    Resumption::Scrap => self.give_up(floor, place),
                    Resumption::Resume | Resumption::Restart => {
                        if resumption == Resumption::Restart {
                            job.left = job.duration;
                        }
                        if deserted {
                            let waits = if job.phase == Phase::Setup {
                                Phase::WaitingForSetupCrew
                            } else {
                                Phase::WaitingForCrew
                            };
                            job.is_interrupted = true;
                            self.state.turn(place, waits);
                            self.call_back(floor, place);
                        } else {
                            self.go_on(floor, place);
                        }
                    }
                },
                _ => {}
            }
        }
        self.record_motion(floor);
        self.refresh(floor);
    }

    /// Asks anew for the crew that a place waits for.
    #[inline(never)]
    fn call_back(&mut self, floor: &mut Floor<'_>, place: usize) {
        let for_setup = self.state.job(place).phase == Phase::WaitingForSetupCrew;
        if self.seize_crew(floor, place, for_setup) {
            self.crew_has_come(floor, place);
        }
    }

    /// The part in a place is scrapped before its work is done.
    fn give_up(&mut self, floor: &mut Floor<'_>, place: usize) {
        if floor.facets[self.me.index()].staffing.is_some() {
            floor.release(self.me, place as u32);
        }
        self.end_by_technology(floor, place);
        let job = self.state.job_mut(place);
        job.sent_for = 0;
        let companions = std::mem::take(&mut job.leaving).into_iter().map(|(part, _)| part);
        for part in job.part.take().into_iter().chain(companions) {
            floor.scrap(self.me, part);
        }
        self.end_job(floor, place);
    }

    /// The place is empty again and lets the next parts in.
    #[inline(always)]
    pub(crate) fn end_job(&mut self, floor: &mut Floor<'_>, place: usize) {
        self.state.turn(place, Phase::Empty);
        let job = self.state.job_mut(place);
        job.part = None;
        job.ahead = SimDuration::ZERO;
        let is_inside = std::mem::take(&mut job.is_inside);
        if is_inside || !self.state.further.is_empty() {
            // It held no place, or one that is not there any more since their number was lowered.
            self.state.count_free_places(self.plan);
        }
        match &self.plan.intake {
            Intake::One if is_inside => {}
            Intake::One => floor.free_own_place(self.me),
            _ => self.state.job_mut(place).free_entries(floor, self.me),
        }
        if is_inside {
            // Whoever gives work has known for long that the place is free.
            self.refresh(floor);
        }
        self.ask_for_work(floor);
    }

    /// The plan has changed under a run: more or fewer places, another capacity.
    pub(crate) fn follow(&mut self, floor: &mut Floor<'_>, before: &WorkplacePlan) {
        self.state.means = self.plan.process.means();
        self.open_line(floor);
        while self.state.place_count() < self.plan.places as usize {
            self.state.further.push(Job::new());
        }
        self.state.count_free_places(self.plan);
        if self.plan.takes_loads()
            && let Some(timer) = self.state.batch_timer.take()
        {
            // The longest wait may be another; choosing sets it anew.
            floor.cancel(timer);
        }
        if self.plan.rule != before.rule || self.plan.process != before.process || self.plan.tempo != before.tempo {
            self.line_up_anew(floor, self.state.alike.is_some());
        }
        floor.change_door(self.me, &before.door(), &self.plan.door());
        floor.request_dispatch(self.me);
    }

    #[inline(never)]
    fn note_parallel_work(&mut self, floor: &mut Floor<'_>) {
        self.count_busy(floor);
        if self.plan.places > 1 || floor.unit(self.me).full.is_some() {
            self.note_full(floor);
        }
    }

    /// Counts the places in which work goes on; none while it stands still.
    fn count_busy(&mut self, floor: &Floor<'_>) {
        let halted = floor.unit(self.me).is_halted();
        let working = i64::from(if halted { 0 } else { self.state.places_at_work(Phase::Working) });
        if working != self.state.busy.level() {
            self.state.busy.set(floor.now(), working);
        }
    }

    /// Brings the unit's state in line with what the places are doing.
    #[inline(always)]
    fn refresh(&mut self, floor: &mut Floor<'_>) {
        let some = |phase: Phase| self.state.phases[phase as usize] > 0;
        let operation = if some(Phase::Working) {
            State::Processing
        } else if some(Phase::Setup) {
            State::Setup
        } else if some(Phase::WaitingForCrew) || some(Phase::WaitingForSetupCrew) {
            State::WaitingForOperator
        } else if some(Phase::Leaving) || some(Phase::Discharging) {
            State::Blocked
        } else if (floor.unit(self.me).has.fluid && floor.lacks_material(self.me))
            || (floor.unit(self.me).has.energy && floor.waits_for_power(self.me))
        {
            State::WaitingForMaterial
        } else {
            State::Starved
        };
        if floor.unit(self.me).has.energy {
            self.tell_products(floor);
            // While it is down its state does not change with it; that power is kept for it does.
            if floor.unit(self.me).is_halted() && floor.unit(self.me).operation != operation {
                floor.look_at_peak();
            }
        }
        floor.set_operation(self.me, operation);
        if !self.state.further.is_empty() || self.state.overlaps {
            self.note_parallel_work(floor);
        }
    }

    /// Keeps the periods in which all places are at work: only then do parallel places hold the plant up.
    fn note_full(&mut self, floor: &mut Floor<'_>) {
        let now = floor.now();
        let at_work = self.state.places_at_work(Phase::Working) + self.state.places_at_work(Phase::Setup);
        let unit = floor.unit_mut(self.me);
        let idle = matches!(unit.effective_state(), State::OffShift | State::WaitingForOperator);
        let full = unit.down.is_some() || (at_work >= self.plan.places && !idle);
        unit.full.get_or_insert_with(|| ActivePeriods::new(now, false)).set(now, full);
    }
}
