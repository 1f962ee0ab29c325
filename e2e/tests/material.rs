//! Real event bodies through the running system. They lie outside the repository, in the folder that
//! SLUICEGATE_STRIPE_MATERIAL names; without it the test fails.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use e2e::{System, eventually};

/// Bodies whose object has no id (disputes, subscriptions and an invoice of API versions up to early 2015).
const WITHOUT_ID: &[&str] = &[
    "buttercloud_stripe_tester/charge.dispute.closed__2012-02-23__1.json",
    "buttercloud_stripe_tester/charge.dispute.closed__2013-08-13__1.json",
    "buttercloud_stripe_tester/charge.dispute.closed__2014-10-07__1.json",
    "buttercloud_stripe_tester/charge.dispute.closed__2015-04-07__1.json",
    "buttercloud_stripe_tester/charge.dispute.created__2013-08-13__1.json",
    "buttercloud_stripe_tester/charge.dispute.created__2014-10-07__1.json",
    "buttercloud_stripe_tester/charge.dispute.updated__2013-08-13__1.json",
    "buttercloud_stripe_tester/charge.dispute.updated__2014-10-07__1.json",
    "buttercloud_stripe_tester/customer.subscription.created__2013-02-13__1.json",
    "buttercloud_stripe_tester/customer.subscription.created__2013-07-05__1.json",
    "buttercloud_stripe_tester/customer.subscription.deleted__2013-02-13__1.json",
    "buttercloud_stripe_tester/customer.subscription.deleted__2013-07-05__1.json",
    "buttercloud_stripe_tester/customer.subscription.trial_will_end__2013-07-05__1.json",
    "stripe-ruby-mock_stripe-ruby-mock/charge.dispute.closed__none__1.json",
    "stripe-ruby-mock_stripe-ruby-mock/charge.dispute.created__none__1.json",
    "stripe-ruby-mock_stripe-ruby-mock/charge.dispute.updated__none__1.json",
    "stripe-ruby-mock_stripe-ruby-mock/invoice.finalized__none__1.json",
];

/// Bodies that hold another kind of object than their type says: an application fee, and nothing at all.
const OTHER_OBJECT: &[&str] = &[
    "opencollective_opencollective-api/invoice.payment_succeeded__2015-04-07__1.json",
    "opencollective_opencollective-api/invoice.payment_succeeded__2015-04-07__3.json",
    "tansengming_stripe-rails/invoice.payment_succeeded__2017-02-14__1.json",
];

fn folder() -> PathBuf {
    let folder = std::env::var_os("SLUICEGATE_STRIPE_MATERIAL").expect("SLUICEGATE_STRIPE_MATERIAL is set");
    PathBuf::from(folder)
}

/// Every body below a folder, by its path there.
fn bodies(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder").map(|entry| entry.expect("an entry").path())
        {
            if entry.is_dir() {
                waiting.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "json") {
                let name = entry.strip_prefix(folder).expect("below it").display().to_string();
                found.insert(name, std::fs::read(&entry).expect("readable"));
            }
        }
    }
    found
}

/// The body with another event id and nothing else changed.
fn with_id(body: &[u8], id: &str) -> Vec<u8> {
    let text = std::str::from_utf8(body).expect("text");
    let event: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("JSON");
    let old = event["id"].as_str().expect("an id");
    text.replace(&format!("\"{old}\""), &format!("\"{id}\"")).into_bytes()
}

#[tokio::test]
async fn every_real_body_is_processed_or_ignored_or_dead_lettered_for_what_it_lacks() {
    let bodies = bodies(&folder().join("events"));
    assert!(bodies.len() > 300, "only {} bodies", bodies.len());
    let system = System::new().await;
    let programs = system.start_all().await;
    let fresh: BTreeMap<String, &str> =
        bodies.keys().enumerate().map(|(at, name)| (format!("evt_material_{at}"), name.as_str())).collect();
    let posts: Vec<Vec<u8>> = fresh.iter().map(|(id, name)| with_id(&bodies[*name], id)).collect();
    system.deliver(&mut system.client(&programs[0]), posts.iter().map(Vec::as_slice)).await;

    eventually("every event has come to its end", async || {
        let counts = system.counts().await;
        (counts.processed + counts.ignored + counts.dead) as usize == bodies.len()
    })
    .await;
    let client = system.database.connect().await.expect("the database answers");
    let rows =
        client.query("SELECT id, reason FROM events WHERE outcome = 'dead'", &[]).await.expect("events");
    let dead: BTreeSet<(&str, String)> =
        rows.iter().map(|row| (fresh[row.get::<_, &str>(0)], row.get::<_, String>(1))).collect();
    let without_id = WITHOUT_ID.iter().map(|name| (*name, "missing_field".to_owned()));
    let other_object = OTHER_OBJECT.iter().map(|name| (*name, "unexpected_object".to_owned()));
    assert_eq!(dead, without_id.chain(other_object).collect());
    eventually("the dead letters are stored", async || {
        system.number("SELECT count(*) FROM dead_letters").await as usize == dead.len()
    })
    .await;
}
