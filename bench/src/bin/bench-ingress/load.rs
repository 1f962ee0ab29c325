//! The load: keep-alive connections that each send the next event when the last is answered.
//!
//! Written for little work of its own, because it shares the cores with what it measures: one
//! thread, requests built and signed beforehand, answers compared and not parsed.

use crate::SECRET;
use anyhow::Context;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ACCEPTED: &[u8] = b"HTTP/1.1 200 OK\r\n";
const END: &[u8] = br#"{"received":true}"#;

/// What came of a run.
pub(crate) struct Run {
    pub(crate) per_second: f64,
    /// The latencies, the shortest first.
    latencies: Vec<Duration>,
}

impl Run {
    pub(crate) fn count(&self) -> usize {
        self.latencies.len()
    }

    /// The latency in milliseconds that this share of the requests stayed below.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let at = (self.latencies.len() as f64 * share) as usize;
        self.latencies.get(at).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1000.0)
    }
}

pub(crate) fn run(
    address: SocketAddr,
    bodies: &[(&str, Vec<u8>)],
    connections: usize,
    time: Duration,
) -> anyhow::Result<Run> {
    let now = jiff::Timestamp::now().as_second();
    let requests: Vec<Vec<u8>> = bodies.iter().map(|(_, body)| request(body, now)).collect();
    let requests: &'static [Vec<u8>] = requests.leak();
    std::thread::spawn(move || -> anyhow::Result<Run> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let start = Instant::now();
            let until = start + time;
            let each: Vec<_> =
                (0..connections).map(|n| tokio::spawn(connection(address, requests, n, until))).collect();
            let mut latencies = Vec::new();
            for connection in each {
                latencies.extend(connection.await??);
            }
            let per_second = latencies.len() as f64 / start.elapsed().as_secs_f64();
            latencies.sort();
            Ok(Run { per_second, latencies })
        })
    })
    .join()
    .map_err(|_| anyhow::anyhow!("the load panicked"))?
}

fn request(body: &[u8], now: i64) -> Vec<u8> {
    let signature = stripe::signature::sign(body, SECRET, now);
    let mut request = format!(
        "POST /webhooks/stripe HTTP/1.1\r\nhost: ingress\r\nuser-agent: Stripe/1.0\r\ncontent-type: application/json\r\n\
         stripe-signature: {signature}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend(body);
    request
}

async fn connection(
    address: SocketAddr,
    requests: &[Vec<u8>],
    first: usize,
    until: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut latencies = Vec::new();
    let mut answer = vec![0; 1024];
    for request in requests.iter().cycle().skip(first % requests.len()) {
        let asked = Instant::now();
        if asked >= until {
            break;
        }
        stream.write_all(request).await?;
        let mut length = 0;
        while !answer[..length].ends_with(END) {
            let more = stream.read(&mut answer[length..]).await?;
            anyhow::ensure!(more > 0, "not answered 200: {}", String::from_utf8_lossy(&answer[..length]));
            length += more;
        }
        let accepted = answer.starts_with(ACCEPTED);
        accepted.then_some(()).with_context(|| String::from_utf8_lossy(&answer[..length]).into_owned())?;
        latencies.push(asked.elapsed());
    }
    Ok(latencies)
}
