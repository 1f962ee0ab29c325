//! `refund-worker`: consumes the queue `refund`.

use amqp::topology::Queue;

fn main() -> anyhow::Result<()> {
    Ok(worker::main(Queue::Refund)?)
}
