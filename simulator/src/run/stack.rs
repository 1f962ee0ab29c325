//! Everything that a run starts: the servers, then Sluicegate's processes on them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use tokio::task::JoinSet;

use super::outlets::Outlets;
use super::progress::step;
use super::run_folder::{self, RunFolder};
use super::service::{Kept, Readiness, Service};
use super::settings::{RunArgs, Settings, reach};
use super::watch::{self, Server};
use crate::servers::{LeftOvers, home};

/// The processes: name, program with its arguments, and the name of their process id in the `env` file.
pub(crate) const PROCESSES: [(&str, &[&str], &str); 5] = [
    ("ingress", &["ingress"], "INGRESS_PID"),
    ("fulfillment-worker", &["fulfillment-worker"], "FULFILLMENT_WORKER_PID"),
    ("subscription-worker", &["subscription-worker"], "SUBSCRIPTION_WORKER_PID"),
    ("refund-worker", &["refund-worker"], "REFUND_WORKER_PID"),
    ("console", &["sluicegate", "serve"], "CONSOLE_PID"),
];
const INGRESS: usize = 0;
const CONSOLE: usize = 4;

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A running system. Dropping it kills what it started; [`Stack::stop`] asks first.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) settings: Settings,
    pub(crate) database_url: String,
    pub(crate) amqp_url: String,
    /// Of the broker that this run started; the console shows more where it knows it.
    management_url: Option<String>,
    /// Where the messages of a demo go.
    pub(crate) outlets: Option<Outlets>,
    kept: Vec<Kept>,
    servers: Vec<Server>,
    watchers: JoinSet<()>,
    written: Vec<(String, String)>,
    left_overs: LeftOvers,
    folder: RunFolder,
}

impl Stack {
    /// Starts all of it; what was started is stopped again when something fails.
    pub(crate) async fn start(args: &RunArgs, outlets: Option<Outlets>) -> anyhow::Result<Stack> {
        let folder = RunFolder::take(&home::local())?;
        let left_overs = LeftOvers::watch()?;
        let settings = Settings::new(args).context("reading the settings")?;
        let (postgres, rabbit) = watch::start(args).await?;
        let url = |given: &Option<String>, started: &Option<Server>| {
            given.clone().or_else(|| started.as_ref().map(Server::url)).unwrap_or_default()
        };
        let mut stack = Stack {
            database_url: url(&args.database_url, &postgres),
            amqp_url: url(&args.amqp_url, &rabbit),
            management_url: rabbit.as_ref().and_then(Server::management_url),
            settings,
            outlets,
            kept: Vec::new(),
            servers: [postgres, rabbit].into_iter().flatten().collect(),
            watchers: JoinSet::new(),
            written: Vec::new(),
            left_overs,
            folder,
        };
        step("database schema", stack.migrate()).await?;
        {
            let _turn = run_folder::turn().await;
            stack.settings.choose_addresses(args, PROCESSES.len());
            stack.start_processes().await?;
        }
        for server in stack.servers.clone() {
            stack.watchers.spawn(server.keep_up());
        }
        stack.write_env().await?;
        Ok(stack)
    }

    /// A program of this build: all of them lie beside this one.
    pub(crate) fn program(name: &str) -> anyhow::Result<PathBuf> {
        let here = std::env::current_exe().context("finding this program")?;
        Ok(here.with_file_name(name))
    }

    /// Runs one of `sluicegate`'s commands to its end.
    pub(crate) async fn sluicegate(&self, arguments: &[&str]) -> anyhow::Result<String> {
        self.sluicegate_with(arguments, &[]).await
    }

    /// The same with more settings.
    pub(crate) async fn sluicegate_with(
        &self,
        arguments: &[&str],
        settings: &[(&str, String)],
    ) -> anyhow::Result<String> {
        let output = tokio::process::Command::new(Stack::program("sluicegate")?)
            .args(arguments)
            .envs(self.environment())
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(std::process::Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .context("starting sluicegate: is it built?")?;
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).trim().to_owned();
        anyhow::ensure!(
            output.status.success(),
            "sluicegate {}: {}\n{text}",
            arguments.join(" "),
            output.status
        );
        Ok(text)
    }

    /// How to sign in to the console for the first time; none where its database has users already.
    pub(crate) async fn first_sign_in(&self) -> anyhow::Result<Option<String>> {
        let words = self.sluicegate(&["user", "first"]).await?;
        Ok(words.starts_with("sign in as").then(|| format!("console: {words}")))
    }

    async fn migrate(&self) -> anyhow::Result<()> {
        self.sluicegate(&["migrate"]).await.map(drop)
    }

