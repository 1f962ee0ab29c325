//! Where a demo's messages go: an HTTP endpoint, a mail server and an alert URL of its own, and what they got.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio_postgres::Client;

use super::progress::columns;
use crate::servers::{MailReceiver, Receiver, Reply};

/// How long messages may take to go out.
const WITHIN: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(100);

/// They close when this is dropped.
#[derive(Debug)]
pub(crate) struct Outlets {
    endpoint: Receiver,
    alerts: Receiver,
    mail: MailReceiver,
}

impl Outlets {
    pub(crate) async fn open() -> anyhow::Result<Outlets> {
        let receiver = || Receiver::open(|_| Reply::Status(200));
        let opened = async {
            Ok::<_, std::io::Error>(Outlets {
                endpoint: receiver().await?,
                alerts: receiver().await?,
                mail: MailReceiver::open().await?,
            })
        };
        opened.await.context("opening the receivers of outgoing messages")
    }

    /// The settings that make the workers send to them.
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        let pairs = [
            ("OUT_WEBHOOK_URL", self.endpoint.url()),
            // 24 zeros: what is sent goes to this process alone.
            ("OUT_WEBHOOK_SECRET", format!("whsec_{}", "A".repeat(32))),
            ("OUT_WEBHOOK_ALLOW_PRIVATE", "true".to_owned()),
            ("SMTP_URL", self.mail.url()),
            ("MAIL_FROM", "Example Shop <orders@shop.example>".to_owned()),
            ("ALERT_TO", "staff@shop.example".to_owned()),
            ("ALERT_URL", self.alerts.url()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Waits until everything has been tried, and prints what went out.
    pub(crate) async fn report(&self, database: &Client) -> anyhow::Result<()> {
        let deadline = Instant::now() + WITHIN;
        while untried(database).await? > 0 && Instant::now() < deadline {
            tokio::time::sleep(POLL).await;
        }
        let head = ["what went out", "messages", "exchange", "HTTP", "e-mail", "alerts"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for row in database.query(WENT_OUT, &[]).await.context("looking at the outbox")? {
            let count = |column| match row.get::<_, i64>(column) {
                0 => "-".to_owned(),
                count => count.to_string(),
            };
            let counts = (1..=5).map(count);
            rows.push(std::iter::once(row.get(0)).chain(counts).collect());
        }
        println!("\n{}", columns(&rows));
        println!(
            "\nthe HTTP endpoint took {} messages, the mail server {} e-mails, the alert URL {} posts",
            self.endpoint.received().len(),
            self.mail.accepted(),
            self.alerts.received().len(),
        );
        Ok(())
    }
}

const WENT_OUT: &str = "
    SELECT o.topic, count(DISTINCT o.id),
           count(DISTINCT o.id) FILTER (WHERE o.sent_at IS NOT NULL AND o.topic NOT LIKE 'alert.%'),
           count(*) FILTER (WHERE d.destination = 'http'),
           count(*) FILTER (WHERE d.destination = 'mail'),
           count(*) FILTER (WHERE d.destination LIKE 'alert:%')
    FROM outbox o LEFT JOIN outbox_delivered d ON d.outbox_id = o.id
    GROUP BY o.topic ORDER BY o.topic";

/// What no attempt has been made for. The relay looks for dead letters to report now and then.
async fn untried(database: &Client) -> anyhow::Result<i64> {
    let sql = "SELECT (SELECT count(*) FROM outbox_owed w, unnest(w.ids) AS i (id)
                       WHERE NOT EXISTS (SELECT FROM outbox_deliveries d
                                         WHERE d.outbox_id = i.id AND d.destination = w.destination AND d.attempts > 0))
                    + (SELECT count(*) FROM alerts WHERE pending)
                    + (SELECT count(*) FROM dead_letters d
                       WHERE NOT EXISTS (SELECT FROM alerts a
                                         WHERE a.topic = 'alert.dead_letters' AND a.about = d.fingerprint))";
    Ok(database.query_one(sql, &[]).await.context("looking at the outbox")?.get(0))
}
