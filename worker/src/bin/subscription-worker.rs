//! `subscription-worker`: consumes the queue `subscription`.

use amqp::topology::Queue;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    Ok(worker::main(Queue::Subscription).await?)
}
