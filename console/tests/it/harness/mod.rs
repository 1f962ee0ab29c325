//! What the tests stand on: a database, queues and processes for one test, gone with it.

mod commands;
mod messages;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use amqp::broker::{Broker, BrokerSettings};
use amqp::publisher::Publisher;
use amqp::topology::Topology;
use deadpool_postgres::Pool;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

pub use commands::Process;
pub use messages::event;

pub const PATIENCE: Duration = Duration::from_secs(30);
static COUNT: AtomicU32 = AtomicU32::new(0);

fn required(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run these tests with `simulator servers -- cargo test`")
    })
}

/// A database, queues and connections for one test.
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
        let names: Vec<String> =
            names.into_iter().map(|(_, name)| name).chain([self.topology().rejected_queue()]).collect();
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
                for name in names {
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
