//! What the tests stand on: a database, queues and processes for one test, gone with it.

use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use amqp::broker::{Broker, BrokerSettings};
use amqp::message::{self, EventHeaders, Message};
use amqp::publisher::Publisher;
use amqp::topology::{Queue, Topology};
use console::queues::Sources;
use deadpool_postgres::Pool;
use lapin::types::{AMQPValue, FieldTable};
use secrecy::SecretString;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

pub const PATIENCE: Duration = Duration::from_secs(30);
static COUNT: AtomicU32 = AtomicU32::new(0);

fn required(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run these tests with `simulator servers -- cargo test`")
    })
}

/// One test's world.
pub struct World {
    pub database_url: String,
    pub amqp_url: String,
    pub prefix: String,
    pub pool: Pool,
    pub broker: Broker,
    pub publisher: Publisher,
    database: String,
    admin_url: String,
}

/// A process that ends with the test.
pub struct Process {
    pub child: Child,
    pub url: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl World {
    /// A migrated database and declared queues.
    pub async fn new() -> World {
        let world = World::empty().await;
        postgres::migrate::run(&world.pool).await.expect("migrations");
        world
    }

    /// An empty database and declared queues.
    pub async fn empty() -> World {
        let admin_url = required("DATABASE_URL");
        let amqp_url = required("AMQP_URL");
        let name = format!("console_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let admin =
            postgres::pool::pool(&SecretString::from(admin_url.clone()), 1, "console tests").expect("pool");
        let client = admin.get().await.expect("PostgreSQL at DATABASE_URL");
        client.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("create database");
        let database_url = with_database(&admin_url, &name);
        let pool = postgres::pool::pool(&SecretString::from(database_url.clone()), 4, "console tests")
            .expect("pool");
        let prefix = format!("{name}.");
        let topology = Topology { prefix: prefix.clone(), retry: Vec::new() };
        let settings = BrokerSettings { amqp_url: amqp_url.clone().into(), topology, name: name.clone() };
        let broker = Broker::start(settings, CancellationToken::new());
        tokio::time::timeout(PATIENCE, broker.until_usable()).await.expect("RabbitMQ at AMQP_URL");
        let publisher = Publisher::new(broker.clone(), 1, PATIENCE);
        World { database_url, amqp_url, prefix, pool, broker, publisher, database: name, admin_url }
    }

    pub fn topology(&self) -> Topology {
        self.broker.topology().clone()
    }

    /// The command with this world's settings and no others.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluicegate"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("USER", "tester")
            .env("DATABASE_URL", &self.database_url)
            .env("AMQP_URL", &self.amqp_url)
            .env("AMQP_PREFIX", &self.prefix)
            .env("RETRY_SCHEDULE", "10s")
            .env("STRIPE_LIVEMODE", "any")
            .env("METRICS_BIND", "off")
            .env("RUST_LOG", "error");
        command
    }

    /// Runs the command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        tokio::task::spawn_blocking(move || command.output().expect("the command starts"))
            .await
            .expect("join")
    }

