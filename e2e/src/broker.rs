//! Looking into the queues, as an operator would with the broker's own tools.

use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};

/// The queues of one test.
#[derive(Debug)]
pub struct Queues {
    connection: Connection,
    prefix: String,
}

impl Queues {
    pub async fn connect(url: &str, prefix: &str) -> Queues {
        let connection =
            Connection::connect(url, ConnectionProperties::default()).await.expect("the broker is there");
        Queues { connection, prefix: prefix.to_owned() }
    }

    /// Messages that wait in a queue (not those handed to a consumer), and its consumers.
    pub async fn state(&self, queue: &str) -> (u32, u32) {
        let channel = self.connection.create_channel().await.expect("a channel");
        let name = format!("{}{queue}", self.prefix);
        let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let state = channel.queue_declare(name.as_str().into(), passive, FieldTable::default()).await;
        let state = state.expect("the queue is there");
        channel.close(200, "done".into()).await.expect("closes");
        (state.message_count(), state.consumer_count())
    }

    /// Whether a queue is there.
    pub async fn exists(&self, queue: &str) -> bool {
        let channel = self.connection.create_channel().await.expect("a channel");
        let name = format!("{}{queue}", self.prefix);
        let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(name.as_str().into(), passive, FieldTable::default()).await.is_ok()
    }

    /// Messages that wait in a queue.
    pub async fn ready(&self, queue: &str) -> u32 {
        self.state(queue).await.0
    }
}
