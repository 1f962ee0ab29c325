//! An ingress on a port of its own, with queues of its own.

use crate::http::{self, DEADLINE, Response, post};
use amqp::broker::BrokerSettings;
use amqp::topology::{Queue, Topology};
use ingress::Settings;
use jiff::Timestamp;
use lapin::message::Delivery;
use lapin::options::{BasicGetOptions, QueueDeleteOptions};
use lapin::{Channel, Connection, ConnectionProperties};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};
use stripe::rejection::RejectionReport;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) const SECRET: &str = "whsec_test_of_the_gate";
pub(crate) const PATH: &str = "/webhooks/stripe";

pub(crate) struct Gate {
    pub(crate) address: SocketAddr,
    pub(crate) topology: Topology,
    pub(crate) amqp_url: String,
    shutdown: CancellationToken,
    running: JoinHandle<Result<(), ingress::RunError>>,
}

/// The broker that `make test` started.
pub(crate) fn amqp_url() -> String {
    simulator::servers::amqp_url()
        .expect("these tests need a RabbitMQ: run them by `make test`, or set AMQP_URL")
}

pub(crate) fn settings(amqp_url: &str) -> Settings {
    Settings {
        bind: SocketAddr::from(([127, 0, 0, 1], 0)),
        secrets: vec![SecretString::from(SECRET)],
        endpoints: BTreeMap::new(),
        tolerance: 300,
        max_body: 64 * 1024,
        body_timeout: DEADLINE,
        max_in_flight: 64 * 1024 * 1024,
        max_connections: 1000,
        max_connections_per_address: 1000,
        guard: ingress::GuardSettings::default(),
        tls: None,
        publish_timeout: DEADLINE,
        broker: BrokerSettings {
            amqp_url: SecretString::from(amqp_url),
            topology: Topology { prefix: simulator::servers::test_prefix(), retry: Vec::new() },
            name: "ingress test".to_owned(),
        },
        metrics_bind: None,
        clock: Arc::new(Timestamp::now),
    }
}

impl Gate {
    /// A gate on the tests' broker, ready to take events.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let gate = Self::start_on(&amqp_url(), change);
        gate.until_ready().await;
        gate
    }

    /// A gate on another broker, which may be unavailable.
    pub(crate) fn start_on(amqp_url: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings(amqp_url);
        change(&mut settings);
        let topology = settings.broker.topology.clone();
        let listener = TcpListener::bind(settings.bind).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(ingress::run(settings, listener, shutdown.clone()));
        Self { address, topology, amqp_url: amqp_url.to_owned(), shutdown, running }
    }

    pub(crate) async fn until_ready(&self) {
        until("the ingress is ready", async || self.get("/health/ready").await.status == 200).await;
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        let mut request = http::head("GET", path, &[]);
        request.extend(b"\r\n");
        http::exchange(self.address, &request).await
    }

    /// Posts a body signed now with the gate's secret.
    pub(crate) async fn deliver(&self, body: &[u8]) -> Response {
        http::exchange(self.address, &signed(PATH, body)).await
    }

    pub(crate) async fn channel(&self) -> Channel {
        let connection = Connection::connect(&self.amqp_url, ConnectionProperties::default());
        connection.await.expect("the tests' broker").create_channel().await.expect("a channel")
    }

    /// Takes the next message from a queue, waiting for it.
    pub(crate) async fn next(&self, channel: &Channel, queue: Queue) -> Delivery {
        self.next_from(channel, self.topology.queue(queue)).await
    }

    async fn next_from(&self, channel: &Channel, queue: String) -> Delivery {
        let give_up = Instant::now() + DEADLINE;
        loop {
            if let Some(delivery) = self.take_from(channel, queue.clone()).await {
                return delivery;
            }
            assert!(Instant::now() < give_up, "nothing came to the queue {queue}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn take(&self, channel: &Channel, queue: Queue) -> Option<Delivery> {
        self.take_from(channel, self.topology.queue(queue)).await
    }

    /// Takes the next report on refused deliveries, waiting for it.
    pub(crate) async fn report(&self, channel: &Channel) -> RejectionReport {
        let delivery = self.next_from(channel, self.topology.rejected_queue()).await;
        serde_json::from_slice(&delivery.data).expect("a report")
    }

    async fn take_from(&self, channel: &Channel, queue: String) -> Option<Delivery> {
        let got = channel.basic_get(queue.into(), BasicGetOptions { no_ack: true });
        got.await.expect("the queue is there").map(|message| message.delivery)
    }

    /// Takes every message that is in a queue and returns their ids.
    pub(crate) async fn drain(&self, channel: &Channel, queue: Queue) -> Vec<String> {
        let mut ids = Vec::new();
        while let Some(delivery) = self.take(channel, queue).await {
            ids.push(message_id(&delivery));
        }
        ids
    }

    /// Ends the gate as SIGTERM would, and removes its queues.
    pub(crate) async fn stop(self) {
        let channel = self.channel().await;
        self.shutdown.cancel();
        tokio::time::timeout(DEADLINE, self.running)
            .await
            .expect("it ends")
            .expect("no panic")
            .expect("no error");
        let queues = Queue::ALL.map(|queue| self.topology.queue(queue)).into_iter();
        for name in queues.chain([self.topology.rejected_queue()]) {
            drop(channel.queue_delete(name.into(), QueueDeleteOptions::default()).await);
        }
    }
}

pub(crate) fn message_id(delivery: &Delivery) -> String {
    delivery.properties.message_id().as_ref().expect("a message id").to_string()
}

pub(crate) fn event(id: &str, kind: &str) -> Vec<u8> {
    format!(
        r#"{{"id":"{id}","object":"event","type":"{kind}","created":1700000000,"livemode":false,"data":{{}}}}"#
    )
    .into_bytes()
}

pub(crate) fn signature(body: &[u8]) -> String {
    stripe::signature::sign(body, SECRET, Timestamp::now().as_second())
}

pub(crate) fn signed(path: &str, body: &[u8]) -> Vec<u8> {
    post(path, &[("stripe-signature", &signature(body))], body)
}

/// Waits for a condition, not for a time.
pub(crate) async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let give_up = Instant::now() + DEADLINE;
    while !condition().await {
        assert!(Instant::now() < give_up, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
