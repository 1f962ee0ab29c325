//! The command `sluicegate`.

use std::process::ExitCode;

use clap::Parser;
use console::Cli;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => return print_usage(&usage),
    };
    match console::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if let Some(complaint) = error.complaint() {
                console::complain(&complaint);
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// Help on standard output, or what is wrong with the arguments: those may come from outside, too.
fn print_usage(usage: &clap::Error) -> ExitCode {
    if usage.use_stderr() {
        console::complain(usage.render().to_string().trim_start_matches("error: "));
        return ExitCode::from(2);
    }
    match usage.print() {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            console::complain(&format!("the output cannot be written: {error}"));
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
