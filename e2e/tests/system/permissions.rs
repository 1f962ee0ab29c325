//! The programs with the broker users of the compose file (`deploy/compose/permissions`): each may do its own work and
//! nothing else.

use std::collections::BTreeMap;

use e2e::{Program, Running, Subscriber, System, eventually};
use simulator::servers::RabbitServer;

use crate::containers::read;
use crate::whole_path::{paid, refuse};

const PASSWORD: &str = "of-the-test";

/// The URL of the same node for one of the users.
fn url_of(rabbit: &RabbitServer, user: &str) -> String {
    let url = rabbit.url();
    let (_, host) = url.split_once('@').expect("a URL with a user");
    format!("amqp://{user}:{PASSWORD}@{host}")
}

/// Makes the users of the file, as the container's entry point does.
async fn make_users(rabbit: &RabbitServer) {
    for line in read("deploy/compose/permissions").lines().filter(|line| !line.starts_with('#')) {
        let [user, _tags, configure, write, read] =
            line.split_whitespace().collect::<Vec<_>>().try_into().expect("five columns");
        // Of the node itself, and used by the tests.
        if user != "sluicegate" {
            rabbit.ctl(&["add_user", user, PASSWORD]).await.expect("a user");
            let permissions = ["set_permissions", "-p", "/", user, configure, write, read];
            rabbit.ctl(&permissions).await.expect("permissions");
        }
    }
}

fn settings_of(system: &System, rabbit: &RabbitServer, program: Program) -> BTreeMap<String, String> {
    let user = match program {
        Program::Console => "console",
        other => other.command().0,
    };
    let mut settings = system.settings().clone();
    settings.insert("AMQP_URL".to_owned(), url_of(rabbit, user));
    settings
}

#[tokio::test]
async fn each_program_does_its_work_with_the_permissions_of_its_own_broker_user() {
    let rabbit = RabbitServer::start().await.expect("RabbitMQ");
    make_users(&rabbit).await;
    // The permissions are for the real names.
    let system = System::with_rabbit(&rabbit).await.with_prefix("").with("RETRY_SCHEDULE", "100ms,200ms");

    let ingress = settings_of(&system, &rabbit, Program::Ingress);
    let waiting = Running::spawn(Program::Ingress, &ingress);
    eventually("the ingress says that it may not declare", async || {
        waiting.log().contains("run `sluicegate topology` as one that may")
    })
    .await;
    drop(waiting);
    assert!(system.sluicegate(&["topology"]).contains("the exchanges and queues are there"));

    let mut running = Vec::new();
    for program in Program::ALL {
        running.push(Running::start(program, &settings_of(&system, &rabbit, program)).await);
    }
    let subscriber = Subscriber::open(&system).await;
    let mut client = system.client(&running[0]);
    refuse(&system, "pi_order_late").await;
    let bodies = [paid("evt_1", "order_1", 1999), paid("evt_late", "order_late", 500)];
    system.deliver(&mut client, bodies.iter().map(String::as_bytes)).await;

    eventually("the refused event is retried and becomes a dead letter", async || {
        system.number("SELECT count(*) FROM dead_letters WHERE event_id = 'evt_late'").await == 1
    })
    .await;
    system.execute("DROP TRIGGER refuse ON payments").await;
    let console = settings_of(&system, &rabbit, Program::Console);
    let system = system.with("AMQP_URL", &console["AMQP_URL"]);
    system.sluicegate(&["dead", "replay", "1", "--reason", "the database takes it now"]);
    eventually("both orders are paid", async || {
        system.number("SELECT count(*) FROM orders WHERE status = 'paid'").await == 2
    })
    .await;
    eventually("the messages went out", async || {
        system.number("SELECT count(*) FROM outbox WHERE sent_at IS NULL").await == 0
    })
    .await;
    assert!(!subscriber.drain().await.is_empty());
}

#[tokio::test]
async fn the_programs_cannot_change_the_schema_nor_what_the_audit_has_recorded() {
    let system = System::new().await;
    let program = system.database.connect_as_program().await.expect("the role");
    for statement in [
        "DELETE FROM audit",
        "UPDATE audit SET actor = 'somebody'",
        "TRUNCATE audit",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "UPDATE audit_head SET id = 0",
        "DROP TABLE events",
        "CREATE TABLE more ()",
        "DELETE FROM refinery_schema_history",
    ] {
        let error = program.batch_execute(statement).await.expect_err(statement);
        let code = error.code().expect("the database refuses it").code();
        assert_eq!(code, "42501", "{statement}: insufficient_privilege");
    }
    // And still writes a line of its own.
    system.sluicegate(&["user", "add", "--name", "anna", "--role", "viewer", "--no-password"]);
}
