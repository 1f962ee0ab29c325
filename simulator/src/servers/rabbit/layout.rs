//! Where a private RabbitMQ keeps what it keeps and listens, so that nothing is shared with another node.

use std::path::PathBuf;
use std::process::Command;

use crate::servers::error::ServerError;
use crate::servers::home::Home;
use crate::servers::port::free_port;

/// The ports of a node and its port mapper.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports {
    pub(super) amqp: u16,
    pub(super) distribution: u16,
    pub(super) epmd: u16,
    pub(super) management: u16,
}

impl Ports {
    pub(super) fn free() -> Ports {
        let (amqp, distribution, epmd, management) = (free_port(), free_port(), free_port(), free_port());
        Ports { amqp, distribution, epmd, management }
    }
}

/// Writes the node's settings; its management listens on `management`, where it is wanted.
pub(super) fn write_settings(
    home: &Home,
    password: &str,
    management: Option<u16>,
) -> Result<(), ServerError> {
    // The WAL of the quorum queues is kept in memory up to this size; 512 MB, the default, is much for a laptop.
    let mut settings = format!(
        "default_user = sluicegate\ndefault_pass = {password}\n\
         vm_memory_high_watermark.relative = 0.6\ndisk_free_limit.absolute = 100MB\n\
         raft.wal_max_size_bytes = 67108864\n"
    );
    let mut plugins = "[].\n";
    if let Some(port) = management {
        settings.push_str(&format!("management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {port}\n"));
        plugins = "[rabbitmq_management].\n";
    }
    home.write("rabbitmq.conf", &settings)?;
    home.write("enabled_plugins", plugins)?;
    home.write("rabbitmq-env.conf", "")?;
    Ok(())
}

/// One of RabbitMQ's programs, isolated from every other node of this machine.
pub(super) fn command(program: PathBuf, home: &Home, ports: &Ports) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if ["RABBITMQ_", "ERL_"].iter().any(|prefix| name_text.starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    let data = home.data();
    command
        .current_dir(&data)
        .env("HOME", &data)
        .env("ERL_EPMD_PORT", ports.epmd.to_string())
        .env("ERL_EPMD_ADDRESS", "127.0.0.1")
        .env("RABBITMQ_NODENAME", format!("sluicegate{}@localhost", ports.amqp))
        .env("RABBITMQ_CONF_ENV_FILE", data.join("rabbitmq-env.conf"));
    command
}

/// What the node itself needs beside that.
pub(super) fn node(command: &mut Command, home: &Home, ports: &Ports) {
    let data = home.data();
    command
        .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
        .env("RABBITMQ_NODE_PORT", ports.amqp.to_string())
        .env("RABBITMQ_DIST_PORT", ports.distribution.to_string())
        .env("RABBITMQ_MNESIA_BASE", data.join("mnesia"))
        .env("RABBITMQ_LOG_BASE", data.join("log"))
        .env("RABBITMQ_LOGS", "-")
        .env("RABBITMQ_PID_FILE", data.join("pid"))
        .env("RABBITMQ_CONFIG_FILE", data.join("rabbitmq.conf"))
        .env("RABBITMQ_ADVANCED_CONFIG_FILE", data.join("advanced.config"))
        .env("RABBITMQ_ENABLED_PLUGINS_FILE", data.join("enabled_plugins"))
        .env("RABBITMQ_GENERATED_CONFIG_DIR", data.join("generated"))
        .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}")
        // The script then becomes the node instead of waiting for it: one process, whose id is ours.
        .env("RUNNING_UNDER_SYSTEMD", "true")
        .env_remove("NOTIFY_SOCKET");
}
