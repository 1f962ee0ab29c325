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

#[derive(Debug)]
pub(crate) struct Plan {
    target: Target,
    secret: String,
    connections: u16,
    attempts: u32,
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
            attempts: args.attempts,
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

/// Posts one event as Stripe does: anything but 2xx is a failure, and each attempt carries a fresh timestamp.
async fn send_one(plan: &Plan, client: &mut Client, item: Item, bar: &ProgressBar, tally: &mut Tally) {
    let mut back_off = FIRST_BACK_OFF;
    for attempt in 1..=plan.attempts {
        let header = stripe::signature::sign(&item.body, &plan.secret, unix_now());
        let answer = client.post(item.body.clone(), &header).await;
        let Some(refusal) = answer.refusal() else { return tally.accept() };
        bar.set_message(format!("{refusal}, attempt {attempt}"));
        tally.refuse(refusal);
        if attempt < plan.attempts {
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// Answers one request on a connection; gives its signature and body.
    async fn answer(stream: &mut BufReader<TcpStream>, status: &str) -> Option<(String, Vec<u8>)> {
        let (mut signature, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
            match line.trim_end().split_once(": ") {
                Some(("stripe-signature", value)) => signature = value.to_owned(),
                Some(("content-length", value)) => length = value.parse().expect("a length"),
                None if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.ok()?;
        Some((signature, body))
    }

    fn plan(port: u16) -> Arc<Plan> {
        let target = Target::parse(&format!("http://127.0.0.1:{port}")).expect("a target");
        let (connections, attempts) = (1, 3);
        let (pause, every) = (Duration::ZERO, None);
        Arc::new(Plan { target, secret: "whsec_x".into(), connections, attempts, pause, every })
    }

    fn item(body: &'static str) -> Item {
        Item { name: body.to_owned(), body: body.into() }
    }

    #[tokio::test]
    async fn a_refused_event_is_sent_again_until_it_is_accepted() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a connection");
            let mut stream = BufReader::new(stream);
            let mut seen = Vec::new();
            for status in ["503 Busy", "302 Found", "200 OK", "200 OK"] {
                seen.push(answer(&mut stream, status).await.expect("a request"));
            }
            seen
        });
        let tally = dispatch(plan(port), vec![vec![item("a"), item("b")]]).await;
        let seen = server.await.expect("the server ends");
        assert!(tally.all_accepted());
        assert_eq!(
            seen.iter().map(|(_, body)| body.as_slice()).collect::<Vec<_>>(),
            [b"a", b"a", b"a", b"b"]
        );
        assert!(seen.iter().all(|(signature, _)| signature.starts_with("t=") && signature.contains(",v1=")));
    }

    #[tokio::test]
    async fn a_connection_closed_while_idle_costs_no_attempt() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = tokio::spawn(async move {
            for _ in 0..2 {
                let (stream, _) = listener.accept().await.expect("a connection");
                answer(&mut BufReader::new(stream), "200 OK").await.expect("a request");
            }
        });
        let tally = dispatch(plan(port), vec![vec![item("a"), item("b")]]).await;
        server.await.expect("the server ends");
        assert!(tally.report(Duration::from_secs(1)).starts_with("sent 2 in"), "no post was refused");
    }

    #[tokio::test]
    async fn an_event_that_is_never_accepted_is_reported_by_name() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let tally = dispatch(plan(port), vec![vec![item("a")]]).await;
        assert!(!tally.all_accepted());
        assert!(tally.report(Duration::from_secs(1)).ends_with("3 × no connection\ngiven up: 1\n  a"));
    }
}
