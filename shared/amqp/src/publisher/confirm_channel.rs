//! One confirm channel and the task that owns it.
//!
//! lapin hands a returned message to whichever confirm completes next, which under pipelining, and
//! above all under a confirm of `multiple` messages, need not be the confirm of the message that
//! came back. Believing it would call a message durable that no queue took. So a confirm channel settles
//! confirms in rounds: everything that one acknowledgement of the broker confirmed is collected
//! first, then the returned messages among it are matched by message id, then callers are answered.

use super::PublishError;
use crate::broker::Broker;
use crate::message::{ContentType, Message};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, Stream};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

/// Requests received from the queue at once.
const BATCH: usize = 256;
const PERSISTENT: u8 = 2;

/// A message, who waits for it, and the memory it reserves.
pub(super) struct PublishRequest {
    pub(super) content_type: ContentType,
    pub(super) message: Message,
    pub(super) reply: oneshot::Sender<Result<(), PublishError>>,
    pub(super) memory: OwnedSemaphorePermit,
}

/// A message on its way.
struct Unconfirmed {
    message_id: String,
    reply: Option<oneshot::Sender<Result<(), PublishError>>>,
    /// Set when the message has come back, before its confirm counts.
    returned: Option<PublishError>,
    _memory: OwnedSemaphorePermit,
}

impl Unconfirmed {
    fn answer(&mut self, result: Result<(), PublishError>) {
        if let Some(reply) = self.reply.take() {
            // A caller that gave up is no longer interested.
            drop(reply.send(result));
        }
    }
}

type Done = (u64, lapin::Result<Confirmation>);
type Sending = Pin<Box<dyn Future<Output = Done> + Send>>;

pub(super) struct ConfirmChannel {
    broker: Broker,
    channel: Option<Channel>,
    sequence: u64,
    unconfirmed: HashMap<u64, Unconfirmed>,
    sending: FuturesUnordered<Sending>,
}

impl ConfirmChannel {
    pub(super) fn new(broker: Broker) -> Self {
        Self {
            broker,
            channel: None,
            sequence: 0,
            unconfirmed: HashMap::new(),
            sending: FuturesUnordered::new(),
        }
    }

    /// Runs until every publisher handle is gone and everything sent is settled.
    pub(super) async fn run(mut self, mut requests: mpsc::UnboundedReceiver<PublishRequest>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut connection_state = self.broker.watch();
        let mut open = true;
        let mut watching = true;
        while open || !self.sending.is_empty() {
            tokio::select! {
                done = next(&mut self.sending), if !self.sending.is_empty() => self.settle(done),
                received = requests.recv_many(&mut batch, BATCH), if open => {
                    open = received > 0;
                    for request in batch.drain(..) {
                        self.send(request).await;
                    }
                }
                changed = connection_state.changed(), if watching => {
                    watching = changed.is_ok();
                    self.give_up_if_unusable();
                }
            }
        }
    }

    /// Callers need not wait for their time-out when the broker says that it will not confirm now.
    /// What was sent may still arrive later, as a duplicate of what is sent again.
    fn give_up_if_unusable(&mut self) {
        if let Err(unusable) = self.broker.usable() {
            for waiting in self.unconfirmed.values_mut() {
                waiting.answer(Err(unusable.into()));
            }
        }
    }

    async fn send(&mut self, request: PublishRequest) {
        let channel = match self.channel().await {
            Ok(channel) => channel,
            Err(error) => return drop(request.reply.send(Err(error))),
        };
        let PublishRequest { content_type, message, reply, memory } = request;
        let message_id = message.message_id.clone();
        self.sequence += 1;
        self.unconfirmed.insert(
            self.sequence,
            Unconfirmed { message_id, reply: Some(reply), returned: None, _memory: memory },
        );
        self.sending.push(Box::pin(publish(channel, self.sequence, content_type, message)));
    }

    /// The AMQP channel; a new one when the old one is dead.
    async fn channel(&mut self) -> Result<Channel, PublishError> {
        if let Some(channel) = self.channel.as_ref().filter(|channel| channel.status().connected()) {
            return Ok(channel.clone());
        }
        self.channel = None;
        let channel = self.broker.channel().await?;
        let confirm = channel.confirm_select(ConfirmSelectOptions::default());
        confirm.await.map_err(|error| PublishError::Closed(error.to_string()))?;
        Ok(self.channel.insert(channel).clone())
    }

