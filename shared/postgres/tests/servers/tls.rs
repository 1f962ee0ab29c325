//! What `sslmode` does, against a PostgreSQL of the test's own that speaks TLS.

use postgres::pool;
use secrecy::SecretString;
use simulator::servers::PostgresServer;

const KEY: &str = include_str!("tls/server.key");
const CERTIFICATE: &str = include_str!("tls/server.pem");

/// Whether a connection is made, and if so, whether it is encrypted.
async fn encrypted(url: &str) -> Result<bool, String> {
    let pool = pool::pool(&SecretString::from(url), 1, "test").map_err(|error| error.to_string())?;
    let client = pool.get().await.map_err(|error| format!("{error:?}"))?;
    let row = client.query_one("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", &[]).await;
    Ok(row.expect("a row").get(0))
}

/// Lets the server write a file beside its data, readable by nobody else.
async fn write(url: &str, name: &str, text: &str) {
    let client =
        pool::pool(&SecretString::from(url), 1, "test").expect("a pool").get().await.expect("a connection");
    let lines = text.lines().map(|line| format!("('{line}')")).collect::<Vec<_>>().join(",");
    let copy = format!("COPY (VALUES {lines}) TO PROGRAM 'umask 077; cat > {name}'");
    client.batch_execute(&copy).await.expect("written");
}

#[tokio::test]
async fn sslmode_does_what_it_says() {
    let server = PostgresServer::start().await.expect("a PostgreSQL");
    let plain = server.url();
    let url = |mode: &str| plain.replace("sslmode=disable", mode);
    assert_eq!(encrypted(&url("sslmode=prefer")).await, Ok(false), "it takes what it gets");
    assert!(encrypted(&url("sslmode=require")).await.is_err(), "it must not go on in the clear");

    write(&plain, "server.key", KEY).await;
    write(&plain, "server.crt", CERTIFICATE).await;
    let client = pool::pool(&SecretString::from(plain.as_str()), 1, "test").unwrap().get().await.unwrap();
    client.batch_execute("ALTER SYSTEM SET ssl = on").await.expect("a setting");
    client.batch_execute("SELECT pg_reload_conf()").await.expect("a reload");
    crate::until("the server speaks TLS", async || encrypted(&url("sslmode=require")).await == Ok(true))
        .await;

    assert_eq!(encrypted(&plain).await, Ok(false));
    assert_eq!(encrypted(&url("sslmode=prefer")).await, Ok(true));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/tls");
    let with = |mode: &str, root: &str| url(&format!("sslmode={mode}&sslrootcert={folder}/{root}"));
    assert_eq!(encrypted(&with("verify-ca", "ca.pem")).await, Ok(true), "the authority is right");
    assert!(encrypted(&with("verify-ca", "other.pem")).await.is_err(), "another authority");
    let error = encrypted(&with("verify-full", "ca.pem")).await.expect_err("the name is wrong");
    assert!(error.contains("NotValidForName"), "{error}");
    assert!(encrypted(&url("sslmode=verify-full")).await.is_err(), "no authority of the system made it");

    let named = with("verify-full", "ca.pem").replace("@127.0.0.1:", "@db.example:") + "&hostaddr=127.0.0.1";
    assert_eq!(encrypted(&named).await, Ok(true), "the authority and the name are right");
}
