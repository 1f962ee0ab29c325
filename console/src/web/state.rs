//! What every request may use.

use deadpool_postgres::Pool;
use secrecy::SecretString;
use shared::broker::Broker;

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
    /// What reference codes are made with.
    pub reference_secret: Option<SecretString>,
}
