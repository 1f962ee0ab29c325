//! The command line and the console as processes of a test.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{PATIENCE, World};

/// A process that ends with the test.
pub struct Process {
    pub child: Child,
    pub url: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl World {
    /// The command with this world's settings and no others.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluicegate"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("USER", "tester")
            .env("DATABASE_URL", &self.database_url)
            .env("AMQP_URL", &self.amqp_url)
            .env("AMQP_PREFIX", &self.prefix)
            .env("RETRY_SCHEDULE", "10s")
            .env("STRIPE_LIVEMODE", "any")
            .env("METRICS_BIND", "off")
            .env("RUST_LOG", "error");
        command
    }

    /// Runs the command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        tokio::task::spawn_blocking(move || command.output().expect("the command starts"))
            .await
            .expect("join")
    }

    /// Runs a command that must succeed; its output.
    pub async fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let (out, err) = texts(&output);
        assert!(output.status.success(), "{arguments:?} failed: {out}{err}");
        out
    }

    /// Runs a command that must succeed and print JSON.
    pub async fn json(&self, arguments: &[&str]) -> Value {
        let out = self.ok(arguments).await;
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("not JSON ({e}): {out}"))
    }

    /// Runs a command that must fail with this code; its complaint.
    pub async fn fails(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments).await;
        let (out, err) = texts(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {out}{err}");
        err
    }

    /// `sluicegate serve`, on a free port.
    pub fn serve(&self) -> Process {
        self.serve_with(&[])
    }

    /// `sluicegate serve`, on a free port, with more settings.
    pub fn serve_with(&self, settings: &[(&str, &str)]) -> Process {
        let free =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port");
        let mut command = self.command(&["serve"]);
        command.env("CONSOLE_BIND", free.to_string()).envs(settings.iter().copied()).stdin(Stdio::null());
        let process =
            Process { child: command.spawn().expect("serve starts"), url: format!("http://{free}") };
        let begun = Instant::now();
        while std::net::TcpStream::connect(free).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the console does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        process
    }

    /// A new token with this role.
    pub async fn token(&self, role: &str) -> String {
        let made = self.ok(&["token", "create", "--name", &format!("test-{role}"), "--role", role]).await;
        made.split_whitespace().last().expect("the last word").to_owned()
    }
}

fn texts(output: &Output) -> (String, String) {
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}
