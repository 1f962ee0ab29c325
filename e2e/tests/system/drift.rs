//! The database beside Stripe: a system in sync has no drift, and drift is found, reported field by field and repaired.

use std::collections::{BTreeMap, BTreeSet};

use e2e::System;
use serde_json::Value;
use simulator::histories::{History, delivery};
use simulator::stripe_api::{ApiServer, Fault, Share};
use simulator::verify;

use crate::drift_plant::{Planted, drift_histories};
use crate::histories::{count, of_all_kinds, shuffled};
use crate::whole_path::paid;

/// What is started from now on reads from this API.
fn reading(system: System, api: &ApiServer) -> System {
    let system = system.with("STRIPE_API_BASE", &api.url()).with("STRIPE_API_KEY", "sk_test_any");
    system.with("STRIPE_API_RATE", "1000").with("STRIPE_SWEEP", "off")
}

/// What `sluicegate drift` reports, and how it exits.
fn drift(system: &System, arguments: &[&str]) -> (Value, Option<i32>) {
    let all = [&["drift", "all", "--account", "all", "--settle", "0s", "--json"], arguments].concat();
    let output = system.run_sluicegate(&all);
    let report = serde_json::from_slice(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    (report.unwrap_or_else(|_| panic!("{errors}")), output.status.code())
}

fn items(report: &Value) -> &[Value] {
    report["items"].as_array().unwrap()
}

fn compared(report: &Value) -> u64 {
    report["kinds"].as_array().unwrap().iter().map(|kind| kind["compared"].as_u64().unwrap()).sum()
}

/// The rows of all tables that the workers derive, without what keeps the books of a row, by table and key.
async fn dump(system: &System) -> BTreeMap<(String, String), Value> {
    const TABLES: [(&str, &str); 10] = [
        ("charges", "id"),
        ("payments", "id"),
        ("orders", "id"),
        ("order_payments", "payment_id"),
        ("refunds", "id"),
        ("disputes", "id"),
        ("money_movements", "key"),
        ("cases", "payment_id"),
        ("subscriptions", "id"),
        ("invoices", "id"),
    ];
    let client = system.database.connect().await.unwrap();
    let mut rows = BTreeMap::new();
    for (table, key) in TABLES {
        let kept = "'{state,versions,updated_at,booked_at,status_since,opened_at,closed_at,number}'::text[]";
        let sql = format!("SELECT {key}, to_jsonb(t) - {kept} FROM {table} t");
        for row in client.query(&sql, &[]).await.unwrap() {
            rows.insert((table.to_owned(), row.get(0)), row.get(1));
        }
    }
    rows
}

async fn deliver(system: &System, ingress: &e2e::Running, bodies: Vec<Vec<u8>>) {
    system.deliver(&mut system.client(ingress), bodies.iter().map(Vec::as_slice)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_in_sync_has_no_drift_whatever_goes_wrong_at_stripe() {
    let api = ApiServer::open().await.unwrap();
    let system = reading(System::new().await, &api);
    let histories = of_all_kinds(81, 120);
    histories.iter().for_each(|history| api.add_history(history));
    let programs = system.start_all().await;
    deliver(&system, &programs[0], shuffled(&histories, 81)).await;
    system.until_done(count(&histories)).await;
    let before = dump(&system).await;

    // The first pages of every list are read from replicas that lag.
    api.set_faults(
        ["rate_limited=2%", "server_error=3%", "cut_off=3%"]
            .map(|share| share.parse::<Share>().unwrap())
            .into(),
    );
    api.fail_next(8, Fault::Stale);
    let (report, code) = drift(&system, &[]);
    assert_eq!((items(&report), code), (&[][..], Some(0)));
    let all = compared(&report);
    assert!(all > 300, "{all}");
    assert_eq!(dump(&system).await, before, "a comparison writes nothing");
    api.set_faults(Vec::new());
    let (sample, _) = drift(&system, &["--sample", "20%"]);
    let (again, _) = drift(&system, &["--sample", "20%"]);
    assert_eq!(sample, again);
    assert!(compared(&sample) > 0 && compared(&sample) < all / 2, "{sample}");

    // A payment that Stripe knows nothing of.
    deliver(&system, &programs[0], vec![paid("evt_1", "nowhere", 1999).into_bytes()]).await;
    system.until_done(count(&histories) + 1).await;
    let (report, code) = drift(&system, &[]);
    let [found] = items(&report) else { panic!("{report}") };
    assert_eq!(
        (&found["id"], &found["kind"], code),
        (&"pi_nowhere".into(), &"missing_at_stripe".into(), Some(1))
    );
    let refused = system.run_sluicegate(&["drift", "--repair"]);
    assert_eq!(refused.status.code(), Some(2), "a repair needs a reason");
}

/// In the audit, and for the console's page.
async fn repairs_are_recorded(system: &System, repairs: usize) {
    let repairs = i64::try_from(repairs).unwrap();
    let audited = "SELECT count(*) FROM audit WHERE action = 'drift.repair' AND reason = 'a test'";
    assert_eq!(system.number(audited).await, repairs);
    let noted = "SELECT sum(repaired)::bigint FROM stripe_checks WHERE kind = 'drift'";
    assert_eq!(system.number(noted).await, repairs, "the console shows what was repaired");
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_drift_is_found_reported_and_repaired_and_nothing_else_is_touched() {
    let api = ApiServer::open().await.unwrap();
    let system = System::new().await;
    let histories = drift_histories(83);
    histories.iter().for_each(|history| api.add_history(history));
    let mut planted = Planted::choose(&histories);
    // The workers fetch nothing: they would settle some of it by themselves.
    let programs = system.start_all().await;
    let system = reading(system, &api);
    let mut bodies = planted.delivered(&histories);
    delivery::shuffle(&mut bodies, &mut simulator::histories::Rng::new(83));
    let delivered = bodies.len();
    deliver(&system, &programs[0], bodies).await;
    system.until_done(delivered).await;
    let in_sync = dump(&system).await;
    planted.change_by_hand(&system).await;

    // Found: all that was planted, and nothing that was not.
    api.set_faults(
        ["rate_limited=1%", "server_error=2%", "cut_off=2%"]
            .map(|share| share.parse::<Share>().unwrap())
            .into(),
    );
    let (report, code) = drift(&system, &[]);
    assert_eq!(code, Some(1));
    let reported: BTreeSet<(String, String)> = items(&report).iter().flat_map(rows_of).collect();
    for row in &planted.by_hand {
        assert!(reported.contains(row), "{row:?}");
    }
    for object in &planted.never_came {
        let named = |(_, id): &(String, String)| id.contains(object.as_str());
        assert!(reported.iter().any(named), "{object}: {:#?}", planted.events(&histories, object));
    }
    let lost = planted.bodies_of_lost(&histories);
    for row in reported.iter().filter(|row| !planted.by_hand.contains(*row)) {
        let mut ids = row.1.split('/').filter(|part| part.contains('_'));
        assert!(ids.any(|id| lost.contains(id)), "{row:?} was not planted");
    }
    for found in items(&report).iter().flat_map(|item| item["differences"].as_array().unwrap()) {
        let row = (found["table"].as_str().unwrap().to_owned(), found["id"].as_str().unwrap().to_owned());
        let field = found["field"].as_str().unwrap();
        if planted.by_hand.contains(&row) {
            assert_eq!(found["stripe"], in_sync[&row][field], "{found}");
        }
    }

    // Repaired, and the audit says by whom.
    let (repaired, code) = drift(&system, &["--repair", "--reason", "a test"]);
    assert_eq!(code, Some(0), "{repaired}");
    repairs_are_recorded(&system, items(&repaired).len()).await;
    let after = dump(&system).await;
    // What only the workers read, and no report shows.
    let inner = |row: &(String, String)| {
        ["charges", "order_payments"].contains(&row.0.as_str()) && lost.contains(&row.1)
    };
    for (row, cells) in after.iter().filter(|(row, _)| !inner(row)) {
        if planted.by_hand.contains(row) || !reported.contains(row) {
            assert_eq!(in_sync.get(row), Some(cells), "{row:?}");
        }
    }
    assert!(in_sync.keys().all(|row| after.contains_key(row) || reported.contains(row)));
    assert_eq!(unexpected(&system, &histories).await, Vec::<String>::new());

    let (report, code) = drift(&system, &[]);
    assert_eq!((items(&report), code), (&[][..], Some(0)));
}

/// The rows that an item names.
fn rows_of(item: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let differences = item["differences"].as_array().unwrap();
    differences.iter().map(|found| (text(&found["table"]), text(&found["id"]))).collect()
}

/// Where rows are not what the histories must have come to. Messages of events that never came are not looked at.
async fn unexpected(system: &System, histories: &[History]) -> Vec<String> {
    let client = system.database.connect().await.unwrap();
    let expected: Vec<_> = histories.iter().map(|history| (history.name, &history.expected_state)).collect();
    let differences = verify::differences(&client, &expected).await.unwrap();
    let rows = differences.iter().filter(|difference| !difference.what.starts_with("outbox"));
    rows.map(|difference| format!("{difference:?}")).collect()
}
