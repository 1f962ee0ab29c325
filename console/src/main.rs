//! The command `sluicegate`.

use clap::Parser;
use console::cli::{self, Cli};

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    match cli::run(cli).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sluicegate: {error}");
            std::process::ExitCode::from(error.exit_code())
        }
    }
}
