//! What happens to a subscription in the middle of its life.

use serde_json::{Value, json};

use super::calendar::{DAY, YEAR, a_month_from};
use super::life::Life;
use crate::company::Company;
use crate::objects::{self, Line};

/// Any one of them.
pub(super) fn any(company: &mut Company, life: &mut Life) {
    company.wait(DAY);
    match company.rng.below(9) {
        0 => life.renew(company, "active"),
        1 => plan(company, life, 2),
        2 => plan(company, life, 0),
        3 => quantity(company, life),
        4 => cancel_and_reactivate(company, life),
        5 => pause_collection(company, life),
        6 => metadata(company, life),
        7 => pending_update(company, life),
        _ => life.forecast(company),
    }
}

/// Upgrade or downgrade, with an invoice for the rest of the period; at most once in each direction.
fn plan(company: &mut Company, life: &mut Life, to: usize) {
    if life.plan == to {
        return metadata(company, life);
    }
    company.asked();
    let from = life.line();
    life.plan = to;
    prorate(company, life, &from);
}

/// More or fewer of the same.
pub(super) fn quantity(company: &mut Company, life: &mut Life) {
    company.asked();
    let from = life.line();
    life.quantity += if life.quantity > 1 && company.rng.chance(40) { -1 } else { 2 };
    if life.sub.text("status") == "trialing" {
        let changes = life.item_changes(company);
        return life.change(company, &[], changes);
    }
    prorate(company, life, &from);
}

/// The change and its invoice: a credit for what is left of the old, a debit for the new.
fn prorate(company: &mut Company, life: &mut Life, from: &Line) {
    let to = life.line();
    let rest = (company.now.min(life.period.1), life.period.1);
    let half = |line: &Line, sign: i64| Line {
        amount: sign * (line.amount / 2),
        period: rest,
        proration: true,
        ..line.clone()
    };
    let lines = [half(from, -1), half(&to, 1)];
    let bill = life.draft_of(company, "subscription_update", &lines);
    let mut changes = life.item_changes(company);
    changes.push(("latest_invoice", life.bills[bill].invoice.id().into()));
    life.change(company, &[], changes);
    life.bill(company, bill);
    life.finalize(company, bill);
    life.pay(company, bill);
}

impl Life {
    /// What the subscription's item looks like by now, in every place that shows it.
    fn item_changes(&self, company: &Company) -> Vec<(&'static str, Value)> {
        let (plan, currency) = (&self.plans[self.plan], company.currency.code);
        let mut changes = vec![
            ("items.data.0.price", plan.price_object(currency)),
            ("items.data.0.plan", plan.plan_object(currency)),
            ("items.data.0.quantity", self.quantity.into()),
        ];
        if !company.version.basil() {
            changes.push(("plan", plan.plan_object(currency)));
            changes.push(("quantity", self.quantity.into()));
        }
        changes
    }
}

pub(super) fn cancel_at_period_end(company: &mut Company, life: &mut Life) {
    company.asked();
    let changes = vec![
        ("cancel_at_period_end", Value::from(true)),
        ("cancel_at", life.period.1.into()),
        ("canceled_at", company.now.into()),
        ("cancellation_details.reason", "cancellation_requested".into()),
    ];
    life.change(company, &[], changes);
}

/// Canceled at the period's end and resumed before: the same state as before is reached again.
fn cancel_and_reactivate(company: &mut Company, life: &mut Life) {
    cancel_at_period_end(company, life);
    company.wait(DAY);
    company.asked();
    let changes = vec![
        ("cancel_at_period_end", Value::from(false)),
        ("cancel_at", Value::Null),
        ("canceled_at", Value::Null),
        ("cancellation_details.reason", Value::Null),
    ];
    life.change(company, &[], changes);
}

/// `pause_collection` leaves the status alone.
fn pause_collection(company: &mut Company, life: &mut Life) {
    company.asked();
    let paused = json!({"behavior": "void", "resumes_at": null});
    life.change(company, &[], vec![("pause_collection", paused)]);
    company.wait(DAY);
    company.asked();
    life.change(company, &[], vec![("pause_collection", Value::Null)]);
}

/// A key that was not there before shows as `null` in `previous_attributes`.
fn metadata(company: &mut Company, life: &mut Life) {
    company.asked();
    let note = format!("note {}", company.rng.range(1, 1_000_000));
    life.change(company, &[], vec![("metadata.note", note.into())]);
}

/// A change that waits for its payment: applied when it is paid, dropped when it is not.
fn pending_update(company: &mut Company, life: &mut Life) {
    if life.plan == 2 {
        return metadata(company, life);
    }
    company.asked();
    let waiting = json!({"billing_cycle_anchor": null, "expires_at": company.now + 23 * 3600, "trial_end": null,
        "trial_from_plan": null, "subscription_items": [{"price": life.plans[2].price, "quantity": life.quantity}]});
    life.change(company, &[], vec![("pending_update", waiting)]);
    company.wait(3600);
    let mut changes = vec![("pending_update", Value::Null)];
    if company.rng.chance(60) {
        life.plan = 2;
        changes.extend(life.item_changes(company));
        life.change(company, &["customer.subscription.pending_update_applied"], changes);
    } else {
        company.by_itself();
        life.change(company, &["customer.subscription.pending_update_expired"], changes);
    }
}

/// Another interval: a credit for what is left of the old period, and the whole of a new one that begins now.
pub(super) fn interval(company: &mut Company, life: &mut Life, seconds: i64) {
    company.asked();
    let old = life.line();
    let credit =
        Line { amount: -old.amount / 2, period: (company.now, old.period.1), proration: true, ..old };
    life.period = (company.now, company.now + seconds);
    let lines = [credit, life.line()];
    let bill = life.draft_of(company, "subscription_update", &lines);
    let [start, end] = objects::period_paths(company.version);
    let changes = vec![
        (start, life.period.0.into()),
        (end, life.period.1.into()),
        ("latest_invoice", life.bills[bill].invoice.id().into()),
    ];
    life.change(company, &[], changes);
    life.bill(company, bill);
    life.finalize(company, bill);
    life.pay(company, bill);
}

/// The next period, billed together with items that are bought once.
pub(super) fn renew_with_fees(company: &mut Company, life: &mut Life) {
    company.now = company.now.max(life.period.1);
    life.period = (company.now, a_month_from(company.now));
    let count = *company.rng.pick(&[1, 3, 10]);
    let own = life.line();
    let ends = *company.rng.pick(&[company.now, company.now + YEAR]);
    let fee = Line { amount: 100, quantity: 1, period: (company.now, ends), fee: true, ..own.clone() };
    // Stripe lists the newest items first: ten of them hide the subscription's own line.
    let mut lines = vec![fee; count];
    lines.push(own);
    let bill = life.draft_of(company, "subscription_cycle", &lines);
    let [start, end] = objects::period_paths(company.version);
    let changes = vec![
        (start, life.period.0.into()),
        (end, life.period.1.into()),
        ("latest_invoice", life.bills[bill].invoice.id().into()),
    ];
    life.change(company, &[], changes);
    life.bill(company, bill);
    company.wait(3600);
    life.finalize(company, bill);
    life.pay(company, bill);
}
