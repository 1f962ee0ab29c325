//! What staff search by: keyed hashes of people, numbers of invoices, and each attempt that failed.

use domain::rules::Rules;
use domain::search_keys::PersonalKey;
use secrecy::SecretString;
use serde_json::json;

use crate::database::{Bench, event, inbound, paid_intent};

const KEYS: &str = "SELECT count(*) FROM search_keys";

fn charge(id: &str) -> Vec<u8> {
    let object = json!({
        "id": format!("ch_{id}"), "object": "charge", "status": "succeeded", "payment_intent": format!("pi_{id}"),
        "amount": 500, "amount_captured": 500, "captured": true, "paid": true, "currency": "usd",
        "billing_details": {"email": "Anna@Example.com", "name": "Anna Muster"},
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242"}}
    });
    event(&format!("evt_{id}"), "charge.succeeded", object)
}

#[tokio::test]
async fn people_are_kept_as_hashes_and_only_where_the_secret_is_set() {
    let without = Bench::new(Rules::default()).await;
    without.process(&[inbound(&charge("1"))]).await;
    assert_eq!(without.count(KEYS).await, 0);
    let secret = SecretString::from("a secret");
    let bench = Bench::new(Rules { search_secret: Some(secret.clone()), ..Rules::default() }).await;
    bench.process(&[inbound(&charge("1")), inbound(&charge("2"))]).await;
    assert_eq!(bench.count(KEYS).await, 8);
    // The same event again, and another about the same person and payment, add nothing.
    bench.process(&[inbound(&charge("1"))]).await;
    let mut again = charge("1");
    let text = String::from_utf8(again.clone()).unwrap().replace("evt_1", "evt_3");
    again = text.into_bytes();
    bench.process(&[inbound(&again)]).await;
    assert_eq!(bench.count(KEYS).await, 8);
    let email = PersonalKey::email("anna@example.com").unwrap().hash(&secret).to_vec();
    let found = "SELECT string_agg(object_id, ' ' ORDER BY object_id) FROM search_keys WHERE hash = $1";
    let row = bench.look.query_one(found, &[&email]).await.unwrap();
    assert_eq!(row.get::<_, String>(0), "pi_1 pi_2");
}

#[tokio::test]
async fn an_invoice_keeps_the_number_that_its_customer_reads() {
    let bench = Bench::new(Rules::default()).await;
    let invoice = json!({"id": "in_1", "object": "invoice", "status": "open", "number": "SHOP-0042", "customer": "cus_1",
        "amount_due": 500, "amount_paid": 0, "currency": "usd", "attempt_count": 0, "lines": {"data": []}});
    bench.process(&[inbound(&event("evt_1", "invoice.finalized", invoice))]).await;
    assert_eq!(bench.text("SELECT number FROM invoices").await.as_deref(), Some("SHOP-0042"));
}

#[tokio::test]
async fn each_attempt_that_failed_is_kept_with_its_error() {
    let bench = Bench::new(Rules::default()).await;
    let refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = 'P0001'; END $$;
        CREATE TRIGGER refuse BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION refuse()";
    bench.look.batch_execute(refuse).await.unwrap();
    let body = event("evt_1", "payment_intent.succeeded", paid_intent("pi_1", "o1", 5));
    bench.process(&[inbound(&body)]).await;
    let mut second = inbound(&body);
    second.headers.attempt = 1;
    bench.process(&[second]).await;
    let attempts = "SELECT string_agg(attempt || ' ' || reason || ' ' || (next_at IS NOT NULL), ', ' ORDER BY at) FROM event_attempts";
    assert_eq!(bench.text(attempts).await.as_deref(), Some("1 database_error true, 2 database_error true"));
}
