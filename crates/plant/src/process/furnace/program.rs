//! The programs of a furnace: what a scenario says of them, and whether the furnace can do it.

use kernel::SimDuration;

use super::course::{FurnacePlan, Heating, Program, Segment};
use crate::codes;
use crate::description::{HeatingRate, Name, Power, Temperature, describe};
use crate::plan::Planner;

describe! {
    /// A segment of the program of a furnace.
    pub enum FurnaceSegment {
        /// It is brought to a temperature: heated, at a rate or with a power; one that is hotter cools by itself until it is
        /// there.
        Heat {
            /// The temperature.
            to: Temperature,
            /// At that rate, with as much power as that takes.
            rate: Option<HeatingRate> = None,
            /// With that power, for as long as it takes; needs `holding`.
            power: Option<Power> = None,
        },
        /// It is held at the temperature where it is.
        Hold(
            /// So long.
            time: SimDuration,
        ),
        /// It cools until it is no hotter than that: by itself, or at a rate.
        Cool {
            /// The temperature.
            to: Temperature,
            /// At that rate (with fans, say).
            rate: Option<HeatingRate> = None,
        },
    }
}

describe! {
    /// A program of a furnace.
    pub struct FurnaceProgram {
        /// What happens, one after the other; the first one heats.
        segments: Vec<FurnaceSegment>,
        /// The part types that need it, `"*"` for all that are named nowhere else. A part whose routing gives a `recipe` for the
        /// step that is done here needs the program of that name, whatever its type.
        part_types: Vec<Name> = Vec::new(),
        /// What it is done under, in a word: "vacuum", "nitrogen, 6 bar". Nothing is computed from it.
        atmosphere: String = String::new(),
    }
}

/// Resolves the programs into `plan`, which knows the furnace.
pub(super) fn plan(programs: &[(Name, FurnaceProgram)], plan: &mut FurnacePlan, planner: &mut Planner<'_>) {
    if programs.is_empty() {
        let origin = planner.origin_of("programs");
        planner.complain(
            &codes::CONTRADICTION,
            origin,
            "this furnace has no programs",
            "nothing would ever be heated",
            Some(r#"write `programs: {"hardening": (segments: [...], part_types: ["*"])}`"#.to_owned()),
        );
    }
    let mut others = None;
    plan.by_type = vec![None; planner.part_type_count()];
    for (number, (name, program)) in (0..).zip(programs.iter()) {
        let segments = segments(name, program, plan, planner);
        plan.programs.push(Program {
            name: name.text().into(),
            atmosphere: program.atmosphere.as_str().into(),
            segments,
        });
        if program.part_types.is_empty() && !planner.has_recipe(name.text()) {
            wrong(
                name,
                "is needed by nothing: it names no part types, and no step of a routing has that `recipe`",
                "give it `part_types`, or give a step of a routing a `recipe` of this name",
                planner,
            );
        }
        for part_type in &program.part_types {
            let place = match part_type.text() {
                "*" => Some(&mut others),
                _ => {
                    let index = planner.part_type(part_type).index();
                    plan.by_type.get_mut(index)
                }
            };
            let is_taken = place.is_some_and(|place| place.replace(number).is_some());
            if is_taken {
                let message = format!("also names \"{}\", which another program names", part_type.text());
                wrong(name, &message, "name each part type in one program", planner);
            }
        }
    }
    plan.by_type.iter_mut().for_each(|program| *program = program.or(others));
}

fn wrong(name: &Name, message: &str, help: &str, planner: &mut Planner<'_>) {
    let message = format!("program \"{}\" {message}", name.text());
    planner.complain(&codes::CONTRADICTION, name.origin(), message, "in this program", Some(help.to_owned()));
}

/// The segments resolved, with what each holds at and how it would be heated up again.
fn segments(name: &Name, program: &FurnaceProgram, plan: &FurnacePlan, planner: &mut Planner<'_>) -> Vec<Segment> {
    let mut resolved = Vec::with_capacity(program.segments.len());
    let mut reached: Option<(f64, Heating)> = None;
    for segment in &program.segments {
        match segment {
            FurnaceSegment::Heat { to, rate, power } => {
                let (to_c, heating) = (to.as_celsius(), heating(name, *to, (*rate, *power), plan, planner));
                if to_c <= plan.ambient_c {
                    let message = format!("heats to {to_c} degC, which is no hotter than what is around the furnace");
                    wrong(name, &message, "heat above `ambient`", planner);
                }
                reached = Some((to_c, heating));
                resolved.push(Segment::Heat { to_c, heating });
            }
            FurnaceSegment::Hold(time) => match reached {
                Some((at_c, heating)) => resolved.push(Segment::Hold { time: *time, at_c, heating }),
                None => wrong(name, "holds before it has heated", "begin it with `Heat`", planner),
            },
            FurnaceSegment::Cool { to, rate } => {
                let to_c = to.as_celsius();
                let k_per_s = rate.map(HeatingRate::as_kelvins_per_second);
                if k_per_s == Some(0.0) || (k_per_s.is_none() && to_c <= plan.ambient_c) {
                    let message = format!("never cools to {to_c} degC");
                    let help = "cool to more than `ambient`, or give a `rate` above 0";
                    wrong(name, &message, help, planner);
                }
                let Some((before_c, heating)) = reached else {
                    wrong(name, "cools before it has heated", "begin it with `Heat`", planner);
                    continue;
                };
                reached = Some((before_c.min(to_c), heating));
                resolved.push(Segment::Cool { to_c, k_per_s });
            }
        }
    }
    if program.segments.is_empty() {
        wrong(name, "has no segments", "begin it with `Heat`", planner);
    }
    resolved
}

/// How the furnace is heated to a temperature; complains where it never gets there.
fn heating(
    name: &Name,
    to: Temperature,
    said: (Option<HeatingRate>, Option<Power>),
    plan: &FurnacePlan,
    planner: &mut Planner<'_>,
) -> Heating {
    match (said, &plan.losses) {
        ((Some(rate), None), _) if rate != HeatingRate::ZERO => {
            return Heating::Rate { k_per_s: rate.as_kelvins_per_second() };
        }
        ((None, Some(power)), Some(losses)) => {
            let power_w = power.as_milliwatts() as f64 / 1e3;
            let in_the_end_c = plan.ambient_c + power_w / losses.w_per_k;
            if in_the_end_c > to.as_celsius() {
                return Heating::Power { power_mw: power.as_milliwatts(), towards_c: in_the_end_c };
            }
            let message = format!("never comes to {} degC with that power", to.as_celsius());
            let help = format!("in the end it would be at {in_the_end_c:.1} degC: give it more `power`");
            wrong(name, &message, &help, planner);
        }
        ((None, Some(_)), None) => {
            let message = "heats with a power, and nothing says what the furnace loses";
            wrong(name, message, "give the furnace a `holding`: the power that keeps it at a temperature", planner);
        }
        _ => {
            let message = "heats neither at a `rate` nor with a `power`, or with both, or not at all";
            wrong(name, message, r#"write `Heat(to: "850 degC", rate: "10 K/min")`"#, planner);
        }
    }
    Heating::Rate { k_per_s: 1.0 }
}
