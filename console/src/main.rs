//! The command `sluicegate`.

use std::process::ExitCode;

use clap::Parser;
use console::cli::{self, Cli};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => return told(&usage),
    };
    match cli::run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if let Some(complaint) = error.complaint() {
                cli::complain(&complaint);
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// Help on standard output, or what is wrong with the arguments: those may come from outside, too.
fn told(usage: &clap::Error) -> ExitCode {
    if usage.use_stderr() {
        cli::complain(usage.render().to_string().trim_start_matches("error: "));
        return ExitCode::from(2);
    }
    match usage.print() {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            cli::complain(&format!("the output cannot be written: {error}"));
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
