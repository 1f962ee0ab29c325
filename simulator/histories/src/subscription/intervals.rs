//! Intervals that change, and items beside the subscription's own.

use super::calendar::{DAY, MONTH, YEAR};
use super::life::Life;
use super::{begin_paid, changes, end_somehow};
use crate::company::Company;

/// A yearly plan becomes monthly or the other way round: the rest of the old period is credited, and a whole new one
/// begins at once.
pub(super) fn interval_changed(company: &mut Company) {
    let mut life = Life::new(company);
    let yearly_first = company.rng.chance(50);
    if yearly_first {
        life.lasts(company, YEAR);
    }
    begin_paid(company, &mut life);
    company.wait(20 * DAY);
    changes::interval(company, &mut life, if yearly_first { MONTH } else { YEAR });
    if company.rng.chance(50) {
        changes::quantity(company, &mut life);
    }
    end_somehow(company, &mut life);
    life.write_down(company);
}

/// Renewals with one-off items, some of which have a period of their own; sometimes more items than a body holds.
pub(super) fn fees(company: &mut Company) {
    let mut life = Life::new(company);
    begin_paid(company, &mut life);
    for _ in 0..company.rng.range(1, 2) {
        company.by_itself();
        changes::renew_with_fees(company, &mut life);
    }
    end_somehow(company, &mut life);
    life.write_down(company);
}
