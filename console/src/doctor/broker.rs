//! RabbitMQ: whether it answers and accepts messages, and its version. What a connection over AMQP does not tell only its
//! management knows, which need not be there.

use amqp::message::{EventHeaders, Message};
use amqp::publisher::PublishError;
use jiff::Timestamp;

use super::finding::{CheckId, Finding};
use crate::runtime::Connections;
use crate::runtime::settings::ConsoleSettings;
use crate::system::management::ServerState;

/// The oldest version that is supported.
const OLDEST: (u32, u32) = (3, 10);

pub(super) async fn check(settings: &ConsoleSettings, connections: &Connections) -> Vec<Finding> {
    let mut found = match connections.connected().await {
        Ok(()) => {
            let topology =
                Finding::ok(CheckId::Topology, "exchanges and queues are as this version declares them");
            vec![Finding::ok(CheckId::Broker, "it answers"), topology, alarms(published(connections).await)]
        }
        Err(failure) => unusable(connections, &failure.to_string()),
    };
    found.push(match &settings.management {
        Some(management) => version(&management.server().await),
        None => Finding::skipped(CheckId::RabbitmqVersion, "set RABBITMQ_MANAGEMENT_URL to have it checked"),
    });
    found
}

/// Why there is no connection: something is declared otherwise, the broker is in an alarm, or it is not there.
fn unusable(connections: &Connections, why: &str) -> Vec<Finding> {
    let broker = connections.broker().ok();
    if let Some(mismatch) = broker.and_then(|broker| broker.topology_mismatch()) {
        let remedy = "give all programs the settings that it was made with, or delete it when it is empty";
        return vec![
            Finding::ok(CheckId::Broker, "it answers"),
            Finding::failed(CheckId::Topology, mismatch, remedy),
        ];
    }
    if broker.is_some_and(|broker| broker.usable() == Err(amqp::broker::Unusable::Blocked)) {
        return vec![Finding::ok(CheckId::Broker, "it answers"), alarms(Err(PublishError::Blocked))];
    }
    let remedy = "check AMQP_URL, the network and RabbitMQ's log; Stripe keeps new events and retries them";
    vec![Finding::failed(CheckId::Broker, why, remedy)]
}

/// Publishes a message that no queue receives: in an alarm RabbitMQ answers nothing.
async fn published(connections: &Connections) -> Result<(), PublishError> {
    let Ok(replayer) = connections.replayer() else { return Err(PublishError::Down) };
    let (_, publisher) = replayer.servers();
    let message = Message {
        // The default exchange, which routes by the names of queues.
        exchange: String::new(),
        routing_key: "sluicegate.doctor.no_queue_has_this_name".to_owned(),
        message_id: "sluicegate_doctor".to_owned(),
        kind: "sluicegate.doctor".to_owned(),
        headers: EventHeaders::received(Timestamp::now()).to_table(),
        body: b"{}".to_vec(),
    };
    publisher.publish(message).await
}

fn alarms(published: Result<(), PublishError>) -> Finding {
    let check = CheckId::BrokerAlarms;
    match published {
        // It came back, as it should: the broker looked at it.
        Ok(()) | Err(PublishError::Returned { .. }) => Finding::ok(check, "it accepts messages"),
        Err(PublishError::Blocked | PublishError::TimedOut) => {
            let remedy =
                "free memory or disk on the broker's machine: until then every webhook is answered 503";
            Finding::failed(check, "it blocks publishers (memory or disk alarm)", remedy)
        }
        // This user may publish to our exchanges alone; a broker in an alarm would not have answered.
        Err(PublishError::Closed(why)) if why.contains("ACCESS_REFUSED") => {
            Finding::ok(check, "it answers publishers")
        }
        Err(error) => Finding::failed(check, error.to_string(), "look at RabbitMQ's log"),
    }
}

fn version(server: &Result<ServerState, String>) -> Finding {
    let check = CheckId::RabbitmqVersion;
    let server = match server {
        Ok(server) => server,
        Err(why) => return Finding::warning(check, why, "check RABBITMQ_MANAGEMENT_URL"),
    };
    let version = &server.rabbitmq_version;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or_default());
    let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if (major, minor) < OLDEST {
        let remedy =
            format!("upgrade RabbitMQ: {}.{} is the oldest version that is supported", OLDEST.0, OLDEST.1);
        return Finding::failed(check, version, remedy);
    }
    Finding::ok(check, version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::CheckStatus;

    #[test]
    fn a_broker_that_returns_the_message_accepts_messages() {
        let returned = PublishError::Returned { code: 312, text: "NO_ROUTE".to_owned() };
        assert_eq!(alarms(Err(returned)).status, CheckStatus::Ok);
        for error in [PublishError::Blocked, PublishError::TimedOut, PublishError::Nacked] {
            assert_eq!(alarms(Err(error)).status, CheckStatus::Failed);
        }
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let status = |version: &str| version_of(version).status;
        assert_eq!(status("3.10.8"), CheckStatus::Ok);
        assert_eq!(status("4.0.5"), CheckStatus::Ok);
        assert_eq!(status("3.9.29"), CheckStatus::Failed);
        assert_eq!(version(&Err("no answer".to_owned())).status, CheckStatus::Warning);
    }

    fn version_of(text: &str) -> Finding {
        version(&Ok(ServerState { rabbitmq_version: text.to_owned() }))
    }
}
