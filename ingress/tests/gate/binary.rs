//! The program itself: settings, signals, exit codes, memory.

use crate::harness::{PATH, SECRET, amqp_url, event, signed, until};
use crate::http::{self, DEADLINE, Http, head};
use rustix::process::{Pid, Signal, kill_process};
use simulator::servers::{free_port, test_prefix};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::process::{Child, Command};

struct Program {
    child: Child,
    address: SocketAddr,
    metrics: SocketAddr,
    log: PathBuf,
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingress"));
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

impl Program {
    async fn start(settings: &[(&str, &str)]) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let metrics = SocketAddr::from(([127, 0, 0, 1], free_port()));
        // A file: a pipe that nobody reads would stop the program when it is full.
        let log = std::env::temp_dir().join(format!("sluicegate-ingress-{}.log", address.port()));
        let child = command()
            .stderr(std::fs::File::create(&log).expect("a log"))
            .env("AMQP_URL", amqp_url())
            .env("AMQP_PREFIX", test_prefix())
            .env("STRIPE_WEBHOOK_SECRET", SECRET)
            .env("INGRESS_BIND", address.to_string())
            .env("METRICS_BIND", metrics.to_string())
            .envs(settings.iter().copied())
            .spawn()
            .expect("the ingress starts");
        let program = Self { child, address, metrics, log };
        until("the ingress is ready", async || {
            tokio::net::TcpStream::connect(address).await.is_ok()
                && get(program.address, "/health/ready").await.status == 200
        })
        .await;
        program
    }

    fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id as i32)).expect("it runs");
        kill_process(pid, signal).expect("a signal");
    }

    /// The exit code and the log.
    async fn ended(mut self) -> (Option<i32>, String) {
        let status =
            tokio::time::timeout(DEADLINE, self.child.wait()).await.expect("it ends").expect("a status");
        (status.code(), std::fs::read_to_string(&self.log).expect("a log"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.log));
    }
}

async fn get(address: SocketAddr, path: &str) -> http::Response {
    http::exchange(address, &[head("GET", path, &[]), b"\r\n".to_vec()].concat()).await
}

