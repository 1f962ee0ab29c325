//! Exactly once, whatever happens to the workers.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use e2e::{Program, System, Tap, eventually};

use crate::histories::{count, must_be_as_expected, purchases, shuffled};

/// The ports of the URL that the tests' broker has.
fn broker(url: &str) -> SocketAddr {
    let port = url.rsplit_once(':').and_then(|(_, rest)| rest.split('/').next()?.parse().ok());
    SocketAddr::from((Ipv4Addr::LOCALHOST, port.expect("a port in AMQP_URL")))
}

#[tokio::test]
async fn a_worker_killed_between_its_commit_and_its_acknowledgement_has_not_done_it_twice() {
    let system = System::new().await;
    let ingress = system.start(Program::Ingress).await;
    let history = purchases(11, 1);
    let server = broker(system.amqp_url());
    let tap = Tap::open(server).await;
    let through_the_tap =
        system.amqp_url().replace(&format!(":{}/", server.port()), &format!(":{}/", tap.port()));
    let mut settings = system.settings().clone();
    settings.insert("AMQP_URL".into(), through_the_tap);
    let worker = e2e::Running::start(Program::FulfillmentWorker, &settings).await;
    let queues = system.queues().await;
    eventually("the worker consumes", async || queues.state("fulfillment").await.1 > 0).await;

    tap.hold(); // no acknowledgement arrives from here on
    let bodies: Vec<&[u8]> = history[0].events.iter().map(|event| event.body.as_slice()).collect();
    system.deliver(&mut system.client(&ingress), bodies.clone()).await;
    system.until_done(bodies.len()).await;
    worker.kill();
    eventually("every event is back in the queue", async || {
        queues.ready("fulfillment").await as usize == bodies.len()
    })
    .await;

    let again = system.start(Program::FulfillmentWorker).await;
    eventually("every event is known as a duplicate", async || {
        again.counter("sluicegate_events_total", "duplicate").await as usize == bodies.len()
    })
    .await;
    assert_eq!(again.terminate(Duration::from_secs(30)).await, "exit status: 0");
    assert_eq!(queues.ready("fulfillment").await, 0, "every event was acknowledged the second time");
    assert_eq!(system.number("SELECT max(attempts)::bigint FROM events").await, 1, "no event was done again");
    must_be_as_expected(&system, &history).await;
}

#[tokio::test]
async fn workers_killed_again_and_again_lose_nothing_and_double_nothing() {
    let system = System::new().await.with("WORKER_BATCH", "8");
    let ingress = system.start(Program::Ingress).await;
    let histories = purchases(13, 250);
    let events = count(&histories);
    // A worker has been there, so that the queues are; then the backlog grows.
    let bodies = shuffled(&histories, 13);
    system.deliver(&mut system.client(&ingress), bodies.iter().map(Vec::as_slice)).await;

    let mut kills = 0;
    loop {
        let before = system.counts().await.processed;
        let worker = system.start(Program::FulfillmentWorker).await;
        eventually("it gets on", async || {
            let now = system.counts().await;
            now.processed >= before + 50 || (now.processed + now.ignored) as usize >= events
        })
        .await;
        let counts = system.counts().await;
        if (counts.processed + counts.ignored) as usize >= events {
            break;
        }
        worker.kill();
        kills += 1;
    }
    assert!(kills >= 3, "killed only {kills} times: the backlog was too small to show anything");
    must_be_as_expected(&system, &histories).await;
}

#[tokio::test]
async fn sigterm_finishes_the_current_batch_and_requeues_the_rest() {
    let system = System::new().await.with("WORKER_BATCH", "4").with("WORKER_CONCURRENCY", "1");
    let ingress = system.start(Program::Ingress).await;
    let histories = purchases(17, 150);
    let events = count(&histories);
    let bodies: Vec<&[u8]> =
        histories.iter().flat_map(|history| &history.events).map(|event| event.body.as_slice()).collect();
    system.deliver(&mut system.client(&ingress), bodies).await;

    let worker = system.start(Program::FulfillmentWorker).await;
    eventually("it has begun", async || system.counts().await.processed > 0).await;
    assert_eq!(worker.terminate(Duration::from_secs(20)).await, "exit status: 0");

    let queues = system.queues().await;
    eventually("what is done and what waits are all there is", async || {
        let counts = system.counts().await;
        let waiting = queues.ready("fulfillment").await as usize;
        (counts.processed + counts.ignored) as usize + waiting == events
    })
    .await;
    assert!(
        queues.ready("fulfillment").await > 0,
        "it had finished before the signal: the test showed nothing"
    );
    let worker = system.start(Program::FulfillmentWorker).await;
    system.until_done(events).await;
    drop(worker);
    must_be_as_expected(&system, &histories).await;
}

#[tokio::test]
async fn an_event_that_comes_a_hundred_times_to_four_workers_at_once_counts_once() {
    let system = System::new().await.with("WORKER_BATCH", "1");
    let ingress = system.start(Program::Ingress).await;
    let history = purchases(19, 1);
    let bodies: Vec<&[u8]> = history[0].events.iter().map(|event| event.body.as_slice()).collect();
    let mut client = system.client(&ingress);
    for _ in 0..100 {
        system.deliver(&mut client, bodies.clone()).await;
    }
    let mut workers = Vec::new();
    for _ in 0..4 {
        workers.push(e2e::Running::spawn(Program::FulfillmentWorker, system.settings()));
    }
    let queues = system.queues().await;
    eventually("all copies are handled", async || {
        let mut handled = 0.0;
        for worker in &workers {
            handled += worker.counter("sluicegate_events_total", "").await;
        }
        handled as usize == 100 * bodies.len()
    })
    .await;
    for worker in workers {
        assert_eq!(worker.terminate(Duration::from_secs(30)).await, "exit status: 0");
    }
    assert_eq!(queues.ready("fulfillment").await, 0);
    assert_eq!(system.number("SELECT count(*) FROM events").await as usize, bodies.len());
    assert_eq!(system.number("SELECT max(attempts)::bigint FROM events").await, 1);
    must_be_as_expected(&system, &history).await;
}
