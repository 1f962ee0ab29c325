//! A month of Stripe's balance beside the ledger.

use e2e::System;
use serde_json::{Value, json};
use simulator::histories::{Kind, write};
use simulator::stripe_api::{ApiServer, Share};

use crate::histories::{count, shuffled};

/// Noon of 2026-10-15 in UTC.
const IN_OCTOBER: i64 = 1_792_065_600;

fn reconcile(system: &System, month: &str) -> (Value, Option<i32>) {
    let output = system.run_sluicegate(&["reconcile", "--month", month, "--account", "all", "--json"]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let printed = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{errors}"));
    (printed, output.status.code())
}

/// What is not explained: the problem and what it is about.
fn unexplained(printed: &Value) -> Vec<(String, String)> {
    let accounts = printed["items"].as_array().unwrap().iter();
    let all = accounts.flat_map(|account| account["unexplained"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.map(|found| (text(&found["problem"]), text(&found["about"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_all_kinds_of_histories_is_explained_to_the_cent_and_what_is_not_is_named() {
    let api = ApiServer::open().await.unwrap();
    let system =
        System::new().await.with("STRIPE_API_BASE", &api.url()).with("STRIPE_API_KEY", "sk_test_any");
    let system = system.with("STRIPE_API_RATE", "1000").with("STRIPE_SWEEP", "off");
    let histories: Vec<_> = (0..400).map(|index| write(91, index, Kind::ALL)).collect();
    histories.iter().for_each(|history| api.add_history(history));
    let programs = system.start_all().await;
    let bodies = shuffled(&histories, 91);
    system.deliver(&mut system.client(&programs[0]), bodies.iter().map(Vec::as_slice)).await;
    system.until_done(count(&histories)).await;

    api.set_faults(
        ["rate_limited=2%", "server_error=3%", "cut_off=3%"]
            .map(|share| share.parse::<Share>().unwrap())
            .into(),
    );
    for month in ["2026-10", "2026-11", "2026-12"] {
        let (printed, code) = reconcile(&system, month);
        assert_eq!((unexplained(&printed), code), (vec![], Some(0)), "{month}");
    }
    api.set_faults(Vec::new());
    let (printed, _) = reconcile(&system, "2026-10");
    must_add_up(&system, &printed).await;
    let rows = "SELECT (SELECT count(*) FROM balance_transactions) * 100000 + (SELECT count(*) FROM payouts)";
    let kept = system.number(rows).await;

    let mut named = plant(&system, &api).await;
    let (printed, code) = reconcile(&system, "2026-10");
    let mut found = unexplained(&printed);
    found.sort();
    named.sort();
    assert_eq!((&found, code), (&named, Some(1)));
    let noted =
        "SELECT found FROM stripe_checks WHERE kind = 'reconcile' AND account = '' ORDER BY id DESC LIMIT 1";
    assert_eq!(system.number(noted).await, 3, "the console shows what was found");
    assert!(system.number(rows).await > kept, "what is new is kept too");

    // The ledger is derived: taking the payments in anew corrects it.
    system.sluicegate(&["drift", "payments", "--settle", "0s", "--repair", "--reason", "a test"]);
    let (printed, code) = reconcile(&system, "2026-10");
    let left = vec![("no_ledger_row".to_owned(), "ch_foreign".to_owned())];
    assert_eq!((unexplained(&printed), code), (left, Some(1)));
    let people = system.run_sluicegate(&["reconcile", "--month", "2026-10"]);
    let people = String::from_utf8(people.stdout).unwrap();
    assert!(people.contains("42.00 USD") && people.contains("not in the ledger"), "{people}");
}

/// What was printed of October is what the kept rows add up to, and each payout what came in.
async fn must_add_up(system: &System, printed: &Value) {
    let mut transactions = 0;
    for (currency, totals) in
        printed["items"].as_array().unwrap().iter().flat_map(|a| a["currencies"].as_object().unwrap())
    {
        let of = format!(
            "FROM balance_transactions WHERE currency = '{currency}' AND created >= '2026-10-01' AND created < '2026-11-01'"
        );
        let kept = async |column: &str| {
            system.number(&format!("SELECT coalesce(sum({column}), 0)::bigint {of}")).await
        };
        assert_eq!(totals["explained"]["amount"], kept("amount").await, "{currency}");
        assert_eq!((&totals["fees"], &totals["net"]), (&kept("fee").await.into(), &kept("net").await.into()));
        assert_eq!(kept("amount").await, kept("net + fee").await);
        let paid_out = format!("SELECT coalesce(-sum(amount), 0)::bigint {of} AND type = 'payout'");
        assert_eq!(totals["payouts"], system.number(&paid_out).await);
        transactions += totals["explained"]["count"].as_u64().unwrap();
    }
    assert!(transactions > 200, "{transactions}");
    // What a payout of Stripe's schedule pays out is what came in.
    let open = "SELECT count(*) FROM (SELECT FROM balance_transactions WHERE payout_id IN (SELECT id FROM payouts WHERE created < '2026-12-01') \
                GROUP BY payout_id HAVING sum(net) <> 0) AS t";
    assert_eq!(system.number(open).await, 0);
}

/// Somebody removes one row of the ledger and changes another, and money comes that is nobody's payment. What must be
/// named.
async fn plant(system: &System, api: &ApiServer) -> Vec<(String, String)> {
    let of_october = "SELECT payment_id FROM money_movements m WHERE kind = 'payment' AND at >= '2026-10-05' AND at < '2026-10-25' \
                      AND NOT EXISTS (SELECT FROM refunds r WHERE r.payment_id = m.payment_id) ORDER BY key";
    let removed = system.text(&format!("{of_october} LIMIT 1")).await;
    let changed = system.text(&format!("{of_october} OFFSET 1 LIMIT 1")).await;
    system.execute(&format!("DELETE FROM money_movements WHERE key = 'payment/{removed}'")).await;
    system
        .execute(&format!("UPDATE money_movements SET amount = amount - 1 WHERE key = 'payment/{changed}'"))
        .await;
    let foreign = json!({"id": "txn_foreign", "object": "balance_transaction", "amount": 4200, "available_on": IN_OCTOBER,
        "created": IN_OCTOBER, "currency": "usd", "description": null, "exchange_rate": null, "fee": 150, "fee_details": [],
        "net": 4050, "reporting_category": "charge", "source": "ch_foreign", "status": "available", "type": "charge"});
    api.put("", &foreign, IN_OCTOBER);
    let charge = format!(
        "SELECT source FROM balance_transactions WHERE source IN (SELECT id FROM charges WHERE payment_id = '{removed}')"
    );
    let removed = system.text(&charge).await;
    vec![
        ("amount_differs".to_owned(), changed),
        ("no_ledger_row".to_owned(), "ch_foreign".to_owned()),
        ("no_ledger_row".to_owned(), removed),
    ]
}
