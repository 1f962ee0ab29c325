//! An existing account is taken in: killed at a third and at two thirds, and gone on with.

use std::collections::HashSet;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use bench::memory;
use serde_json::Value;
use simulator::histories::{self, ExpectedState, History, Kind};

use crate::Args;
use crate::company::Company;

const SEED: u64 = 71;
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// The kinds that a backfill reads.
const KINDS: [&str; 8] = [
    "subscription",
    "invoice",
    "invoice_payment",
    "payment_intent",
    "checkout.session",
    "charge",
    "refund",
    "dispute",
];

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    let mut company = Company::new(args).await?;
    let (expected, objects) = write(args.objects, &company);
    println!("an existing account: {objects} objects of {} histories", expected.len());
    company.start_workers()?;
    let start = Instant::now();
    let peak = killed_twice(&company, objects).await?;
    let read = start.elapsed();
    company.until_done(objects).await?;
    let taken = start.elapsed();

    let listed = company.number("SELECT sum(listed)::bigint FROM backfills").await?;
    let seen = "SELECT count(DISTINCT object_id) FROM events WHERE outcome = 'processed'";
    anyhow::ensure!(company.number(seen).await? == objects, "an object has not been taken in");
    anyhow::ensure!(listed == objects, "{listed} objects were listed, {objects} are there");
    company.must_be(&expected).await?;
    let sent = company.number("SELECT count(*) FROM outbox").await?;
    anyhow::ensure!(sent == 0, "{sent} messages were sent for old orders");

    let requests = company.api.requests();
    let calls = requests.iter().filter(|request| request.status == 200).count();
    let pages =
        requests.iter().filter(|request| request.params.iter().any(|(name, _)| name == "limit")).count();
    let rate = |time: Duration| objects as f64 / time.as_secs_f64();
    println!("killed at one third and at two thirds; every object is in its row, no message was sent");
    println!("lists read in {:.0} s: {:.0} objects a second", read.as_secs_f64(), rate(read));
    println!("all taken in after {:.0} s: {:.0} objects a second", taken.as_secs_f64(), rate(taken));
    let per_second = calls as f64 / read.as_secs_f64();
    println!(
        "{calls} API calls ({pages} pages), {per_second:.1} a second; the budget is {} a second",
        args.rate
    );
    println!("memory at most, MiB: sluicegate backfill {peak:.0}, {}", company.worker_memory()?);
    company.end().await
}

/// Histories with so many objects at least; what must come of them, and how many objects they are.
fn write(least: usize, company: &Company<'_>) -> (Vec<(&'static str, ExpectedState)>, i64) {
    let (mut expected, mut objects) = (Vec::new(), 0);
    for index in 0.. {
        let history = histories::write(SEED, index, Kind::ALL);
        // Before there were events of refunds, the list that the simulator makes of events lacks them.
        if !history.version.refund_events() {
            continue;
        }
        company.show(&history);
        objects += objects_of(&history).len();
        expected.push((history.name, history.expected_state));
        if objects >= least {
            break;
        }
    }
    (expected, i64::try_from(objects).unwrap_or(i64::MAX))
}

/// The ids of what the lists show of a history.
fn objects_of(history: &History) -> HashSet<String> {
    let mut ids = HashSet::new();
    for event in &history.events {
        let body: Value = serde_json::from_slice(&event.body).unwrap_or_default();
        let object = &body["data"]["object"];
        let (kind, id) = (object["object"].as_str(), object["id"].as_str());
        let Some(id) = id.filter(|_| kind.is_some_and(|kind| KINDS.contains(&kind))) else { continue };
        if event.kind == "invoice.deleted" {
            ids.remove(id);
        } else if event.kind != "invoice.upcoming" {
            ids.insert(id.to_owned());
        }
    }
    ids
}

/// Runs the backfill to its end, with two kills on the way. The most memory that it had, in MiB.
async fn killed_twice(company: &Company<'_>, objects: i64) -> anyhow::Result<f64> {
    let mut peak = 0.0_f64;
    let listed = "SELECT coalesce(sum(listed), 0)::bigint FROM backfills";
    for third in 1..=2 {
        let mut backfill = start(company)?;
        company.until(listed, objects * third / 3).await?;
        peak = peak.max(memory(backfill.id())?.1);
        // SIGKILL.
        backfill.kill()?;
        backfill.wait()?;
    }
    let mut backfill = start(company)?;
    let status = loop {
        // A process that has ended has no memory to be read.
        peak =
            peak.max(memory(backfill.id()).map_or(0.0, |(_, most)| if most.is_nan() { 0.0 } else { most }));
        match backfill.try_wait()? {
            Some(status) => break status,
            None => tokio::time::sleep(LOOK_EVERY).await,
        }
    };
    anyhow::ensure!(status.success(), "the backfill ended with {status}");
    Ok(peak)
}

fn start(company: &Company<'_>) -> anyhow::Result<Child> {
    let mut command = company.command("sluicegate")?;
    command.args(["backfill", "all", "--account", "all", "--json"]).stdout(Stdio::null());
    Ok(command.spawn()?)
}
