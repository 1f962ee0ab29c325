//! The end of grace periods, which no event announces. What time it is, is passed in.

use super::rules::Rules;
use super::state::State;
use super::subscription::Access;

/// Takes access from the locked subscriptions whose grace period is over at `now`, unix seconds.
pub fn end_grace(state: &mut State, rules: &Rules, now: i64) {
    let is_over = |access| matches!(access, Access::Until(end) if end <= now);
    let subscriptions = state.subscriptions.rows().filter(|(_, row)| is_over(row.now.access(rules)));
    let over: Vec<String> = subscriptions.map(|(id, _)| id.clone()).collect();
    for id in over {
        state.subscriptions.touch(&id).end_grace();
    }
}
