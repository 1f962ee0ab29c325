//! `fulfillment-worker`: consumes the queue `fulfillment`.

use amqp::topology::Queue;

fn main() -> anyhow::Result<()> {
    Ok(worker::main(Queue::Fulfillment)?)
}
