//! Webhooks that never came: what Stripe's list has is processed all the same, once.

use e2e::System;
use jiff::Timestamp;
use simulator::stripe_api::{ApiServer, Fault, Share};

use crate::histories::{count, must_be_as_expected, of_all_kinds, shuffled};

/// A moment as the command line takes it.
fn moment(second: i64) -> String {
    Timestamp::from_second(second).unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_ingress_that_was_down_for_a_day_a_sweep_brings_everything_once() {
    let api = ApiServer::open().await.unwrap();
    let system =
        System::new().await.with("STRIPE_API_BASE", &api.url()).with("STRIPE_API_KEY", "sk_test_any");
    let system = system.with("STRIPE_API_RATE", "1000").with("STRIPE_SWEEP", "off");
    let histories = of_all_kinds(61, 120);
    histories.iter().for_each(|history| api.add_history(history));
    let mut made: Vec<i64> = histories.iter().flat_map(|h| &h.events).map(|event| event.created).collect();
    made.sort_unstable();
    let programs = system.start_all().await;
    let mut client = system.client(&programs[0]);

    // The day without an ingress is in the middle of the histories' time: nothing that Stripe made in it was delivered.
    let middle = made[made.len() / 2];
    let outage = (middle - 43_200)..(middle + 43_200);
    let (missed, delivered): (Vec<_>, Vec<_>) =
        histories.iter().flat_map(|h| &h.events).partition(|event| outage.contains(&event.created));
    assert!(
        missed.len() > 20 && delivered.len() > 20,
        "{} missed, {} delivered",
        missed.len(),
        delivered.len()
    );
    let delivered: Vec<Vec<u8>> = delivered.iter().map(|event| event.body.clone()).collect();
    system.deliver(&mut client, delivered.iter().map(Vec::as_slice)).await;
    system.until_done(delivered.len()).await;

    // Stripe has a bad day as well.
    let bad = [("rate_limited=3%"), ("server_error=5%"), ("cut_off=5%")];
    api.set_faults(bad.iter().map(|share| share.parse::<Share>().unwrap()).collect());
    api.fail_next(2, Fault::ServerError);
    let (since, until) = (moment(made[0]), moment(made[made.len() - 1] + 1));
    let accounts = system.sluicegate(&["sweep", "--since", &since, "--until", &until, "--account", "all"]);
    system.until_done(count(&histories)).await;
    must_be_as_expected(&system, &histories).await;
    let found = system.number("SELECT count(*) FROM missed_events").await;
    assert_eq!(found, i64::try_from(missed.len()).unwrap(), "{accounts}");

    // The webhooks come after all, and another sweep finds nothing.
    let bodies = shuffled(&histories, 61);
    system.deliver(&mut client, bodies.iter().map(Vec::as_slice)).await;
    system.until_done(count(&histories)).await;
    must_be_as_expected(&system, &histories).await;
    let again = system.sluicegate(&["sweep", "--since", &since, "--until", &until, "--account", "all"]);
    assert!(again.contains("none was missed") && !again.contains("had been missed"), "{again}");
}
