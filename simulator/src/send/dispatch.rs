//! Posts the events over several connections, each again and again until it is accepted or given up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinSet;

use super::args::SendArgs;
use super::client::{Client, Target};
use super::load::Item;
use super::tally::Tally;

const FIRST_BACK_OFF: Duration = Duration::from_millis(250);
/// Stripe backs off for hours; somebody is waiting here.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(10);

const CATCH_UP: Duration = Duration::from_millis(100);

/// How to send.
#[derive(Debug)]
pub(crate) struct Plan {
    target: Target,
    secret: String,
    connections: u16,
    tries: u32,
    pause: Duration,
    every: Option<Duration>,
}

impl Plan {
    pub(crate) fn new(args: &SendArgs, target: Target) -> Self {
        // While a secret is being rolled several are configured; any one of them is good.
        let secret = args.secret.split(',').next().unwrap_or_default().trim().to_owned();
        Self {
            target,
            secret,
            connections: args.concurrency,
            tries: args.tries,
            pause: args.pause,
            every: args.rate.map(|rate| Duration::from_secs(1) / rate.max(1)),
        }
    }
}

/// What is left of a burst, and when its next event may go.
#[derive(Debug)]
struct Line {
    items: VecDeque<Item>,
    next_at: Instant,
    every: Option<Duration>,
}

impl Line {
    /// The next event and the moment to send it.
    fn next(&mut self) -> Option<(Item, Instant)> {
        let item = self.items.pop_front()?;
        let at = self.next_at;
        if let Some(every) = self.every {
            // Catches up on a short delay, so that the rate holds, but not on a long one.
            let earliest = Instant::now().checked_sub(CATCH_UP).unwrap_or(at);
            self.next_at = at.max(earliest) + every;
        }
        Some((item, at))
    }
}

/// Sends the bursts one after the other.
pub(crate) async fn dispatch(plan: Arc<Plan>, bursts: Vec<Vec<Item>>) -> Tally {
    let bar = ProgressBar::new(bursts.iter().map(Vec::len).sum::<usize>() as u64);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut tally = Tally::default();
    let last = bursts.len().saturating_sub(1);
    for (at, burst) in bursts.into_iter().enumerate() {
        send_burst(&plan, burst, &bar, &mut tally).await;
        if at < last {
            tokio::time::sleep(plan.pause).await;
        }
    }
    bar.finish_and_clear();
    tally
}

async fn send_burst(plan: &Arc<Plan>, burst: Vec<Item>, bar: &ProgressBar, tally: &mut Tally) {
    let connections = burst.len().min(usize::from(plan.connections));
    let line = Line { items: burst.into(), next_at: Instant::now(), every: plan.every };
    let line = Arc::new(Mutex::new(line));
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        senders.spawn(send_from(Arc::clone(plan), Arc::clone(&line), bar.clone()));
    }
    while let Some(counted) = senders.join_next().await {
        if let Ok(counted) = counted {
            tally.add(counted);
        }
    }
}

/// One connection's share of a burst.
async fn send_from(plan: Arc<Plan>, line: Arc<Mutex<Line>>, bar: ProgressBar) -> Tally {
    let mut client = Client::new(plan.target.clone());
    let mut tally = Tally::default();
    loop {
        let next = line.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some((item, at)) = next else { return tally };
        tokio::time::sleep_until(at.into()).await;
        send_one(&plan, &mut client, item, &bar, &mut tally).await;
        bar.inc(1);
    }
}

/// Posts one event as Stripe does: anything but 2xx is a failure, each try carries a fresh timestamp.
async fn send_one(plan: &Plan, client: &mut Client, item: Item, bar: &ProgressBar, tally: &mut Tally) {
    let mut back_off = FIRST_BACK_OFF;
    for attempt in 1..=plan.tries {
        let header = shared::signature::sign(&item.body, &plan.secret, unix_now());
        let answer = client.post(item.body.clone(), &header).await;
        let Some(refusal) = answer.refusal() else { return tally.accept() };
        bar.set_message(format!("{refusal}, try {attempt}"));
        tally.refuse(refusal);
        if attempt < plan.tries {
            tokio::time::sleep(answer.retry_after.unwrap_or(back_off).min(LONGEST_BACK_OFF)).await;
            back_off *= 2;
        }
    }
    tally.give_up(&item.name);
}

fn unix_now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or_default()
}
