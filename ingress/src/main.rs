//! Entry point of the ingress: the environment in, the exit code out.

use anyhow::Context;
use clap::Parser;
use ingress::{Args, Settings};
use service::settings::{Problems, environment};
use service::{shutdown, telemetry};
use std::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut problems = Problems::default();
    let (format, filter) = args.log.read(&mut problems);
    let settings = Settings::read(&args, &environment(), &mut problems);
    problems.finish_or_exit();
    telemetry::init(format, &filter);
    let listener = TcpListener::bind(settings.bind)
        .with_context(|| format!("cannot listen on INGRESS_BIND {}", settings.bind))?;
    ingress::run(settings, listener, shutdown::on_signal()).await?;
    Ok(())
}
