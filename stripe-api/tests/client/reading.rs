use std::pin::pin;

use futures_util::TryStreamExt as _;
use serde_json::{Value, json};
use simulator::histories::Kind;
use stripe_api::{Call, DEFAULT_VERSION, List, Resource};

use crate::{last, with_history};

fn ids(objects: &[Value]) -> Vec<&str> {
    objects.iter().map(|object| object["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_object_comes_as_its_last_event_shows_it() {
    let (server, api, history) = with_history(Kind::Card).await;
    for (resource, object) in [
        (Resource::PaymentIntent, "payment_intent"),
        (Resource::Charge, "charge"),
        (Resource::CheckoutSession, "checkout.session"),
    ] {
        let expected = last(&history, object);
        let id = expected["id"].as_str().unwrap();
        assert_eq!(api.retrieve(resource, id, &Call::default()).await.unwrap().object, expected);
    }
    server.set_now(Some(1_790_000_000));
    let events = api.page(&List::new(Resource::Event), &Call::default()).await.unwrap();
    assert!((1_790_000_000 - 4..1_790_000_000).contains(&events.as_of), "{}", events.as_of);
    let asked = &server.requests()[0];
    assert_eq!((asked.version.as_deref(), asked.account.as_deref()), (Some(DEFAULT_VERSION), None));
}

#[tokio::test]
async fn account_and_version_of_a_call_are_sent_and_other_accounts_objects_are_not_found() {
    let (server, api, _) = with_history(Kind::ConnectedAccount).await;
    let own = api.all(List::new(Resource::Event), Call::default()).await.unwrap();
    assert!(own.iter().all(|event| event.get("account").is_none()));
    let accounts = api.all(List::new(Resource::Account), Call::default()).await.unwrap();
    let account = accounts[0]["id"].as_str().unwrap();
    let call = Call::default().account(account).version(Some("2022-11-15"));
    let events = api.all(List::new(Resource::Event), call.clone()).await.unwrap();
    assert!(events.iter().all(|event| event["account"] == account) && !events.is_empty());
    let intent = api.all(List::new(Resource::PaymentIntent), call.clone()).await.unwrap();
    let id = intent[0]["id"].as_str().unwrap();
    assert!(api.retrieve(Resource::PaymentIntent, id, &call).await.is_ok());
    let elsewhere = api.retrieve(Resource::PaymentIntent, id, &Call::default()).await.unwrap_err();
    assert_eq!(elsewhere.as_str(), "not_found");
    let asked = server.requests();
    let last = &asked[asked.len() - 2];
    assert_eq!((last.account.as_deref(), last.version.as_deref()), (Some(account), Some("2022-11-15")));
}

#[tokio::test]
async fn pages_hold_every_event_once_in_both_directions() {
    let (server, api, history) = with_history(Kind::Retries).await;
    let mut expected: Vec<&str> = history.events.iter().map(|event| event.id.as_str()).collect();
    expected.reverse();
    let call = Call::default();
    for size in [1, 2, 100] {
        let list = List::new(Resource::Event).page_size(size);
        let older = api.all(list.clone(), call.clone()).await.unwrap();
        assert_eq!(ids(&older), expected, "pages of {size}");
        let oldest = expected[expected.len() - 1];
        let mut pages = pin!(api.pages(list.ending_before(oldest), call.clone()));
        let mut newer = Vec::new();
        while let Some(page) = pages.try_next().await.unwrap() {
            newer.extend(page.data.into_iter().rev());
        }
        newer.reverse();
        assert_eq!(ids(&newer), expected[..expected.len() - 1], "pages of {size}");
    }
    let resumed = List::new(Resource::Event).starting_after(expected[1]);
    assert_eq!(ids(&api.all(resumed, call).await.unwrap()), expected[2..]);
    assert!(server.requests().len() > 2 * expected.len(), "one request for each page");
}

#[tokio::test]
async fn a_list_is_filtered_by_time_type_and_object() {
    let (_server, api, history) = with_history(Kind::Card).await;
    let call = Call::default();
    let middle = history.events[history.events.len() / 2].created;
    let since = List::new(Resource::Event).param("created[gte]", middle);
    let found = api.all(since, call.clone()).await.unwrap();
    let expected = history.events.iter().filter(|event| event.created >= middle).count();
    assert_eq!(found.len(), expected);
    let typed = List::new(Resource::Event).param("type", "payment_intent.succeeded");
    assert_eq!(api.all(typed, call.clone()).await.unwrap().len(), 1);
    let intent = last(&history, "payment_intent");
    let sessions =
        List::new(Resource::CheckoutSession).param("payment_intent", intent["id"].as_str().unwrap());
    let found = api.all(sessions, call.clone()).await.unwrap();
    assert_eq!(found, [last(&history, "checkout.session")]);
    let unknown = List::new(Resource::Charge).param("colour", "red");
    let error = api.page(&unknown, &call).await.unwrap_err();
    assert!(
        error.to_string().contains("parameter_unknown") && error.to_string().contains("colour"),
        "{error}"
    );
}

#[tokio::test]
async fn an_invoice_is_read_with_the_lines_that_its_body_leaves_out() {
    let (server, api, _) = with_history(Kind::Card).await;
    let line = |number: i64| json!({"id": format!("il_{number}"), "object": "line_item", "amount": number});
    let invoice = json!({"id": "in_1", "object": "invoice", "created": 1, "livemode": false, "status": "paid",
        "lines": {"object": "list", "data": [line(1), line(2)], "has_more": false, "total_count": 2}});
    server.put("", &invoice, 1);
    server.more_lines("in_1", (3..=260).map(line).collect());
    let call = Call::default();
    let cut = api.retrieve(Resource::Invoice, "in_1", &call).await.unwrap().object;
    let shown = cut["lines"]["data"].as_array().unwrap().len();
    assert_eq!((shown, &cut["lines"]["has_more"]), (10, &json!(true)));
    let whole = api.invoice("in_1", &call).await.unwrap().object;
    let amounts = whole["lines"]["data"].as_array().unwrap().iter().map(|line| line["amount"].as_i64());
    assert_eq!(amounts.map(Option::unwrap).collect::<Vec<_>>(), (1..=260).collect::<Vec<_>>());
    assert_eq!(whole["lines"]["has_more"], json!(false));
}

#[tokio::test]
async fn an_id_from_outside_stays_within_its_path() {
    let (server, api, _) = with_history(Kind::Card).await;
    for id in ["../events", "x/lines", "x?limit=1", "", " "] {
        let error = api.retrieve(Resource::PaymentIntent, id, &Call::default()).await.unwrap_err();
        assert_eq!(error.as_str(), "not_found", "{id}");
    }
    assert!(server.requests().iter().all(|asked| asked.path.starts_with("/v1/payment_intents/")));
    assert!(server.requests().iter().all(|asked| asked.params.is_empty()));
}

#[tokio::test]
async fn balance_transactions_and_payouts_add_up() {
    let (_server, api, _) = with_history(Kind::RefundSeveral).await;
    let call = Call::default();
    let moved = api.all(List::new(Resource::BalanceTransaction), call.clone()).await.unwrap();
    let sum: i64 = moved.iter().map(|txn| txn["net"].as_i64().unwrap()).sum();
    let payouts = api.all(List::new(Resource::Payout), call.clone()).await.unwrap();
    assert!(!moved.is_empty() && payouts.len() <= moved.len());
    for payout in &payouts {
        let id = payout["id"].as_str().unwrap();
        let inside = api.all(List::new(Resource::BalanceTransaction).param("payout", id), call.clone()).await;
        let net: i64 = inside.unwrap().iter().map(|txn| txn["net"].as_i64().unwrap()).sum();
        assert_eq!(net, 0, "what a payout pays out is what came in");
    }
    let unpaid: i64 =
        moved.iter().filter(|txn| txn["type"] != "payout").map(|t| t["net"].as_i64().unwrap()).sum();
    let paid_out: i64 = payouts.iter().map(|payout| payout["amount"].as_i64().unwrap()).sum();
    assert_eq!(sum, unpaid - paid_out);
}
