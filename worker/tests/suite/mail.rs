//! E-mails and alerts, from Stripe's events to a real mail server.

use std::time::{Duration, Instant};

use ::mail::{Kind, Locale, Templates};
use amqp::topology::Queue;
use domain::rules::Rules;
use lettre::message::Mailbox;
use serde_json::{Value, json};
use simulator::servers::{ReceivedMail, Receiver, Reply, SmtpOptions, SmtpServer, free_port};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use worker::RunError;
use worker::relay::{MailServer, OutWebhooks, OutgoingMail, Security};
use worker::settings::Settings;

use crate::database::{Bench, PATIENCE, event, inbound};
use crate::queue::Queues;

/// E-mails over this port of loopback, alerts to two addresses.
pub(crate) fn over(port: u16) -> OutgoingMail {
    OutgoingMail {
        server: Some(MailServer {
            host: "127.0.0.1".to_owned(),
            port,
            security: Security::Plain,
            credentials: None,
            from: mailbox("Example Shop <orders@shop.example>"),
        }),
        alert_to: vec![mailbox("ops@shop.example"), mailbox("boss@shop.example")],
        alert_url: None,
        kinds: Kind::ALL.to_vec(),
        locale: Locale::En,
        templates: Templates::load(None).unwrap(),
    }
}

fn mailbox(text: &str) -> Mailbox {
    text.parse().unwrap()
}

/// Workers that send e-mail, once they have entered their destinations.
pub(crate) struct Mailing {
    pub(crate) bench: Bench,
    queues: Queues,
    shutdown: CancellationToken,
    workers: Vec<JoinHandle<Result<(), RunError>>>,
}

impl Mailing {
    pub(crate) async fn start(mail: OutgoingMail) -> Self {
        let mut mailing = Self::idle().await;
        mailing.worker(mail, true).await;
        mailing
    }

    /// No worker runs.
    pub(crate) async fn idle() -> Self {
        let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
        Self { bench, queues, shutdown: CancellationToken::new(), workers: Vec::new() }
    }

    /// One more worker.
    pub(crate) async fn worker(&mut self, mail: OutgoingMail, allow_private: bool) {
        let out_webhooks =
            OutWebhooks { endpoints: vec![], allow_private, timeout: Duration::from_millis(500) };
        let outgoing_mail = Some(mail);
        let settings = Settings { out_webhooks, outgoing_mail, ..self.queues.settings(self.bench.url(), 8) };
        self.workers.push(tokio::spawn(worker::run(settings, Queue::Fulfillment, self.shutdown.clone())));
        self.bench.until("SELECT count(*) FROM outbox_destinations WHERE name <> 'amqp'", 1).await;
    }

    /// Processes events, each as many times as it is told.
    pub(crate) async fn receive(&self, times: usize, bodies: &[Vec<u8>]) {
        let events: Vec<_> = bodies.iter().map(|body| inbound(body)).collect();
        for _ in 0..times {
            self.bench.process(&events).await;
        }
    }

    pub(crate) async fn until_settled(&self, destination: &str, state: &str, count: i64) {
        let sql = "SELECT count(*) FROM outbox_deliveries WHERE";
        self.bench.until(&format!("{sql} destination = '{destination}' AND state = '{state}'"), count).await;
    }

    /// Nothing waits any more.
    pub(crate) async fn until_nothing_waits(&self) {
        let waiting = "SELECT (count(*) = 0)::int::bigint FROM outbox_deliveries WHERE state = 'pending'";
        self.bench.until(waiting, 1).await;
    }

    pub(crate) async fn last_error(&self, state: &str) -> Option<String> {
        let sql = format!("SELECT DISTINCT last_error FROM outbox_deliveries WHERE state = '{state}'");
        self.bench.text(&sql).await
    }

    pub(crate) async fn end(self) {
        self.shutdown.cancel();
        for worker in self.workers {
            worker.await.unwrap().unwrap();
        }
        self.queues.delete().await;
    }
}

