//! Whom an e-mail about a payment, invoice or subscription goes to: read from the events about it.

use serde_json::Value;

use crate::locale::Locale;

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// By Stripe's clock, unix seconds.
    pub created: i64,
    /// Its body.
    pub body: String,
}

/// What Stripe knows of a customer.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// The address.
    pub email: Option<String>,
    /// The language that the customer chose or was shown.
    pub locale: Option<Locale>,
    /// Where the invoice can be paid.
    pub pay_url: Option<String>,
    /// A delayed method has failed: no page has shown it to the customer.
    pub delayed_failed: bool,
}

/// Never the address.
impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contact").field("locale", &self.locale).finish_non_exhaustive()
    }
}

/// Where an address or a language stands, the best first: what was typed for this purchase, before what is on file.
const EMAILS: [(&str, &str); 7] = [
    ("checkout.session", "/customer_details/email"),
    ("checkout.session", "/customer_email"),
    ("invoice", "/customer_email"),
    ("charge", "/billing_details/email"),
    ("charge", "/receipt_email"),
    ("payment_intent", "/receipt_email"),
    ("customer", "/email"),
];
const LOCALES: [(&str, &str); 2] = [("customer", "/preferred_locales/0"), ("checkout.session", "/locale")];

/// Reads a contact from the events about its objects, in any order. `invoice` is the one to be paid.
#[must_use]
pub fn contact(events: &[StoredEvent], invoice: Option<&str>) -> Contact {
    let mut events: Vec<(i64, Value)> = events
        .iter()
        .filter_map(|event| Some((event.created, serde_json::from_str(&event.body).ok()?)))
        .collect();
    events.sort_by_key(|(created, _)| std::cmp::Reverse(*created));
    let objects = || events.iter().filter_map(|(_, event)| event.pointer("/data/object"));
    let texts = |(kind, pointer): (&'static str, &'static str)| {
        objects()
            .filter(move |object| object["object"] == kind)
            .filter_map(move |object| text(object, pointer))
    };
    let of_invoice =
        objects().filter(|object| object["object"] == "invoice" && object["id"].as_str() == invoice);
    let pay_url = of_invoice.filter_map(|object| text(object, "/hosted_invoice_url")).next();
    Contact {
        email: EMAILS.into_iter().flat_map(texts).next().map(str::to_owned),
        locale: LOCALES.into_iter().flat_map(texts).find_map(Locale::from_tag),
        pay_url: pay_url.filter(|url| url.starts_with("https://")).map(str::to_owned),
        delayed_failed: events
            .iter()
            .any(|(_, event)| event["type"] == "checkout.session.async_payment_failed"),
    }
}

fn text<'a>(object: &'a Value, pointer: &str) -> Option<&'a str> {
    object.pointer(pointer)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(created: i64, kind: &str, object: Value) -> StoredEvent {
        StoredEvent { created, body: json!({"type": kind, "data": {"object": object}}).to_string() }
    }

    #[test]
    fn the_address_typed_for_the_purchase_comes_before_those_on_file() {
        let charge = event(
            30,
            "charge.succeeded",
            json!({"object": "charge", "billing_details": {"email": "card@example.com"}}),
        );
        let customer = event(
            40,
            "customer.updated",
            json!({"object": "customer", "email": "file@example.com", "preferred_locales": ["de-AT", "en"]}),
        );
        let session = |created, email: &str| {
            let object =
                json!({"object": "checkout.session", "locale": "fr", "customer_details": {"email": email}});
            event(created, "checkout.session.completed", object)
        };
        let all = [
            session(10, "old@example.com"),
            charge.clone(),
            customer.clone(),
            session(20, "new@example.com"),
        ];
        let found = contact(&all, None);
        assert_eq!((found.email.as_deref(), found.locale), (Some("new@example.com"), Some(Locale::De)));
        assert_eq!(contact(&[customer, charge], None).email.as_deref(), Some("card@example.com"));
        assert_eq!(contact(&[], None), Contact::default());
        assert!(!format!("{found:?}").contains('@'));
    }

    #[test]
    fn the_link_to_pay_is_the_newest_of_that_invoice_and_leads_to_https() {
        let invoice = |created, id: &str, url: &str| {
            let object = json!({"object": "invoice", "id": id, "hosted_invoice_url": url, "customer_email": "a@example.com"});
            event(created, "invoice.payment_failed", object)
        };
        let events = [
            invoice(2, "in_1", "https://invoice.stripe.com/i/new"),
            invoice(1, "in_1", "https://invoice.stripe.com/i/old"),
            invoice(3, "in_2", "https://invoice.stripe.com/i/other"),
        ];
        let found = contact(&events, Some("in_1"));
        assert_eq!(found.pay_url.as_deref(), Some("https://invoice.stripe.com/i/new"));
        assert_eq!(found.email.as_deref(), Some("a@example.com"));
        assert_eq!(contact(&[invoice(1, "in_1", "javascript:alert(1)")], Some("in_1")).pay_url, None);
        assert_eq!(contact(&events, None).pay_url, None);
    }
}
