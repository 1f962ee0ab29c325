//! Each history in every order of arrival (up to 5,040; above that so many at random), with repeats: one
//! final state, described as lines of text.

use domain::decide::Prepared;
use domain::event::Event;
use domain::payment::DisputeState;
use domain::rules::Rules;
use domain::subscription::Access;
use histories::{Rng, delivery};

use crate::folder;
use crate::memory::Memory;

/// Orders of arrival tried for one history, at most.
const ORDERS: usize = 5_040;

/// The two API versions of the histories, and the year in their ids.
const VERSIONS: [(&str, &str); 2] = [("2022-11-15", "2022"), ("2026-07-29.dahlia", "2026")];

/// Applies a history in every order and checks that all end in the expected `lines`.
fn every_order_ends_in(history: &str, lines: impl Fn(&str) -> Vec<String>) {
    for (version, year) in VERSIONS {
        let events = read(&format!("{history}_{version}"));
        let expected = lines(year);
        let mut rng = Rng::new(1);
        for order in orders(events.len(), &mut rng) {
            let mut memory = Memory::default();
            for at in delivery::duplicate(order.clone(), 30, &mut rng) {
                memory.deliver(&[&events[at]]);
            }
            assert!(memory.rejected.is_empty(), "{history} {version}: {:?}", memory.rejected);
            assert_eq!(described(&memory), expected, "{history} {version} in the order {order:?}");
        }
    }
}

fn read(name: &str) -> Vec<Prepared> {
    let mut files: Vec<_> = std::fs::read_dir(folder("sequences").join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{name} has no events");
    files.iter().map(|file| Prepared::new(Event::parse(&std::fs::read(file).unwrap()).unwrap())).collect()
}

fn orders(events: usize, rng: &mut Rng) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for next in 0..events {
        if all.len() * (next + 1) > ORDERS {
            let order: Vec<usize> = (0..events).collect();
            return (0..ORDERS)
                .map(|_| {
                    let mut order = order.clone();
                    delivery::shuffle(&mut order, rng);
                    order
                })
                .collect();
        }
        all = all
            .into_iter()
            .flat_map(|shorter: Vec<usize>| {
                (0..=next).map(move |at| {
                    let mut longer = shorter.clone();
                    longer.insert(at, next);
                    longer
                })
            })
            .collect();
    }
    all
}

/// Everything that the rows say, one sentence each, and the lasting messages.
fn described(memory: &Memory) -> Vec<String> {
    let mut lines = Vec::new();
    for (id, order) in &memory.rows.orders {
        let totals = order.totals();
        lines.push(format!(
            "order {id} is {}: {} paid, {} refunded",
            totals.status.as_str(),
            totals.paid,
            totals.refunded
        ));
    }
    for (id, payment) in &memory.rows.payments {
        let summary = payment.summary();
        let dispute = summary.dispute.map(DisputeState::as_str).unwrap_or("none");
        lines.push(format!(
            "payment {id} is {}: {} paid, {} refunded, dispute {dispute}",
            summary.status.as_str(),
            summary.paid,
            summary.refunded
        ));
        assert!(!payment.ambiguous(), "nothing here happens twice in one second");
    }
    for (id, subscription) in &memory.rows.subscriptions {
        lines.push(format!(
            "subscription {id} is {}: {}, paid through {}",
            subscription.status().unwrap_or("unknown"),
            if subscription.access(&Rules::default()) == Access::Granted { "access" } else { "no access" },
            subscription.paid_through().map_or("never".to_owned(), |time| time.to_string())
        ));
    }
    for (id, invoice) in &memory.rows.invoices {
        lines.push(format!("invoice {id} is {}", invoice.status().unwrap_or("unknown")));
    }
    // The key of a change ends in a hash of the state that it led to.
    let lasting = memory.lasting.iter().filter(|key| !key.starts_with("subscription.changed/"));
    lines.extend(lasting.map(|key| format!("sent {key}")));
    lines
}

fn lines<const N: usize>(lines: [&str; N], year: &str) -> Vec<String> {
    lines.map(|line| line.replace("YEAR", year)).to_vec()
}

#[test]
fn a_card_payment_is_paid_once() {
    every_order_ends_in("checkout_card", |year| {
        lines(
            [
                "order 1001 is paid: 2000 paid, 0 refunded",
                "payment pi_3DerivedYEAR is paid: 2000 paid, 0 refunded, dispute none",
                "sent order.paid/1001",
                "sent order.payment_received/1001/pi_3DerivedYEAR",
            ],
            year,
        )
    });
}

