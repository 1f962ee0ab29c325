//! A private RabbitMQ with a port mapper (epmd) of its own, so that it shares no name, no cookie and no port
//! with any other node, and leaves no mapper behind.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::sync::Mutex;

mod layout;

use super::error::ServerError;
use super::home::Home;
use super::port::free_port;
use super::process::{self, Process};
use super::programs::{epmd_program, rabbit_program};
use layout::Ports;

const START_TIMEOUT: Duration = Duration::from_secs(120);
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// A running private RabbitMQ, killed and removed when dropped.
#[derive(Debug)]
pub struct RabbitServer {
    // Before `home`: the processes go first, then their folder.
    processes: Mutex<Processes>,
    home: Home,
    ports: Ports,
    password: String,
    management: bool,
}

#[derive(Debug, Default)]
struct Processes {
    node: Option<Process>,
    epmd: Option<Process>,
}

impl RabbitServer {
    /// Starts a new, empty node on free ports.
    pub async fn start() -> Result<RabbitServer, ServerError> {
        RabbitServer::start_node(false).await
    }

    /// The same with RabbitMQ's management, which takes longer to start.
    pub async fn start_with_management() -> Result<RabbitServer, ServerError> {
        RabbitServer::start_node(true).await
    }

    async fn start_node(management: bool) -> Result<RabbitServer, ServerError> {
        let home = Home::create("rabbitmq")?;
        let password = format!("{:032x}", rand::random::<u128>());
        let processes = Mutex::new(Processes::default());
        let mut server = RabbitServer { processes, home, ports: Ports::free(), password, management };
        let mut attempts = 0;
        loop {
            attempts += 1;
            layout::write_settings(
                &server.home,
                &server.password,
                management.then_some(server.ports.management),
            )?;
            match server.start_again().await {
                // Another may have taken a port since it was found free.
                Err(ServerError::NotReady { .. }) if attempts < 3 && server.port_was_taken() => {
                    server.processes = Mutex::new(Processes::default());
                    server.ports = Ports::free();
                }
                other => break other?,
            }
        }
        Ok(server)
    }

    /// The URL of the default virtual host.
    pub fn url(&self) -> String {
        format!("amqp://sluicegate:{}@127.0.0.1:{}/%2f", self.password, self.ports.amqp)
    }

    /// The URL of its management, of the same virtual host; none without management.
    pub fn management_url(&self) -> Option<String> {
        let url = format!("http://sluicegate:{}@127.0.0.1:{}/%2f", self.password, self.ports.management);
        self.management.then_some(url)
    }

    /// The process id of the node, while it runs.
    pub async fn pid(&self) -> Option<u32> {
        let mut processes = self.processes.lock().await;
        processes.node.as_mut().and_then(Process::running)
    }

    /// The file that the node writes its log to.
    pub fn log_path(&self) -> std::path::PathBuf {
        self.home.log_path()
    }

    /// Stops the node in an orderly way; the data stay for [`RabbitServer::start_again`].
    pub async fn stop(&self) {
        let node = self.processes.lock().await.node.take();
        if let Some(mut node) = node {
            node.end(Signal::TERM, STOP_TIMEOUT).await;
        }
    }

    /// Kills the node, as if the power went.
    pub async fn kill(&self) {
        if let Some(mut node) = self.processes.lock().await.node.take() {
            node.kill();
        }
    }

    /// Starts the node on the same port with the same data; does nothing when it runs.
    pub async fn start_again(&self) -> Result<(), ServerError> {
        let mut processes = self.processes.lock().await;
        if processes.node.as_mut().and_then(Process::running).is_some() {
            return Ok(());
        }
        if processes.epmd.as_mut().and_then(Process::running).is_none() {
            processes.epmd = Some(self.spawn_epmd()?);
        }
        let mut node = self.spawn_node()?;
        self.until_ready(&mut node).await?;
        processes.node = Some(node);
        Ok(())
    }

    /// Stops and starts the node on the same port with the same data.
    pub async fn restart(&self) -> Result<(), ServerError> {
        self.stop().await;
        self.start_again().await
    }

