//! Alerts to staff, by e-mail and to a URL.

use serde_json::{Value, json};
use simulator::servers::{Receiver, Reply, SmtpOptions, SmtpServer};
use worker::relay::OutgoingMail;

use crate::database::event;
use crate::mailing::{Mailing, arrived, over, purchase, slack};

fn posted(receiver: &Receiver) -> Vec<String> {
    let body =
        |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap()["text"].as_str().unwrap().to_owned();
    receiver.received().iter().map(|request| body(&request.body)).collect()
}

/// Events that died for one reason, as the console stores them.
fn dead(from: usize, to: usize, kind: &str) -> String {
    format!(
        "INSERT INTO dead_letters (event_id, type, reason, error, attempts, payload, first_failed_at, dead_at)
         SELECT 'evt_{kind}_' || n, '{kind}', 'missing_field', 'charge has no `amount`', 1, '', now(), now()
         FROM generate_series({from}, {to}) n"
    )
}

fn dispute(order: &str) -> Vec<u8> {
    let dispute = json!({
        "id": format!("dp_{order}"), "object": "dispute", "status": "needs_response", "amount": 1999,
        "currency": "eur", "reason": "fraudulent", "charge": format!("ch_{order}"),
        "payment_intent": format!("pi_{order}"), "evidence_details": {"due_by": 1_796_904_000},
        "balance_transactions": [], "is_charge_refundable": false, "metadata": {},
    });
    event(&format!("evt_dp_{order}"), "charge.dispute.created", dispute)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dispute_reaches_every_address_and_the_url_with_its_deadline() {
    let (server, slack) = (SmtpServer::start(&SmtpOptions::default()).await.unwrap(), slack().await);
    let alert_url = Some(slack.url().parse().unwrap());
    let mailing = Mailing::start(OutgoingMail { alert_url, ..over(server.port()) }).await;
    let mut events = purchase("o1", "jane@example.com", "en");
    events.push(dispute("o1"));
    mailing.receive(100, &events).await;
    let mails = arrived(&server, 3).await;
    mailing.until_settled("alert:url", "sent", 1).await;
    mailing.until_nothing_waits().await;
    let expected = "[Test] Dispute over €19.99, evidence due by December 10, 2026, 12:00 UTC";
    let mut alerted: Vec<_> = mails
        .iter()
        .filter(|mail| mail.headers["subject"] == expected)
        .flat_map(|mail| mail.to.clone())
        .collect();
    alerted.sort_unstable();
    assert_eq!(alerted, ["boss@shop.example", "ops@shop.example"]);
    let posted = posted(&slack);
    assert_eq!(posted.len(), 1);
    assert!(
        posted[0].starts_with(&format!("*{expected}*\n")) && posted[0].contains("Order: o1"),
        "{}",
        posted[0]
    );
    assert_eq!(server.received().len(), 3);
    mailing.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_payment_is_reported_once() {
    let slack = slack().await;
    let alert_url = Some(slack.url().parse().unwrap());
    let mailing = Mailing::start(OutgoingMail { server: None, alert_url, ..over(0) }).await;
    let registered = "INSERT INTO orders (id, livemode, amount, currency, registered) VALUES ('o1', false, 5000, 'eur', true)";
    mailing.bench.look.batch_execute(registered).await.unwrap();
    mailing.receive(100, &purchase("o1", "jane@example.com", "en")).await;
    mailing.until_settled("alert:url", "sent", 1).await;
    mailing.until_nothing_waits().await;
    let posted = posted(&slack);
    assert_eq!(posted.len(), 1, "{posted:?}");
    assert!(posted[0].starts_with("*[Test] Payment of €19.99 held: amount_mismatch*"), "{}", posted[0]);
    assert!(posted[0].contains("The order costs: €50.00"), "{}", posted[0]);
    assert!(!posted[0].contains("jane@"));
    mailing.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_letters_are_reported_once_an_hour_for_each_fingerprint_however_many_relays_run() {
    let slack = slack().await;
    let mut mailing = Mailing::idle().await;
    // From before alerts were switched on.
    mailing.bench.look.batch_execute(&dead(1, 2, "charge.failed")).await.unwrap();
    mailing
        .bench
        .look
        .batch_execute("UPDATE dead_letters SET state_at = now() - interval '1 day'")
        .await
        .unwrap();
    for _ in 0..3 {
        let alert_url = Some(slack.url().parse().unwrap());
        mailing.worker(OutgoingMail { server: None, alert_url, ..over(0) }, true).await;
    }
    mailing.bench.until("SELECT count(*) FROM alerts WHERE about = ''", 1).await;
    for batch in 0..5 {
        let (from, to) = (batch * 10 + 1, batch * 10 + 10);
        mailing.bench.look.batch_execute(&dead(from, to, "charge.refunded")).await.unwrap();
        mailing.bench.look.batch_execute(&dead(from, to, "charge.succeeded")).await.unwrap();
        mailing.until_settled("alert:url", "sent", 2).await;
    }
    let noted = "SELECT count(*) FROM alerts WHERE pending AND raised_at IS NOT NULL";
    mailing.bench.until(noted, 2).await;
    assert_eq!(posted(&slack).len(), 2);
    // An hour later: one more for each, with all that are open.
    let later = "UPDATE alerts SET raised_at = raised_at - interval '61 minutes'";
    mailing.bench.look.batch_execute(later).await.unwrap();
    mailing.until_settled("alert:url", "sent", 4).await;
    let texts = posted(&slack);
    let of = |kind: &str| {
        texts.iter().filter(|text| text.contains(&format!("dead letters: {kind}, missing_field"))).count()
    };
    assert_eq!((texts.len(), of("charge.refunded"), of("charge.succeeded")), (4, 2, 2), "{texts:?}");
    assert!(texts[2].starts_with("*50 dead letters"), "{}", texts[2]);
    // None of them is a message to the company's services.
    let exchange = "SELECT count(*) FROM outbox WHERE topic LIKE 'alert.%' AND sent_at IS NULL";
    assert_eq!(mailing.bench.count(exchange).await, 0);
    let again = "SELECT outbox_send_again(id, 'amqp') FROM outbox WHERE topic LIKE 'alert.%'";
    let refused = mailing.bench.look.batch_execute(again).await.unwrap_err();
    let refused = refused.as_db_error().unwrap().message();
    assert!(
        refused.ends_with("is an alert: alerts are for staff and are not sent to the exchange"),
        "{refused}"
    );
    assert_eq!(mailing.bench.count("SELECT count(*) FROM outbox_owed").await, 0);
    mailing.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destination_that_is_paused_is_reported_by_the_others() {
    let server = SmtpServer::start(&SmtpOptions::default()).await.unwrap();
    let refusing = Receiver::open(|_| Reply::Status(410)).await.unwrap();
    let alert_url = Some(refusing.url().parse().unwrap());
    let mailing = Mailing::start(OutgoingMail { alert_url, ..over(server.port()) }).await;
    mailing.receive(1, &[dispute("o1")]).await;
    let mails = arrived(&server, 4).await;
    let paused =
        mails.iter().filter(|mail| mail.headers["subject"] == "Destination alert:url is paused").count();
    assert_eq!(paused, 2, "{mails:?}");
    let text = &mails.iter().find(|mail| mail.headers["subject"].ends_with("paused")).unwrap().text;
    assert!(text.contains("until somebody resumes it") && text.contains("answered 410"), "{text}");
    mailing.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_url_that_leads_to_a_private_address_gets_nothing() {
    let slack = slack().await;
    let url = slack.url().replace("127.0.0.1", "localhost");
    let mut mailing = Mailing::idle().await;
    let alert_url = Some(url.parse().unwrap());
    mailing.worker(OutgoingMail { server: None, alert_url, ..over(0) }, false).await;
    mailing.receive(1, &[dispute("o1")]).await;
    let refused = "SELECT count(*) FROM outbox_deliveries
        WHERE last_error = 'the name leads to a private address; see OUT_WEBHOOK_ALLOW_PRIVATE'";
    mailing.bench.until(refused, 1).await;
    assert!(slack.received().is_empty());
    mailing.end().await;
}