#[test]
fn a_delayed_payment_that_succeeds_is_paid() {
    every_order_ends_in("checkout_async_ok", |year| {
        lines(
            [
                "order 1002 is paid: 2000 paid, 0 refunded",
                "payment pi_3DerivedAsyncYEAR is paid: 2000 paid, 0 refunded, dispute none",
                "sent order.paid/1002",
                "sent order.payment_received/1002/pi_3DerivedAsyncYEAR",
            ],
            year,
        )
    });
}

#[test]
fn a_delayed_payment_that_fails_was_completed_and_is_not_paid() {
    every_order_ends_in("checkout_async_fail", |year| {
        lines(
            [
                "order 1003 is payment_failed: 0 paid, 0 refunded",
                "payment pi_3DerivedAsyncFYEAR is failed: 0 paid, 0 refunded, dispute none",
            ],
            year,
        )
    });
}

#[test]
fn a_session_that_runs_out_expires_its_order() {
    every_order_ends_in("checkout_expired", |year| {
        lines(
            [
                "order 1004 is expired: 0 paid, 0 refunded",
                "payment cs_test_d1DerivedYEAR is expired: 0 paid, 0 refunded, dispute none",
            ],
            year,
        )
    });
}

#[test]
fn a_free_session_in_mode_subscription_touches_its_subscription_and_no_order() {
    every_order_ends_in("checkout_free", |year| {
        lines(["subscription sub_1DerivedYEAR is unknown: no access, paid through never"], year)
    });
}

#[test]
fn a_refund_that_fails_after_it_succeeded_counts_no_more() {
    // 500 and 1500 were refunded, then the 1500 failed: the company has the money again.
    every_order_ends_in("refunds", |year| {
        let mut all = lines(
            [
                "payment pi_3DerivedYEAR is paid: 2000 paid, 500 refunded, dispute none",
                "sent refund.created/re_3DerivedAYEAR",
                "sent refund.created/re_3DerivedBYEAR",
                "sent refund.failed/re_3DerivedBYEAR",
            ],
            year,
        );
        if year == "2022" {
            // Before 2024-10-28 the first refund appears only as a delta of its charge.
            all.remove(1);
        }
        all
    });
}

#[test]
fn a_dispute_that_is_won_reinstates_the_money() {
    every_order_ends_in("dispute_won", |year| {
        lines(
            [
                "payment pi_3DerivedYEAR is pending: 0 paid, 0 refunded, dispute won",
                "sent dispute.closed/dp_1DerivedWYEAR",
                "sent dispute.funds_reinstated/dp_1DerivedWYEAR",
                "sent dispute.funds_withdrawn/dp_1DerivedWYEAR",
                "sent dispute.opened/dp_1DerivedWYEAR",
            ],
            year,
        )
    });
}

#[test]
fn a_dispute_that_is_lost_keeps_the_money_withdrawn() {
    every_order_ends_in("dispute_lost", |year| {
        lines(
            [
                "payment pi_3DerivedYEAR is pending: 0 paid, 0 refunded, dispute lost",
                "sent dispute.closed/dp_1DerivedLYEAR",
                "sent dispute.funds_withdrawn/dp_1DerivedLYEAR",
                "sent dispute.opened/dp_1DerivedLYEAR",
            ],
            year,
        )
    });
}

#[test]
fn an_inquiry_moves_no_money() {
    every_order_ends_in("dispute_inquiry", |year| {
        lines(
            [
                "payment pi_3DerivedYEAR is pending: 0 paid, 0 refunded, dispute closed",
                "sent dispute.closed/dp_1DerivedIYEAR",
                "sent dispute.inquiry_opened/dp_1DerivedIYEAR",
            ],
            year,
        )
    });
}

#[test]
fn a_subscription_starts_fails_recovers_and_ends() {
    every_order_ends_in("subscription", |year| {
        lines(
            [
                "subscription sub_1DerivedYEAR is canceled: no access, paid through PERIOD",
                "invoice in_1DerivedaYEAR is paid",
                "invoice in_1DerivedbYEAR is uncollectible",
                "sent subscription.activated/sub_1DerivedYEAR",
                "sent subscription.canceled/sub_1DerivedYEAR",
                "sent subscription.invoice_settled/in_1DerivedaYEAR",
                "sent subscription.payment_succeeded/in_1DerivedaYEAR",
            ],
            year,
        )
        .into_iter()
        .map(|line| line.replace("PERIOD", paid_through(year)))
        .collect()
    });
}

/// The period end of the line of the invoice that was paid.
fn paid_through(year: &str) -> &'static str {
    if year == "2022" { "1691527515" } else { "1721954054" }
}
