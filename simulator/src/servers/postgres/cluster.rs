//! The files of a private PostgreSQL and the commands that work on them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::error::ServerError;
use super::super::home::Home;
use super::super::process;
use super::super::programs::postgres_program;

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

/// Writes the settings of the cluster.
pub(super) async fn configure(home: &Home, program: &Path) -> Result<(), ServerError> {
    let mut settings = SETTINGS.to_owned();
    if takes(home, program, "default_toast_compression", "lz4").await {
        settings.push_str("default_toast_compression = lz4\n");
    }
    let path = data(home).join("postgresql.auto.conf");
    std::fs::write(&path, settings).map_err(ServerError::io(format!("writing {}", path.display())))
}

/// Whether this build of PostgreSQL knows a setting's value.
async fn takes(home: &Home, program: &Path, name: &str, value: &str) -> bool {
    let mut command = command(home, program);
    command.arg("-D").arg(data(home)).arg("-C").arg(name).arg("-c").arg(format!("{name}={value}"));
    run(command).await.is_ok()
}

/// The folder of the data.
pub(super) fn data(home: &Home) -> PathBuf {
    home.data().join("cluster")
}

/// The processes whose parent is `parent` (Linux; elsewhere none are found).
pub(super) fn children(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parent = Some(parent.to_string());
    pids.filter(|pid| process::stat_field(*pid, 1) == parent).collect()
}

/// A command under the server's account that sees nothing of the caller's PostgreSQL settings.
pub(super) fn command(home: &Home, program: &Path) -> Command {
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

/// Makes an empty cluster with the user `sluicegate`.
pub(super) async fn init(home: &Home, password: &str) -> Result<(), ServerError> {
    let password_file = home.write("password", password)?;
    let mut command = command(home, &postgres_program("initdb")?);
    command.arg("-D").arg(data(home)).arg("--pwfile").arg(&password_file);
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
