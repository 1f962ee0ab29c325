//! Whole histories of subscriptions and their invoices.

mod bill;
mod billing;
mod calendar;
mod changes;
mod intervals;
mod life;
mod mixed_intervals;
mod payment;
mod session;

use self::calendar::DAY;
use self::life::Life;
use self::payment::Failure;
use super::Kind;
use super::company::Company;

/// Writes one subscription of this kind.
pub(crate) fn live(company: &mut Company, kind: Kind) {
    company.begin_burst();
    match kind {
        Kind::Trial => trial(company),
        Kind::Incomplete => incomplete(company),
        Kind::SentInvoice => sent_invoice(company),
        Kind::Dunning => dunning(company),
        Kind::ManualInvoice => manual_invoice(company),
        Kind::IntervalChanged => intervals::interval_changed(company),
        Kind::Fees => intervals::fees(company),
        Kind::MixedIntervals => mixed_intervals::live(company),
        _ => plain(company),
    }
}

fn plain(company: &mut Company) {
    let mut life = Life::new(company);
    begin_paid(company, &mut life);
    let steps = company.rng.range(1, 6);
    for _ in 0..steps {
        changes::any(company, &mut life);
    }
    end_somehow(company, &mut life);
    life.write_down(company);
}

/// Created and paid at once: active from the start, or incomplete until the payment.
fn begin_paid(company: &mut Company, life: &mut Life) {
    company.asked();
    let at_once = company.rng.chance(50);
    let bill = life.draft(company, "subscription_create");
    life.sub.set("status", if at_once { "active" } else { "incomplete" });
    life.sub.set("latest_invoice", life.bills[bill].invoice.id());
    life.created(company);
    life.bill(company, bill);
    life.finalize(company, bill);
    life.pay(company, bill);
    if !at_once {
        life.status(company, "active", &[]);
    }
    if company.rng.chance(50) {
        life.session(company, "paid", bill);
    }
}

fn end_somehow(company: &mut Company, life: &mut Life) {
    match company.rng.below(5) {
        0 => {
            company.wait(3 * DAY);
            company.asked();
            life.end(company, "cancellation_requested");
        }
        1 => {
            company.wait(3 * DAY);
            changes::cancel_at_period_end(company, life);
            company.now = life.period.1;
            company.by_itself();
            life.end(company, "cancellation_requested");
        }
        2 => {
            company.wait(3 * DAY);
            changes::cancel_at_period_end(company, life);
        }
        _ => {}
    }
}

fn trial(company: &mut Company) {
    let mut life = Life::new(company);
    company.asked();
    let end = company.now + 14 * DAY;
    let bill = life.draft_trial(company, end);
    life.begin_trial(company, end, bill);
    life.bill(company, bill);
    life.finalize(company, bill);
    life.pay(company, bill);
    if company.rng.chance(50) {
        life.session(company, "no_payment_required", bill);
    }
    if company.rng.chance(50) {
        company.wait(2 * DAY);
        changes::quantity(company, &mut life);
    }
    company.now = end - 3 * DAY;
    company.by_itself();
    company.emit("customer.subscription.trial_will_end", &life.sub);
    if company.rng.chance(15) {
        return life.write_down(company);
    }
    company.now = end;
    match company.rng.below(4) {
        0 => life.end(company, "cancellation_requested"),
        1 => {
            life.status(company, "paused", &["customer.subscription.paused"]);
            if company.rng.chance(60) {
                company.wait(5 * DAY);
                company.asked();
                let bill = life.next_period(
                    company,
                    "subscription_cycle",
                    "active",
                    &["customer.subscription.resumed"],
                );
                life.finalize(company, bill);
                life.pay(company, bill);
            }
        }
        _ => {
            life.renew(company, "active");
            if company.rng.chance(50) {
                changes::any(company, &mut life);
            }
            end_somehow(company, &mut life);
        }
    }
    life.write_down(company);
}

fn incomplete(company: &mut Company) {
    let mut life = Life::new(company);
    company.asked();
    let bill = life.draft(company, "subscription_create");
    life.sub.set("status", "incomplete").set("latest_invoice", life.bills[bill].invoice.id());
    life.created(company);
    life.bill(company, bill);
    life.finalize(company, bill);
    let failure = if company.rng.chance(50) { Failure::Declined } else { Failure::ActionRequired };
    life.fail(company, bill, failure, None);
    company.wait(3600);
    if company.rng.chance(60) {
        company.asked();
        life.pay(company, bill);
        life.status(company, "active", &[]);
        if company.rng.chance(60) {
            changes::any(company, &mut life);
        }
        end_somehow(company, &mut life);
    } else {
        company.wait(23 * 3600);
        company.by_itself();
        life.status(company, "incomplete_expired", &[]);
        life.void(company, bill);
    }
    life.write_down(company);
}

fn sent_invoice(company: &mut Company) {
    let mut life = Life::new(company);
    life.sub.set("collection_method", "send_invoice").set("days_until_due", 30);
    company.asked();
    let bill = life.draft(company, "subscription_create");
    life.sub.set("status", "active").set("latest_invoice", life.bills[bill].invoice.id());
    life.created(company);
    life.bill(company, bill);
    for round in 0..company.rng.range(1, 2) {
        let bill =
            if round == 0 { bill } else { life.next_period(company, "subscription_cycle", "active", &[]) };
        company.wait(3600);
        company.by_itself();
        life.finalize(company, bill);
        company.wait(20 * DAY);
        if company.rng.chance(30) {
            company.wait(11 * DAY);
            company.emit("invoice.overdue", &life.bills[bill].invoice);
        }
        company.asked();
        match company.rng.below(5) {
            0 => life.void(company, bill),
            1 => life.write_off(company, bill),
            2 => life.pay(company, bill),
            _ => life.settle(company, bill),
        }
    }
    end_somehow(company, &mut life);
    life.write_down(company);
}

fn dunning(company: &mut Company) {
    let mut life = Life::new(company);
    begin_paid(company, &mut life);
    company.by_itself();
    let bill = life.next_period(company, "subscription_cycle", "active", &[]);
    company.wait(3600);
    life.finalize(company, bill);
    let attempts = company.rng.range(1, 3);
    for attempt in 1..=attempts {
        company.by_itself();
        let next = (attempt < attempts).then_some(company.now + 3 * DAY);
        life.fail(company, bill, Failure::Declined, next);
        if attempt == 1 {
            life.status(company, "past_due", &[]);
        }
        company.wait(3 * DAY);
    }
    match company.rng.below(5) {
        0 => {}
        1 => life.end(company, "payment_failed"),
        2 => life.status(company, "unpaid", &[]),
        outcome => {
            if outcome == 3 {
                life.status(company, "unpaid", &[]);
                company.wait(5 * DAY);
            }
            company.asked();
            life.pay(company, bill);
            life.status(company, "active", &[]);
            if company.rng.chance(50) {
                life.renew(company, "active");
            }
            end_somehow(company, &mut life);
        }
    }
    if life.sub.text("status") == "unpaid" && company.rng.chance(50) {
        life.write_off(company, bill);
    }
    life.write_down(company);
}

fn manual_invoice(company: &mut Company) {
    let mut life = Life::new(company);
    company.asked();
    let bill = life.draft_manual(company);
    life.bill(company, bill);
    life.finalize(company, bill);
    company.wait(DAY);
    life.pay(company, bill);
    life.write_down(company);
}
