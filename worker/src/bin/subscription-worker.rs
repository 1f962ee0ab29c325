//! `subscription-worker`: consumes the queue `subscription`.

use amqp::topology::Queue;

fn main() -> anyhow::Result<()> {
    Ok(worker::main(Queue::Subscription)?)
}
