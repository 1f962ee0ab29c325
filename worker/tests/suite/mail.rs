//! E-mails to customers, from Stripe's events to a real mail server.

use ::mail::{Kind, Templates};
use serde_json::json;
use simulator::servers::{SmtpOptions, SmtpServer, free_port};
use worker::relay::OutgoingMail;

use crate::database::event;
use crate::mailing::{Mailing, arrived, failed_renewal, over, purchase, refund, trial_ends};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_reaches_the_customer_once_however_often_its_events_come() {
    let server = SmtpServer::start(&SmtpOptions::default()).await.unwrap();
    let mailing = Mailing::start(over(server.port())).await;
    let in_three_days = jiff::Timestamp::now().as_second() + 3 * 24 * 3600;
    let mut events = purchase("o1", "jane@example.com", "de");
    events.extend(refund("o1", "pending"));
    events.push(failed_renewal("open"));
    events.extend(trial_ends(in_three_days));
    mailing.receive(100, &events).await;
    mailing.until_settled("mail", "sent", 4).await;
    mailing.until_nothing_waits().await;
    let mails = server.received();
    assert_eq!(mails.len(), 4, "{mails:?}");
    assert!(mails.iter().all(|mail| mail.to == ["jane@example.com"]));
    let subject = |start: &str| {
        let found = mails.iter().filter(|mail| mail.headers["subject"].starts_with(start));
        let found: Vec<_> = found.collect();
        assert_eq!(found.len(), 1, "{start}: {mails:?}");
        found[0]
    };
    let paid = subject("[Test] Ihre Bestellung o1 ist bestätigt");
    assert!(paid.text.contains("Bezahlt: 19,99\u{a0}€"), "{}", paid.text);
    assert!(paid.html.contains("19,99\u{a0}€"), "{}", paid.html);
    assert_eq!(paid.headers["from"], "Example Shop <orders@shop.example>");
    assert_eq!(paid.headers["auto-submitted"], "auto-generated");
    assert!(paid.headers["message-id"].ends_with("@shop.example>"));
    assert!(subject("[Test] Ihre Erstattung zur Bestellung o1").text.contains("5,00\u{a0}€"));
    let failed = subject("[Test] Su pago ha fallado");
    assert!(failed.text.contains("15,00\u{a0}USD"), "{}", failed.text);
    assert!(failed.text.contains("\nhttps://invoice.stripe.com/i/acct_1/live_1\n"), "{}", failed.text);
    subject("[Test] Su prueba termina el ");
    mailing.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hard_bounce_is_recorded_without_the_address_and_not_tried_again_and_others_go_on() {
    let server = SmtpServer::start(&SmtpOptions::default()).await.unwrap();
    let mailing = Mailing::start(over(server.port())).await;
    for number in 1..=12 {
        mailing.receive(1, &purchase(&format!("lost{number}"), "bounce@example.com", "en")).await;
    }
    mailing.until_settled("mail", "failed", 12).await;
    let error = mailing.last_error("failed").await.unwrap();
    assert_eq!(error, "permanent error (550): 5.1.1 <address> Recipient address rejected");
    let attempts = "SELECT max(attempts)::bigint FROM outbox_deliveries WHERE state = 'failed'";
    assert_eq!(mailing.bench.count(attempts).await, 1);
    // Twelve refusals in a row say nothing of the server.
    let active =
        "SELECT count(*) FROM outbox_destinations WHERE name = 'mail' AND state = 'active' AND failures = 0";
    assert_eq!(mailing.bench.count(active).await, 1);
    mailing.receive(1, &purchase("good", "jane@example.com", "en")).await;
    mailing.until_settled("mail", "sent", 1).await;
    // Staff hear of it once, each.
    mailing.until_settled("alert:mail:2", "sent", 1).await;
    mailing.until_nothing_waits().await;
    let alerts: Vec<_> = server
        .received()
        .into_iter()
        .filter(|mail| mail.headers["subject"].contains("cannot be sent"))
        .collect();
    assert_eq!(alerts.len(), 2);
    assert_eq!(alerts[0].headers["subject"], "Messages to mail cannot be sent");
    assert!(!alerts[0].text.contains("bounce@"), "{}", alerts[0].text);
    mailing.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_that_passes_is_tried_again() {
    let server = SmtpServer::start(&SmtpOptions::default()).await.unwrap();
    let mailing = Mailing::start(over(server.port())).await;
    mailing.receive(1, &purchase("o1", "busy@example.com", "en")).await;
    mailing.until_settled("mail", "sent", 1).await;
    let attempts = "SELECT attempts::bigint FROM outbox_deliveries WHERE destination = 'mail'";
    assert_eq!(mailing.bench.count(attempts).await, 2);
    assert_eq!(server.received().len(), 1);
    mailing.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_down_gets_everything_when_it_is_back() {
    let port = free_port();
    let mailing = Mailing::start(over(port)).await;
    mailing.receive(1, &purchase("o1", "jane@example.com", "en")).await;
    let tried = "SELECT count(*) FROM outbox_deliveries WHERE state = 'pending' AND attempts > 0";
    mailing.bench.until(tried, 1).await;
    mailing.receive(1, &purchase("o2", "jane@example.com", "en")).await;
    let mut server = SmtpServer::start_on(port, &SmtpOptions::default()).await.unwrap();
    mailing.until_settled("mail", "sent", 2).await;
    arrived(&server, 2).await;
    // The connection that was kept is gone with the server.
    server.kill().await;
    let server = SmtpServer::start_on(port, &SmtpOptions::default()).await.unwrap();
    mailing.receive(1, &purchase("o3", "jane@example.com", "en")).await;
    mailing.until_settled("mail", "sent", 3).await;
    arrived(&server, 1).await;
    mailing.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_a_later_event_names_is_waited_for() {
    let server = SmtpServer::start(&SmtpOptions::default()).await.unwrap();
    let mailing = Mailing::start(over(server.port())).await;
    let [paid, session] = &purchase("o1", "jane@example.com", "en")[..] else { panic!("two") };
    mailing.receive(1, std::slice::from_ref(paid)).await;
    let waits = "SELECT count(*) FROM outbox_deliveries WHERE last_error = 'skipped: no event names an e-mail address'";
    mailing.bench.until(waits, 1).await;
    mailing.receive(1, std::slice::from_ref(session)).await;
    arrived(&server, 1).await;
    mailing.until_settled("mail", "sent", 1).await;
    mailing.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_was_paid_without_a_payment_intent_is_confirmed() {
    let server = SmtpServer::start(&SmtpOptions::default()).await.unwrap();
    let mailing = Mailing::start(over(server.port())).await;
    let charge = json!({
        "id": "ch_1", "object": "charge", "status": "succeeded", "paid": true, "captured": true, "amount": 1999,
        "amount_captured": 1999, "amount_refunded": 0, "refunded": false, "currency": "eur", "customer": null,
        "payment_intent": null, "metadata": {"orderId": "o1"}, "billing_details": {"email": "jane@example.com"},
    });
    mailing.receive(1, &[event("evt_1", "charge.succeeded", charge)]).await;
    let mails = arrived(&server, 1).await;
    assert_eq!(mails[0].headers["subject"], "[Test] Your order o1 is confirmed");
    mailing.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_longer_true_when_the_server_is_back_is_skipped() {
    let port = free_port();
    let mailing = Mailing::start(over(port)).await;
    mailing.receive(1, &[failed_renewal("open")]).await;
    let tried = "SELECT count(*) FROM outbox_deliveries WHERE state = 'pending' AND attempts > 0";
    mailing.bench.until(tried, 1).await;
    mailing.bench.look.batch_execute("UPDATE invoices SET status = 'paid'").await.unwrap();
    let server = SmtpServer::start_on(port, &SmtpOptions::default()).await.unwrap();
    mailing.until_settled("mail", "skipped", 1).await;
    assert_eq!(mailing.last_error("skipped").await.unwrap(), "skipped: it is no longer true");
    assert!(server.received().is_empty());
    mailing.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_words_its_own_e_mails_and_switches_kinds_off() {
    let server = SmtpServer::start(&SmtpOptions::default()).await.unwrap();
    let folder = std::env::temp_dir().join(format!("sluicegate-suite-mail-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("order_confirmation.txt"), "Subject: Yay {{ order }}\n\n{{ amount }}")
        .unwrap();
    let templates = Templates::load(Some(&folder)).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let kinds = vec![Kind::OrderConfirmation];
    let mailing = Mailing::start(OutgoingMail { templates, kinds, ..over(server.port()) }).await;
    mailing.receive(1, &purchase("o1", "jane@example.com", "fr")).await;
    mailing.receive(1, &refund("o1", "pending")).await;
    let mails = arrived(&server, 1).await;
    assert_eq!(mails[0].headers["subject"], "[Test] Yay o1");
    assert_eq!(mails[0].text.trim_end(), "19,99\u{a0}€");
    mailing.until_nothing_waits().await;
    assert_eq!(server.received().len(), 1);
    assert_eq!(
        mailing.bench.count("SELECT count(*) FROM outbox_delivered WHERE destination <> 'mail'").await,
        0
    );
    mailing.end().await;
}
