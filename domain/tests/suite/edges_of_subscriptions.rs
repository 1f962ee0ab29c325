//! Short histories of subscriptions at the edges of Stripe's behaviour; see `edges`.

use serde_json::{Value, json};

use crate::edges::{after, event};
use crate::memory::Memory;

fn subscription(status: &str, period_end: i64) -> Value {
    json!({
        "id": "sub_1", "object": "subscription", "status": status, "customer": "cus_1",
        "current_period_end": period_end, "items": { "data": [] },
    })
}

fn access_lost(memory: &Memory) -> usize {
    memory.notices.iter().filter(|key| key.starts_with("subscription.access_lost/")).count()
}

#[test]
fn a_creation_that_is_stamped_later_than_the_first_change_still_came_first() {
    let updated = || {
        event(
            "evt_1",
            "customer.subscription.updated",
            100,
            subscription("active", 1000),
            Some(json!({ "status": "incomplete" })),
        )
    };
    let created =
        || event("evt_2", "customer.subscription.created", 101, subscription("incomplete", 1000), None);
    for events in [[updated(), created()], [created(), updated()]] {
        let memory = after(Memory::default(), &events);
        assert_eq!(memory.rows.subscriptions["sub_1"].status(), Some("active"));
    }
}

#[test]
fn an_ambiguous_status_emits_no_access_lost() {
    let step = |id, status, from: &str| {
        event(
            id,
            "customer.subscription.updated",
            200,
            subscription(status, 1000),
            Some(json!({ "status": from })),
        )
    };
    let memory =
        after(Memory::default(), &[step("evt_1", "active", "unpaid"), step("evt_2", "unpaid", "active")]);
    assert!(memory.rows.subscriptions["sub_1"].ambiguous());
    assert_eq!(access_lost(&memory), 0);
}

#[test]
fn each_loss_of_access_emits_one_message() {
    let kind = "customer.subscription.updated";
    let year = 31_536_000;
    let turn =
        |id, at, from: &str, to| event(id, kind, at, subscription(to, year), Some(json!({ "status": from })));
    let created = || event("evt_1", "customer.subscription.created", 100, subscription("active", year), None);
    let (lost, back) = (|| turn("evt_2", 200, "active", "unpaid"), || turn("evt_3", 300, "unpaid", "active"));
    let again = || turn("evt_4", 400, "active", "unpaid");
    assert_eq!(access_lost(&after(Memory::default(), &[created(), lost(), back(), again()])), 2);
    // Renewals while it is unpaid revoke nothing.
    let renewed = |id, at, end: i64| {
        event(id, kind, at, subscription("unpaid", end), Some(json!({ "current_period_end": end - 1000 })))
    };
    let renewals =
        [created(), lost(), renewed("evt_5", 500, year + 1000), renewed("evt_6", 600, year + 2000)];
    assert_eq!(access_lost(&after(Memory::default(), &renewals)), 1);
}

#[test]
fn restored_access_emits_a_message_whatever_the_ids() {
    for (update, resume) in [("evt_a", "evt_b"), ("evt_b", "evt_a")] {
        let from = |status: &str| Some(json!({ "status": status }));
        let paused = [
            event("evt_1", "customer.subscription.created", 100, subscription("trialing", 1000), None),
            event(
                "evt_2",
                "customer.subscription.updated",
                200,
                subscription("paused", 1000),
                from("trialing"),
            ),
        ];
        let mut memory = after(Memory::default(), &paused);
        let before = memory.lasting.clone();
        let back = subscription("active", 2000);
        memory.deliver(&[
            &event(update, "customer.subscription.updated", 300, back.clone(), from("paused")),
            &event(resume, "customer.subscription.resumed", 300, back, None),
        ]);
        let sent: Vec<_> = memory.lasting.difference(&before).collect();
        assert!(
            sent.iter().any(|key| key.starts_with("subscription.changed/")),
            "{update} {resume}: {sent:?}"
        );
    }
}
