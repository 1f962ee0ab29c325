//! A program of `examples/`, running.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use e2e::{binary, eventually};
use tokio::net::TcpStream;

/// The tests run side by side, in one process: each example has a folder of its own.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Where `scripts/install-examples.sh` puts what the examples need.
fn libraries() -> PathBuf {
    let folder = repository(".local/examples");
    assert!(folder.join("stamp").is_file(), "run scripts/install-examples.sh first, or make test");
    folder
}

/// The examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Express,
    Flask,
    Pika,
    Rust,
}

/// An example, killed when it is dropped.
pub(crate) struct Example {
    child: Child,
    folder: PathBuf,
}

impl Example {
    /// Starts it with these variables and no others.
    pub(crate) fn start(kind: Kind, environment: &[(&str, &str)]) -> Example {
        let (program, source) = match kind {
            Kind::Express => (PathBuf::from("node"), Some("express/server.js")),
            Kind::Flask => (libraries().join("v/bin/python"), Some("flask/app.py")),
            Kind::Pika => (libraries().join("v/bin/python"), Some("pika/consumer.py")),
            Kind::Rust => (binary("example-consumer"), None),
        };
        // Beside node_modules, where node looks for them.
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = libraries().join(format!("{kind:?}-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut command = Command::new(program);
        if let Some(source) = source {
            let file = source.rsplit('/').next().unwrap();
            std::fs::copy(repository("examples").join(source), folder.join(file)).unwrap();
            std::fs::write(folder.join("package.json"), r#"{"type": "module"}"#).unwrap();
            command.arg(file);
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).envs(environment.iter().copied());
        let output = std::fs::File::create(folder.join("output")).unwrap();
        let errors = output.try_clone().unwrap();
        let child = command.current_dir(&folder).stdin(Stdio::null()).stdout(output).stderr(errors).spawn();
        Example { child: child.unwrap(), folder }
    }

    /// Everything it has written.
    pub(crate) fn output(&self) -> String {
        std::fs::read_to_string(self.folder.join("output")).unwrap()
    }

    /// Waits until it takes requests.
    pub(crate) async fn listens(&self, port: u16) {
        eventually("the example listens", async || TcpStream::connect(("127.0.0.1", port)).await.is_ok())
            .await;
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() {
            eprintln!("---- the example wrote:\n{}", self.output());
        }
        std::fs::remove_dir_all(&self.folder).ok();
    }
}
