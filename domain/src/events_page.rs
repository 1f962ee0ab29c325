//! `docs/EVENTS.md`: what each event type does, written from the list of handlers.

use crate::handlers::HANDLERS;
use crate::message::TOPICS;

/// The page as it must be in the repository.
#[must_use]
pub fn events_page() -> String {
    let mut page = String::from(HEAD);
    for handler in HANDLERS {
        page += &format!("\n## `domain/src/handlers/{}.rs`\n\n", handler.file);
        page.push_str("| event type | what it does |\n| --- | --- |\n");
        for (kind, does) in handler.types {
            page += &format!("| `{kind}` | {does} |\n");
        }
        let emits: Vec<_> = handler.topics().map(|topic| format!("`{}`", topic.name)).collect();
        if !emits.is_empty() {
            page += &format!("\nMay emit {}.\n", emits.join(", "));
        }
    }
    page.push_str(NEEDED_HEAD);
    for (kinds, when, without) in NEEDED {
        let kinds: Vec<_> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
        page += &format!("| {} | {when} | {without} |\n", kinds.join(" "));
    }
    page.push_str(IGNORED_HEAD);
    for (kinds, why) in IGNORED {
        let kinds: Vec<_> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
        page += &format!("| {} | {why} |\n", kinds.join(" "));
    }
    page.push_str(TOPICS_HEAD);
    for topic in TOPICS {
        let kind = if topic.lasting { "lasting" } else { "notice" };
        page += &format!("| `{}` | {kind} | {} |\n", topic.name, topic.when);
    }
    page
}

/// The event types that an endpoint must send, when, and what is wrong without them. All other types that a handler
/// names help: they bring a state earlier, or say more of it.
pub const NEEDED: &[(&[&str], &str, &str)] = &[
    (
        &["payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled"],
        "payments",
        "an order that is paid without Checkout stays `pending`; a partial capture is known only from its charge, and `order.paid` for money that was held first is not sent",
    ),
    (
        &["checkout.session.completed", "checkout.session.expired"],
        "Checkout",
        "an order that only the session names is never paid; a delayed payment is not `processing`",
    ),
    (
        &["checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed"],
        "Checkout with delayed methods",
        "the order stays `processing` when the payment intent's own events are missing as well",
    ),
    (
        &["charge.succeeded", "charge.captured"],
        "holds, and refunds of a part of them",
        "a refund that only releases a hold cannot be distinguished from one that pays money back",
    ),
    (
        &["charge.refunded"],
        "refunds",
        "before 2024-10-28 refunds are not seen at all; since then `order.partially_refunded` is not sent",
    ),
    (
        &["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"],
        "refunds",
        "a refund that fails or is canceled still counts as refunded (`charge.refund.updated` before 2024-10-28)",
    ),
    (
        &[
            "charge.dispute.created",
            "charge.dispute.closed",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated",
        ],
        "all",
        "an order stays `paid` with its money gone",
    ),
    (
        &["customer.subscription.created", "customer.subscription.updated", "customer.subscription.deleted"],
        "subscriptions",
        "access is given too late or never taken away",
    ),
    (
        &["invoice.paid", "invoice.payment_succeeded", "invoice.payment_failed"],
        "subscriptions, and orders paid by invoice",
        "`subscription.payment_succeeded` is not sent, `paid_through` stands still, and `order.paid` for an order that only the invoice names is not sent",
    ),
    (
        &["invoice_payment.paid"],
        "invoices since 2025-03-31.basil",
        "a payment is not joined to its invoice: an order that only the invoice names is never paid",
    ),
];

/// Event types about money that are ignored on purpose, and why. None of them needs to be sent.
const IGNORED: &[(&[&str], &str)] = &[
    (
        &["payment_intent.partially_funded", "customer_cash_balance_transaction.created"],
        "a bank transfer brought a part, or too much: Stripe keeps it in the customer's cash balance, and the payment counts once all of it is there",
    ),
    (
        &["credit_note.created", "credit_note.updated", "credit_note.voided"],
        "an open invoice's own events show what is left due; what a paid one gives back comes as a refund, or is credit that moves no money",
    ),
    (
        &["radar.early_fraud_warning.created", "review.opened", "review.closed"],
        "a warning or a review moves no money; the refund or dispute that follows has events of its own",
    ),
    (
        &[
            "payment.created",
            "transfer.created",
            "transfer.reversed",
            "application_fee.created",
            "application_fee.refunded",
        ],
        "on Connect: what the company and its merchants pay each other, not what the customer paid",
    ),
    (
        &["invoice.will_be_due", "invoice.sent", "invoice.payment_attempt_required", "invoice.overpaid"],
        "say nothing that the invoice's other events, and its payments, do not say",
    ),
    (
        &["subscription_schedule.updated", "customer.discount.created"],
        "a plan or a discount counts once the subscription or the invoice shows it",
    ),
    (
        &["payout.paid", "balance.available"],
        "the company's own money on its way to its bank; see `sluicegate reconcile`",
    ),
];

const IGNORED_HEAD: &str = "
## Which types are ignored on purpose

| event types | why |
| --- | --- |
";

const NEEDED_HEAD: &str = "
## Which types an endpoint must send

All other types above help: they bring a state earlier, or say more of it.

| event types | needed for | without them |
| --- | --- | --- |
";

const HEAD: &str = "# Events

Written from the code by `cargo run -p domain --example events-page > docs/EVENTS.md`; a test compares the two.

Every other event type is recorded as `ignored` (`unhandled_type`), and so is a checkout session that is neither a
payment nor linked to a subscription (`no_payment_or_subscription`). A thin event (`v2.core.event`) of one of these
types carries no object: it is fetched with `STRIPE_API_KEY`, and without one it becomes a dead letter
(`needs_api_key`). It takes effect under the id of the snapshot event that reports the same change, if there is one. For
`v2.core.health.event_generation_failure.resolved` the object is fetched whose event Stripe failed to make. The types that
end in `.fetched` are none of Stripe's and need not be sent.
";

const TOPICS_HEAD: &str = "
## Outgoing messages

A **lasting** message says what stays true: it is sent exactly once, in whatever order the events arrive. A **notice**
says what is true at the commit that sends it: it is sent at most once, and not when it is no longer true.

| topic | kind | sent when |
| --- | --- | --- |
";
