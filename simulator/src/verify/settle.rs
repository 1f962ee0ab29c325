//! Waiting until the workers are through with every event.

use std::fmt;
use std::time::{Duration, Instant};

use tokio_postgres::Client;

const POLL: Duration = Duration::from_millis(200);
const NAMED: usize = 10;

/// How far the events have come.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    total: usize,
    processed: i64,
    ignored: i64,
    /// Those that are dead, with the reason.
    dead: Vec<String>,
    retrying: i64,
}

impl Settled {
    fn over(&self) -> bool {
        self.processed + self.ignored + self.dead.len() as i64 >= self.total as i64
    }

    /// Whether every event was processed or ignored.
    pub(crate) fn all_done(&self) -> bool {
        self.processed + self.ignored >= self.total as i64
    }
}

impl fmt::Display for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.processed + self.ignored + self.retrying + self.dead.len() as i64;
        write!(
            f,
            "{} events: {} processed, {} ignored, {} retrying, {} dead, {} not seen",
            self.total,
            self.processed,
            self.ignored,
            self.retrying,
            self.dead.len(),
            self.total as i64 - known,
        )?;
        for dead in self.dead.iter().take(NAMED) {
            write!(f, "\n  dead: {dead}")?;
        }
        Ok(())
    }
}

/// Waits until each event is processed, ignored or dead, or the deadline is over.
pub(crate) async fn wait(
    client: &Client,
    events: &[String],
    deadline: Duration,
) -> Result<Settled, tokio_postgres::Error> {
    let until = Instant::now() + deadline;
    loop {
        let settled = look(client, events).await?;
        if settled.over() || Instant::now() >= until {
            return Ok(settled);
        }
        tokio::time::sleep(POLL).await;
    }
}

async fn look(client: &Client, events: &[String]) -> Result<Settled, tokio_postgres::Error> {
    let counts = client
        .query("SELECT outcome, count(*) FROM events WHERE id = ANY($1) GROUP BY outcome", &[&events])
        .await?;
    let count = |outcome: &str| {
        let row = counts.iter().find(|row| row.get::<_, &str>(0) == outcome);
        row.map_or(0, |row| row.get::<_, i64>(1))
    };
    let (processed, ignored, retrying) = (count("processed"), count("ignored"), count("retrying"));
    let mut dead = Vec::new();
    if count("dead") > 0 {
        let sql = "SELECT id || ' ' || type || ': ' || coalesce(reason, '') || ' ' || coalesce(last_error, '') \
                   FROM events WHERE id = ANY($1) AND outcome = 'dead' ORDER BY id";
        dead = client.query(sql, &[&events]).await?.iter().map(|row| row.get(0)).collect();
    }
    Ok(Settled { total: events.len(), processed, ignored, dead, retrying })
}
