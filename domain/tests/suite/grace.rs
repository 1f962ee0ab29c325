//! The end of a grace period, which no event announces.

use std::time::Duration;

use domain::decide::Prepared;
use domain::grace::end_grace;
use domain::keys::Keys;
use domain::rules::Rules;
use domain::subscription::Access;
use serde_json::{Value, json};

use crate::edges::{after, event};
use crate::memory::Memory;

const DAY: u64 = 86_400;
/// When the subscription becomes past due, unix seconds.
const PAST_DUE: i64 = 2_000_000;
const WEEK: i64 = 7 * 86_400;

fn subscription(id: &str, status: &str) -> Value {
    json!({
        "id": id, "object": "subscription", "status": status, "customer": "cus_1", "items": { "data": [] },
    })
}

fn turned(id: &str, at: i64, from: &str, to: &str) -> Prepared {
    let previous = Some(json!({ "status": from }));
    event(&format!("evt_{id}_{at}"), "customer.subscription.updated", at, subscription(id, to), previous)
}

/// A store where two subscriptions are past due, the second a day later than the first, with a week of grace.
fn past_due() -> Memory {
    let rules = Rules { grace: Duration::from_secs(7 * DAY), ..Rules::default() };
    let mut memory = Memory::default();
    memory.rules = rules;
    let created = |id: &str| {
        event(&format!("evt_{id}"), "customer.subscription.created", 100, subscription(id, "active"), None)
    };
    let events = [
        created("sub_1"),
        created("sub_2"),
        turned("sub_1", PAST_DUE, "active", "past_due"),
        turned("sub_2", PAST_DUE + 86_400, "active", "past_due"),
    ];
    after(memory, &events)
}

/// The keys of the messages that the end of grace at a time sends.
fn ended(memory: &mut Memory, now: i64) -> Vec<String> {
    let keys = Keys { subscriptions: ["sub_1".to_owned(), "sub_2".to_owned()].into(), ..Keys::default() };
    let mut state = memory.load(&keys);
    state.begin();
    end_grace(&mut state, &memory.rules, now);
    for (id, row) in state.subscriptions.changed() {
        memory.rows.subscriptions.insert(id.clone(), row.now.clone());
    }
    state.messages(&memory.rules).into_iter().map(|message| message.key).collect()
}

#[test]
fn access_is_lost_when_the_grace_period_is_over_and_not_a_second_before() {
    let mut memory = past_due();
    let access = memory.rows.subscriptions["sub_1"].access(&memory.rules);
    assert_eq!(access, Access::Until(PAST_DUE + WEEK));
    assert!(ended(&mut memory, PAST_DUE + WEEK - 1).is_empty());
    let lost = format!("subscription.access_lost/sub_1/{PAST_DUE}");
    assert_eq!(ended(&mut memory, PAST_DUE + WEEK), [lost]);
    assert_eq!(memory.rows.subscriptions["sub_1"].access(&memory.rules), Access::Denied);
    assert!(matches!(memory.rows.subscriptions["sub_2"].access(&memory.rules), Access::Until(_)));
    assert!(ended(&mut memory, PAST_DUE + WEEK + 1).is_empty(), "once");
}

#[test]
fn access_comes_back_after_the_grace_period_with_one_message() {
    let mut memory = past_due();
    ended(&mut memory, PAST_DUE + WEEK);
    let paid = turned("sub_1", PAST_DUE + WEEK + 60, "past_due", "active");
    let shown = memory.show(&paid);
    let keys: Vec<_> = shown.messages.iter().map(|message| message.key.as_str()).collect();
    assert!(keys.contains(&format!("subscription.access_restored/sub_1/{PAST_DUE}").as_str()), "{keys:?}");
    // Paid within the grace period: nothing was lost.
    let in_time = turned("sub_2", PAST_DUE + WEEK, "past_due", "active");
    let shown = memory.show(&in_time);
    assert!(shown.messages.iter().all(|message| !message.key.contains("access_restored")));
}

#[test]
fn a_subscription_that_becomes_past_due_again_begins_another_grace_period() {
    let mut memory = past_due();
    ended(&mut memory, PAST_DUE + WEEK);
    let (paid, again) = (PAST_DUE + WEEK + 60, PAST_DUE + 2 * WEEK);
    let events = [turned("sub_1", paid, "past_due", "active"), turned("sub_1", again, "active", "past_due")];
    let memory = after(memory, &events);
    assert_eq!(memory.rows.subscriptions["sub_1"].access(&memory.rules), Access::Until(again + WEEK));
}

#[test]
fn without_grace_a_subscription_that_is_past_due_has_no_access() {
    let mut memory = past_due();
    memory.rules = Rules::default();
    assert_eq!(memory.rows.subscriptions["sub_1"].access(&memory.rules), Access::Denied);
}

#[test]
fn a_loss_is_named_by_when_access_was_left_or_by_the_first_that_is_known_of_it() {
    // The endpoint is newer than the subscription: all that is known is that it is past due.
    let rules = Rules { grace: Duration::from_secs(7 * DAY), ..Rules::default() };
    let mut memory = Memory::default();
    memory.rules = rules;
    let kind = "customer.subscription.updated";
    let known = event("evt_1", kind, PAST_DUE, subscription("sub_1", "past_due"), None);
    let mut memory = after(memory, &[known]);
    assert_eq!(ended(&mut memory, PAST_DUE + WEEK), [format!("subscription.access_lost/sub_1/{PAST_DUE}")]);
    // No event says when an active subscription left access: which loss it was cannot be named.
    let active = event("evt_1", kind, 100, subscription("sub_1", "active"), None);
    let unpaid = event("evt_2", kind, 200, subscription("sub_1", "unpaid"), None);
    assert!(after(Memory::default(), &[active, unpaid]).notices.is_empty());
}

#[test]
fn access_that_was_lost_is_restored_once_by_a_later_event() {
    let created = event("evt_1", "customer.subscription.created", 100, subscription("sub_1", "active"), None);
    let events =
        [created, turned("sub_1", 200, "active", "unpaid"), turned("sub_1", 300, "unpaid", "active")];
    let memory = after(Memory::default(), &events);
    let sent: Vec<_> = memory.notices.iter().map(String::as_str).collect();
    assert_eq!(sent, ["subscription.access_lost/sub_1/200", "subscription.access_restored/sub_1/200"]);
}
