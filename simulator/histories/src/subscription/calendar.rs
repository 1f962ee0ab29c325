//! Lengths of time, in seconds.

pub(super) const DAY: i64 = 86_400;
pub(super) const MONTH: i64 = 30 * DAY;
pub(super) const YEAR: i64 = 365 * DAY;

/// The end of a period that begins now.
pub(super) fn a_month_from(now: i64) -> i64 {
    now + MONTH
}
