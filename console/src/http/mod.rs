//! What the pages and the API share: the state that requests use, sign-in settings, sessions, errors.

pub(crate) mod error;
pub(crate) mod session;
pub(crate) mod sign_in;

use amqp::broker::Broker;
use deadpool_postgres::Pool;
use domain::rules::Rules;
use stripe_api::StripeApi;

use self::sign_in::SignInSettings;
use crate::dead_letters::replay::Replayer;
use crate::events::preview::Previewer;
use crate::order_status::watch::OrderWatch;
use crate::sweeps::reader::Reader;
use crate::system::management::Management;
use crate::system::pauses::Pauses;
use crate::system::queues::Sources;

/// The most bytes that the body of a request has.
pub(crate) const LARGEST_BODY: usize = 64 * 1024;

/// The console's servers and settings, as requests use them.
#[derive(Clone)]
pub(crate) struct Console {
    pub(crate) pool: Pool,
    /// The broker, for asking about queues.
    pub(crate) broker: Broker,
    /// What sends events once more.
    pub(crate) replayer: Replayer,
    /// RabbitMQ's management, where there is one.
    pub(crate) management: Option<Management>,
    /// What decisions depend on, for previews and reference codes.
    pub(crate) rules: Rules,
    /// The orders that requests wait for.
    pub(crate) order_watch: OrderWatch,
    /// Stripe's API, where a key is set.
    pub(crate) stripe_api: Option<StripeApi>,
    /// Reads Stripe's list of events, where a key is set.
    pub(crate) stripe_events: Option<Reader>,
    /// How users sign in.
    pub(crate) sign_in: SignInSettings,
    /// A bulk replay of more than so many waits for a second person; none: no replay does.
    pub(crate) replay_approval: Option<i64>,
    /// The queues that are paused, for every page.
    pub(crate) pauses: Pauses,
}

impl Console {
    /// Who knows of the queues.
    pub(crate) fn sources(&self) -> Sources<'_> {
        Sources { broker: &self.broker, management: self.management.as_ref(), pool: &self.pool }
    }

    /// What previews need.
    pub(crate) fn previewer(&self) -> Previewer<'_> {
        Previewer { pool: &self.pool, rules: &self.rules, api: self.stripe_api.as_ref() }
    }
}
