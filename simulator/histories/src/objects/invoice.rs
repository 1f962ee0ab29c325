//! `invoice` and `invoice_payment`.

use serde_json::{Value, json};

use super::{Plan, Template, parse};
use crate::company::Company;
use crate::object::Object;
use crate::version::Version;

static TEMPLATE: Template = Template::new(|| {
    parse(
        r#"{"object":"invoice","account_country":"DE","account_name":"Shop","account_tax_ids":null,"amount_due":0,
"amount_overpaid":0,"amount_paid":0,"amount_remaining":0,"amount_shipping":0,"application":null,
"application_fee_amount":null,"attempt_count":0,"attempted":false,"auto_advance":true,
"automatic_tax":{"enabled":false,"status":null},"automatically_finalizes_at":null,
"billing_reason":"subscription_create","charge":null,"collection_method":"charge_automatically","created":0,
"currency":"usd","custom_fields":null,"customer":null,"customer_account":null,"customer_address":null,
"customer_email":"person@example.com","customer_name":null,"customer_phone":null,"customer_shipping":null,
"customer_tax_exempt":"none","customer_tax_ids":[],"default_payment_method":null,"default_source":null,
"default_tax_rates":[],"description":null,"discount":null,"discounts":[],"due_date":null,"effective_at":null,
"ending_balance":null,"footer":null,"from_invoice":null,"hosted_invoice_url":null,"invoice_pdf":null,
"issuer":{"type":"self"},"last_finalization_error":null,"latest_revision":null,
"lines":{"object":"list","data":[],"has_more":false,"total_count":1,"url":null},"livemode":false,"metadata":{},
"next_payment_attempt":null,"number":null,"on_behalf_of":null,"paid":false,"paid_out_of_band":false,"parent":null,
"payment_intent":null,"payment_settings":{"default_mandate":null,"payment_method_options":null,
"payment_method_types":null},"period_end":0,"period_start":0,"post_payment_credit_notes_amount":0,
"pre_payment_credit_notes_amount":0,"quote":null,"receipt_number":null,"rendering":null,"shipping_cost":null,
"shipping_details":null,"starting_balance":0,"statement_descriptor":null,"status":"draft",
"status_transitions":{"finalized_at":null,"marked_uncollectible_at":null,"paid_at":null,"voided_at":null},
"subscription":null,"subscription_details":{"metadata":{}},"subtotal":0,"subtotal_excluding_tax":0,"tax":null,
"test_clock":null,"total":0,"total_discount_amounts":[],"total_excluding_tax":0,"total_pretax_credit_amounts":[],
"total_tax_amounts":[],"total_taxes":[],"transfer_data":null,"webhooks_delivered_at":null}"#,
    )
});

/// What an invoice of before 2025-03-31 has that a later one has not.
const OLD: &[&str] = &[
    "application_fee_amount",
    "charge",
    "discount",
    "paid",
    "paid_out_of_band",
    "payment_intent",
    "quote",
    "subscription",
    "subscription_details",
    "tax",
    "total_tax_amounts",
    "transfer_data",
];

/// The body of an invoice holds no more lines; `has_more` says that there are.
const LINES_IN_A_BODY: usize = 10;

/// One line of an invoice.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) plan: Plan,
    /// Which of the subscription's items it bills.
    pub(crate) item: usize,
    pub(crate) amount: i64,
    pub(crate) quantity: i64,
    pub(crate) period: (i64, i64),
    pub(crate) proration: bool,
    /// A one-off item, which may have a period of its own.
    pub(crate) fee: bool,
}

