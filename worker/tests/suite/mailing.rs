//! Workers that send e-mail, and events that make them.

use std::time::{Duration, Instant};

use ::mail::{Kind, Locale, Templates};
use amqp::topology::Queue;
use domain::rules::Rules;
use lettre::message::Mailbox;
use serde_json::{Value, json};
use simulator::servers::{ReceivedMail, Receiver, Reply, SmtpServer};
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

    /// Processes events, each as many times as it says.
    pub(crate) async fn receive(&self, times: usize, bodies: &[Vec<u8>]) {
        let events: Vec<_> = bodies.iter().map(|body| inbound(body)).collect();
        for _ in 0..times {
            self.bench.process(&events).await;
        }
    }

    pub(crate) async fn until_settled(&self, destination: &str, state: &str, count: i64) {
        let sql = match state {
            "sent" => format!("SELECT count(*) FROM outbox_delivered WHERE destination = '{destination}'"),
            _ => format!(
                "SELECT count(*) FROM outbox_deliveries WHERE destination = '{destination}' AND state = '{state}'"
            ),
        };
        self.bench.until(&sql, count).await;
    }

    /// Nothing waits any more.
    pub(crate) async fn until_nothing_waits(&self) {
        let waiting = "SELECT (count(*) = 0)::int::bigint FROM outbox_owed";
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

pub(crate) fn trial_ends(at: i64) -> Vec<Vec<u8>> {
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

/// The tests of alerts have the receiver of a URL, too.
pub(crate) async fn slack() -> Receiver {
    Receiver::open(|_| Reply::Status(200)).await.unwrap()
}
