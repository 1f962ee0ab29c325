//! `make run` and `make demo` after the build: what they start, keep running and stop.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use e2e::{binary, eventually, eventually_within};
use simulator::run::get_status;
use simulator::servers::{Process, Signal, is_running, signal};

/// The simulator with nothing set from outside and its output in a file.
fn simulator(arguments: &[&str], output: &Path) -> Process {
    let mut command = Command::new(binary("simulator"));
    for name in [
        "DATABASE_URL",
        "AMQP_URL",
        "INGRESS_BIND",
        "CONSOLE_BIND",
        "METRICS_BIND",
        "SAMPLES",
        "OUT_WEBHOOK_URL",
        "SMTP_URL",
        "ALERT_URL",
    ] {
        command.env_remove(name);
    }
    let file = File::create(output).expect("a file");
    let errors = file.try_clone().expect("one file");
    Process::spawn({
        command.args(arguments).stdin(Stdio::null()).stdout(file).stderr(errors);
        command
    })
    .expect("starts")
}

fn output(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("sluicegate-{name}-{}.out", std::process::id()))
}

/// The lines of an `env` file.
fn read_env(path: &Path) -> Option<HashMap<String, String>> {
    let text = std::fs::read_to_string(path).ok()?;
    let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    text.lines().map(pair).collect()
}

const PIDS: [&str; 7] = [
    "INGRESS_PID",
    "FULFILLMENT_WORKER_PID",
    "SUBSCRIPTION_WORKER_PID",
    "REFUND_WORKER_PID",
    "CONSOLE_PID",
    "RABBITMQ_PID",
    "POSTGRES_PID",
];

fn pid(env: &HashMap<String, String>, name: &str) -> u32 {
    env.get(name).unwrap_or_else(|| panic!("{name} in {env:?}")).parse().expect("a number")
}

#[tokio::test]
async fn the_demo_ends_by_itself_and_well() {
    let output = output("demo");
    let mut demo = simulator(&["demo"], &output);
    let mut status = None;
    eventually_within(Duration::from_secs(180), "the demo ends", async || {
        status = demo.ended();
        status.is_some()
    })
    .await;
    let text = std::fs::read_to_string(&output).expect("its output");
    assert_eq!(status.as_deref(), Some("exit status: 0"), "{text}");
    assert!(
        text.trim_end().lines().last().is_some_and(|line| line.starts_with("demo: every sample")),
        "{text}"
    );
    let went_out = |topic: &str| text.lines().any(|line| line.starts_with(topic));
    assert!(went_out("order.paid") && went_out("dispute.opened") && went_out("alert.dead_letters"), "{text}");
    assert!(
        text.contains("the HTTP endpoint took ") && !text.contains("the mail server 0 e-mails"),
        "{text}"
    );
    std::fs::remove_file(&output).ok();
}

#[tokio::test]
async fn a_run_keeps_every_process_up_and_takes_all_of_them_along_when_it_ends() {
    let output = output("run");
    let mut run = simulator(&["run"], &output);
    let text = || std::fs::read_to_string(&output).unwrap_or_default();
    eventually_within(Duration::from_secs(180), "it serves", async || text().contains("serving after")).await;
    let text = text();
    let path =
        text.lines().find_map(|line| line.trim().strip_prefix("all addresses")).expect("is printed").trim();
    let before = read_env(Path::new(path)).expect("the env file");
    let address = before["INGRESS_URL"].strip_prefix("http://").expect("a URL");
    assert_eq!(get_status(address, "/health/ready").await, Some(200));
    assert!(before["STRIPE_WEBHOOK_SECRET"].starts_with("whsec_"));

    for name in PIDS {
        assert!(signal(pid(&before, name), Signal::KILL), "{name}");
    }
    eventually("each is restarted and its id is in the file", async || {
        let Some(now) = read_env(Path::new(path)) else { return false };
        PIDS.iter().all(|name| {
            now.get(*name)
                .is_some_and(|pid| pid != &before[*name] && is_running(pid.parse().expect("a number")))
        })
    })
    .await;
    eventually("the ingress takes events again", async || {
        get_status(address, "/health/ready").await == Some(200)
    })
    .await;
    assert!(run.ended().is_none(), "the run goes on");

    let after = read_env(Path::new(path)).expect("the env file");
    signal(run.pid(), Signal::INT);
    eventually("it ends", async || run.ended().is_some()).await;
    assert_eq!(run.ended().as_deref(), Some("exit status: 0"));
    assert!(!Path::new(path).exists(), "the env file is gone");
    for name in PIDS {
        assert!(!is_running(pid(&after, name)), "{name} has ended too");
    }
    std::fs::remove_file(&output).ok();
}

#[tokio::test]
async fn what_a_killed_run_left_is_stopped_by_the_next() {
    let first = output("killed");
    let mut run = simulator(&["run"], &first);
    let text = || std::fs::read_to_string(&first).unwrap_or_default();
    eventually_within(Duration::from_secs(180), "it serves", async || text().contains("serving after")).await;
    let text = text();
    let path =
        text.lines().find_map(|line| line.trim().strip_prefix("all addresses")).expect("is printed").trim();
    let env = read_env(Path::new(path)).expect("the env file");
    run.kill();
    assert!(is_running(pid(&env, "RABBITMQ_PID")), "kill -9 leaves the others running");

    let second = output("next");
    let mut next = simulator(&["servers", "--", "true"], &second);
    eventually("the next start ends", async || next.ended().is_some()).await;
    for name in PIDS {
        eventually(name, async || !is_running(pid(&env, name))).await;
    }
    std::fs::remove_file(&first).ok();
    std::fs::remove_file(&second).ok();
}
