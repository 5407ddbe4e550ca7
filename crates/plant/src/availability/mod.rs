//! When elements can work: failures and their repair, planned maintenance, working calendars, the instants they refer to.

pub mod failure;
pub mod instant;
pub mod maintenance;
pub mod work_calendar;
