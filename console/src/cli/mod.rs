//! The command line: what can be said, and who carries it out. Output is a table for people or JSON for scripts.

mod access;
mod account;
mod audit;
mod backfill;
mod bulk;
mod cases;
mod dead;
mod doctor;
mod drift;
mod events;
mod jobs;
mod listing;
mod mail;
mod messages;
mod migrate;
mod orders;
mod origin;
mod output;
mod preview;
mod queues;
mod reconcile;
mod search;
mod signature;
mod subscriptions;
mod sweep;
mod topology;
mod visible;

use clap::{Parser, Subcommand};

pub use output::complain;

use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::runtime::Connections;
use crate::runtime::settings::{ConsoleSettings, Needs, RawSettings};
use crate::serve;
use service::error::chain;
use service::settings::Problems;

/// Support and operation of Sluicegate: dead letters, events, orders.
#[derive(Debug, Parser)]
#[command(name = "sluicegate", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Settings; each can be given in the environment.
    #[command(flatten)]
    pub(crate) settings: RawSettings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the console and store dead letters, until SIGINT or SIGTERM
    Serve,
    /// Migrate the database to the newest schema
    Migrate(migrate::MigrateArguments),
    /// Declare the exchanges and queues, for programs whose broker users may not
    Topology,
    /// Check everything that a person on call checks first
    Doctor(doctor::DoctorArguments),
    /// Events that were received and what became of them
    #[command(subcommand)]
    Events(events::EventsCommand),
    /// Dead letters: find, replay, discard
    #[command(subcommand)]
    Dead(dead::DeadCommand),
    /// Replays and discards of many dead letters
    #[command(subcommand)]
    Jobs(jobs::JobsCommand),
    /// Payments that do not match their order
    #[command(subcommand)]
    Cases(cases::CasesCommand),
    /// Orders of the company
    #[command(subcommand)]
    Orders(orders::OrdersCommand),
    /// Subscriptions and their invoices
    #[command(subcommand)]
    Subscriptions(subscriptions::SubscriptionsCommand),
    /// Outgoing messages: what went out, what waits, what failed
    #[command(subcommand)]
    Messages(messages::MessagesCommand),
    /// The templates of e-mails
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// The broker's queues and how many messages wait in each
    Queues(queues::QueuesArguments),
    /// Find events in Stripe's list that no webhook brought, and publish them
    Sweep(sweep::SweepArguments),
    /// Take in the history of an existing account from Stripe's lists
    Backfill(backfill::BackfillArguments),
    /// Compare what the database holds with Stripe's objects, field by field, and repair what differs
    Drift(drift::DriftArguments),
    /// Match a month of Stripe's balance with the ledger, and name what is not explained
    Reconcile(reconcile::ReconcileArguments),
    /// Find something by whatever is at hand, and keep the keys by which people are found
    #[command(subcommand)]
    Search(search::SearchCommand),
    /// Who did what, and whether the record is intact
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Users of the console
    #[command(subcommand)]
    User(access::UserArguments),
    /// Tokens for the API
    #[command(subcommand)]
    Token(access::TokenArguments),
}

