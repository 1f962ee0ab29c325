//! A private PostgreSQL. Durable as in production (fsync and synchronous_commit stay on): what the tests show
//! about crashes and the benchmarks about speed must hold for a real one.

mod cluster;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::sync::Mutex;

use super::error::ServerError;
use super::home::Home;
use super::port::free_port;
use super::process::{self, Process};
use super::programs::postgres_program;

const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(20);

/// A running private PostgreSQL, stopped and removed when dropped.
#[derive(Debug)]
pub struct PostgresServer {
    // Before `home`: the process goes first, then its folder.
    process: Mutex<Option<Process>>,
    home: Home,
    program: PathBuf,
    port: u16,
    password: String,
}

impl PostgresServer {
    /// Makes a new, empty cluster with a database `sluicegate` and starts it on a free port.
    pub async fn start() -> Result<PostgresServer, ServerError> {
        let home = Home::create("postgres")?;
        let password = format!("{:032x}", rand::random::<u128>());
        let program = postgres_program("postgres")?;
        cluster::init(&home, &password).await?;
        let mut server = PostgresServer { process: Mutex::new(None), home, program, port: 0, password };
        cluster::configure(&server.home, &server.program).await?;
        let mut attempts = 0;
        loop {
            attempts += 1;
            server.port = free_port();
            match server.start_again().await {
                // Another may have taken the port since it was found free.
                Err(error) if attempts < 3 && server.home.log_end().contains("in use") => drop(error),
                other => break other?,
            }
        }
        let admin = connect(&server.url_of("postgres")).await?;
        admin
            .batch_execute("CREATE DATABASE sluicegate")
            .await
            .map_err(ServerError::sql("CREATE DATABASE"))?;
        Ok(server)
    }

    /// The URL of the database `sluicegate`.
    pub fn url(&self) -> String {
        self.url_of("sluicegate")
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://sluicegate:{}@127.0.0.1:{}/{database}?sslmode=disable", self.password, self.port)
    }

    /// The process id of the postmaster, while it runs.
    pub async fn pid(&self) -> Option<u32> {
        let mut process = self.process.lock().await;
        process.as_mut().and_then(Process::running)
    }

    /// The file that the server writes its log to.
    pub fn log_path(&self) -> PathBuf {
        self.home.log_path()
    }

    /// Stops it in an orderly way (fast shutdown); the data stay for [`PostgresServer::start_again`].
    pub async fn stop(&self) {
        if let Some(mut process) = self.process.lock().await.take() {
            process.end(Signal::INT, STOP_TIMEOUT).await;
        }
    }

    /// Kills every process of it, as if the power went.
    pub async fn kill(&self) {
        if let Some(mut process) = self.process.lock().await.take() {
            process.kill();
        }
    }

    /// Starts it on the same port with the same data; does nothing when it runs.
    pub async fn start_again(&self) -> Result<(), ServerError> {
        let mut slot = self.process.lock().await;
        if slot.as_mut().and_then(Process::running).is_some() {
            return Ok(());
        }
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            *slot = None;
            let mut process = self.spawn()?;
            match self.until_ready(&mut process, deadline).await {
                Ok(()) => {
                    *slot = Some(process);
                    return Ok(());
                }
                // Backends of a killed postmaster hold its shared memory for a moment longer.
                Err(_)
                    if Instant::now() < deadline && self.home.log_end().contains("shared memory block") =>
                {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Stops and starts it on the same port with the same data.
    pub async fn restart(&self) -> Result<(), ServerError> {
        self.stop().await;
        self.start_again().await
    }

    /// Freezes every process of it (SIGSTOP): connections stay, nothing answers.
    pub async fn pause(&self) {
        self.signal_all(Signal::STOP).await;
    }

    /// Lets a paused server go on.
    pub async fn resume(&self) {
        self.signal_all(Signal::CONT).await;
    }

    async fn signal_all(&self, signal: Signal) {
        let Some(postmaster) = self.pid().await else { return };
        // Backends lead sessions of their own, so the group does not reach them.
        for pid in cluster::children(postmaster) {
            process::signal(pid, signal);
        }
        process::signal(postmaster, signal);
    }

    fn spawn(&self) -> Result<Process, ServerError> {
        let mut command = cluster::command(&self.home, &self.program);
        let log = self.home.log()?;
        let errors = log.try_clone().map_err(ServerError::io("sharing a log"))?;
        command.arg("-D").arg(cluster::data(&self.home)).arg("-p").arg(self.port.to_string());
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        let process = Process::spawn(command)?;
        self.home.remember(process.pid())?;
        Ok(process)
    }

    async fn until_ready(&self, process: &mut Process, deadline: Instant) -> Result<(), ServerError> {
        let mut why = "it did not answer in time".to_owned();
        while Instant::now() < deadline {
            if let Some(status) = process.ended() {
                why = format!("it ended ({status})");
                break;
            }
            if let Ok(client) = connect(&self.url_of("postgres")).await
                && client.simple_query("SELECT 1").await.is_ok()
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        Err(ServerError::NotReady { server: "PostgreSQL", why, log: self.home.log_end() })
    }
}

pub(super) async fn connect(url: &str) -> Result<tokio_postgres::Client, ServerError> {
    let (client, connection) =
        tokio_postgres::connect(url, tokio_postgres::NoTls).await.map_err(ServerError::sql("connecting"))?;
    // Ends by itself when the client is dropped.
    tokio::spawn(connection);
    Ok(client)
}
