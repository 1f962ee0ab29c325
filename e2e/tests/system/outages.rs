//! Servers that become unavailable and come back, while everything else goes on.

use e2e::{Program, System, eventually};
use simulator::servers::{PostgresServer, RabbitServer};

use crate::histories::{count, must_be_as_expected, of_all_kinds, shuffled};

/// Delivers half, then makes the broker unavailable in some way while the other half is in transit.
async fn broker_goes(system: &System, outage: impl AsyncFnOnce()) {
    let programs = system.start_all().await;
    let histories = of_all_kinds(23, 80);
    let bodies = shuffled(&histories, 23);
    let (first, rest) = bodies.split_at(bodies.len() / 2);
    let mut client = system.client(&programs[0]);
    system.deliver(&mut client, first.iter().map(Vec::as_slice)).await;
    let sending = system.deliver(&mut client, rest.iter().map(Vec::as_slice));
    tokio::join!(sending, outage());
    system.until_done(count(&histories)).await;
    must_be_as_expected(system, &histories).await;
    for mut program in programs {
        assert!(program.is_running(), "it went through the outage without a restart");
    }
}

#[tokio::test]
async fn a_broker_that_restarts_in_the_middle_loses_and_doubles_nothing() {
    let rabbit = RabbitServer::start().await.expect("starts");
    let system = System::with_rabbit(&rabbit).await;
    broker_goes(&system, async || rabbit.restart().await.expect("comes back")).await;
}

#[tokio::test]
async fn a_broker_that_is_killed_in_the_middle_loses_and_doubles_nothing() {
    let rabbit = RabbitServer::start().await.expect("starts");
    let system = System::with_rabbit(&rabbit).await;
    broker_goes(&system, async || {
        rabbit.kill().await;
        rabbit.start_again().await.expect("comes back");
    })
    .await;
}

#[tokio::test]
async fn while_postgres_is_unavailable_events_are_accepted_and_no_attempt_is_used() {
    let postgres = PostgresServer::start().await.expect("starts");
    let system = System::with_postgres(&postgres).await;
    let mut programs = system.start_all().await;
    let histories = of_all_kinds(29, 40);
    let bodies = shuffled(&histories, 29);
    let (first, rest) = bodies.split_at(bodies.len() / 2);
    let mut client = system.client(&programs[0]);
    system.deliver(&mut client, first.iter().map(Vec::as_slice)).await;

    postgres.kill().await;
    for body in rest {
        assert_eq!(system.post(&mut client, body).await.status, Ok(200), "the ingress needs no database");
    }
    eventually("the worker says that it is not ready", async || {
        programs[1].health("ready").await != Some(200)
    })
    .await;
    postgres.start_again().await.expect("comes back");

    system.until_done(count(&histories)).await;
    assert_eq!(system.number("SELECT max(attempts)::bigint FROM events").await, 1);
    assert_eq!(system.number("SELECT count(*) FROM dead_letters").await, 0);
    must_be_as_expected(&system, &histories).await;
    for program in &mut programs {
        assert!(program.is_running(), "it went through the outage without a restart");
        program.until_ready().await;
    }
}

#[tokio::test]
async fn a_postgres_that_freezes_and_goes_on_costs_nothing() {
    let postgres = PostgresServer::start().await.expect("starts");
    let system = System::with_postgres(&postgres).await;
    let mut programs = system.start_all().await;
    let histories = of_all_kinds(31, 20);
    let bodies = shuffled(&histories, 31);

    postgres.pause().await;
    let mut client = system.client(&programs[0]);
    for body in &bodies {
        assert_eq!(system.post(&mut client, body).await.status, Ok(200), "the ingress needs no database");
    }
    postgres.resume().await;

    system.until_done(count(&histories)).await;
    assert_eq!(system.number("SELECT max(attempts)::bigint FROM events").await, 1);
    must_be_as_expected(&system, &histories).await;
    assert!(programs.iter_mut().all(e2e::Running::is_running));
}

#[tokio::test]
async fn a_broker_that_freezes_is_answered_503_and_when_it_goes_on_nothing_is_lost_or_doubled() {
    let rabbit = RabbitServer::start().await.expect("starts");
    let system = System::with_rabbit(&rabbit).await.with("INGRESS_PUBLISH_TIMEOUT", "500ms");
    let mut programs = system.start_all().await;
    let histories = of_all_kinds(37, 40);
    let bodies = shuffled(&histories, 37);
    let (first, rest) = bodies.split_at(bodies.len() / 2);
    let mut client = system.client(&programs[0]);
    system.deliver(&mut client, first.iter().map(Vec::as_slice)).await;

    rabbit.pause().await;
    let answer = system.post(&mut client, &rest[0]).await;
    assert_eq!(answer.status, Ok(503));
    assert!(answer.retry_after.is_some(), "it says when to come again");
    rabbit.resume().await;

    system.deliver(&mut client, rest.iter().map(Vec::as_slice)).await;
    system.until_done(count(&histories)).await;
    must_be_as_expected(&system, &histories).await;
    assert!(programs.iter_mut().all(e2e::Running::is_running));
}

#[tokio::test]
async fn programs_that_start_before_their_servers_wait_for_them() {
    let rabbit = RabbitServer::start().await.expect("starts");
    let postgres = PostgresServer::start().await.expect("starts");
    let system = System::with_rabbit(&rabbit).await.with("DATABASE_URL", &postgres.url());
    rabbit.stop().await;
    let ingress = e2e::Running::spawn(Program::Ingress, system.settings());
    let worker = e2e::Running::spawn(Program::FulfillmentWorker, system.settings());
    eventually("the ingress is live", async || ingress.health("live").await == Some(200)).await;
    assert_eq!(ingress.health("ready").await, Some(503));
    rabbit.start_again().await.expect("comes back");
    ingress.until_ready().await;
    worker.until_ready().await;
}