/// Why a command failed, with its exit code.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Settings that are missing or wrong; all of them.
    #[error("these settings are missing or wrong:\n{0}See --help for what each takes.")]
    Settings(Problems),
    /// It was tried and failed.
    #[error(transparent)]
    Failed(#[from] ServiceError),
    /// What was examined is not as it should be.
    #[error("{0}")]
    Diagnosed(stripe::diagnosis::Diagnosis),
    /// It was done, but its result cannot be written.
    #[error("the output cannot be written")]
    Output(#[source] std::io::Error),
}

impl From<Problems> for CommandError {
    fn from(problems: Problems) -> Self {
        CommandError::Settings(problems)
    }
}

impl CommandError {
    /// 2 for wrong use, 1 for what failed, 0 for a reader who has seen enough.
    pub fn exit_code(&self) -> u8 {
        match self {
            CommandError::Settings(_) | CommandError::Failed(ServiceError::Invalid { .. }) => 2,
            CommandError::Failed(_) | CommandError::Diagnosed(_) => 1,
            CommandError::Output(_) => u8::from(!self.is_closed_pipe()),
        }
    }

    /// What to say on standard error; nothing when nobody did anything wrong.
    pub fn complaint(&self) -> Option<String> {
        match self {
            CommandError::Settings(_) => Some(self.to_string()),
            other if other.is_closed_pipe() => None,
            // In one line: a second one could look like our own.
            other => Some(visible::visible(&chain(other))),
        }
    }

    /// Whether the reader of the output went away, as `head` does: no failure.
    fn is_closed_pipe(&self) -> bool {
        matches!(self, CommandError::Output(e) if e.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

/// What every command gets: the servers, and who gives the command.
pub(crate) struct CommandContext {
    pub(crate) settings: ConsoleSettings,
    pub(crate) connections: Connections,
    pub(crate) actor: Actor,
}

/// Carries out a command. The runtime starts here and not in the program, which would compile all of it once more.
pub fn run(cli: Cli) -> Result<(), CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|e| ServiceError::Internal(format!("the runtime cannot start: {e}")))?;
    runtime.block_on(carry_out(cli))
}

async fn carry_out(cli: Cli) -> Result<(), CommandError> {
    // Before the settings of servers are read: templates need none.
    if let Command::Mail(command) = &cli.command {
        return mail::run(&cli.settings.templates, command);
    }
    if let Command::Doctor(doctor::DoctorArguments { question: Some(question), .. }) = &cli.command {
        let doctor::DoctorCommand::Signature(arguments) = question;
        return signature::run(arguments, &service::settings::environment());
    }
    if let Command::Audit(command) = &cli.command
        && let Some(done) = command.run_offline()
    {
        return done;
    }
    let serving = matches!(cli.command, Command::Serve);
    let settings =
        ConsoleSettings::read(&cli.settings, cli.command.needs(), &service::settings::environment())?;
    settings.init_logs(serving);
    let connections = Connections::new(&settings)?;
    let context = CommandContext { settings, connections, actor: Actor::CommandLine(account::name()) };
    let done = match cli.command {
        Command::Serve => {
            serve::run(&context.settings, &context.connections).await.map_err(CommandError::from)
        }
        Command::Migrate(arguments) => migrate::run(&context, arguments).await,
        Command::Topology => topology::run(&context).await,
        Command::Doctor(arguments) => doctor::run(&context, arguments).await,
        Command::Events(command) => events::run(&context, command).await,
        Command::Dead(command) => dead::run(&context, command).await,
        Command::Jobs(command) => jobs::run(&context, command).await,
        Command::Cases(command) => cases::run(&context, command).await,
        Command::Orders(command) => orders::run(&context, command).await,
        Command::Subscriptions(command) => subscriptions::run(&context, command).await,
        Command::Messages(command) => messages::run(&context, command).await,
        Command::Mail(command) => mail::run(&cli.settings.templates, &command),
        Command::Queues(arguments) => queues::run(&context, arguments).await,
        Command::Sweep(arguments) => sweep::run(&context, arguments).await,
        Command::Backfill(arguments) => backfill::run(&context, arguments).await,
        Command::Drift(arguments) => drift::run(&context, arguments).await,
        Command::Reconcile(arguments) => reconcile::run(&context, arguments).await,
        Command::Search(command) => search::run(&context, command).await,
        Command::Audit(command) => audit::run(&context, command).await,
        Command::User(command) => access::user(&context, command).await,
        Command::Token(command) => access::token(&context, command).await,
    };
    context.connections.close().await;
    done
}

impl Command {
    fn needs(&self) -> Needs {
        match self {
            Command::Serve | Command::Doctor(_) | Command::Drift(_) => Needs { broker: true, rules: true },
            Command::Reconcile(_) => Needs { broker: false, rules: true },
            Command::Queues(arguments) => arguments.needs(),
            Command::Sweep(_) | Command::Backfill(_) | Command::Topology => {
                Needs { broker: true, rules: false }
            }
            Command::Events(command) => command.needs(),
            Command::Dead(command) => command.needs(),
            _ => Needs::default(),
        }
    }
}
