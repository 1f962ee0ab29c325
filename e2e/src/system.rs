//! A system of a test's own: a database, queue names, a secret, and the programs on them.

use std::collections::BTreeMap;

use hyper::body::Bytes;
use simulator::send::{Answer, Client, Target};
use simulator::servers::{PostgresServer, RabbitServer, TestDatabase, amqp_url, test_prefix};

use crate::broker::Queues;
use crate::program::{Program, Running, binary};
use crate::wait::eventually;

/// A database and names of a test's own. Programs are started on it one by one.
#[derive(Debug)]
pub struct System {
    pub database: TestDatabase,
    pub secret: String,
    amqp_url: String,
    prefix: String,
    settings: BTreeMap<String, String>,
}

/// How many events have which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events that took effect.
    pub processed: i64,
    /// Events that no handler takes.
    pub ignored: i64,
    /// On their way round again.
    pub retrying: i64,
    /// Dead letters.
    pub dead: i64,
}

impl System {
    /// On the servers that `DATABASE_URL` and `AMQP_URL` name.
    pub async fn new() -> System {
        System::over(TestDatabase::create().await.expect("PostgreSQL"), amqp_url().expect("RabbitMQ"))
    }

    /// On a PostgreSQL of the test's own.
    pub async fn with_postgres(server: &PostgresServer) -> System {
        let database = TestDatabase::create_on(server).await.expect("PostgreSQL");
        System::over(database, amqp_url().expect("RabbitMQ"))
    }

    /// On a RabbitMQ of the test's own.
    pub async fn with_rabbit(server: &RabbitServer) -> System {
        System::over(TestDatabase::create().await.expect("PostgreSQL"), server.url())
    }

    fn over(database: TestDatabase, amqp_url: String) -> System {
        let secret = "whsec_of_the_black_box_tests".to_owned();
        let prefix = test_prefix();
        // The programs run with the rights that they have in production; the tests look as the owner.
        let program_url = database.program_url();
        let pairs = [
            ("DATABASE_URL", program_url.as_str()),
            ("AMQP_URL", &amqp_url),
            ("AMQP_PREFIX", &prefix),
            ("STRIPE_WEBHOOK_SECRET", &secret),
            ("STRIPE_LIVEMODE", "any"),
            ("LOG_FORMAT", "pretty"),
        ];
        let settings = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        System { database, secret, amqp_url, prefix, settings }
    }

    /// With one more setting for the programs started from now on.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> System {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With other names on the broker, for a node of the test's own.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> System {
        prefix.clone_into(&mut self.prefix);
        self.with("AMQP_PREFIX", prefix)
    }

    /// The environment of the programs.
    pub fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }

    /// The address of the broker.
    pub fn amqp_url(&self) -> &str {
        &self.amqp_url
    }

    /// What the names on the broker begin with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Starts a program and waits until it is ready.
    pub async fn start(&self, program: Program) -> Running {
        Running::start(program, &self.settings).await
    }

    pub async fn start_all(&self) -> Vec<Running> {
        let mut running: Vec<Running> =
            Program::ALL.iter().map(|program| Running::spawn(*program, &self.settings)).collect();
        for program in &mut running {
            program.until_ready().await;
        }
        running
    }

    /// Runs one of `sluicegate`'s commands to its end; what it prints. Panics when it fails.
    pub fn sluicegate(&self, arguments: &[&str]) -> String {
        let output = self.run_sluicegate(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "sluicegate {arguments:?}: {errors}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs one of `sluicegate`'s commands that must fail; its complaint.
    pub fn sluicegate_fails(&self, arguments: &[&str]) -> String {
        let output = self.run_sluicegate(arguments);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "sluicegate {arguments:?}: {said}");
        String::from_utf8(output.stderr).expect("text")
    }

    /// Runs one of `sluicegate`'s commands to its end, however it ends.
    pub fn run_sluicegate(&self, arguments: &[&str]) -> std::process::Output {
        let mut command = std::process::Command::new(binary("sluicegate"));
        command.args(arguments).envs(&self.settings).stdin(std::process::Stdio::null());
        command.output().expect("sluicegate starts")
    }

    pub async fn queues(&self) -> Queues {
        Queues::connect(&self.amqp_url, &self.prefix).await
    }

    /// A connection that posts to this ingress.
    pub fn client(&self, ingress: &Running) -> Client {
        Client::new(Target::parse(&format!("http://{}", ingress.address())).expect("a URL"))
    }

    /// Signs a body and posts it once.
    pub async fn post(&self, client: &mut Client, body: &[u8]) -> Answer {
        let now = jiff::Timestamp::now().as_second();
        let signature = stripe::signature::sign(body, &self.secret, now);
        client.post(Bytes::copy_from_slice(body), &signature).await
    }

    /// Posts each body until it is accepted, as Stripe would, only sooner.
    pub async fn deliver<'a>(&self, client: &mut Client, bodies: impl IntoIterator<Item = &'a [u8]>) {
        for body in bodies {
            eventually("the ingress accepts an event", async || {
                self.post(client, body).await.status == Ok(200)
            })
            .await;
        }
    }

    /// The events by outcome.
    pub async fn counts(&self) -> Counts {
        let client = self.database.connect().await.expect("the database answers");
        let rows =
            client.query("SELECT outcome, count(*) FROM events GROUP BY 1", &[]).await.expect("events");
        let mut counts = Counts::default();
        for row in rows {
            let slot = match row.get::<_, &str>(0) {
                "processed" => &mut counts.processed,
                "ignored" => &mut counts.ignored,
                "retrying" => &mut counts.retrying,
                _ => &mut counts.dead,
            };
            *slot = row.get(1);
        }
        counts
    }

    /// One number from the database.
    pub async fn number(&self, sql: &str) -> i64 {
        let client = self.database.connect().await.expect("the database answers");
        client.query_one(sql, &[]).await.expect("the statement is right").get(0)
    }

    /// One text from the database.
    pub async fn text(&self, sql: &str) -> String {
        let client = self.database.connect().await.expect("the database answers");
        client.query_one(sql, &[]).await.expect("the statement is right").get(0)
    }

    /// Statements on the database, as a test prepares it.
    pub async fn execute(&self, sql: &str) {
        let client = self.database.connect().await.expect("the database answers");
        client.batch_execute(sql).await.expect("the statements are right");
    }

    /// Waits until this many events are processed or ignored.
    pub async fn until_done(&self, events: usize) {
        let what = format!("{events} events are processed or ignored");
        eventually(&what, async || {
            let counts = self.counts().await;
            counts.processed + counts.ignored >= i64::try_from(events).expect("few")
        })
        .await;
    }
}
