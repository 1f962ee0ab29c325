//! `simulator servers`: private servers for as long as a command runs.

use std::time::Instant;

use anyhow::Context;

use super::signals::Signals;
use crate::servers::{PostgresServer, RabbitServer, Signal, signal};

/// Starts private servers, runs a command with DATABASE_URL and AMQP_URL set, and stops them.
#[derive(Debug, clap::Args)]
pub struct CommandArgs {
    /// Use this PostgreSQL instead of starting one.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Use this RabbitMQ instead of starting one.
    #[arg(long, env = "AMQP_URL", hide_env_values = true)]
    amqp_url: Option<String>,
    /// The command; without one the servers run until Ctrl-C.
    #[arg(last = true)]
    command: Vec<String>,
}

/// Does it; gives the exit status to end with.
pub async fn run_command(mut args: CommandArgs, mut signals: Signals) -> anyhow::Result<u8> {
    for url in [&mut args.database_url, &mut args.amqp_url] {
        // An empty variable counts as not set.
        url.take_if(|url| url.is_empty());
    }
    let started = Instant::now();
    let servers = tokio::select! {
        servers = start(&args) => servers?,
        code = signals.next() => return Ok(code),
    };
    let (postgres, rabbit) = &servers;
    let database_url = args.database_url.or(postgres.as_ref().map(PostgresServer::url)).unwrap_or_default();
    let amqp_url = args.amqp_url.or(rabbit.as_ref().map(RabbitServer::url)).unwrap_or_default();
    if postgres.is_some() || rabbit.is_some() {
        eprintln!("servers ready in {:.1} s", started.elapsed().as_secs_f32());
    }
    let Some((program, arguments)) = args.command.split_first() else {
        println!("DATABASE_URL='{database_url}'\nAMQP_URL='{amqp_url}'");
        eprintln!("Ctrl-C stops them.");
        return Ok(signals.next().await);
    };
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).env("DATABASE_URL", database_url).env("AMQP_URL", amqp_url);
    if let Some(rabbit) = rabbit
        && let Some(pid) = rabbit.pid().await
    {
        // Benchmarks measure what an event costs the broker.
        command.env("RABBITMQ_PID", pid.to_string());
    }
    let mut child = command.spawn().with_context(|| format!("starting {program}"))?;
    loop {
        tokio::select! {
            status = child.wait() => return Ok(exit_code(status.context("waiting for the command")?)),
            // Ctrl-C reaches the command too: it is in the terminal's group. Either way the servers stay
            // until it has ended.
            code = signals.next() => if code != 130 && let Some(pid) = child.id() { signal(pid, Signal::TERM); },
        }
    }
}

async fn start(args: &CommandArgs) -> anyhow::Result<(Option<PostgresServer>, Option<RabbitServer>)> {
    let postgres = async {
        if args.database_url.is_some() { Ok(None) } else { PostgresServer::start().await.map(Some) }
    };
    let rabbit =
        async { if args.amqp_url.is_some() { Ok(None) } else { RabbitServer::start().await.map(Some) } };
    Ok(tokio::try_join!(postgres, rabbit)?)
}

fn exit_code(status: std::process::ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().or(status.signal().map(|signal| signal + 128)).unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}