    /// Runs a command that must succeed; its output.
    pub async fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let (out, err) = texts(&output);
        assert!(output.status.success(), "{arguments:?} failed: {out}{err}");
        out
    }

    /// Runs a command that must succeed and print JSON.
    pub async fn json(&self, arguments: &[&str]) -> Value {
        let out = self.ok(arguments).await;
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("not JSON ({e}): {out}"))
    }

    /// Runs a command that must fail with this code; its complaint.
    pub async fn fails(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments).await;
        let (out, err) = texts(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {out}{err}");
        err
    }

    /// `sluicegate serve`, on a free port.
    pub fn serve(&self) -> Process {
        self.serve_with(&[])
    }

    /// `sluicegate serve`, on a free port, with more settings.
    pub fn serve_with(&self, settings: &[(&str, &str)]) -> Process {
        let free =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port");
        let mut command = self.command(&["serve"]);
        command.env("CONSOLE_BIND", free.to_string()).envs(settings.iter().copied()).stdin(Stdio::null());
        let process =
            Process { child: command.spawn().expect("serve starts"), url: format!("http://{free}") };
        let begun = Instant::now();
        while std::net::TcpStream::connect(free).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the console does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        process
    }

    /// A new token with this role.
    pub async fn token(&self, role: &str) -> String {
        let made = self.ok(&["token", "create", "--name", &format!("test-{role}"), "--role", role]).await;
        made.split_whitespace().last().expect("the last word").to_owned()
    }

    /// Puts a message into the dead queue as a worker does.
    pub async fn dead_letter(&self, event: &Value, reason: &str, error: &str) {
        self.dead_bytes(event.to_string().as_bytes(), event["id"].as_str().unwrap(), reason, error).await;
    }

    /// Puts any bytes into the dead queue.
    pub async fn dead_bytes(&self, body: &[u8], id: &str, reason: &str, error: &str) {
        let mut headers = EventHeaders::received(jiff::Timestamp::now());
        headers.attempt = 1;
        headers.first_failed_at = Some(jiff::Timestamp::now());
        let mut headers = headers.to_table();
        if !reason.is_empty() {
            headers.insert(message::REASON.into(), AMQPValue::LongString(reason.into()));
            headers.insert(message::ERROR.into(), AMQPValue::LongString(error.into()));
        }
        self.publish_dead(body, id, headers).await;
    }

    /// Puts a message with these headers into the dead queue.
    pub async fn publish_dead(&self, body: &[u8], id: &str, headers: FieldTable) {
        let kind: Value = serde_json::from_slice(body).unwrap_or_default();
        let message = Message {
            exchange: self.topology().dead_exchange(),
            routing_key: "x".to_owned(),
            message_id: id.to_owned(),
            kind: kind["type"].as_str().unwrap_or("unknown").to_owned(),
            headers,
            body: body.to_vec(),
        };
        self.publisher.publish(message).await.expect("published");
    }

    /// The next message of a queue, taken.
    pub async fn take(&self, queue: Queue) -> lapin::message::BasicGetMessage {
        let channel = self.broker.channel().await.expect("channel");
        let name = self.topology().queue(queue);
        let begun = Instant::now();
        loop {
            let options = lapin::options::BasicGetOptions { no_ack: true };
            if let Some(message) = channel.basic_get(name.as_str().into(), options).await.expect("get") {
                return message;
            }
            assert!(begun.elapsed() < PATIENCE, "no message in {name}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How many messages wait in a queue.
    pub async fn waiting(&self, queue: Queue) -> u32 {
        let sources = Sources { broker: &self.broker, management: None, pool: &self.pool };
        let listed = console::queues::list(sources).await.expect("queues");
        listed.iter().find(|q| q.name == self.topology().queue(queue)).expect("the queue").ready
    }

    /// Waits until the console holds everything of a queue.
    pub async fn until_taken(&self, queue: Queue) {
        let begun = Instant::now();
        while self.waiting(queue).await > 0 {
            assert!(begun.elapsed() < PATIENCE, "{queue:?} is not consumed");
        }
    }

    /// One number out of the database.
    pub async fn number(&self, sql: &str) -> i64 {
        let client = self.pool.get().await.expect("connection");
        client.query_one(sql, &[]).await.expect("query").get(0)
    }

    /// Makes the database refuse the payments whose id matches, for a reason that may pass.
    pub async fn refuse(&self, payments: &str) {
        let refusal = format!(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ \
             BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = 'P0001'; END $$; \
             CREATE TRIGGER refuse BEFORE UPDATE ON payments FOR EACH ROW WHEN (NEW.id ~ '{payments}') \
             EXECUTE FUNCTION refuse()"
        );
        self.sql(&refusal).await;
    }

    /// Makes it take them again.
    pub async fn accept(&self) {
        self.sql("DROP TRIGGER refuse ON payments; DROP FUNCTION refuse()").await;
    }

    /// Executes SQL.
    pub async fn sql(&self, sql: &str) {
        let client = self.pool.get().await.expect("connection");
        client.batch_execute(sql).await.expect(sql);
    }

    /// Waits until the number is this.
    pub async fn until(&self, sql: &str, wanted: i64) {
        let begun = Instant::now();
        loop {
            let found = self.number(sql).await;
            if found == wanted {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{sql}: {found}, not {wanted}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let names = console::queues::names(&self.topology());
        let (amqp_url, admin_url) = (self.amqp_url.clone(), self.admin_url.clone());
        let drop_database = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.database);
        // A runtime of its own: this one may be ending.
        let deleted = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
            runtime.block_on(async {
                let admin = postgres::pool::pool(&admin_url.into(), 1, "console tests").expect("pool");
                let client = admin.get().await.expect("connection");
                client.batch_execute(&drop_database).await.expect("drop database");
                let connection =
                    lapin::Connection::connect(&amqp_url, Default::default()).await.expect("connect");
                let channel = connection.create_channel().await.expect("channel");
                for (_, name) in names {
                    channel.queue_delete(name.as_str().into(), Default::default()).await.expect("delete");
                }
            });
        });
        if deleted.join().is_err() {
            eprintln!("the database {} is left over", self.database);
        }
    }
}

/// The same server, another database.
fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(b, q)| (b, Some(q)));
    let scheme = base.find("://").map_or(0, |i| i + 3);
    let end = base[scheme..].find('/').map_or(base.len(), |i| scheme + i);
    let query = query.map(|q| format!("?{q}")).unwrap_or_default();
    format!("{}/{name}{query}", &base[..end])
}

fn texts(output: &Output) -> (String, String) {
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// A Stripe event about a payment of an order.
pub fn event(id: &str) -> Value {
    serde_json::json!({
        "id": id, "object": "event", "type": "payment_intent.succeeded", "created": 1_790_000_000, "livemode": false,
        "api_version": "2025-03-31.basil",
        "data": {"object": {"id": format!("pi_{id}"), "object": "payment_intent", "customer": "cus_1", "amount": 999,
            "metadata": {"orderId": format!("order-{id}"), "note": "<script>alert(1)</script>"},
            "receipt_email": "anna@example.com"}}
    })
}
