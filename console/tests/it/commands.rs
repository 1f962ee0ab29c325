//! What the command line prints, and what it says when something is wrong.

use std::io::Read;
use std::process::{Output, Stdio};

use crate::harness::{World, event};

/// Drives a terminal, changes the direction of writing, or is not seen.
const HOSTILE: &str = "x\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\u{200b}\u{feff}\u{7f}y";

fn hostile(text: &str) -> bool {
    let harmless = |c: char| c == '\n' || !(c.is_control() || HOSTILE.contains(c) && !c.is_ascii_graphic());
    !text.chars().all(harmless)
}

fn complaint(output: &Output, code: i32) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}");
    text
}

async fn many_events(world: &World) {
    world
        .sql("INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload)
              SELECT 'evt_' || n, repeat('long.', 40), now(), false, now(), 'processed', 1, now(), '{}' FROM generate_series(1, 500) n")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_has_seen_enough_ends_the_command_quietly() {
    let world = World::new().await;
    many_events(&world).await;
    for more in [&[][..], &["--json"]] {
        let mut command = world.command(&[&["events", "list", "--limit", "500"], more].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 8];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(complaint(&output, 0), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn output_that_cannot_be_written_is_an_error() {
    let world = World::new().await;
    many_events(&world).await;
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let list = &["events", "list", "--limit", "500"][..];
    for arguments in [list, &["events", "list", "--json"], &["audit", "verify"], &["--help"]] {
        let output = world.command(arguments).stdout(full()).stderr(Stdio::piped()).output().unwrap();
        let message = complaint(&output, 1);
        assert!(
            message.starts_with("sluicegate: the output cannot be written: ") && message.lines().count() == 1,
            "{message}"
        );
    }
    let output = world.command(&["events", "show", "evt_none"]).stderr(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_from_outside_drives_the_terminal() {
    let world = World::new().await;
    let _console = world.serve();
    let mut body = event("evt_1");
    body["data"]["object"]["description"] = HOSTILE.into();
    world.dead_letter(&body, "invalid_data", &format!("invalid_data: {HOSTILE}")).await;
    world.until("SELECT count(*) FROM dead_letters", 1).await;
    let client = world.pool.get().await.unwrap();
    let change = serde_json::json!({"from": null, "to": {"status": HOSTILE}, "messages": []});
    client
        .execute("INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload) VALUES ('evt_1', $1, now(), false, now(), 'processed', 1, now(), '{}')", &[&HOSTILE])
        .await
        .unwrap();
    client
        .execute("INSERT INTO effects VALUES ('order', $1, 'evt_1', now(), $2)", &[&HOSTILE, &change])
        .await
        .unwrap();
    client
        .execute(
            "INSERT INTO audit (actor, action, subject, reason) VALUES ('cli:x', 'x', $1, $1)",
            &[&HOSTILE],
        )
        .await
        .unwrap();
    for arguments in [
        &["events", "show", "evt_1"][..],
        &["events", "show", "evt_1", "--json"],
        &["events", "list"],
        &["events", "list", "--json"],
        &["dead", "list"],
        &["dead", "show", "1"],
        &["dead", "show", "1", "--json"],
        &["dead", "groups"],
        &["audit", "list"],
    ] {
        let shown = world.ok(arguments).await;
        assert!(!hostile(&shown), "{arguments:?}: {shown:?}");
        assert!(shown.contains("202e"), "{arguments:?}: {shown:?}");
    }
    assert_eq!(world.json(&["events", "list", "--json"]).await["items"][0]["type"], HOSTILE);
    let message = world.fails(&["events", "show", &format!("{HOSTILE}\nsluicegate: fine")], 1).await;
    assert!(
        !hostile(&message) && message.lines().count() == 1 && message.contains("not found"),
        "{message:?}"
    );
    let message = world.fails(&["dead", "show", HOSTILE], 2).await;
    assert!(!hostile(&message), "{message:?}");
    let message = world.fails(&["dead", "list", "--state", HOSTILE], 2).await;
    assert!(!hostile(&message), "{message:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_names_the_account_and_not_what_somebody_calls_themselves() {
    let world = World::new().await;
    let mut command = world.command(&["token", "create", "--name", "shop", "--role", "viewer"]);
    command.envs([("USER", "ceo"), ("LOGNAME", "ceo"), ("SUDO_USER", "ceo")]);
    assert!(command.output().unwrap().status.success());
    let id = std::process::Command::new("id").arg("-un").output().unwrap();
    let expected = format!("cli:{}", String::from_utf8(id.stdout).unwrap().trim());
    assert_eq!(world.json(&["audit", "list", "--json"]).await["items"][0]["actor"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unavailable_server_or_a_missing_schema_is_reported_once() {
    let world = World::empty().await;
    for arguments in [&["dead", "list"][..], &["user", "list"], &["events", "list"], &["audit", "verify"]] {
        let message = world.fails(arguments, 1).await;
        assert!(message.contains("run `sluicegate migrate`"), "{message}");
    }
    world.ok(&["migrate"]).await;
    world.sql("ALTER TABLE dead_letters DROP COLUMN fingerprint CASCADE").await;
    assert!(world.fails(&["dead", "list"], 1).await.contains("run `sluicegate migrate`"));
    for arguments in
        [&["dead", "list"][..], &["user", "list"], &["audit", "verify"], &["jobs", "list"], &["migrate"]]
    {
        let mut command = world.command(arguments);
        let url = "postgres://someone:hunter2@127.0.0.1:1/x";
        let message = complaint(&command.env("DATABASE_URL", url).output().unwrap(), 1);
        assert!(
            message.contains("127.0.0.1:1") && message.contains("refused") && !message.contains("hunter2"),
            "{message}"
        );
    }
    let mut command = world.command(&["queues"]);
    command.env("AMQP_URL", "amqp://someone:hunter2@127.0.0.1:1/x").env_remove("RUST_LOG");
    let message = complaint(&command.output().unwrap(), 1);
    assert!(
        message.starts_with("sluicegate: the broker is unavailable") && message.lines().count() == 1,
        "{message}"
    );
    assert!(
        message.contains("refused") && message.contains("127.0.0.1:1") && !message.contains("hunter2"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_negative_number_is_refused_by_what_it_is() {
    let world = World::new().await;
    let order = ["orders", "create", "--id", "A-1", "--currency", "usd", "--amount", "-5"];
    assert!(world.fails(&order, 2).await.contains("0 or more"));
    assert!(world.fails(&["events", "list", "--limit", "-5"], 2).await.contains("limit takes"));
}
