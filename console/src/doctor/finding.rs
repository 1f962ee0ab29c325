//! What a check found.

use serde::Serialize;

use crate::common::text_enum::text_enum;

text_enum! {
    /// What is checked.
    pub(crate) enum CheckId {
        /// The database answers.
        Database = "database",
        PostgresVersion = "postgres_version",
        /// PostgreSQL keeps what it has committed.
        PostgresDurability = "postgres_durability",
        /// There is room for more connections.
        PostgresConnections = "postgres_connections",
        /// PostgreSQL does not close sessions that wait for work.
        PostgresTimeouts = "postgres_timeouts",
        /// The clocks of this machine and of the database agree.
        ClockSkew = "clock_skew",
        /// The schema is the one that this build was made for.
        SchemaVersion = "schema_version",
        /// The database role may do what it must, and cannot alter the audit.
        Grants = "grants",
        /// The broker answers.
        Broker = "broker",
        /// The broker accepts messages: no memory or disk alarm.
        BrokerAlarms = "broker_alarms",
        RabbitmqVersion = "rabbitmq_version",
        /// Exchanges and queues are as this version declares them.
        Topology = "topology",
        /// Every queue has a consumer.
        Consumers = "consumers",
        /// Events do not wait long.
        Lag = "lag",
        /// A worker of each kind runs, of this version.
        Workers = "workers",
        /// Workers and console have the same settings.
        Settings = "settings",
        /// Events are of the mode that is processed.
        Mode = "mode",
        DeadLetters = "dead_letters",
        /// Outgoing messages do not wait long, and no destination is paused.
        OutgoingMessages = "outgoing_messages",
        /// What no webhook brought has arrived.
        Gaps = "gaps",
        /// Stripe's API accepts the key.
        StripeApi = "stripe_api",
        /// The endpoints at Stripe send the event types that are needed.
        WebhookEvents = "webhook_events",
        /// The certificate of the ingress is valid for a while.
        Certificate = "certificate",
        /// The newest backup is recent.
        Backup = "backup",
    }
}

text_enum! {
    /// How a check ended.
    pub(crate) enum CheckStatus {
        Ok = "ok",
        /// It works, and something is better changed.
        Warning = "warning",
        /// It does not work, or will not for long.
        Failed = "failed",
        /// It could not be checked.
        Skipped = "skipped",
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub(crate) check: CheckId,
    pub(crate) status: CheckStatus,
    /// What was found.
    pub(crate) found: String,
    /// What to do about it.
    pub(crate) remedy: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: CheckId, found: impl Into<String>) -> Self {
        Self { check, status: CheckStatus::Ok, found: found.into(), remedy: None }
    }

    pub(super) fn warning(check: CheckId, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, status: CheckStatus::Warning, found: found.into(), remedy: Some(remedy.into()) }
    }

    pub(super) fn failed(check: CheckId, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, status: CheckStatus::Failed, found: found.into(), remedy: Some(remedy.into()) }
    }

    /// It could not be checked; `found` says why.
    pub(super) fn skipped(check: CheckId, found: impl Into<String>) -> Self {
        Self { check, status: CheckStatus::Skipped, found: found.into(), remedy: None }
    }
}
