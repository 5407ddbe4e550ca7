//! When elements can work: failures and their repair, working calendars, the instants they refer to.

pub mod failure;
pub mod instant;
pub mod work_calendar;
