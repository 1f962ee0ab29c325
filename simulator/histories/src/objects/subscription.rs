//! `subscription`.

use serde_json::{Value, json};

use super::{Template, parse};
use crate::company::Company;
use crate::object::Object;
use crate::version::Version;

static TEMPLATE: Template = Template::new(|| {
    parse(
        r#"{"object":"subscription","application":null,"application_fee_percent":null,
"automatic_tax":{"enabled":false},"billing_cycle_anchor":0,"billing_cycle_anchor_config":null,
"billing_mode":{"type":"classic"},"billing_schedules":[],"billing_thresholds":null,"cancel_at":null,
"cancel_at_period_end":false,"canceled_at":null,"cancellation_details":{"comment":null,"feedback":null,"reason":null},
"collection_method":"charge_automatically","created":0,"currency":"usd","customer":null,"customer_account":null,
"days_until_due":null,"default_payment_method":null,"default_source":null,"default_tax_rates":[],"description":null,
"discount":null,"discounts":[],"ended_at":null,"invoice_settings":{"account_tax_ids":null,"issuer":{"type":"self"}},
"items":{"object":"list","data":[],"has_more":false,"total_count":1,"url":null},"latest_invoice":null,
"livemode":false,"managed_payments":{"enabled":false},"metadata":{},"next_pending_invoice_item_invoice":null,
"on_behalf_of":null,"pause_collection":null,"payment_settings":{"payment_method_options":null,
"payment_method_types":null,"save_default_payment_method":"off"},"pending_invoice_item_interval":null,
"pending_setup_intent":null,"pending_update":null,"schedule":null,"start_date":0,"status":"active",
"test_clock":null,"transfer_data":null,"trial_end":null,"trial_settings":{"end_behavior":
{"missing_payment_method":"create_invoice"}},"trial_start":null}"#,
    )
});

/// A price and its product.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) price: String,
    pub(crate) product: String,
    pub(crate) amount: i64,
}

impl Plan {
    pub(crate) fn new(company: &mut Company, amount: i64) -> Self {
        Self { price: company.ids.next("price_1"), product: company.ids.next("prod_"), amount }
    }

    /// The `price` of an item.
    pub(crate) fn price_object(&self, currency: &str) -> Value {
        json!({"id": self.price, "object": "price", "active": true, "billing_scheme": "per_unit",
            "created": 1_790_000_000, "currency": currency, "custom_unit_amount": null, "livemode": false,
            "lookup_key": null, "metadata": {}, "nickname": null, "product": self.product,
            "recurring": {"interval": "month", "interval_count": 1, "trial_period_days": null,
                "usage_type": "licensed"},
            "tax_behavior": "unspecified", "tiers_mode": null, "transform_quantity": null, "type": "recurring",
            "unit_amount": self.amount, "unit_amount_decimal": self.amount.to_string()})
    }

    /// The same in the form of before prices, still sent along.
    pub(crate) fn plan_object(&self, currency: &str) -> Value {
        json!({"id": self.price, "object": "plan", "active": true, "amount": self.amount,
            "amount_decimal": self.amount.to_string(), "billing_scheme": "per_unit", "created": 1_790_000_000,
            "currency": currency, "interval": "month", "interval_count": 1, "livemode": false, "metadata": {},
            "nickname": null, "product": self.product, "tiers_mode": null, "transform_usage": null,
            "trial_period_days": null, "usage_type": "licensed"})
    }
}

/// A subscription to a plan as it begins, without its period.
pub(crate) fn subscription(company: &mut Company, customer: &str, plan: &Plan, quantity: i64) -> Object {
    let id = company.ids.next("sub_1");
    let (version, currency, now) = (company.version, company.currency.code, company.now);
    let item = json!({"id": company.ids.next("si_"), "object": "subscription_item", "created": now, "metadata": {},
        "plan": plan.plan_object(currency), "price": plan.price_object(currency), "quantity": quantity,
        "subscription": id, "tax_rates": []});
    let mut subscription = Object::new(&TEMPLATE);
    subscription
        .since(
            version,
            &[
                ("2023-10-16", &["billing_cycle_anchor_config"]),
                ("2024-04-10", &["discounts", "invoice_settings"]),
                ("2025-06-30", &["billing_mode"]),
                ("2025-12-15", &["customer_account"]),
                ("2026-04-22", &["managed_payments"]),
                ("2026-05-27", &["billing_schedules"]),
            ],
        )
        .set("items.url", format!("/v1/subscription_items?subscription={id}"))
        .set("items.data", vec![item])
        .set("id", id)
        .set("customer", customer)
        .set("currency", currency)
        .set("created", now)
        .set("start_date", now)
        .set("billing_cycle_anchor", now);
    if version.basil() {
        subscription.remove("discount");
    } else {
        subscription.set("plan", plan.plan_object(currency)).set("quantity", quantity);
    }
    subscription
}

/// Where the current period is kept.
pub(crate) fn period_paths(version: Version) -> [&'static str; 2] {
    if version.basil() {
        ["items.data.0.current_period_start", "items.data.0.current_period_end"]
    } else {
        ["current_period_start", "current_period_end"]
    }
}
