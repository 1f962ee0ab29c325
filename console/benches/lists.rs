//! How fast lists, searches and group views answer with 1,000,000 events and 100,000 dead letters.
//! Prints, and asserts no time. `make bench` runs it; alone:
//! `simulator servers -- cargo bench -p sluicegate-console --bench lists`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark fails by panicking")]
#![allow(
    dead_code,
    unused_imports,
    missing_docs,
    unreachable_pub,
    reason = "the tests use the rest of what they stand on"
)]

#[path = "../tests/it/harness/mod.rs"]
mod harness;
#[path = "../tests/it/http.rs"]
mod http;

use std::time::{Duration, Instant};

use domain::search_keys::PersonalKey;
use secrecy::SecretString;

use crate::harness::World;
use crate::http::Api;

const EVENTS: u32 = 1_000_000;
const DEAD_LETTERS: u32 = 100_000;
const TIMES: usize = 21;

const SECRET: &str = "a secret of the search's own";

const VIEWS: [(&str, &str); 40] = [
    ("events", "/api/events"),
    ("events, a later page", "/api/events?before=PAGE"),
    ("events by type", "/api/events?type=charge.refunded"),
    ("events by outcome", "/api/events?outcome=retrying"),
    ("events by type and outcome", "/api/events?type=charge.refunded&outcome=dead"),
    ("events by account", "/api/events?account=acct_7"),
    ("events of an order", "/api/events?order=order-777"),
    ("events of a customer", "/api/events?customer=cus_777"),
    ("search: payment", "/api/events?q=pi_777"),
    ("search: charge", "/api/events?q=ch_777"),
    ("search: nothing", "/api/events?q=nothing"),
    ("search: id in upper case", "/api/search?q=PI_777"),
    ("search: charge in upper case", "/api/search?q=CH_777"),
    ("search: event in upper case", "/api/search?q=EVT_777"),
    ("search: nothing", "/api/search?q=pi_nothing"),
    ("search: part of an order's id", "/api/search?q=der-7777"),
    ("search: common part", "/api/search?q=order"),
    ("search: amount that all have", "/api/search?q=19.99"),
    ("search: amount that one has", "/api/search?q=123.45%20USD"),
    ("search: invoice number", "/api/search?q=INV-77"),
    ("search: number", "/api/search?q=%2377"),
    ("search: e-mail address", "/api/search?q=anna%40example.com"),
    ("search: name", "/api/search?q=anna%20muster"),
    ("search: last four of all", "/api/search?q=4242"),
    ("events by the beginning of a type", "/api/events?type=charge"),
    ("events of an hour, newer", "/api/events?since=2h&until=1h"),
    ("events by a rare endpoint", "/api/events?endpoint=shop"),
    ("dead letters by a type's beginning", "/api/dead-letters?type=charge"),
    ("orders by status", "/api/orders?status=paid&since=7d"),
    ("one event", "/api/events/evt_777"),
    ("dead letters", "/api/dead-letters"),
    ("dead letters, open", "/api/dead-letters?state=open"),
    ("dead letters by account", "/api/dead-letters?account=acct_7"),
    ("dead letters by reason", "/api/dead-letters?reason=missing_field&type=charge.refunded"),
    ("dead letters by id", "/api/dead-letters?q=order-777"),
    ("dead letters by words", "/api/dead-letters?q=payment%204999"),
    ("dead letters by rare words", "/api/dead-letters?q=order-99999%20"),
    ("dead letter groups", "/api/dead-letters/groups"),
    ("audit", "/api/audit?subject=dead_letter:77"),
    ("overview", "/api/overview"),
];

/// Keys of people: one address on one payment, one surname on a tenth of them, one first name and one card on all.
fn people() -> String {
    let secret = SecretString::from(SECRET);
    let key = |key: PersonalKey, which: &str| {
        let hash: String = key.hash(&secret).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("INSERT INTO search_keys SELECT '\\x{hash}', id, '', false FROM payments WHERE {which};")
    };
    let word = |word: &str| PersonalKey::NameWord(word.to_owned());
    [
        key(PersonalKey::Email("anna@example.com".to_owned()), "id = 'pi_777'"),
        key(word("muster"), "id LIKE 'pi_%7'"),
        key(word("anna"), "true"),
        key(PersonalKey::Last4("4242".to_owned()), "true"),
        "INSERT INTO invoices (id, customer, amount_due, currency, number) \
         SELECT 'in_' || n, 'cus_' || n, 1999, 'usd', 'INV-' || n FROM generate_series(1, 100000) n; \
         UPDATE payments SET amount = 12345 WHERE id = 'pi_777'; \
         UPDATE events SET endpoint = 'shop' WHERE id LIKE 'evt_77777%'"
            .to_owned(),
    ]
    .concat()
}

#[tokio::main]
async fn main() {
    let world = World::new().await;
    let begun = Instant::now();
    let sql = include_str!("../tests/it/large.sql")
        .replace(":events", &EVENTS.to_string())
        .replace(":letters", &DEAD_LETTERS.to_string());
    world.sql(&sql).await;
    world.sql(&people()).await;
    world.sql("VACUUM ANALYZE").await;
    println!("{EVENTS} events and {DEAD_LETTERS} dead letters loaded in {:.0?}", begun.elapsed());
    let console = world.serve_with(&[("SEARCH_SECRET", SECRET)]);
    let operator = world.token("operator").await;
    let api = Api::new(&console.url, Some(&operator));
    let page = api.ok("/api/events?limit=500")["next"].as_str().unwrap().to_owned();
    println!("{:<32} {:>10} {:>10}", "view", "median", "slowest");
    for (name, path) in VIEWS {
        let path = path.replace("PAGE", &page);
        api.ok(&path);
        let mut times: Vec<Duration> = (0..TIMES)
            .map(|_| {
                let begun = Instant::now();
                api.ok(&path);
                begun.elapsed()
            })
            .collect();
        times.sort();
        println!("{name:<32} {:>8.1?} {:>8.1?}", times[TIMES / 2], times[TIMES - 1]);
    }
    let dry = serde_json::json!({"dry_run": true, "filter": {"reason": "order_not_found"}});
    let begun = Instant::now();
    assert_eq!(api.post("/api/dead-letters/replay", &dry).0, 200);
    println!("{:<32} {:>8.1?}", "dry run of a bulk replay", begun.elapsed());
}
