//! The programs of `examples/` do what they say, where their libraries are at hand: `SLUICEGATE_EXAMPLES` names a folder
//! with a Python environment in `v` (pika, flask, standardwebhooks) and npm's `node_modules` (express,
//! standardwebhooks).

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use e2e::{Program, System, eventually};
use simulator::servers::free_port;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// An example, killed when it is dropped.
struct Example {
    child: Child,
    folder: PathBuf,
    output: PathBuf,
}

impl Example {
    fn start(program: &Path, example: &str, environment: &[(&str, &str)]) -> Example {
        let (kind, file) = example.split_once('/').unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(example);
        // Beside node_modules, where node looks for them.
        let folder = libraries().unwrap().join(format!("{kind}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(&source, folder.join(file)).unwrap();
        std::fs::write(folder.join("package.json"), r#"{"type": "module"}"#).unwrap();
        let output = folder.join("output");
        let mut command = Command::new(program);
        command.arg(file).current_dir(&folder).envs(environment.iter().copied()).stdin(Stdio::null());
        let child = command.stdout(std::fs::File::create(&output).unwrap()).spawn().unwrap();
        Example { child, folder, output }
    }

    fn provisioned(&self) -> usize {
        let output = std::fs::read_to_string(&self.output).unwrap();
        output.matches("provision sub_1 for cus_1 until 1795564800").count()
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn libraries() -> Option<PathBuf> {
    std::env::var_os("SLUICEGATE_EXAMPLES").map(PathBuf::from)
}

/// One paid invoice, sent twice to a destination, is provisioned once.
async fn provisions_once(system: &System, destination: &str, example: &Example) {
    let client = system.database.connect().await.unwrap();
    let paid = "INSERT INTO outbox (key, topic, lasting, payload) VALUES
        ('subscription.payment_succeeded/in_1', 'subscription.payment_succeeded', true,
         '{\"subscription\": \"sub_1\", \"customer\": \"cus_1\", \"period_end\": 1795564800}')";
    client.batch_execute(paid).await.unwrap();
    eventually("it is provisioned", async || example.provisioned() == 1).await;
    let sent = format!(
        "SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL AND '{destination}' = 'amqp')
              + (SELECT count(*) FROM outbox_deliveries WHERE state = 'sent' AND destination = '{destination}')"
    );
    eventually("it is sent", async || system.number(&sent).await == 1).await;
    let again = format!("SELECT outbox_send_again(id, '{destination}') FROM outbox");
    client.batch_execute(&again).await.unwrap();
    // Another message behind it shows that the repeat has been handled.
    let next = "INSERT INTO outbox (key, topic, lasting, payload) VALUES
        ('subscription.payment_succeeded/in_2', 'subscription.payment_succeeded', true,
         '{\"subscription\": \"sub_1\", \"customer\": \"cus_1\", \"period_end\": 1795564800}')";
    client.batch_execute(next).await.unwrap();
    eventually("the next one is provisioned", async || example.provisioned() >= 2).await;
    assert_eq!(example.provisioned(), 2, "the repeat is not");
}

async fn handler(program: &Path, example: &str) {
    let port = free_port().to_string();
    let url = format!("http://127.0.0.1:{port}/webhooks/sluicegate");
    let system = System::new()
        .await
        .with("OUT_WEBHOOK_URL", &url)
        .with("OUT_WEBHOOK_SECRET", SECRET)
        .with("OUT_WEBHOOK_ALLOW_PRIVATE", "true");
    let example = Example::start(program, example, &[("PORT", &port), ("WEBHOOK_SECRET", SECRET)]);
    let _worker = system.start(Program::SubscriptionWorker).await;
    eventually("the destination is known", async || {
        system.number("SELECT count(*) FROM outbox_destinations WHERE name = 'http'").await == 1
    })
    .await;
    provisions_once(&system, "http", &example).await;
}

#[tokio::test]
async fn the_examples_provision_a_subscription_once() {
    let Some(libraries) = libraries() else {
        eprintln!("skipped: SLUICEGATE_EXAMPLES names no folder with the examples' libraries");
        return;
    };
    let python = libraries.join("v/bin/python");
    handler(&python, "flask/app.py").await;
    handler(Path::new("node"), "express/server.js").await;

    let system = System::new().await;
    let _worker = system.start(Program::SubscriptionWorker).await;
    let environment = [("AMQP_URL", system.amqp_url()), ("AMQP_PREFIX", system.prefix())];
    let example = Example::start(&python, "pika/consumer.py", &environment);
    let queues = system.queues().await;
    eventually("it consumes", async || {
        queues.exists("provisioning").await && queues.state("provisioning").await.1 > 0
    })
    .await;
    provisions_once(&system, "amqp", &example).await;
}