/// Waits until this many e-mails have come.
pub(crate) async fn arrived(server: &SmtpServer, count: usize) -> Vec<ReceivedMail> {
    let give_up = Instant::now() + PATIENCE;
    while server.received().len() < count {
        assert!(Instant::now() < give_up, "{} of {count} came", server.received().len());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.received()
}

/// A one-time purchase of 19.99 € by card.
pub(crate) fn purchase(order: &str, email: &str, locale: &str) -> Vec<Vec<u8>> {
    let (session, intent) = (format!("cs_{order}"), format!("pi_{order}"));
    let session = json!({
        "id": session, "object": "checkout.session", "mode": "payment", "payment_status": "paid",
        "status": "complete", "amount_total": 1999, "amount_subtotal": 1999, "currency": "eur",
        "payment_intent": intent, "customer": null, "locale": locale, "metadata": {"orderId": order},
        "customer_details": {"email": email, "name": "Jane"},
    });
    let paid = json!({
        "id": intent, "object": "payment_intent", "status": "succeeded", "amount": 1999,
        "amount_received": 1999, "currency": "eur", "customer": null, "latest_charge": format!("ch_{order}"),
        "metadata": {"orderId": order},
    });
    vec![
        event(&format!("evt_pi_{order}"), "payment_intent.succeeded", paid),
        event(&format!("evt_cs_{order}"), "checkout.session.completed", session),
    ]
}

fn charge(order: &str, refunded: i64) -> Value {
    json!({
        "id": format!("ch_{order}"), "object": "charge", "status": "succeeded", "paid": true, "captured": true,
        "amount": 1999, "amount_captured": 1999, "amount_refunded": refunded, "refunded": refunded == 1999,
        "currency": "eur", "customer": null, "payment_intent": format!("pi_{order}"),
        "metadata": {"orderId": order}, "billing_details": {"email": null},
    })
}

pub(crate) fn refund(order: &str, status: &str) -> Vec<Vec<u8>> {
    let refund = json!({
        "id": format!("re_{order}"), "object": "refund", "status": status, "amount": 500, "currency": "eur",
        "charge": format!("ch_{order}"), "payment_intent": format!("pi_{order}"), "reason": null, "metadata": {},
    });
    vec![
        event(&format!("evt_ch_{order}"), "charge.succeeded", charge(order, 0)),
        event(&format!("evt_re_{order}"), "refund.created", refund),
    ]
}

/// A subscription's renewal that failed.
pub(crate) fn failed_renewal(status: &str) -> Vec<u8> {
    let invoice = json!({
        "id": "in_1", "object": "invoice", "status": status, "customer": "cus_1",
        "customer_email": "jane@example.com", "amount_due": 1500, "amount_paid": 0, "currency": "usd",
        "attempt_count": 1, "next_payment_attempt": 1_796_904_000, "billing_reason": "subscription_cycle",
        "created": 1_790_000_000, "hosted_invoice_url": "https://invoice.stripe.com/i/acct_1/live_1",
        "parent": {"subscription_details": {"subscription": "sub_1"}}, "lines": {"data": []}, "metadata": {},
    });
    event(&format!("evt_in_{status}"), "invoice.payment_failed", invoice)
}

fn trial_ends(at: i64) -> Vec<Vec<u8>> {
    let session = json!({
        "id": "cs_sub", "object": "checkout.session", "mode": "subscription", "status": "complete",
        "payment_status": "no_payment_required", "subscription": "sub_1", "customer": "cus_1",
        "amount_total": 0, "currency": "usd", "locale": "es-419", "metadata": {},
        "customer_details": {"email": "jane@example.com"},
    });
    let subscription = json!({
        "id": "sub_1", "object": "subscription", "status": "trialing", "customer": "cus_1", "trial_end": at,
        "cancel_at_period_end": false, "items": {"data": []}, "metadata": {},
    });
    vec![
        event("evt_cs_sub", "checkout.session.completed", session),
        event("evt_trial", "customer.subscription.trial_will_end", subscription),
    ]
}

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
        mailing.bench.count("SELECT count(*) FROM outbox_deliveries WHERE destination <> 'mail'").await,
        0
    );
    mailing.end().await;
}

/// The tests of alerts have the receiver of a URL, too.
pub(crate) async fn slack() -> Receiver {
    Receiver::open(|_| Reply::Status(200)).await.unwrap()
}
