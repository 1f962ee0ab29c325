//! A month of a balance is reconciled, and the database compared with Stripe's objects.

use std::collections::BTreeSet;
use std::time::Duration;

use bench::backlog;
use serde_json::Value;
use simulator::histories::{self, Kind, Rng, SimEvent, delivery};

use crate::Args;
use crate::company::Company;
use crate::plant::{Planted, plant};

const SEED: u64 = 91;
/// The histories begin in October; some go on until December.
const MONTHS: [&str; 3] = ["2026-10", "2026-11", "2026-12"];

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    let mut company = Company::new(args).await?;
    let (mut events, mut expected) = (Vec::new(), Vec::new());
    // Before 2022-11-15 a charge holds its refunds; the list that the simulator makes of events lacks them.
    let written = (0..).map(|index| histories::write(SEED, index, Kind::ALL));
    let written = written.filter(|history| history.version.since("2022-11-15"));
    for history in written.take(args.histories) {
        company.show(&history);
        expected.push((history.name, history.expected_state));
        events.extend(history.events);
    }
    delivery::shuffle(&mut events, &mut Rng::new(SEED));
    let ids: BTreeSet<&str> = events.iter().map(|event: &SimEvent| event.id.as_str()).collect();
    let count = i64::try_from(ids.len())?;
    println!("\na month: {count} events of {} histories, in any order", expected.len());
    backlog::fill(&args.amqp_url, &company.topology, &events).await?;
    company.start_workers()?;
    company.until_done(count).await?;

    let asked = company.api.requests().len();
    for month in MONTHS {
        let reconciled = Reconciled::run(&company, month).await?;
        anyhow::ensure!(reconciled.unexplained.is_empty(), "{month}: {:?}", reconciled.unexplained);
        reconciled.print(month);
    }
    let calls = company.api.requests().len() - asked;
    println!("explained to the cent, with {calls} API calls for {} months", MONTHS.len());
    drift(&company, &args.sample).await?;
    named(&company).await?;
    println!("memory at most, MiB: {}", company.worker_memory()?);
    company.end().await
}

struct Reconciled {
    transactions: u64,
    /// The problem and what it is about.
    unexplained: BTreeSet<(String, String)>,
    took: Duration,
}

impl Reconciled {
    async fn run(company: &Company<'_>, month: &str) -> anyhow::Result<Self> {
        let arguments = ["reconcile", "--month", month, "--account", "all", "--json"];
        let (printed, _, took) = company.json(&arguments).await?;
        let accounts = || printed["items"].as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let open = accounts().flat_map(|account| account["unexplained"].as_array().into_iter().flatten());
        let unexplained = open.map(|found| (text(&found["problem"]), text(&found["about"]))).collect();
        let currencies =
            accounts().flat_map(|account| account["currencies"].as_object().into_iter().flatten());
        let transactions = currencies.filter_map(|(_, totals)| totals["explained"]["count"].as_u64()).sum();
        Ok(Self { transactions, unexplained, took })
    }

    fn print(&self, month: &str) {
        let (transactions, seconds) = (self.transactions, self.took.as_secs_f64());
        println!("{month}: {transactions} transactions explained in {seconds:.1} s");
    }
}

/// Nothing differs, and how long it took to know that.
async fn drift(company: &Company<'_>, sample: &str) -> anyhow::Result<()> {
    let arguments = ["drift", "all", "--account", "all", "--settle", "0s", "--sample", sample, "--json"];
    let (report, code, took) = company.json(&arguments).await?;
    anyhow::ensure!(code == Some(0), "something differs: {}", report["items"]);
    let kinds = report["kinds"].as_array().into_iter().flatten();
    let compared: u64 = kinds.filter_map(|kind| kind["compared"].as_u64()).sum();
    let (seconds, rate) = (took.as_secs_f64(), compared as f64 / took.as_secs_f64());
    println!(
        "drift: {compared} objects ({sample}) compared in {seconds:.0} s, {rate:.0} a second; none differs"
    );
    Ok(())
}

/// What is planted in October is named, and nothing else; a repair leaves only what no object explains.
async fn named(company: &Company<'_>) -> anyhow::Result<()> {
    let Planted { foreign, by_hand } = plant(company, MONTHS[0]).await?;
    let all: BTreeSet<_> = foreign.union(&by_hand).cloned().collect();
    let found = Reconciled::run(company, MONTHS[0]).await?.unexplained;
    anyhow::ensure!(
        found == all,
        "planted and not named: {:?}; named and not planted: {:?}",
        all.difference(&found).next(),
        found.difference(&all).next()
    );
    println!("{} movements planted, each named and nothing else", all.len());
    let arguments = ["drift", "payments", "--settle", "0s", "--repair", "--reason", "benchmark", "--json"];
    let (report, _, took) = company.json(&arguments).await?;
    let repaired = report["items"].as_array().map_or(0, Vec::len);
    println!("drift --repair of the payments: {repaired} repaired in {:.0} s", took.as_secs_f64());
    let left = Reconciled::run(company, MONTHS[0]).await?.unexplained;
    anyhow::ensure!(left == foreign, "after the repair: {left:?}");
    Ok(())
}