    /// Answers the callers of a confirm, and of all others that are known by now.
    fn settle(&mut self, first: Done) {
        let mut round = vec![first];
        self.collect(&mut round);
        while !round.is_empty() {
            self.pass_barrier();
            let mut later = Vec::new();
            self.collect(&mut later);
            for (_, result) in round.iter().chain(&later) {
                self.mark_returned(result);
            }
            for (sequence, result) in round {
                if let Some(mut waiting) = self.unconfirmed.remove(&sequence) {
                    let result = confirmed(result, waiting.returned.take());
                    waiting.answer(result);
                }
            }
            // What came after the barrier may belong to an acknowledgement that is still being
            // worked through: it waits for a barrier of its own.
            round = later;
        }
    }

    /// lapin works through an acknowledgement under a lock that this takes for a moment. When it
    /// returns, all confirms of the acknowledgement that completed one of ours are completed.
    fn pass_barrier(&self) {
        if let Some(channel) = &self.channel {
            drop(channel.wait_for_confirms().now_or_never());
        }
    }

    /// Takes every confirm that is complete now.
    fn collect(&mut self, into: &mut Vec<Done>) {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        loop {
            match Pin::new(&mut self.sending).poll_next(&mut context) {
                Poll::Ready(Some(done)) => into.push(done),
                Poll::Ready(None) => return,
                // The set pauses now and then to be fair to others, and says so by waking.
                Poll::Pending if woken.0.swap(false, Ordering::AcqRel) => {}
                Poll::Pending => return,
            }
        }
    }

    /// A returned message condemns every message of its id that is on its way.
    fn mark_returned(&mut self, result: &lapin::Result<Confirmation>) {
        let Ok(Confirmation::Ack(Some(back)) | Confirmation::Nack(Some(back))) = result else { return };
        let id = back.delivery.properties.message_id().as_ref().map(|id| id.as_str());
        for waiting in self.unconfirmed.values_mut().filter(|waiting| Some(waiting.message_id.as_str()) == id)
        {
            waiting.returned =
                Some(PublishError::Returned { code: back.reply_code, text: back.reply_text.to_string() });
        }
    }
}

/// `Ok` only for a plain acknowledgement of a message that did not come back.
fn confirmed(
    result: lapin::Result<Confirmation>,
    returned: Option<PublishError>,
) -> Result<(), PublishError> {
    match (result, returned) {
        (_, Some(returned)) => Err(returned),
        (Ok(Confirmation::Ack(_)), None) => Ok(()),
        (Ok(Confirmation::Nack(_)), None) => Err(PublishError::Nacked),
        (Ok(Confirmation::NotRequested), None) => {
            Err(PublishError::Closed("the channel does not confirm".to_owned()))
        }
        (Err(error), None) => Err(PublishError::Closed(error.to_string())),
    }
}

async fn publish(channel: Channel, sequence: u64, content_type: ContentType, message: Message) -> Done {
    let sent = {
        let properties = BasicProperties::default()
            .with_content_type(content_type.as_str().into())
            .with_delivery_mode(PERSISTENT)
            .with_message_id(message.message_id.into())
            .with_type(message.kind.into())
            .with_headers(message.headers);
        // `mandatory`: a message that no queue takes is returned instead of dropped.
        let options = BasicPublishOptions { mandatory: true, ..Default::default() };
        let (exchange, key) = (message.exchange.into(), message.routing_key.into());
        #[expect(clippy::disallowed_methods, reason = "this is the publisher")]
        let sent = channel.basic_publish(exchange, key, options, &message.body, properties).await;
        sent
    };
    // The body is gone by now: only lapin's own copy waits for the confirm.
    drop(message.body);
    match sent {
        Ok(confirm) => (sequence, confirm.await),
        Err(error) => (sequence, Err(error)),
    }
}

async fn next(sending: &mut FuturesUnordered<Sending>) -> Done {
    std::future::poll_fn(|cx| match Pin::new(&mut *sending).poll_next(cx) {
        Poll::Ready(Some(done)) => Poll::Ready(done),
        // Guarded by `is_empty`.
        Poll::Ready(None) | Poll::Pending => Poll::Pending,
    })
    .await
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}
