//! PostgreSQL: its version, the settings that matter, and its clock.

use deadpool_postgres::GenericClient;
use jiff::{SignedDuration, Timestamp};

use super::finding::{CheckId, Finding};
use crate::common::error::ServiceError;

pub(crate) const SERVER: &str = include_str!("sql/server.sql");

/// The oldest version that is supported.
const OLDEST: i32 = 150_000;
/// Connections that should be free: as many as a worker or console that is started takes.
const FREE: i64 = 10;
const TOLERATED_SKEW: SignedDuration = SignedDuration::from_secs(5);

/// What PostgreSQL says of itself.
#[derive(Debug, Clone)]
struct Server {
    /// `150004` is 15.4.
    version_number: i32,
    version: String,
    fsync: String,
    synchronous_commit: String,
    full_page_writes: String,
    /// Milliseconds; 0: sessions stay.
    idle_session_timeout: i64,
    /// At most, for roles that are no superusers.
    connections: i64,
    used: i64,
    is_standby: bool,
    /// How far the database's clock is ahead of this machine's.
    ahead: SignedDuration,
}

pub(super) async fn check(client: &impl GenericClient) -> Result<Vec<Finding>, ServiceError> {
    let before = Timestamp::now();
    let row = client.query_one(SERVER, &[]).await?;
    let middle = before + Timestamp::now().duration_since(before) / 2;
    let server = Server {
        version_number: row.get("version_number"),
        version: row.get("version"),
        fsync: row.get("fsync"),
        synchronous_commit: row.get("synchronous_commit"),
        full_page_writes: row.get("full_page_writes"),
        idle_session_timeout: row.get("idle_session_timeout"),
        connections: row.get("connections"),
        used: row.get("used"),
        is_standby: row.get("is_standby"),
        ahead: row.get::<_, Timestamp>("now").duration_since(middle),
    };
    Ok(judge(&server))
}

fn judge(server: &Server) -> Vec<Finding> {
    vec![version(server), durability(server), connections(server), timeouts(server), clock(server)]
}

fn version(server: &Server) -> Finding {
    let (check, version) = (CheckId::PostgresVersion, &server.version);
    if server.version_number < OLDEST {
        return Finding::failed(
            check,
            version,
            "upgrade PostgreSQL: 15 is the oldest version that is supported",
        );
    }
    if server.is_standby {
        return Finding::failed(
            check,
            format!("{version}, a standby"),
            "let DATABASE_URL name the primary server",
        );
    }
    Finding::ok(check, version)
}

fn durability(server: &Server) -> Finding {
    let settings = [
        ("fsync", &server.fsync),
        ("synchronous_commit", &server.synchronous_commit),
        ("full_page_writes", &server.full_page_writes),
    ];
    let off = settings.into_iter().filter(|(_, value)| *value == "off").map(|(name, _)| name);
    let off: Vec<&str> = off.collect();
    if off.is_empty() {
        return Finding::ok(
            CheckId::PostgresDurability,
            "fsync, synchronous_commit and full_page_writes are on",
        );
    }
    let remedy = "switch them on: an event that was acknowledged is lost with the power otherwise";
    Finding::failed(CheckId::PostgresDurability, format!("off: {}", off.join(", ")), remedy)
}

fn connections(server: &Server) -> Finding {
    let free = server.connections - server.used;
    let found = format!("{} of {} are used", server.used, server.connections);
    if free < FREE {
        return Finding::failed(
            CheckId::PostgresConnections,
            found,
            "raise max_connections, or end what holds them",
        );
    }
    Finding::ok(CheckId::PostgresConnections, found)
}

fn timeouts(server: &Server) -> Finding {
    if server.idle_session_timeout == 0 {
        return Finding::ok(CheckId::PostgresTimeouts, "idle sessions stay open");
    }
    let found = format!("idle_session_timeout is {} ms", server.idle_session_timeout);
    let remedy = "set it to 0 for this role: the relay's lock and the pools need sessions that stay";
    Finding::failed(CheckId::PostgresTimeouts, found, remedy)
}

fn clock(server: &Server) -> Finding {
    let found = format!("the database is {:.1} s ahead of this machine", server.ahead.as_secs_f64());
    if server.ahead.abs() <= TOLERATED_SKEW {
        return Finding::ok(CheckId::ClockSkew, found);
    }
    Finding::failed(
        CheckId::ClockSkew,
        found,
        "synchronize both clocks (NTP): due dates go by the database's",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::CheckStatus;

    fn server() -> Server {
        let on = || "on".to_owned();
        Server {
            version_number: 150_004,
            version: "15.4".to_owned(),
            fsync: on(),
            synchronous_commit: on(),
            full_page_writes: on(),
            idle_session_timeout: 0,
            connections: 97,
            used: 20,
            is_standby: false,
            ahead: SignedDuration::from_millis(-300),
        }
    }

    /// The checks that are not good.
    fn bad(server: &Server) -> Vec<CheckId> {
        let findings = judge(server).into_iter();
        findings.filter(|finding| finding.status != CheckStatus::Ok).map(|finding| finding.check).collect()
    }

    #[test]
    fn a_server_as_it_should_be_is_good() {
        assert_eq!(bad(&server()), []);
        assert_eq!(bad(&Server { synchronous_commit: "remote_apply".to_owned(), ..server() }), []);
    }

    #[test]
    fn each_fault_is_named() {
        let off = || "off".to_owned();
        let faults = [
            (Server { version_number: 140_012, ..server() }, CheckId::PostgresVersion),
            (Server { is_standby: true, ..server() }, CheckId::PostgresVersion),
            (Server { fsync: off(), ..server() }, CheckId::PostgresDurability),
            (Server { synchronous_commit: off(), ..server() }, CheckId::PostgresDurability),
            (Server { full_page_writes: off(), ..server() }, CheckId::PostgresDurability),
            (Server { used: 90, ..server() }, CheckId::PostgresConnections),
            (Server { idle_session_timeout: 60_000, ..server() }, CheckId::PostgresTimeouts),
            (Server { ahead: SignedDuration::from_secs(-6), ..server() }, CheckId::ClockSkew),
        ];
        for (server, check) in faults {
            assert_eq!(bad(&server), [check], "{server:?}");
        }
    }
}
