//! `refund-worker`: consumes the queue `refund`.

use amqp::topology::Queue;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    Ok(worker::main(Queue::Refund).await?)
}
