//! `sluicegate serve`: the console and the consumer of the dead queue, until a signal.

use std::sync::Arc;
use std::time::Duration;

use amqp::broker::{Broker, BrokerSettings};
use service::health::Readiness;
use tokio_util::sync::CancellationToken;

use super::Context;
use crate::consumer::DeadLetters;
use crate::failure::Failure;
use crate::queues;
use crate::runner::Runner;
use crate::web::{self, Console};

const DATABASE_ANSWER: Duration = Duration::from_secs(3);
const DRAIN: Duration = Duration::from_secs(5);

pub(super) async fn run(context: &Context) -> Result<(), Failure> {
    let settings = &context.settings;
    let shutdown = service::shutdown::on_signal();
    let url =
        settings.amqp_url.clone().ok_or_else(|| Failure::Unavailable("AMQP_URL is not set".to_owned()))?;
    // A broker in an alarm blocks a connection that publishes, its acknowledgements included: two connections.
    let consuming = BrokerSettings {
        amqp_url: url,
        topology: settings.topology.clone(),
        name: "sluicegate console consumer".to_owned(),
    };
    let broker = Broker::start(consuming, CancellationToken::new());
    let ready = readiness(context, &broker);
    let metrics = service::telemetry::metrics();
    let served = service::health::start(settings.metrics_bind, metrics, Arc::clone(&ready), shutdown.clone());
    let bound = |name: &'static str| move |e| Failure::Unavailable(format!("{name} cannot be bound: {e}"));
    let metrics_address = served.map_err(bound("METRICS_BIND"))?;
    let console = Console {
        pool: context.servers.pool.clone(),
        broker: context.servers.broker()?.clone(),
        replayer: context.servers.replayer()?.clone(),
        management: settings.management.clone(),
        rules: settings.rules.clone(),
        access: settings.entry.clone(),
    };
    let address =
        web::start(settings.console_bind, console, ready, shutdown.clone()).map_err(bound("CONSOLE_BIND"))?;
    tracing::info!(%address, metrics = ?metrics_address, "the console serves");
    let letters = DeadLetters {
        broker: broker.clone(),
        topology: settings.topology.clone(),
        pool: context.servers.pool.clone(),
    };
    let consumer = tokio::spawn(letters.run(shutdown.clone()));
    let watch = tokio::spawn(queues::watch(broker.clone(), context.servers.pool.clone(), shutdown.clone()));
    let runner = Runner { pool: context.servers.pool.clone(), replayer: context.servers.replayer()?.clone() };
    let runner = tokio::spawn(runner.run(shutdown.clone()));
    shutdown.cancelled().await;
    if tokio::time::timeout(DRAIN, async { tokio::join!(consumer, runner, watch) }).await.is_err() {
        tracing::warn!("not everything ended in time; what is unfinished is taken up at the next start");
    }
    broker.close().await;
    Ok(())
}

/// Ready when the database answers and the broker is connected.
fn readiness(context: &Context, broker: &Broker) -> Readiness {
    let (pool, broker) = (context.servers.pool.clone(), broker.clone());
    Arc::new(move || {
        let (pool, broker) = (pool.clone(), broker.clone());
        Box::pin(async move {
            broker.explain()?;
            let asked = async {
                let client = pool.get().await.map_err(Failure::from)?;
                client.simple_query("SELECT FROM dead_letters LIMIT 0").await.map_err(Failure::from)
            };
            match tokio::time::timeout(DATABASE_ANSWER, asked).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(failure)) => Err(failure.to_string()),
                Err(_) => Err("the database does not answer".to_owned()),
            }
        })
    })
}
