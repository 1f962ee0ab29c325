//! `simulator stripe-api`: the server by itself, over histories and files.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;

use super::{ApiServer, Share};
use crate::history_args::HistoryArgs;
use crate::send::event_files;

/// Serves Stripe's API from histories, until Ctrl-C.
#[derive(Debug, clap::Args)]
pub struct ApiArgs {
    /// Where it listens; port 0 takes a free one, which is printed.
    #[arg(long, default_value = "127.0.0.1:12111", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Which histories it serves.
    #[command(flatten)]
    pub of: HistoryArgs,
    /// Serve the events in these files as well (a folder: every .json in it).
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub file: Vec<PathBuf>,
    /// The only key that is accepted [default: any sk_… or rk_…].
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Show everything as it was at this moment, in unix seconds [default: after all that ever happens].
    #[arg(long, value_name = "SECONDS")]
    pub now: Option<i64>,
    /// What goes wrong by chance: rate_limited=5%, server_error=2%, slow=1%, cut_off=1%, stale=5%.
    #[arg(long, value_delimiter = ',', value_name = "FAULTS")]
    pub faults: Vec<Share>,
}

/// Serves until it is stopped.
///
/// # Errors
/// When the address is in use or a file cannot be read.
pub async fn serve(args: ApiArgs) -> anyhow::Result<u8> {
    let seed = args.of.seed();
    let server = ApiServer::open_on(args.listen, seed).await?;
    args.of.write(seed).for_each(|history| server.add_history(&history));
    for path in event_files(&args.file)? {
        server.add_event(&std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?);
    }
    if let Some(key) = &args.key {
        server.set_key(key);
    }
    server.set_now(args.now);
    server.set_faults(args.faults);
    println!("STRIPE_API_BASE={}", server.url());
    eprintln!("{} histories, seed {seed}", args.of.histories);
    std::future::pending().await
}
