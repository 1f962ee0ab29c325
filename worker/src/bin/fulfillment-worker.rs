//! `fulfillment-worker`: consumes the queue `fulfillment`.

use amqp::topology::Queue;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    Ok(worker::main(Queue::Fulfillment).await?)
}
