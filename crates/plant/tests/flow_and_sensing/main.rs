//! Buffers, branches, merges, delays, sensors and alarms in small plants whose course can be worked out by hand.

mod alarms;
mod branches;
mod buffers;
mod card_plants;
mod cards;
mod containers;
mod costs;
mod crews;
mod delays;
mod failures;
mod fluids;
mod jams;
mod lots;
mod options;
mod play;
mod schedules;
mod sensors;
mod shifts;
mod sources;
mod text;
mod tool_groups;
mod vehicle_motion;
mod vehicle_plants;
mod vehicle_traffic;
mod vehicles;