#[tokio::test]
async fn every_wrong_setting_is_reported_with_exit_code_2_and_no_secret() {
    let output = command()
        .env("STRIPE_WEBHOOK_SECRET_FILE", "/nowhere/at/all")
        .env("AMQP_URL", "http://user:hunter2@host")
        .env("INGRESS_MAX_BODY", "huge")
        .env("INGRESS_PUBLISH_TIMEOUT", "5")
        .env("METRICS_BIND", "nowhere")
        .env("LOG_FORMAT", "xml")
        .args(["--ingress-bind", "8080"])
        .output()
        .await
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    for name in [
        "STRIPE_WEBHOOK_SECRET_FILE",
        "AMQP_URL",
        "INGRESS_MAX_BODY",
        "INGRESS_PUBLISH_TIMEOUT",
        "METRICS_BIND",
        "LOG_FORMAT",
        "INGRESS_BIND",
    ] {
        assert!(text.lines().any(|line| line.starts_with(&format!("{name} "))), "{name} is missing:\n{text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn help_explains_every_setting_and_prints_no_secret() {
    let output =
        command().env("STRIPE_WEBHOOK_SECRET", "whsec_hunter2").arg("--help").output().await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for name in [
        "STRIPE_WEBHOOK_SECRET",
        "STRIPE_SIGNATURE_TOLERANCE",
        "INGRESS_BIND",
        "INGRESS_MAX_BODY",
        "INGRESS_PUBLISH_TIMEOUT",
        "AMQP_URL",
        "METRICS_BIND",
        "LOG_FORMAT",
        "RUST_LOG",
    ] {
        assert!(text.contains(&format!("[env: {name}")), "{name} is missing:\n{text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn sigterm_finishes_what_is_in_flight_and_takes_nothing_new() {
    let program = Program::start(&[]).await;
    let (request, mut idle) = (signed(PATH, &event("evt_1", "x")), Http::connect(program.address).await);
    let (first, rest) = request.split_at(request.len() - 10);
    let mut http = Http::connect(program.address).await;
    http.send(first).await;
    // Answered on another connection: the head of the first request has been read by then.
    idle.send(&signed(PATH, &event("evt_2", "x"))).await;
    assert_eq!(idle.response().await.status, 200);
    program.signal(Signal::TERM);
    until("new connections are refused", async || {
        tokio::net::TcpStream::connect(program.address).await.is_err()
    })
    .await;
    http.send(rest).await;
    assert_eq!(http.response().await.status, 200);
    assert!(idle.is_closed().await);
    let (code, log) = program.ended().await;
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let program = Program::start(&[("INGRESS_BODY_TIMEOUT", "300s")]).await;
    let mut http = Http::connect(program.address).await;
    http.send(&[head("POST", PATH, &[("content-length", "10")]), b"\r\n".to_vec()].concat()).await;
    // The page is answered by the same thread as often as not; what matters is that it is busy.
    assert_eq!(get(program.address, "/health/live").await.status, 200);
    program.signal(Signal::TERM);
    until("it is stopping", async || tokio::net::TcpStream::connect(program.address).await.is_err()).await;
    program.signal(Signal::INT);
    assert_eq!(program.ended().await.0, Some(130));
}

#[tokio::test]
async fn a_taken_address_is_an_error_that_names_it() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let output = command()
        .env("AMQP_URL", amqp_url())
        .env("STRIPE_WEBHOOK_SECRET", SECRET)
        .env("INGRESS_BIND", &address)
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("INGRESS_BIND") && text.contains(&address), "{text}");
}

#[tokio::test]
async fn metrics_count_answers_and_logs_hold_neither_bodies_nor_secrets() {
    let program = Program::start(&[("RUST_LOG", "trace"), ("LOG_FORMAT", "json")]).await;
    let body = br#"{"id":"evt_1","type":"x","created":1,"data":"private-matter"}"#;
    assert_eq!(http::exchange(program.address, &signed(PATH, body)).await.status, 200);
    let unsigned = http::post(PATH, &[], body);
    assert_eq!(http::exchange(program.address, &unsigned).await.status, 400);
    assert_eq!(get(program.metrics, "/health/live").await.status, 200);
    assert_eq!(get(program.metrics, "/health/ready").await.status, 200);
    let page = get(program.metrics, "/metrics").await;
    for line in [
        r#"http_server_request_duration_seconds_count{http_request_method="POST",http_response_status_code="200",code="received"} 1"#,
        r#"http_server_request_duration_seconds_count{http_request_method="POST",http_response_status_code="400",code="missing_signature"} 1"#,
        r#"messaging_client_operation_duration_seconds_count{messaging_operation_name="publish"} 1"#,
        "sluicegate_broker_connected 1",
    ] {
        assert!(page.body.lines().any(|found| found == line), "{line} is missing:\n{}", page.body);
    }
    program.signal(Signal::TERM);
    let (_, log) = program.ended().await;
    assert!(log.contains("listening"), "{log}");
    for private in ["private-matter", SECRET, &amqp_url()] {
        assert!(!log.contains(private), "the log shows {private}");
    }
}

#[tokio::test]
async fn what_strangers_send_makes_no_error_line_and_no_long_one() {
    let program = Program::start(&[("RUST_LOG", "info")]).await;
    let long = "x".repeat(200_000);
    for request in [
        format!("POST {PATH} HTTP/1.1\r\nhost: x\r\nx-long: {long}\r\n\r\n"),
        format!("POST {PATH}/{} HTTP/1.1\r\nhost: x\r\n\r\n", &long[..20_000]),
        format!("POST {PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
        format!("{long}\r\n\r\n"),
        "\u{0}\u{1}\r\n\r\n".to_owned(),
    ] {
        let mut http = Http::connect(program.address).await;
        http.try_send(request.as_bytes()).await;
        assert!(http.is_closed().await);
    }
    program.signal(Signal::TERM);
    let (_, log) = program.ended().await;
    assert!(log.contains("refused") && !log.contains("ERROR"), "{log}");
    assert!(log.lines().all(|line| line.len() < 500), "a line is too long: {log}");
}

#[tokio::test]
async fn memory_stays_bounded_under_bodies_that_never_end() {
    let settings = [("INGRESS_MAX_IN_FLIGHT", "4194304"), ("INGRESS_BODY_TIMEOUT", "300s")];
    let program = Program::start(&settings).await;
    assert_eq!(http::exchange(program.address, &signed(PATH, &event("evt_1", "x"))).await.status, 200);
    let before = peak_kib(&program);
    // 256 MiB are offered, as bodies of a megabyte that lack their last byte.
    let mut offers = Vec::new();
    for _ in 0..256 {
        let mut http = Http::connect(program.address).await;
        let head = head("POST", PATH, &[("content-length", "1048576")]);
        http.try_send(&[head, b"\r\n".to_vec()].concat()).await;
        offers.push(async move {
            let sent = http.try_send(&[b' '; 1_048_575]).await;
            (sent, http)
        });
    }
    let offers =
        tokio::time::timeout(DEADLINE, futures_util::future::join_all(offers)).await.expect("no stall");
    let grown = peak_kib(&program) - before;
    // The bodies that the memory budget allows, and what the server reads ahead on each connection.
    let bound = 4 * 1024 + 256 * 256 + 16 * 1024;
    assert!(grown < bound, "it grew by {grown} KiB, not by less than {bound}");
    drop(offers);
    until("memory is free again", async || {
        http::exchange(program.address, &signed(PATH, &event("evt_2", "x"))).await.status == 200
    })
    .await;
}

/// The most memory that the program has ever held.
fn peak_kib(program: &Program) -> u64 {
    let pid = program.child.id().expect("it runs");
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("its peak");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}
