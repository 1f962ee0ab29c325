//! One of the real programs, running.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use simulator::run::{get_status, get_text};
use simulator::servers::{LeftOvers, Process, Signal, free_port, signal};

use crate::wait::eventually;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    Ingress,
    FulfillmentWorker,
    SubscriptionWorker,
    RefundWorker,
    /// Support's console, which also stores dead letters.
    Console,
}

impl Program {
    pub const ALL: [Program; 5] = [
        Program::Ingress,
        Program::FulfillmentWorker,
        Program::SubscriptionWorker,
        Program::RefundWorker,
        Program::Console,
    ];

    /// The name of its file, and its arguments.
    pub fn command(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Program::Ingress => ("ingress", &[]),
            Program::FulfillmentWorker => ("fulfillment-worker", &[]),
            Program::SubscriptionWorker => ("subscription-worker", &[]),
            Program::RefundWorker => ("refund-worker", &[]),
            Program::Console => ("sluicegate", &["serve"]),
        }
    }
}

/// A program's file: the tests lie beside the programs in cargo's target folder.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test is a file");
    let folder =
        test.parent().and_then(|deps| deps.parent()).expect("cargo puts tests in target/<profile>/deps");
    let path = folder.join(name);
    assert!(
        path.is_file(),
        "{} is not built: `cargo build --workspace --bins`, or `make test`",
        path.display()
    );
    path
}

/// A program that runs until it is dropped, killed or asked to stop.
#[derive(Debug)]
pub struct Running {
    program: Program,
    process: Process,
    log: PathBuf,
    /// Where it takes requests: webhooks or the console.
    address: String,
    metrics: String,
    _left_overs: LeftOvers,
}

impl Running {
    /// Starts it on free ports with these settings and waits until it says that it is ready.
    pub async fn start(program: Program, settings: &BTreeMap<String, String>) -> Running {
        let running = Running::spawn(program, settings);
        running.until_ready().await;
        running
    }

    /// Starts it without waiting.
    pub fn spawn(program: Program, settings: &BTreeMap<String, String>) -> Running {
        let left_overs = LeftOvers::watch().expect("a folder to take note in");
        let (name, arguments) = program.command();
        let log = std::env::temp_dir().join(format!("sluicegate-e2e-{name}-{:016x}.log", random()));
        let output = File::create(&log).expect("a log file");
        let (address, metrics) = (address(), address());
        let mut command = Command::new(binary(name));
        command.args(arguments).envs(settings);
        command.env("INGRESS_BIND", &address).env("CONSOLE_BIND", &address).env("METRICS_BIND", &metrics);
        let errors = output.try_clone().expect("one file for both outputs");
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        let process = Process::spawn(command).expect("the program starts");
        left_overs.remember(process.pid()).expect("takes note");
        Running { program, process, log, address, metrics, _left_overs: left_overs }
    }

    /// Waits until it says that it is ready.
    pub async fn until_ready(&self) {
        let what = format!("{:?} is ready", self.program);
        eventually(&what, async || self.health("ready").await == Some(200)).await;
    }

    /// The status of `/health/<what>`; none when nobody answers.
    pub async fn health(&self, what: &str) -> Option<u16> {
        let address = if self.program == Program::Ingress { &self.address } else { &self.metrics };
        get_status(address, &format!("/health/{what}")).await
    }

    /// The sum of a counter's samples whose line contains `label`; 0 while there is none.
    pub async fn counter(&self, name: &str, label: &str) -> f64 {
        let text = get_text(&self.metrics, "/metrics").await.unwrap_or_default();
        let lines = text.lines().filter(|line| line.starts_with(name) && line.contains(label));
        lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
    }

    /// Where it takes requests, as host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where it serves health and metrics, as host and port.
    pub fn metrics(&self) -> &str {
        &self.metrics
    }

    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.process.running().is_some()
    }

    /// Kills it with SIGKILL.
    pub fn kill(mut self) {
        self.process.kill();
    }

    pub fn signal(&self, which: Signal) {
        assert!(signal(self.pid(), which), "{:?} is there to be signalled", self.program);
    }

    /// Asks it to end with SIGTERM and waits; gives how it ended. Panics when it has not ended in `within`.
    pub async fn terminate(mut self, within: Duration) -> String {
        self.signal(Signal::TERM);
        let mut status = None;
        crate::eventually_within(within, "it ends after SIGTERM", async || {
            status = self.process.ended();
            status.is_some()
        })
        .await;
        status.unwrap_or_default()
    }

    /// Everything it has written.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.process.kill();
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let end = lines[lines.len().saturating_sub(30)..].join("\n");
            eprintln!("---- the end of the log of {:?} (process {}):\n{end}", self.program, self.pid());
        }
        std::fs::remove_file(&self.log).ok();
    }
}

fn address() -> String {
    format!("127.0.0.1:{}", free_port())
}

pub(crate) fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}
