//! What can be listed and retrieved, and by which parameters a list is filtered.

/// One kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Collection {
    /// What `object` says in its objects.
    pub(super) object: &'static str,
    /// Where its list is.
    pub(super) path: &'static str,
    /// Parameters of the list, and the fields that they compare: any of them.
    pub(super) filters: &'static [(&'static str, &'static [&'static str])],
}

pub(super) const EVENT: &str = "event";
pub(super) const BALANCE_TRANSACTION: &str = "balance_transaction";
pub(super) const PAYOUT: &str = "payout";
pub(super) const SUBSCRIPTION: &str = "subscription";
pub(super) const ACCOUNT: &str = "account";
pub(super) const THIN_EVENT: &str = "v2.core.event";

const CUSTOMER: (&str, &[&str]) = ("customer", &["/customer"]);
const INTENT: (&str, &[&str]) = ("payment_intent", &["/payment_intent"]);
const CHARGE: (&str, &[&str]) = ("charge", &["/charge"]);
const IN_SUBSCRIPTION: (&str, &[&str]) =
    ("subscription", &["/subscription", "/parent/subscription_details/subscription"]);
const STATUS: (&str, &[&str]) = ("status", &["/status"]);

pub(super) const COLLECTIONS: &[Collection] = &[
    Collection { object: "payment_intent", path: "/v1/payment_intents", filters: &[CUSTOMER] },
    Collection { object: "charge", path: "/v1/charges", filters: &[CUSTOMER, INTENT] },
    Collection {
        object: "checkout.session",
        path: "/v1/checkout/sessions",
        filters: &[CUSTOMER, INTENT, STATUS, IN_SUBSCRIPTION],
    },
    Collection { object: "invoice", path: "/v1/invoices", filters: &[CUSTOMER, STATUS, IN_SUBSCRIPTION] },
    Collection {
        object: "invoice_payment",
        path: "/v1/invoice_payments",
        filters: &[
            ("invoice", &["/invoice"]),
            STATUS,
            ("payment[type]", &["/payment/type"]),
            ("payment[payment_intent]", &["/payment/payment_intent"]),
        ],
    },
    Collection { object: SUBSCRIPTION, path: "/v1/subscriptions", filters: &[CUSTOMER, STATUS] },
    Collection { object: "refund", path: "/v1/refunds", filters: &[CHARGE, INTENT] },
    Collection { object: "dispute", path: "/v1/disputes", filters: &[CHARGE, INTENT] },
    Collection {
        object: EVENT,
        path: "/v1/events",
        filters: &[("type", &["/type"]), ("types[]", &["/type"])],
    },
    Collection {
        object: BALANCE_TRANSACTION,
        path: "/v1/balance_transactions",
        filters: &[
            ("payout", &["/simulated_payout"]),
            ("source", &["/source"]),
            ("type", &["/type"]),
            ("currency", &["/currency"]),
        ],
    },
    Collection { object: PAYOUT, path: "/v1/payouts", filters: &[STATUS] },
    Collection { object: "webhook_endpoint", path: "/v1/webhook_endpoints", filters: &[] },
    Collection { object: ACCOUNT, path: "/v1/accounts", filters: &[] },
];

/// The collection that a path lists, or is an object of, with the rest of the path.
pub(super) fn of_path(path: &str) -> Option<(&'static Collection, Option<&str>)> {
    COLLECTIONS.iter().find_map(|collection| match path.strip_prefix(collection.path)? {
        "" => Some((collection, None)),
        rest => Some((collection, Some(rest.strip_prefix('/')?))),
    })
}
