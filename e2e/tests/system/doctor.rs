//! `sluicegate doctor`: a system in order, and faults that it names.

use std::collections::BTreeMap;

use e2e::{Program, Running, System, eventually};
use serde_json::{Value, json};
use simulator::stripe_api::ApiServer;

/// Stripe with an endpoint that sends these types.
async fn stripe(enabled_events: &[&str]) -> ApiServer {
    let api = ApiServer::open().await.unwrap();
    let endpoint = json!({"id": "we_1", "object": "webhook_endpoint", "created": 1, "livemode": false,
        "status": "enabled", "url": "https://example.com/webhooks/stripe", "enabled_events": enabled_events});
    api.put("", &endpoint, 1);
    api
}

/// A system with all programs, in order.
async fn system(api: &ApiServer) -> (System, Vec<Running>) {
    let system =
        System::new().await.with("STRIPE_API_BASE", &api.url()).with("STRIPE_API_KEY", "sk_test_any");
    let programs = system.start_all().await;
    let workers = "SELECT count(*) FROM workers WHERE settings <> '{}'";
    eventually("the workers have reported", async || system.number(workers).await == 3).await;
    (system, programs)
}

/// How each check ended, and what it found; with the exit status.
fn doctor(system: &System, arguments: &[&str]) -> (BTreeMap<String, (String, String)>, Option<i32>) {
    let output = system.run_sluicegate(&[&["doctor", "--json"], arguments].concat());
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{errors}"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let items = printed["items"].as_array().unwrap().iter();
    let found = items.map(|item| (text(&item["check"]), (text(&item["status"]), text(&item["found"]))));
    (found.collect(), output.status.code())
}

/// The checks that ended so.
fn ended<'a>(found: &'a BTreeMap<String, (String, String)>, status: &str) -> Vec<&'a str> {
    found.iter().filter(|(_, (ended, _))| ended == status).map(|(check, _)| check.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_in_order_has_no_failed_check() {
    let api = stripe(&["*"]).await;
    let (system, _programs) = system(&api).await;
    let (found, code) = doctor(&system, &[]);
    assert_eq!((ended(&found, "failed"), code), (vec![], Some(0)), "{found:?}");
    assert_eq!(ended(&found, "warning"), [""; 0], "{found:?}");
    let skipped = ["backup", "certificate", "rabbitmq_version"];
    assert!(ended(&found, "skipped").iter().all(|check| skipped.contains(check)), "{found:?}");
    assert_eq!(found.len(), 24, "{found:?}");
    assert!(system.sluicegate(&["doctor"]).contains("postgres_durability"));

    // As the owner of the tables, who can change the audit.
    let owner = system.database.url().to_owned();
    let people = system.with("DATABASE_URL", &owner).sluicegate(&["doctor"]);
    assert!(people.contains("grants: let the programs"), "{people}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_is_named_and_the_command_fails() {
    let api = stripe(&["payment_intent.succeeded"]).await;
    let (system, mut programs) = system(&api).await;
    let refund_worker = Program::ALL.iter().position(|program| *program == Program::RefundWorker).unwrap();
    programs.remove(refund_worker).kill();
    system.execute("UPDATE workers SET seen_at = now() - interval '1 hour' WHERE kind = 'refund'").await;
    system
        .execute(
            "INSERT INTO dead_letters (event_id, type, reason, error, attempts, payload, first_failed_at, dead_at)
             VALUES ('evt_dead', 'charge.refunded', 'delivery_limit', '', 1, '', now(), now())",
        )
        .await;
    let folder = std::env::temp_dir().join(format!("sluicegate-doctor-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let certificate = folder.join("cert.pem");
    let mut parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    parameters.not_after = rcgen::date_time_ymd(2026, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    std::fs::write(&certificate, parameters.self_signed(&key).unwrap().pem()).unwrap();
    let files = ["--certificate", certificate.to_str().unwrap(), "--backup", folder.to_str().unwrap()];
    let other = system.with("ORDERS_POLICY", "require");
    eventually("the broker has noticed that the worker is gone", async || {
        let (found, _) = doctor(&other, &files);
        found["consumers"].0 == "failed"
    })
    .await;
    let (found, code) = doctor(&other, &[&files[..], &["--backup-age", "0s"]].concat());
    let failed = ["backup", "certificate", "consumers", "settings", "webhook_events", "workers"];
    assert_eq!((ended(&found, "failed"), code), (failed.to_vec(), Some(1)), "{found:?}");
    assert_eq!(ended(&found, "warning"), ["dead_letters"]);
    assert_eq!(found["certificate"].1, "it is valid until 2026-01-01");
    assert!(found["settings"].1.contains("ORDERS_POLICY of the"), "{found:?}");
    assert!(found["webhook_events"].1.contains("charge.dispute.created"), "{found:?}");
    assert_eq!(found["workers"].1, "none runs of refund");
    std::fs::remove_dir_all(&folder).ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_do_not_answer_and_a_queue_that_is_otherwise_are_findings() {
    let api = stripe(&["*"]).await;
    let (system, programs) = system(&api).await;
    drop(programs);
    system.execute("DELETE FROM refinery_schema_history WHERE version = 23").await;
    // A delay that the queue of that name was not made with, as another version might have it.
    let channel =
        lapin::Connection::connect(system.amqp_url(), lapin::ConnectionProperties::default()).await.unwrap();
    let channel = channel.create_channel().await.unwrap();
    let queue = format!("{}dead", system.prefix());
    channel.queue_delete(queue.as_str().into(), lapin::options::QueueDeleteOptions::default()).await.unwrap();
    let durable = lapin::options::QueueDeclareOptions { durable: true, ..Default::default() };
    channel.queue_declare(queue.as_str().into(), durable, lapin::types::FieldTable::default()).await.unwrap();
    let (found, code) = doctor(&system, &[]);
    assert_eq!(code, Some(1));
    assert!(found["schema_version"].1.contains("1 migrations are missing"), "{found:?}");
    assert_eq!((found["topology"].0.as_str(), found["broker"].0.as_str()), ("failed", "ok"), "{found:?}");
    assert!(found["topology"].1.contains(&queue), "{found:?}");

    let nowhere = system.with("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
    let nowhere =
        nowhere.with("AMQP_URL", "amqp://127.0.0.1:1").with("STRIPE_API_BASE", "http://127.0.0.1:1");
    let (found, code) = doctor(&nowhere, &[]);
    assert_eq!(
        (ended(&found, "failed"), code),
        (vec!["broker", "database", "stripe_api"], Some(1)),
        "{found:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_of_the_broker_is_found() {
    let rabbit = simulator::servers::RabbitServer::start().await.unwrap();
    let system = System::with_rabbit(&rabbit).await;
    let _console = system.start(Program::Console).await;
    rabbit.block_publishers().await.unwrap();
    let (found, code) = doctor(&system, &[]);
    assert_eq!((found["broker_alarms"].0.as_str(), code), ("failed", Some(1)), "{found:?}");
}
