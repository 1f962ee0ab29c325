//! Items of several intervals in one subscription: Stripe bills them together where their periods end at one moment, and by
//! themselves otherwise (<https://docs.stripe.com/billing/subscriptions/mixed-interval>).

use serde_json::{Value, json};

use super::calendar::{DAY, MONTH, YEAR};
use super::life::Life;
use crate::company::Company;
use crate::expected_state::ExpectedItem;
use crate::objects::{self, Line, Plan};

/// The item beside the monthly one.
struct Other {
    plan: Plan,
    seconds: i64,
    period: (i64, i64),
    /// The monthly item is usage, which is billed when its month is over.
    usage: bool,
}

impl Other {
    fn line(&self, life: &Life) -> Line {
        let (plan, amount) = (self.plan.clone(), self.plan.amount);
        Line { plan, item: 1, amount, quantity: 1, period: self.period, ..life.line() }
    }

    /// Where the periods are by now. Before 2025-03-31 the subscription has one, the one that ends first.
    fn periods(&self, company: &Company, life: &Life) -> Vec<(&'static str, Value)> {
        let [start, end] = objects::period_paths(company.version);
        let (month, other) = (life.period, self.period);
        if !company.version.basil() {
            let first = if other.1 < month.1 { other } else { month };
            return vec![(start, first.0.into()), (end, first.1.into())];
        }
        vec![
            (start, month.0.into()),
            (end, month.1.into()),
            ("items.data.1.current_period_start", other.0.into()),
            ("items.data.1.current_period_end", other.1.into()),
        ]
    }
}

pub(super) fn live(company: &mut Company) {
    let mut life = Life::new(company);
    let mut other = begin(company, &mut life);
    for _ in 0..company.rng.range(1, 5) {
        renew(company, &mut life, &mut other);
    }
    if company.rng.chance(30) {
        company.wait(3 * DAY);
        company.asked();
        life.end(company, "cancellation_requested");
    }
    let month_counts = !other.usage || !company.version.basil();
    let paid_through = if month_counts { life.period.1.min(other.period.1) } else { other.period.1 };
    let usage = other.usage;
    life.write_down(company);
    if let Some(subscription) = company.expected_state.subscriptions.last_mut() {
        subscription.paid_through = Some(paid_through);
        subscription.items[0].quantity = subscription.items[0].quantity.filter(|_| !usage);
        let Plan { price, product, .. } = other.plan;
        subscription.items.push(ExpectedItem { price, product, quantity: Some(1) });
    }
}

fn begin(company: &mut Company, life: &mut Life) -> Other {
    let plan = Plan::new(company, life.plans[2].amount);
    let seconds = *company.rng.pick(&[15 * DAY, 45 * DAY, 3 * MONTH, YEAR]);
    let usage = company.rng.chance(50);
    let other = Other { plan, seconds, period: (company.now, company.now + seconds), usage };
    let mut items = vec![life.sub.value()["items"]["data"][0].clone(); 2];
    items[1]["id"] = company.ids.next("si_").into();
    items[1]["quantity"] = 1.into();
    let currency = company.currency.code;
    items[1]["price"] = other.plan.price_object(currency);
    items[1]["plan"] = other.plan.plan_object(currency);
    for of in ["price", "plan"] {
        let interval = json!({"interval": "day", "interval_count": seconds / DAY});
        let place = if of == "price" { &mut items[1][of]["recurring"] } else { &mut items[1][of] };
        place["interval"] = interval["interval"].clone();
        place["interval_count"] = interval["interval_count"].clone();
    }
    if usage && let Some(item) = items[0].as_object_mut() {
        item.remove("quantity");
        item["price"]["recurring"]["usage_type"] = "metered".into();
        item["plan"]["usage_type"] = "metered".into();
    }
    life.sub.set("items.data", items).set("items.total_count", 2);
    if !company.version.basil() {
        // The old place of a plan is empty where there are several.
        life.sub.set("plan", Value::Null).set("quantity", Value::Null);
    }
    for (place, value) in other.periods(company, life) {
        life.sub.set(place, value);
    }
    company.asked();
    let mut lines = vec![other.line(life)];
    lines.extend((!usage).then(|| life.line()));
    let bill = life.draft_of(company, "subscription_create", &lines);
    life.sub.set("status", "active").set("latest_invoice", life.bills[bill].invoice.id());
    life.created(company);
    life.bill(company, bill);
    life.finalize(company, bill);
    life.pay(company, bill);
    other
}

/// The next end of a period, or of two at once.
fn renew(company: &mut Company, life: &mut Life, other: &mut Other) {
    let now = life.period.1.min(other.period.1);
    company.by_itself();
    company.now = company.now.max(now);
    let mut lines = Vec::new();
    if life.period.1 == now {
        let over = life.line();
        life.period = (now, now + MONTH);
        lines.push(if other.usage { over } else { life.line() });
    }
    if other.period.1 == now {
        other.period = (now, now + other.seconds);
        lines.push(other.line(life));
    }
    let bill = life.draft_of(company, "subscription_cycle", &lines);
    let mut changes = other.periods(company, life);
    changes.push(("latest_invoice", life.bills[bill].invoice.id().into()));
    life.change(company, &[], changes);
    life.bill(company, bill);
    company.wait(3600);
    life.finalize(company, bill);
    life.pay(company, bill);
}
