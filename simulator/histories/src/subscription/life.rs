//! One subscription as it goes through its statuses and periods.

use serde_json::{Value, json};

use super::bill::Bill;
use super::calendar::a_month_from;
use crate::company::Company;
use crate::expected_state::{ExpectedItem, ExpectedSubscription};
use crate::object::Object;
use crate::objects::{self, Line, Plan};

const UPDATED: Option<&str> = Some("customer.subscription.updated");

/// A subscription on its way.
#[derive(Debug)]
pub(crate) struct Life {
    pub(super) sub: Object,
    pub(super) customer: String,
    /// From small to large.
    pub(super) plans: [Plan; 3],
    pub(super) plan: usize,
    pub(super) quantity: i64,
    pub(super) period: (i64, i64),
    pub(super) bills: Vec<Bill>,
    /// Whether the company subscribes to `invoice.updated`.
    pub(super) subscribes_to_updates: bool,
    /// Whether it also subscribes to payment intents and charges.
    pub(super) subscribes_to_payments: bool,
    exists: bool,
    was_active: bool,
    ended: bool,
    past_due_since: Option<i64>,
}

impl Life {
    pub(super) fn new(company: &mut Company) -> Self {
        let small = company.currency.price(&mut company.rng);
        let plans = [1, 2, 5].map(|times| Plan::new(company, small * times));
        let customer = company.ids.next("cus_");
        let quantity = company.rng.range(1, 4);
        let mut sub = objects::subscription(company, &customer, &plans[1], quantity);
        sub.set("metadata", json!({"customerId": format!("c-{}", &customer[4..])}));
        let period = (company.now, a_month_from(company.now));
        set_period(company, &mut sub, period);
        let subscribes_to_updates = company.rng.chance(70);
        let subscribes_to_payments = company.rng.chance(50);
        Self {
            sub,
            customer,
            plans,
            plan: 1,
            quantity,
            period,
            bills: Vec::new(),
            subscribes_to_updates,
            subscribes_to_payments,
            exists: false,
            was_active: false,
            ended: false,
            past_due_since: None,
        }
    }

    /// `customer.subscription.created`, with the subscription as it is by now.
    pub(super) fn created(&mut self, company: &mut Company) {
        self.exists = true;
        company.emit("customer.subscription.created", &self.sub);
        self.note(company);
    }

    /// The running period is this long.
    pub(super) fn lasts(&mut self, company: &Company, seconds: i64) {
        self.period = (company.now, company.now + seconds);
        set_period(company, &mut self.sub, self.period);
    }

    pub(super) fn begin_trial(&mut self, company: &mut Company, end: i64, bill: usize) {
        self.period = (company.now, end);
        set_period(company, &mut self.sub, self.period);
        self.sub
            .set("status", "trialing")
            .set("trial_start", company.now)
            .set("trial_end", end)
            .set("billing_cycle_anchor", end)
            .set("latest_invoice", self.bills[bill].invoice.id());
        self.created(company);
    }

    /// Changes the subscription and sends the event.
    pub(super) fn change(
        &mut self,
        company: &mut Company,
        also: &[&'static str],
        changes: Vec<(&str, Value)>,
    ) {
        company.step(UPDATED, also, &mut self.sub, changes);
        self.note(company);
    }

    pub(super) fn status(&mut self, company: &mut Company, status: &str, also: &[&'static str]) {
        self.change(company, also, vec![("status", status.into())]);
    }

    /// What lasts of the state just sent.
    fn note(&mut self, company: &Company) {
        let status = self.sub.text("status");
        self.was_active |= matches!(status, "active" | "trialing");
        self.past_due_since = match (status, self.past_due_since) {
            ("past_due", None) => Some(company.last_created()),
            ("past_due", since) => since,
            _ => None,
        };
    }

    /// The next period begins: the subscription moves on and a draft invoice is made.
    pub(super) fn next_period(
        &mut self,
        company: &mut Company,
        reason: &'static str,
        status: &str,
        also: &[&'static str],
    ) -> usize {
        company.now = company.now.max(self.period.1);
        self.period = (company.now, a_month_from(company.now));
        let bill = self.draft(company, reason);
        let [start, end] = objects::period_paths(company.version);
        let changes = vec![
            ("status", status.into()),
            (start, self.period.0.into()),
            (end, self.period.1.into()),
            ("latest_invoice", self.bills[bill].invoice.id().into()),
        ];
        self.change(company, also, changes);
        self.bill(company, bill);
        bill
    }

    /// A renewal that goes well.
    pub(super) fn renew(&mut self, company: &mut Company, status: &str) {
        company.by_itself();
        let bill = self.next_period(company, "subscription_cycle", status, &[]);
        company.wait(3600);
        self.finalize(company, bill);
        self.pay(company, bill);
    }

    /// It ends now. Nothing says what it was before.
    pub(super) fn end(&mut self, company: &mut Company, reason: &str) {
        let already = !self.sub.value()["canceled_at"].is_null();
        if !already {
            self.sub.set("canceled_at", company.now);
        }
        self.sub
            .set("status", "canceled")
            .set("ended_at", company.now)
            .set("cancellation_details.reason", reason);
        company.tick();
        company.emit("customer.subscription.deleted", &self.sub);
        self.ended = true;
        self.note(company);
    }

    /// A line for the whole of the running period.
    pub(super) fn line(&self) -> Line {
        let plan = self.plans[self.plan].clone();
        let amount = plan.amount * self.quantity;
        Line {
            plan,
            item: 0,
            amount,
            quantity: self.quantity,
            period: self.period,
            proration: false,
            fee: false,
        }
    }

    /// Writes down what must come of it.
    pub(super) fn write_down(self, company: &mut Company) {
        let subscription = self.exists.then(|| self.sub.id().to_owned());
        // The newest paid invoice counts, by the end of what is bought again and again.
        let mut paid_through = None;
        for bill in self.bills {
            let expected_state = bill.expected_state(company, subscription.clone(), &self.customer);
            if expected_state.status == "paid" {
                paid_through = expected_state.period_end.or(paid_through);
            }
            company.expected_state.invoices.push(expected_state);
        }
        let Some(id) = subscription else { return };
        let plan = &self.plans[self.plan];
        let item = ExpectedItem {
            price: plan.price.clone(),
            product: plan.product.clone(),
            quantity: Some(self.quantity),
        };
        company.expected_state.subscriptions.push(ExpectedSubscription {
            id,
            customer: self.customer,
            status: status_name(self.sub.text("status")),
            past_due_since: self.past_due_since,
            paid_through,
            cancel_at_period_end: self.sub.value()["cancel_at_period_end"].as_bool().unwrap_or_default(),
            items: vec![item],
            was_active: self.was_active,
            ended: self.ended,
        });
    }
}

fn set_period(company: &Company, sub: &mut Object, period: (i64, i64)) {
    let [start, end] = objects::period_paths(company.version);
    sub.set(start, period.0).set(end, period.1);
}

fn status_name(status: &str) -> &'static str {
    const STATUSES: [&str; 8] = [
        "incomplete",
        "incomplete_expired",
        "trialing",
        "active",
        "past_due",
        "unpaid",
        "paused",
        "canceled",
    ];
    STATUSES.into_iter().find(|known| *known == status).unwrap_or("active")
}
