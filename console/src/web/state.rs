//! What every request may use.

use amqp::broker::Broker;
use deadpool_postgres::Pool;
use domain::rules::Rules;

use super::entry::Entry;
use crate::management::Management;
use crate::queues::Sources;
use crate::replay::Replayer;

/// The console's servers and settings, as requests use them.
#[derive(Clone)]
pub struct Console {
    /// The database.
    pub pool: Pool,
    /// The broker, for asking about queues.
    pub broker: Broker,
    /// What sends events once more.
    pub replayer: Replayer,
    /// RabbitMQ's management, where there is one.
    pub management: Option<Management>,
    /// What decisions depend on, for previews and reference codes.
    pub rules: Rules,
    /// How people get in.
    pub access: Entry,
}

impl Console {
    /// Who knows of the queues.
    pub(crate) fn sources(&self) -> Sources<'_> {
        Sources { broker: &self.broker, management: self.management.as_ref(), pool: &self.pool }
    }
}
