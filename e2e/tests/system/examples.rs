//! The programs of `examples/` provision a subscription once, however often its message comes.

use e2e::{Program, System, eventually};
use simulator::servers::free_port;

use crate::example::{Example, Kind};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn provisioned(example: &Example) -> usize {
    example.output().matches("provision sub_1 for cus_1 until 1795564800").count()
}

/// One paid invoice, sent twice to a destination, is provisioned once.
async fn provisions_once(system: &System, destination: &str, example: &Example) {
    let client = system.database.connect().await.unwrap();
    let paid = "INSERT INTO outbox (key, topic, lasting, payload) VALUES
        ('subscription.payment_succeeded/in_1', 'subscription.payment_succeeded', true,
         '{\"subscription\": \"sub_1\", \"customer\": \"cus_1\", \"period_end\": 1795564800}')";
    client.batch_execute(paid).await.unwrap();
    eventually("it is provisioned", async || provisioned(example) == 1).await;
    let sent = format!(
        "SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL AND '{destination}' = 'amqp')
              + (SELECT count(*) FROM outbox_delivered WHERE destination = '{destination}')"
    );
    eventually("it is sent", async || system.number(&sent).await == 1).await;
    let again = format!("SELECT outbox_send_again(id, '{destination}') FROM outbox");
    client.batch_execute(&again).await.unwrap();
    // Another message behind it shows that the repeat has been handled.
    let next = "INSERT INTO outbox (key, topic, lasting, payload) VALUES
        ('subscription.payment_succeeded/in_2', 'subscription.payment_succeeded', true,
         '{\"subscription\": \"sub_1\", \"customer\": \"cus_1\", \"period_end\": 1795564800}')";
    client.batch_execute(next).await.unwrap();
    eventually("the next one is provisioned", async || provisioned(example) >= 2).await;
    assert_eq!(provisioned(example), 2, "the repeat is not");
}

async fn handler(kind: Kind) {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/webhooks/sluicegate");
    let system = System::new()
        .await
        .with("OUT_WEBHOOK_URL", &url)
        .with("OUT_WEBHOOK_SECRET", SECRET)
        .with("OUT_WEBHOOK_ALLOW_PRIVATE", "true");
    let environment = [
        ("PORT", &*port.to_string()),
        ("WEBHOOK_SECRET", SECRET),
        ("CONSOLE_URL", "http://127.0.0.1:1"),
        ("SLUICEGATE_TOKEN", "none"),
        ("STRIPE_API_KEY", "none"),
    ];
    let example = Example::start(kind, &environment);
    example.listens(port).await;
    let _worker = system.start(Program::SubscriptionWorker).await;
    eventually("the destination is known", async || {
        system.number("SELECT count(*) FROM outbox_destinations WHERE name = 'http'").await == 1
    })
    .await;
    provisions_once(&system, "http", &example).await;
}

async fn consumer(kind: Kind, queue: &str) {
    let system = System::new().await;
    let _worker = system.start(Program::SubscriptionWorker).await;
    let environment = [
        ("AMQP_URL", system.amqp_url()),
        ("AMQP_PREFIX", system.prefix()),
        ("DATABASE_URL", system.database.url()),
    ];
    let example = Example::start(kind, &environment);
    let queues = system.queues().await;
    eventually("it consumes", async || queues.exists(queue).await && queues.state(queue).await.1 > 0).await;
    provisions_once(&system, "amqp", &example).await;
}

#[tokio::test]
async fn the_backend_in_express_provisions_a_subscription_once() {
    handler(Kind::Express).await;
}

#[tokio::test]
async fn the_backend_in_flask_provisions_a_subscription_once() {
    handler(Kind::Flask).await;
}

#[tokio::test]
async fn the_consumer_in_python_provisions_a_subscription_once() {
    consumer(Kind::Pika, "provisioning").await;
}

#[tokio::test]
async fn the_consumer_in_rust_provisions_a_subscription_once() {
    consumer(Kind::Rust, "provisioning.rust").await;
}
