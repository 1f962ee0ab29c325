//! A database of a test's own with an engine on it.

use std::time::{Duration, Instant};

use amqp::message::EventHeaders;
use domain::retry::Schedule;
use domain::rules::Rules;
use secrecy::SecretString;
use serde_json::{Value, json};
use simulator::servers::TestDatabase;
use tokio_postgres::Client;
use worker::process::{Disposition, Engine, InboundEvent};

/// How long a condition is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A migrated database, an engine on it and a connection to look into it.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) look: Client,
    database: TestDatabase,
}

impl Bench {
    pub(crate) async fn new(rules: Rules) -> Self {
        let database = TestDatabase::create().await.unwrap();
        let pool = postgres::pool::pool(&SecretString::from(database.url()), 4, "test").unwrap();
        let schedule = Schedule::new(vec![Duration::from_secs(10), Duration::from_secs(60)]);
        let look = database.connect().await.unwrap();
        Self { engine: Engine { pool, rules, schedule }, look, database }
    }

    /// As [`Bench::new`], on a database whose clock can be set.
    pub(crate) async fn with_clock(rules: Rules) -> Self {
        let bench = Self::new(rules).await;
        // A schema before pg_catalog in the search path takes the place of now().
        let clock = "CREATE SCHEMA shifted;
            CREATE TABLE shifted.clock (ahead interval NOT NULL);
            INSERT INTO shifted.clock VALUES ('0');
            CREATE FUNCTION shifted.now() RETURNS timestamptz LANGUAGE sql STABLE
                AS $$ SELECT pg_catalog.now() + ahead FROM shifted.clock $$;
            DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = shifted, pg_catalog, public',
                                       current_database()); END $$";
        bench.look.batch_execute(clock).await.unwrap();
        bench
    }

    /// Sets the clock of the database this far ahead.
    pub(crate) async fn set_clock(&self, ahead: &str) {
        self.look.execute("UPDATE shifted.clock SET ahead = $1::text::interval", &[&ahead]).await.unwrap();
    }

    /// Runs the sweep for grace periods that are over.
    pub(crate) async fn end_grace(&self) -> usize {
        worker::store::end_grace(&self.engine.pool, &self.engine.rules).await.unwrap()
    }

    /// Processes one batch.
    pub(crate) async fn process(&self, deliveries: &[InboundEvent]) -> Vec<Disposition> {
        self.engine.process(deliveries).await.unwrap()
    }

    /// Where the database is.
    pub(crate) fn url(&self) -> &str {
        self.database.url()
    }

    /// Waits until a count is reached.
    pub(crate) async fn until(&self, count: &str, reached: i64) {
        let give_up = Instant::now() + PATIENCE;
        while self.count(count).await < reached {
            assert!(Instant::now() < give_up, "not in time: {count} is {reached}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// One column of one row.
    pub(crate) async fn text(&self, sql: &str) -> Option<String> {
        self.look.query_opt(sql, &[]).await.unwrap().and_then(|row| row.get(0))
    }

    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.look.query_one(sql, &[]).await.unwrap().get(0)
    }
}

pub(crate) fn inbound(body: &[u8]) -> InboundEvent {
    InboundEvent::new(EventHeaders::received(jiff::Timestamp::now()), body.to_vec(), &Rules::default())
}

/// An event around an object.
pub(crate) fn event(id: &str, kind: &str, object: Value) -> Vec<u8> {
    json!({
        "id": id, "object": "event", "type": kind, "created": 1_790_000_000, "livemode": false,
        "api_version": "2025-09-30.clover", "data": {"object": object}
    })
    .to_string()
    .into_bytes()
}

/// A subscription that went from one status to another at this time, unix seconds.
pub(crate) fn subscription_updated(
    id: &str,
    subscription: &str,
    created: i64,
    from: &str,
    to: &str,
) -> InboundEvent {
    let object = json!({
        "id": subscription, "object": "subscription", "status": to, "customer": "cus_1",
        "current_period_end": created, "items": { "data": [] },
    });
    let data = json!({ "object": object, "previous_attributes": { "status": from } });
    let kind = "customer.subscription.updated";
    let event = json!({ "id": id, "object": "event", "type": kind, "created": created, "livemode": false, "data": data });
    inbound(event.to_string().as_bytes())
}

/// A payment intent that pays an order.
pub(crate) fn paid_intent(id: &str, order: &str, amount: i64) -> Value {
    json!({
        "id": id, "object": "payment_intent", "status": "succeeded", "amount": amount,
        "amount_received": amount, "currency": "usd", "customer": "cus_1", "metadata": {"orderId": order}
    })
}