/// A draft for these lines; for a subscription where there is one.
pub(crate) fn invoice(
    company: &mut Company,
    customer: &str,
    subscription: Option<&Object>,
    lines: &[Line],
) -> Object {
    let id = company.ids.next("in_1");
    let version = company.version;
    let total: i64 = lines.iter().map(|line| line.amount).sum();
    let mut data: Vec<Value> =
        lines.iter().map(|line| line_object(company, &id, subscription, line)).collect();
    let hidden = data.split_off(data.len().min(LINES_IN_A_BODY));
    if !hidden.is_empty() {
        company.hidden_lines.insert(id.clone(), hidden);
    }
    let mut invoice = Object::new(&TEMPLATE);
    invoice.since(
        version,
        &[
            ("2023-08-16", &["rendering"]),
            ("2023-10-16", &["issuer"]),
            ("2024-06-20", &["automatically_finalizes_at"]),
            ("2025-01-27", &["total_pretax_credit_amounts"]),
            ("2025-03-31", &["amount_overpaid", "parent", "total_taxes"]),
            ("2025-12-15", &["customer_account"]),
        ],
    );
    for field in [
        "amount_due",
        "amount_remaining",
        "subtotal",
        "subtotal_excluding_tax",
        "total",
        "total_excluding_tax",
    ] {
        invoice.set(field, total);
    }
    // A credit is kept on the customer's balance; nothing is due.
    if total < 0 {
        invoice.set("amount_due", 0).set("amount_remaining", 0);
    }
    invoice
        .set("lines.url", format!("/v1/invoices/{id}/lines"))
        .set("lines.data", data)
        .set("lines.total_count", lines.len())
        .set("lines.has_more", lines.len() > LINES_IN_A_BODY)
        .set("id", id)
        .set("customer", customer)
        .set("currency", company.currency.code)
        .set("created", company.now)
        .set("period_start", company.now)
        .set("period_end", company.now);
    if version.basil() {
        for key in OLD {
            invoice.remove(key);
        }
    }
    match subscription {
        Some(subscription) => belongs(&mut invoice, subscription, version),
        None => {
            invoice.set("billing_reason", "manual");
        }
    }
    invoice
}

fn belongs(invoice: &mut Object, subscription: &Object, version: Version) {
    let metadata = &subscription.value()["metadata"];
    if version.basil() {
        let details = json!({"metadata": metadata, "subscription": subscription.id()});
        let parent =
            json!({"quote_details": null, "subscription_details": details, "type": "subscription_details"});
        invoice.set("parent", parent);
    } else {
        invoice.set("subscription", subscription.id()).set("subscription_details.metadata", metadata.clone());
    }
}

fn line_object(company: &mut Company, invoice: &str, subscription: Option<&Object>, line: &Line) -> Value {
    let sub = subscription.map(Object::id);
    let item = subscription.map(|subscription| &subscription.value()["items"]["data"][line.item]["id"]);
    let currency = company.currency.code;
    let mut object = json!({"id": company.ids.next("il_1"), "object": "line_item", "amount": line.amount,
        "currency": currency, "description": "1 × Plan", "discount_amounts": [], "discountable": !line.proration,
        "discounts": [], "livemode": false, "metadata": {}, "quantity": line.quantity,
        "period": {"start": line.period.0, "end": line.period.1}});
    if company.version.basil() {
        let details = json!({"invoice_item": null, "proration": line.proration, "subscription": sub,
            "proration_details": {"credited_items": null}, "subscription_item": item});
        object["invoice"] = invoice.into();
        object["pricing"] = json!({"type": "price_details", "unit_amount_decimal": line.plan.amount.to_string(),
            "price_details": {"price": line.plan.price, "product": line.plan.product}});
        object["taxes"] = json!([]);
        object["parent"] = match sub {
            Some(_) if !line.fee => {
                json!({"type": "subscription_item_details", "subscription_item_details": details,
                "invoice_item_details": null})
            }
            _ => json!({"type": "invoice_item_details", "subscription_item_details": null,
                "invoice_item_details": {"proration": false, "subscription": sub}}),
        };
    } else {
        object["price"] = line.plan.price_object(currency);
        object["plan"] = line.plan.plan_object(currency);
        object["proration"] = line.proration.into();
        object["subscription"] = sub.into();
        object["subscription_item"] = item.filter(|_| !line.fee).cloned().unwrap_or_default();
        object["type"] =
            if line.proration || line.fee || sub.is_none() { "invoiceitem" } else { "subscription" }.into();
    }
    object
}

/// The payment of an invoice by a payment intent, since 2025-03-31.
pub(crate) fn invoice_payment(company: &mut Company, invoice: &Object, intent: &str) -> Object {
    let amount = invoice.int("amount_paid");
    Object::new(
        &json!({"id": company.ids.next("inpay_1"), "object": "invoice_payment", "amount_paid": amount,
        "amount_requested": amount, "created": company.now, "currency": company.currency.code,
        "invoice": invoice.id(), "is_default": true, "livemode": false,
        "payment": {"payment_intent": intent, "type": "payment_intent"}, "status": "paid",
        "status_transitions": {"canceled_at": null, "paid_at": company.now}}),
    )
}
