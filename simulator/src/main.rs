//! The tool behind `make run`, `make demo` and `make test`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use simulator::run::{CommandArgs, Mode, RunArgs, Signals};

/// Runs Sluicegate on one machine and simulates Stripe.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the whole system on this machine and serve until Ctrl-C.
    Run(RunArgs),
    /// Start the whole system, send samples and stop: exit 0 only if every sample reached its expected state.
    Demo(RunArgs),
    /// Start private PostgreSQL and RabbitMQ, run a command with DATABASE_URL and AMQP_URL set, stop them.
    Servers(CommandArgs),
    /// Send signed Stripe events to an ingress.
    Send(simulator::send::SendArgs),
    /// Compare the database with the expected state of the histories that were sent.
    Verify(simulator::verify::VerifyArgs),
    /// Serve Stripe's API, as far as Sluicegate reads it, from histories, until Ctrl-C.
    StripeApi(simulator::stripe_api::ApiArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = async {
        let mut signals = Signals::listen()?;
        match cli.command {
            Command::Run(args) => simulator::run::run(args, Mode::Run, signals).await,
            Command::Demo(args) => simulator::run::run(args, Mode::Demo, signals).await,
            Command::Servers(args) => simulator::run::run_command(args, signals).await,
            Command::Send(args) => tokio::select! {
                code = simulator::send::send(args) => code,
                code = signals.next() => Ok(code),
            },
            Command::Verify(args) => tokio::select! {
                code = simulator::verify::verify(args) => code,
                code = signals.next() => Ok(code),
            },
            Command::StripeApi(args) => tokio::select! {
                code = simulator::stripe_api::serve(args) => code,
                code = signals.next() => Ok(code),
            },
        }
    };
    match ended.await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