    /// Raises the memory alarm: the broker stops reading from connections that publish and informs them
    /// `connection.blocked`.
    pub async fn block_publishers(&self) -> Result<(), ServerError> {
        self.ctl(&["set_vm_memory_high_watermark", "0"]).await.map(drop)
    }

    /// Ends the alarm that [`RabbitServer::block_publishers`] raised.
    pub async fn unblock_publishers(&self) -> Result<(), ServerError> {
        self.ctl(&["set_vm_memory_high_watermark", "0.6"]).await.map(drop)
    }

    /// Freezes the node (SIGSTOP): connections stay, nothing answers, publishes are not confirmed.
    pub async fn pause(&self) {
        self.signal(Signal::STOP).await;
    }

    /// Lets a paused node go on.
    pub async fn resume(&self) {
        self.signal(Signal::CONT).await;
    }

    async fn signal(&self, signal: Signal) {
        if let Some(pid) = self.pid().await {
            process::signal(pid, signal);
        }
    }

    /// Runs `rabbitmqctl` against the node and gives back what it wrote.
    pub async fn ctl(&self, arguments: &[&str]) -> Result<String, ServerError> {
        let mut command = self.command(rabbit_program("rabbitmqctl")?);
        let port = free_port().to_string();
        command.env("RABBITMQ_CTL_DIST_PORT_MIN", &port).env("RABBITMQ_CTL_DIST_PORT_MAX", &port);
        command.arg("--quiet").args(arguments).stdin(Stdio::null());
        let output = tokio::process::Command::from(command)
            .kill_on_drop(true)
            .output()
            .await
            .map_err(ServerError::io("starting rabbitmqctl"))?;
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).trim().to_owned();
        if output.status.success() {
            return Ok(text);
        }
        let program = format!("rabbitmqctl {}", arguments.join(" "));
        Err(ServerError::Failed { program, status: output.status.to_string(), output: text })
    }

    fn command(&self, program: std::path::PathBuf) -> Command {
        let mut command = layout::command(program, &self.home, &self.ports);
        self.home.account().apply(&mut command);
        command
    }

    fn spawn_epmd(&self) -> Result<Process, ServerError> {
        let mut command = self.command(epmd_program()?);
        command.args(["-port", &self.ports.epmd.to_string(), "-address", "127.0.0.1"]);
        self.spawn(command)
    }

    fn spawn_node(&self) -> Result<Process, ServerError> {
        let mut command = self.command(rabbit_program("rabbitmq-server")?);
        layout::node(&mut command, &self.home, &self.ports);
        self.spawn(command)
    }

    fn spawn(&self, mut command: Command) -> Result<Process, ServerError> {
        let log = self.home.log()?;
        let errors = log.try_clone().map_err(ServerError::io("sharing a log"))?;
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        let process = Process::spawn(command)?;
        self.home.remember(process.pid())?;
        Ok(process)
    }

    async fn until_ready(&self, node: &mut Process) -> Result<(), ServerError> {
        let deadline = Instant::now() + START_TIMEOUT;
        let mut why = "it did not answer in time".to_owned();
        while Instant::now() < deadline {
            if let Some(status) = node.ended() {
                why = format!("it ended ({status})");
                break;
            }
            let port = self.ports.amqp;
            if tokio::task::spawn_blocking(move || greets(port)).await.unwrap_or(false) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(ServerError::NotReady { server: "RabbitMQ", why, log: self.home.log_end() })
    }

    fn port_was_taken(&self) -> bool {
        let log = self.home.log_end();
        ["eaddrinuse", "in use", "already"].iter().any(|text| log.contains(text))
    }
}

/// Whether somebody on this port answers the AMQP greeting with `connection.start`.
fn greets(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_millis(500)) else {
        return false;
    };
    let mut answer = [0; 11];
    stream.set_read_timeout(Some(Duration::from_secs(2))).is_ok()
        && stream.write_all(b"AMQP\x00\x00\x09\x01").is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && answer.ends_with(&[0, 10, 0, 10])
}
