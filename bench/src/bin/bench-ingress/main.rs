//! Confirmed 200s per second at the ingress, beside a raw pipelined lapin publisher to the same
//! queues: the same broker, the same messages, alternating runs, medians.
//!
//! Takes the broker from AMQP_URL and runs the `ingress` program that was built beside it.

mod load;
mod raw;

use amqp::topology::{Queue, Topology};
use anyhow::Context;
use bench::{median, memory, processor_time, program};
use clap::Parser;
use lapin::options::{QueueDeleteOptions, QueuePurgeOptions};
use lapin::{Channel, Connection, ConnectionProperties};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SECRET: &str = "whsec_bench";
/// The share of the raw publisher's speed that the ingress is to reach.
const AIM: f64 = 0.75;
/// A mixture for all three work queues.
const KINDS: [&str; 4] =
    ["payment_intent.succeeded", "checkout.session.completed", "invoice.paid", "charge.refunded"];

/// Measures the ingress beside a raw publisher.
#[derive(Parser)]
struct Args {
    /// URL of RabbitMQ, such as amqp://user:password@host:5672
    #[arg(long, env = "AMQP_URL", hide_env_values = true)]
    amqp_url: String,
    /// The process of the broker, to measure what each event costs it.
    #[arg(long, env = "RABBITMQ_PID")]
    broker_pid: Option<u32>,
    /// How often each side is measured.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of each run.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Keep-alive connections to the ingress, and messages on their way for the raw publisher.
    #[arg(long, default_value_t = 256)]
    connections: usize,
    /// Bytes of each body.
    #[arg(long, default_value_t = 3072)]
    body: usize,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let time = Duration::from_secs_f64(args.seconds);
    let prefix = format!("bench{}.", std::process::id());
    let topology = Topology { prefix: prefix.clone(), retry: Vec::new() };
    let ingress = Ingress::start(&args.amqp_url, &prefix)?;
    ingress.until_ready()?;
    let connection = Connection::connect(&args.amqp_url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    let bodies: Vec<_> = KINDS.iter().map(|kind| (*kind, body(kind, args.body))).collect();

    let (mut gate, mut peer) = (Vec::new(), Vec::new());
    println!("                                             microseconds of processor time for each event:");
    println!("  run ingress/s     raw/s       p50       p99   ingress load broker   ingress  raw broker");
    // The first of each warms up and does not count.
    for round in 0..=args.rounds {
        let clocks = Clocks::read(&ingress, args.broker_pid)?;
        let run = load::run(ingress.address, &bodies, args.connections, time)?;
        let gate_cost = clocks.per_event(&ingress, run.count())?;
        purge(&channel, &topology).await?;
        let clocks = Clocks::read(&ingress, args.broker_pid)?;
        let (raw, confirmed) = raw::run(&connection, &topology, &bodies, args.connections, time).await?;
        let raw_cost = clocks.per_event(&ingress, usize::try_from(confirmed)?)?;
        purge(&channel, &topology).await?;
        let name = if round == 0 { "warm".to_owned() } else { round.to_string() };
        println!(
            "{name:>5} {:>9.0} {raw:>9.0} {:>6.1} ms {:>6.1} ms   {gate_cost}   {raw_cost}",
            run.per_second,
            run.quantile(0.5),
            run.quantile(0.99),
        );
        if round > 0 {
            gate.push(run.per_second);
            peer.push(raw);
        }
    }
    let (now, peak) = memory(ingress.child.id())?;
    let (gate, peer) = (median(gate), median(peer));
    let ratio = gate / peer;
    println!("ingress: median {gate:.0} confirmed 200s a second at {} connections", args.connections);
    println!("raw pipelined lapin publisher: median {peer:.0} confirms a second");
    println!("ratio: {ratio:.2} (aim {AIM}){}", if ratio < AIM { " FALLS SHORT" } else { "" });
    println!("ingress memory: {now:.0} MiB now, {peak:.0} MiB at most");
    drop(ingress);
    let queues = Queue::ALL.map(|queue| topology.queue(queue)).into_iter();
    for name in queues.chain([topology.rejected_queue()]) {
        // The result stands whether or not the broker is quick to remove a long queue.
        if let Err(error) = channel.queue_delete(name.as_str().into(), QueueDeleteOptions::default()).await {
            eprintln!("the queue {name} is still there: {error}");
        }
    }
    Ok(())
}

/// Processor time of the ingress, of this program and of the broker.
struct Clocks {
    broker_pid: Option<u32>,
    seconds: [f64; 3],
}

impl Clocks {
    fn read(ingress: &Ingress, broker_pid: Option<u32>) -> anyhow::Result<Self> {
        let broker = broker_pid.map_or(Ok(f64::NAN), processor_time)?;
        let seconds = [processor_time(ingress.child.id())?, processor_time(std::process::id())?, broker];
        Ok(Self { broker_pid, seconds })
    }

    fn per_event(&self, ingress: &Ingress, events: usize) -> anyhow::Result<String> {
        let now = Self::read(ingress, self.broker_pid)?.seconds;
        let cost = |n: usize| (now[n] - self.seconds[n]) * 1e6 / events as f64;
        Ok(format!("{:>7.1} {:>4.1} {:>6.1}", cost(0), cost(1), cost(2)))
    }
}

async fn purge(channel: &Channel, topology: &Topology) -> lapin::Result<()> {
    for queue in Queue::ALL {
        channel.queue_purge(topology.queue(queue).into(), QueuePurgeOptions::default()).await?;
    }
    Ok(())
}

/// An event of a size, as compact JSON.
fn body(kind: &str, size: usize) -> Vec<u8> {
    let head = format!(
        r#"{{"id":"evt_bench_{kind}","object":"event","type":"{kind}","created":1700000000,"livemode":false,"api_version":"2024-06-20","data":{{"object":{{"metadata":{{""#
    );
    let mut body = head;
    let mut field = 0;
    while body.len() + 40 < size {
        body += &format!(r#"key{field:04}":"value {field:08}",""#);
        field += 1;
    }
    body += r#"last":"x"}}}}"#;
    body.into_bytes()
}

struct Ingress {
    child: Child,
    address: SocketAddr,
}

impl Ingress {
    fn start(amqp_url: &str, prefix: &str) -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = Command::new(program("ingress")?)
            .env("AMQP_URL", amqp_url)
            .env("AMQP_PREFIX", prefix)
            .env("STRIPE_WEBHOOK_SECRET", SECRET)
            .env("INGRESS_BIND", address.to_string())
            .env("METRICS_BIND", "off")
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .spawn()?;
        Ok(Self { child, address })
    }

    fn until_ready(&self) -> anyhow::Result<()> {
        let give_up = Instant::now() + Duration::from_secs(30);
        while !self.is_ready() {
            anyhow::ensure!(Instant::now() < give_up, "the ingress is not ready");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn is_ready(&self) -> bool {
        use std::io::{Read, Write};
        let ask = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(self.address)?;
            stream.write_all(b"GET /health/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")?;
            let mut text = String::new();
            stream.read_to_string(&mut text)?;
            Ok(text)
        };
        ask().is_ok_and(|text| text.starts_with("HTTP/1.1 200"))
    }
}

impl Drop for Ingress {
    fn drop(&mut self) {
        drop(self.child.kill().context("the ingress had ended"));
        drop(self.child.wait());
    }
}
