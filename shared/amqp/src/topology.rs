//! The exchanges and queues, by name; [`Topology::declare`] is the one function that declares them.

mod declare;

use std::time::Duration;

const SUBSCRIPTION_KEYS: [&str; 3] = ["customer.subscription.#", "invoice.#", "invoice_payment.#"];
const REFUND_KEYS: [&str; 4] = ["charge.refunded", "charge.refund.#", "refund.#", "charge.dispute.#"];

/// A queue that somebody consumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Everything that no other queue receives.
    Fulfillment,
    /// Events of subscriptions and invoices.
    Subscription,
    /// Events of refunds and disputes.
    Refund,
    /// What could not be processed, for the console.
    Dead,
}

impl Queue {
    /// Every queue that somebody consumes.
    pub const ALL: [Self; 4] = [Self::Fulfillment, Self::Subscription, Self::Refund, Self::Dead];

    /// Its name without the prefix.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fulfillment => "fulfillment",
            Self::Subscription => "subscription",
            Self::Refund => "refund",
            Self::Dead => "dead",
        }
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Subscription => &SUBSCRIPTION_KEYS,
            Self::Refund => &REFUND_KEYS,
            Self::Fulfillment | Self::Dead => &[],
        }
    }
}

/// The names of everything, under a prefix, with one retry queue for each delay.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Topology {
    /// Put before every name: empty in production, one for each test (`AMQP_PREFIX`).
    pub prefix: String,
    /// The delays of the retry schedule.
    pub retry: Vec<Duration>,
}

/// Why the exchanges and queues are not as they must be.
#[derive(Debug, thiserror::Error)]
pub enum TopologyError {
    /// It exists with another argument.
    #[error(
        "{what} exists with another {argument} than this version needs ({detail}); \
         delete it when it is empty, or give this process the settings it was made with"
    )]
    Mismatch {
        /// The queue or exchange, by name.
        what: String,
        /// The argument that differs.
        argument: String,
        /// The broker's explanation, which names both values.
        detail: String,
    },
    /// The broker's user has no permission for it.
    #[error("the broker user may not declare {what} ({detail})")]
    Refused {
        /// What was being declared.
        what: String,
        /// The broker's explanation, which names the permission.
        detail: String,
    },
    /// It does not exist, and this user may not declare it.
    #[error(
        "{what} does not exist, and this broker user may not declare it; run `sluicegate topology` as one that may"
    )]
    Missing {
        /// What was looked for.
        what: String,
    },
    /// The broker refused for another reason, or was lost on the way.
    #[error("cannot declare {what}")]
    Broker {
        /// What was being declared.
        what: String,
        /// The error of the connection.
        source: lapin::Error,
    },
}

impl Topology {
    /// The topic exchange that events are published to, keyed by their type.
    pub fn events_exchange(&self) -> String {
        self.named("stripe.events")
    }

    /// Where events go that match no binding.
    pub fn unrouted_exchange(&self) -> String {
        self.named("stripe.unrouted")
    }

    /// The exchange that holds an event back for `delay`.
    pub fn retry_exchange(&self, delay: Duration) -> String {
        self.named(&format!("stripe.retry.{}", label(delay)))
    }

    /// The queue behind [`Self::retry_exchange`].
    pub fn retry_queue(&self, delay: Duration) -> String {
        self.named(&format!("retry.{}", label(delay)))
    }

    /// The exchange of dead letters.
    pub fn dead_exchange(&self) -> String {
        self.named("stripe.dead")
    }

    /// The exchange of reports on deliveries that the ingress refused.
    pub fn rejected_exchange(&self) -> String {
        self.named("stripe.rejected")
    }

    /// The queue behind [`Self::rejected_exchange`].
    pub fn rejected_queue(&self) -> String {
        self.named("rejected")
    }

    /// The topic exchange of messages to the company's own services.
    pub fn out_exchange(&self) -> String {
        self.named("sluicegate.out")
    }

    /// A queue's full name.
    pub fn queue(&self, queue: Queue) -> String {
        self.named(queue.name())
    }

    fn named(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// A delay as names and settings write it: `10s`, `1m`, `1h30m`.
pub fn label(delay: Duration) -> String {
    humantime::format_duration(delay).to_string().replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_the_prefix_and_the_delay() {
        let topology = Topology { prefix: "t1.".to_owned(), retry: vec![Duration::from_secs(600)] };
        assert_eq!(topology.events_exchange(), "t1.stripe.events");
        assert_eq!(topology.queue(Queue::Dead), "t1.dead");
        assert_eq!(topology.retry_exchange(Duration::from_secs(600)), "t1.stripe.retry.10m");
        assert_eq!(Topology::default().retry_queue(Duration::from_secs(90)), "retry.1m30s");
        assert_eq!(label(Duration::from_millis(250)), "250ms");
    }
}
