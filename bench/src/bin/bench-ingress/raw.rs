//! The peer: lapin alone, as fast as it goes with the same messages and the same promises
//! (persistent, `mandatory`, confirmed), a fixed number of them on their way, no HTTP, no signature.

use amqp::message::EventHeaders;
use amqp::topology::Topology;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Connection};
use std::time::{Duration, Instant};

const CHANNELS: usize = 4;
const PERSISTENT: u8 = 2;

/// Confirms per second, and how many there were.
pub(crate) async fn run(
    connection: &Connection,
    topology: &Topology,
    bodies: &[(&str, Vec<u8>)],
    on_their_way: usize,
    time: Duration,
) -> anyhow::Result<(f64, u64)> {
    let start = Instant::now();
    let until = start + time;
    let channels = (0..CHANNELS).map(async |_| {
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        let bodies: Vec<_> = bodies.iter().map(|(kind, body)| ((*kind).to_owned(), body.clone())).collect();
        let flood = flood(channel, topology.events_exchange(), bodies, on_their_way / CHANNELS, until);
        tokio::spawn(flood).await?
    });
    let confirmed: u64 = futures_util::future::try_join_all(channels).await?.into_iter().sum();
    Ok((confirmed as f64 / start.elapsed().as_secs_f64(), confirmed))
}

async fn flood(
    channel: Channel,
    exchange: String,
    bodies: Vec<(String, Vec<u8>)>,
    on_their_way: usize,
    until: Instant,
) -> anyhow::Result<u64> {
    let mut sending = FuturesUnordered::new();
    let mut confirmed = 0;
    for (kind, body) in bodies.iter().cycle() {
        if Instant::now() >= until {
            break;
        }
        sending.push(publish(&channel, &exchange, kind, body));
        if sending.len() >= on_their_way {
            count(sending.next().await, &mut confirmed)?;
        }
    }
    while let Some(result) = sending.next().await {
        count(Some(result), &mut confirmed)?;
    }
    channel.close(200, "done".into()).await?;
    Ok(confirmed)
}

fn count(result: Option<lapin::Result<bool>>, confirmed: &mut u64) -> anyhow::Result<()> {
    if let Some(acknowledged) = result {
        anyhow::ensure!(acknowledged?, "the broker refused a message");
        *confirmed += 1;
    }
    Ok(())
}

async fn publish(channel: &Channel, exchange: &str, kind: &str, body: &[u8]) -> lapin::Result<bool> {
    let properties = BasicProperties::default()
        .with_content_type("application/json".into())
        .with_delivery_mode(PERSISTENT)
        .with_message_id("evt_bench".into())
        .with_type(kind.into())
        .with_headers(EventHeaders::received(jiff::Timestamp::now()).to_table());
    let options = BasicPublishOptions { mandatory: true, ..Default::default() };
    #[expect(clippy::disallowed_methods, reason = "this is what the publisher is measured against")]
    let confirm = channel.basic_publish(exchange.into(), kind.into(), options, body, properties).await?;
    let confirm = confirm.await?;
    Ok(confirm.is_ack() && confirm.take_message().is_none())
}
