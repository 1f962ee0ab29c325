//! `subscription-worker`: consumes the queue `subscription`.

use shared::topology::Queue;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    Ok(worker::main(Queue::Subscription).await?)
}