    async fn start_processes(&mut self) -> anyhow::Result<()> {
        let services: Vec<Service> =
            (0..PROCESSES.len()).map(|at| self.service(at)).collect::<Result<_, _>>()?;
        let starting = services.into_iter().map(|service| {
            let left_overs = &self.left_overs;
            async move { step(service.name, Kept::start(service, left_overs)).await }
        });
        self.kept = futures_util::future::try_join_all(starting).await?;
        Ok(())
    }

    fn service(&self, at: usize) -> anyhow::Result<Service> {
        let (name, command, _) = PROCESSES[at];
        let (program, arguments) = command.split_first().context("a process without a program")?;
        let mut environment = self.environment();
        let metrics = self.settings.metrics.get(at).cloned();
        environment.insert("METRICS_BIND".into(), metrics.clone().unwrap_or_else(|| "off".into()));
        let readiness = match (at, metrics) {
            (INGRESS, _) => Readiness::Health(self.ingress_address()),
            (_, Some(address)) => Readiness::Health(reach(&address)),
            (CONSOLE, None) => Readiness::Listens(self.console_address()),
            (_, None) => Readiness::Unknown,
        };
        let log = self.folder.log().join(format!("{name}.log"));
        Ok(Service { name, program: Stack::program(program)?, arguments, environment, log, readiness })
    }

    /// The environment of every process, without its metrics address.
    fn environment(&self) -> BTreeMap<String, String> {
        let mut environment = self.settings.environment(&self.database_url, &self.amqp_url);
        if let Some(url) = &self.management_url {
            environment.insert("RABBITMQ_MANAGEMENT_URL".to_owned(), url.clone());
            environment.insert("RABBITMQ_MANAGEMENT_URL_FILE".to_owned(), String::new());
        }
        environment.extend(self.outlets.iter().flat_map(Outlets::environment));
        environment
    }

    fn ingress_address(&self) -> String {
        reach(&self.settings.ingress)
    }

    fn console_address(&self) -> String {
        reach(&self.settings.console)
    }

    /// The ingress as others reach it.
    pub(crate) fn ingress_url(&self) -> String {
        format!("http://{}", self.ingress_address())
    }

    /// What to look at, in lines.
    pub(crate) fn addresses(&self) -> Vec<(String, String)> {
        let mut lines = vec![
            ("webhooks".to_owned(), format!("{}/webhooks/stripe", self.ingress_url())),
            ("console".to_owned(), format!("http://{}", self.console_address())),
            ("database".to_owned(), format!("psql '{}'", self.database_url)),
            ("all addresses".to_owned(), self.folder.env().display().to_string()),
        ];
        let metrics = PROCESSES.iter().zip(&self.settings.metrics);
        lines.extend(
            metrics.map(|((name, ..), address)| {
                (name.to_string(), format!("http://{}/metrics", reach(address)))
            }),
        );
        let log = self.kept.first().and_then(|kept| kept.log().parent());
        lines.extend(log.map(|folder| ("logs".to_owned(), folder.display().to_string())));
        lines
    }

    /// Looks after the processes for ever, reporting what happens.
    pub(crate) async fn look_after(&mut self) -> anyhow::Result<()> {
        loop {
            for kept in &mut self.kept {
                if let Some(news) = kept.look(&self.left_overs) {
                    eprintln!("{news}; log: {}", kept.log().display());
                }
            }
            self.write_env().await?;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Brings the `env` file up to date.
    async fn write_env(&mut self) -> anyhow::Result<()> {
        let mut lines = vec![
            ("DATABASE_URL".to_owned(), self.database_url.clone()),
            ("AMQP_URL".to_owned(), self.amqp_url.clone()),
            ("INGRESS_URL".to_owned(), self.ingress_url()),
            ("CONSOLE_URL".to_owned(), format!("http://{}", self.console_address())),
            ("STRIPE_WEBHOOK_SECRET".to_owned(), self.settings.secret.clone()),
            ("STRIPE_LIVEMODE".to_owned(), self.settings.livemode.clone()),
        ];
        let management = self.management_url.clone().map(|url| ("RABBITMQ_MANAGEMENT_URL".to_owned(), url));
        lines.extend(management);
        for kept in &mut self.kept {
            let name =
                PROCESSES.iter().find(|(name, ..)| *name == kept.name()).map(|(.., variable)| *variable);
            if let (Some(name), Some(pid)) = (name, kept.pid()) {
                lines.push((name.to_owned(), pid.to_string()));
            }
        }
        for server in &self.servers {
            lines.extend(server.line().await);
        }
        if lines != self.written {
            self.folder.write_env(&lines)?;
            self.written = lines;
        }
        Ok(())
    }

    /// Stops the processes, then the servers.
    pub(crate) async fn stop(mut self) {
        self.watchers.shutdown().await;
        futures_util::future::join_all(self.kept.drain(..).map(Kept::stop)).await;
    }
}
