//! A private PostgreSQL. Durable as in production (fsync and synchronous_commit stay on): what the tests show
//! about crashes and the benchmarks about speed must hold for a real one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::sync::Mutex;

use super::error::ServerError;
use super::home::Home;
use super::port::free_port;
use super::process::{self, Process};
use super::programs::postgres_program;

const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
log_destination = stderr
logging_collector = off
log_line_prefix = '%m [%p] %d '
";
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
        init(&home, &password).await?;
        let mut server = PostgresServer { process: Mutex::new(None), home, program, port: 0, password };
        server.configure().await?;
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
        for pid in children(postmaster) {
            process::signal(pid, signal);
        }
        process::signal(postmaster, signal);
    }

    fn spawn(&self) -> Result<Process, ServerError> {
        let mut command = command(&self.home, &self.program);
        let log = self.home.log()?;
        let errors = log.try_clone().map_err(ServerError::io("sharing a log"))?;
        command.arg("-D").arg(cluster(&self.home)).arg("-p").arg(self.port.to_string());
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

    async fn configure(&self) -> Result<(), ServerError> {
        let mut settings = SETTINGS.to_owned();
        if self.takes("default_toast_compression", "lz4").await {
            settings.push_str("default_toast_compression = lz4\n");
        }
        let path = cluster(&self.home).join("postgresql.auto.conf");
        std::fs::write(&path, settings).map_err(ServerError::io(format!("writing {}", path.display())))
    }

    /// Whether this build of PostgreSQL knows a setting's value.
    async fn takes(&self, name: &str, value: &str) -> bool {
        let mut command = command(&self.home, &self.program);
        command
            .arg("-D")
            .arg(cluster(&self.home))
            .arg("-C")
            .arg(name)
            .arg("-c")
            .arg(format!("{name}={value}"));
        run(command).await.is_ok()
    }
}

fn cluster(home: &Home) -> PathBuf {
    home.data().join("cluster")
}

/// The processes whose parent is `parent` (Linux; elsewhere none are found).
fn children(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parent = Some(parent.to_string());
    pids.filter(|pid| process::stat_field(*pid, 1) == parent).collect()
}

/// A command under the server's account that sees nothing of the caller's PostgreSQL settings.
fn command(home: &Home, program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    command.current_dir(home.data()).env("HOME", home.data()).env("LC_ALL", "C").env("TZ", "UTC");
    home.account().apply(&mut command);
    command
}

async fn init(home: &Home, password: &str) -> Result<(), ServerError> {
    let password_file = home.write("password", password)?;
    let mut command = command(home, &postgres_program("initdb")?);
    command.arg("-D").arg(cluster(home)).arg("--pwfile").arg(&password_file);
    // A password keeps other users of the machine out; sent in clear over loopback it costs the tests, which
    // open many connections from unoptimized builds, nothing.
    command.args(["-U", "sluicegate", "-E", "UTF8", "--locale=C", "--no-sync", "--auth=password"]);
    run(command).await?;
    std::fs::remove_file(&password_file).map_err(ServerError::io("removing the password file"))
}

async fn run(command: Command) -> Result<(), ServerError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut command = tokio::process::Command::from(command);
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(ServerError::io(format!("starting {program}")))?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    let output_text = String::from_utf8_lossy(&text).trim().to_owned();
    Err(ServerError::Failed { program, status: output.status.to_string(), output: output_text })
}

pub(super) async fn connect(url: &str) -> Result<tokio_postgres::Client, ServerError> {
    let (client, connection) =
        tokio_postgres::connect(url, tokio_postgres::NoTls).await.map_err(ServerError::sql("connecting"))?;
    // Ends by itself when the client is dropped.
    tokio::spawn(connection);
    Ok(client)
}
