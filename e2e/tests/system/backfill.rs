//! An existing account whose history is taken in from Stripe's lists.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use e2e::{System, binary, eventually};
use simulator::histories::History;
use simulator::stripe_api::ApiServer;
use simulator::verify;

use crate::histories::{of_all_kinds, shuffled};

/// A system that reads from this API, with all programs running.
async fn system(api: &ApiServer, rate: &str) -> System {
    let system =
        System::new().await.with("STRIPE_API_BASE", &api.url()).with("STRIPE_API_KEY", "sk_test_any");
    system.with("STRIPE_API_RATE", rate).with("STRIPE_SWEEP", "off")
}

/// Whether the lists show what the history came to. What a charge said before somebody edited it is in no list. Before
/// there were events of refunds, the simulator's list of them lacks those that no event shows, and one that fails leaves a
/// sum that does not say which of them it was.
fn is_in_the_lists(history: &History) -> bool {
    let named = ["metadata_edited", "refund_failed", "refund_again"].contains(&history.name);
    !named || history.version.refund_events()
}

/// How many objects a backfill took in, as it printed.
fn taken_in(printed: &str) -> i64 {
    let printed: serde_json::Value = serde_json::from_str(printed).unwrap();
    printed["items"].as_array().unwrap().iter().map(|backfill| backfill["listed"].as_i64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backfill_brings_the_state_of_every_object_and_sends_nothing() {
    let api = ApiServer::open().await.unwrap();
    let system = system(&api, "1000").await;
    let mut histories = of_all_kinds(71, 150);
    histories.retain(is_in_the_lists);
    histories.iter().for_each(|history| api.add_history(history));
    let programs = system.start_all().await;
    let objects = taken_in(&system.sluicegate(&["backfill", "all", "--account", "all", "--json"]));
    assert!(objects > 150, "{objects}");
    let waiting = "SELECT count(*) FROM events WHERE outcome IN ('processed', 'dead')";
    eventually("every object is processed", async || system.number(waiting).await >= objects).await;
    assert_eq!(system.number("SELECT count(*) FROM events WHERE outcome <> 'processed'").await, 0);
    assert_eq!(system.number("SELECT count(*) FROM outbox").await, 0, "nothing is sent for old orders");
    let mut found = BTreeMap::<String, usize>::new();
    let client = system.database.connect().await.unwrap();
    let expected: Vec<_> = histories.iter().map(|history| (history.name, &history.expected_state)).collect();
    for difference in verify::differences(&client, &expected).await.unwrap() {
        if !difference.what.starts_with("outbox") {
            println!("{difference:?}");
            *found.entry(format!("{} {}", difference.history, difference.what)).or_default() += 1;
        }
    }
    assert_eq!(found, BTreeMap::new());

    // The webhooks that come late change nothing.
    let mut client = system.client(&programs[0]);
    let bodies = shuffled(&histories, 71);
    system.deliver(&mut client, bodies.iter().map(Vec::as_slice)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backfill_that_is_killed_goes_on_where_it_was() {
    let api = ApiServer::open().await.unwrap();
    let system = system(&api, "5").await;
    let histories = of_all_kinds(73, 600);
    histories.iter().for_each(|history| api.add_history(history));
    let _programs = system.start_all().await;
    let start = || {
        let mut command = Command::new(binary("sluicegate"));
        let command = command.args(["backfill", "payments", "--json"]).envs(system.settings());
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
    };
    let mut killed = start();
    let first = "SELECT count(*) FROM backfills WHERE finished_at IS NULL AND after_object IS NOT NULL";
    eventually("the first page is taken in", async || system.number(first).await > 0).await;
    killed.kill().unwrap();
    killed.wait().unwrap();
    let asked = api.requests().len();
    let mut killed = start();
    let second = "SELECT count(*) FROM backfills WHERE finished_at IS NULL AND object = 'checkout.session'";
    eventually("it has come to the second kind", async || system.number(second).await == 1).await;
    killed.kill().unwrap();
    killed.wait().unwrap();
    let resumed = &api.requests()[asked];
    assert!(resumed.params.iter().any(|(name, _)| name == "starting_after"), "{resumed:?}");
    let asked = api.requests().len();
    system.sluicegate(&["backfill", "payments", "--json"]);
    let again =
        api.requests()[asked..].iter().filter(|request| request.path == "/v1/payment_intents").count();
    assert_eq!(again, 0, "what was finished is not read again");
    assert_eq!(system.number("SELECT count(*) FROM backfills").await, 3, "one for each kind of object");
    assert_eq!(system.number("SELECT count(*) FROM backfill_runs WHERE finished_at IS NOT NULL").await, 1);
    let listed = system.number("SELECT sum(listed)::bigint FROM backfills").await;
    let distinct = "SELECT count(DISTINCT object_id) FROM events WHERE id LIKE 'evt_fetched_%'";
    eventually("every object is processed", async || system.number(distinct).await == listed).await;
}
