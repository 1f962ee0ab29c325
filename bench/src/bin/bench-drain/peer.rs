//! The peer: pgbench, the same writes, one transaction for each event.

use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context;
use simulator::histories::{Kind, write};
use simulator::servers::{TestDatabase, postgres_program};

/// Connections of pgbench: as many as give it its best result on two cores.
const CLIENTS: &str = "8";

/// Measures how many events per second the peer processes.
pub(crate) async fn run(database_url: &str, time: Duration) -> anyhow::Result<f64> {
    let database = TestDatabase::create_at(database_url).await?;
    let client = database.connect().await?;
    let life = write(23, 0, &[Kind::Card]);
    let body = life.events.last().map(|event| String::from_utf8_lossy(&event.body).into_owned());
    client.batch_execute("CREATE TABLE pgbench_body (body json, state jsonb)").await?;
    client
        .execute(
            "INSERT INTO pgbench_body SELECT $1::text::json, jsonb_build_object('intent', left($1::text, 700))",
            &[&body.unwrap_or_default()],
        )
        .await?;
    let script = std::env::temp_dir().join(format!("sluicegate-pgbench-{}.sql", std::process::id()));
    std::fs::write(&script, include_str!("pgbench.sql"))?;
    let output = Command::new(postgres_program("pgbench")?)
        .args([
            "-n",
            "-M",
            "prepared",
            "-D",
            "n=0",
            "-c",
            CLIENTS,
            "-j",
            "2",
            "-T",
            &time.as_secs().to_string(),
            "-f",
        ])
        .arg(&script)
        .arg(database.url())
        .stdin(Stdio::null())
        .output()?;
    std::fs::remove_file(&script)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    anyhow::ensure!(output.status.success(), "pgbench failed: {}", String::from_utf8_lossy(&output.stderr));
    let tps = said.lines().find_map(|line| line.strip_prefix("tps = "));
    let tps = tps.and_then(|rest| rest.split_whitespace().next()).context("pgbench printed no tps")?;
    Ok(tps.parse()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::time::Duration;

    /// A benchmark is run seldom: a migration that breaks its script would be noticed long after.
    #[tokio::test]
    async fn the_writes_of_the_peer_fit_the_schema() {
        let database = std::env::var("DATABASE_URL").unwrap();
        assert!(super::run(&database, Duration::from_secs(1)).await.unwrap() > 0.0);
    }
}
