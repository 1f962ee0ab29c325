//! One of Sluicegate's own processes: started, watched, started again with back-off.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::health;
use crate::servers::Signal;
use crate::servers::{LeftOvers, Process};

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(15);
const FIRST_BACK_OFF: Duration = Duration::from_millis(500);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(30);

/// How to see that a process is ready.
#[derive(Debug, Clone)]
pub(crate) enum Readiness {
    /// `GET /health/ready` on this address answers 200.
    Health(String),
    /// Somebody listens on this address.
    Listens(String),
    /// It cannot be seen from outside.
    Unknown,
}

/// What a process is.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) arguments: &'static [&'static str],
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) log: PathBuf,
    pub(crate) readiness: Readiness,
}

impl Service {
    fn log_file(&self) -> anyhow::Result<File> {
        let file = OpenOptions::new().create(true).append(true).open(&self.log);
        file.with_context(|| format!("opening {}", self.log.display()))
    }

    fn spawn(&self, left_overs: &LeftOvers) -> anyhow::Result<Process> {
        let log = self.log_file()?;
        let errors = log.try_clone().context("sharing a log")?;
        let mut command = Command::new(&self.program);
        command.args(self.arguments).envs(&self.environment);
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        let process = Process::spawn(command).with_context(|| format!("is {} built?", self.name))?;
        left_overs.remember(process.pid())?;
        Ok(process)
    }

    async fn is_ready(&self) -> bool {
        match &self.readiness {
            Readiness::Health(address) => health::get_status(address, "/health/ready").await == Some(200),
            Readiness::Listens(address) => health::listens(address).await,
            Readiness::Unknown => true,
        }
    }

    /// The last lines of its log.
    fn log_end(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// A process that is kept running.
#[derive(Debug)]
pub(crate) struct Kept {
    service: Service,
    process: Option<Process>,
    since: Instant,
    back_off: Duration,
}

impl Kept {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start(service: Service, left_overs: &LeftOvers) -> anyhow::Result<Kept> {
        File::create(&service.log).with_context(|| format!("making {}", service.log.display()))?;
        let process = Some(service.spawn(left_overs)?);
        let mut kept = Kept { service, process, since: Instant::now(), back_off: FIRST_BACK_OFF };
        kept.until_ready().await?;
        Ok(kept)
    }

    async fn until_ready(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        let name = self.service.name;
        while !self.service.is_ready().await {
            let log = self.service.log.display();
            if let Some(status) = self.process.as_mut().and_then(Process::ended) {
                anyhow::bail!("{name} ended ({status}); the end of {log}:\n{}", self.service.log_end());
            }
            if Instant::now() > deadline {
                anyhow::bail!(
                    "{name} is not ready after {READY_WITHIN:?}; the end of {log}:\n{}",
                    self.service.log_end()
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    pub(crate) fn name(&self) -> &'static str {
        self.service.name
    }

    pub(crate) fn log(&self) -> &Path {
        &self.service.log
    }

    pub(crate) fn pid(&mut self) -> Option<u32> {
        self.process.as_mut().and_then(Process::running)
    }

    /// Looks after it once: says what happened, if something did.
    pub(crate) fn look(&mut self, left_overs: &LeftOvers) -> Option<String> {
        if let Some(process) = &mut self.process {
            let status = process.ended()?;
            let (name, pid) = (self.service.name, process.pid());
            self.process = None;
            if self.since.elapsed() > LONGEST_BACK_OFF {
                self.back_off = FIRST_BACK_OFF;
            }
            let text = format!("{name} (process {pid}) ended: {status}; starts again in {:?}", self.back_off);
            self.since = Instant::now();
            return Some(text);
        }
        if self.since.elapsed() < self.back_off {
            return None;
        }
        self.since = Instant::now();
        self.back_off = (self.back_off * 2).min(LONGEST_BACK_OFF);
        match self.service.spawn(left_overs) {
            Ok(process) => {
                let text = format!("{} started again (process {})", self.service.name, process.pid());
                self.process = Some(process);
                Some(text)
            }
            Err(error) => Some(format!("{} could not be started: {error:#}", self.service.name)),
        }
    }

    /// Asks it to end, and kills it when it does not.
    pub(crate) async fn stop(mut self) {
        if let Some(mut process) = self.process.take() {
            process.end(Signal::TERM, STOP_WITHIN).await;
        }
    }
}
