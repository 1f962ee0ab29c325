//! Webhooks that nobody here wrote: localstripe delivers to the ingress, and Stripe's official libraries sign.
//!
//! localstripe makes events of API version 2017-08-15, without `request` and `pending_webhooks`, with whole objects where
//! Stripe puts ids, and without events of charges, `invoice.paid` and `checkout.session.*`.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use e2e::{Program, System, eventually};
use serde_json::{Value, json};
use simulator::servers::free_port;
use stripe::signature;

use crate::example::repository;
use crate::whole_path::paid;

fn python() -> PathBuf {
    repository(".local/clients/v/bin/python")
}

/// A copy of a program of `e2e/clients` beside node_modules, where node looks for them.
fn client(script: &str) -> PathBuf {
    let libraries = repository(".local/clients");
    assert!(libraries.join("stamp").is_file(), "run scripts/install-examples.sh first, or make test");
    let copy = libraries.join(script);
    std::fs::copy(repository("e2e/clients").join(script), &copy).unwrap();
    copy
}

/// What a program prints.
async fn prints(program: PathBuf, script: &str, arguments: &[&str]) -> Value {
    let mut command = tokio::process::Command::new(program);
    let output = command.arg(client(script)).args(arguments).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// localstripe, killed when it is dropped.
struct LocalStripe {
    child: Child,
    url: String,
}

impl LocalStripe {
    /// Starts it; it delivers to `webhooks`.
    async fn start(webhooks: &str, secret: &str) -> LocalStripe {
        let port = free_port().to_string();
        let url = format!("http://localhost:{port}");
        let child = Command::new(python())
            .args(["-m", "localstripe", "--from-scratch", "--port", &port])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let config = format!("{url}/_config/webhooks/sluicegate");
        let form = json!({"url": webhooks, "secret": secret});
        eventually("localstripe takes the endpoint", async || {
            let (config, form) = (config.clone(), form.clone());
            let asked = tokio::task::spawn_blocking(move || ureq::post(&config).send_json(form).is_ok());
            asked.await.unwrap()
        })
        .await;
        LocalStripe { child, url }
    }
}

impl Drop for LocalStripe {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_localstripe_delivers_ends_in_a_paid_order_and_a_subscription() {
    let system = System::new().await;
    let ingress = system.start(Program::Ingress).await;
    let _workers =
        [system.start(Program::FulfillmentWorker).await, system.start(Program::SubscriptionWorker).await];
    let webhooks = format!("http://{}/webhooks/stripe", ingress.address());
    let stripe = LocalStripe::start(&webhooks, &system.secret).await;
    let made = prints(python(), "pay.py", &[&stripe.url]).await;

    let order = "SELECT count(*) FROM orders WHERE id = 'from-localstripe' AND status = 'paid' AND amount_paid = 1999";
    eventually("the order is paid", async || system.number(order).await == 1).await;
    let subscription = made["subscription"].as_str().unwrap();
    let ended =
        format!("SELECT count(*) FROM subscriptions WHERE id = '{subscription}' AND status = 'canceled'");
    eventually("the subscription has ended", async || system.number(&ended).await == 1).await;
    let paid = "SELECT count(*) FROM invoices WHERE status = 'paid' AND amount_paid = 999";
    eventually("its invoice is paid", async || system.number(paid).await == 1).await;
    let customer = format!(
        "SELECT count(*) FROM subscriptions WHERE customer = '{}' AND paid_through > now()",
        made["customer"].as_str().unwrap()
    );
    assert_eq!(system.number(&customer).await, 1);
    let messages = "SELECT count(DISTINCT topic) FROM outbox WHERE topic IN ('order.paid', 'subscription.payment_succeeded')";
    eventually("both messages are there", async || system.number(messages).await == 2).await;
    let refused = "SELECT count(*) FROM events WHERE outcome NOT IN ('processed', 'ignored')";
    assert_eq!(system.number(refused).await, 0);
}

async fn signs_and_reads(program: PathBuf, script: &str) {
    let system = System::new().await;
    let ingress = system.start(Program::Ingress).await;
    let _worker = system.start(Program::FulfillmentWorker).await;
    let url = format!("http://{}/webhooks/stripe", ingress.address());
    let body = paid("evt_signed", "signed", 1999);
    let ours = signature::sign(body.as_bytes(), &system.secret, jiff::Timestamp::now().as_second());
    let printed = prints(program, script, &[&url, &system.secret, &body, &ours]).await;
    assert_eq!(printed, json!({"status": 200, "read": "evt_signed"}));
    system.until_done(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_library_for_node_signs_what_the_ingress_takes_and_reads_what_we_sign() {
    signs_and_reads("node".into(), "sign.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_library_for_python_signs_what_the_ingress_takes_and_reads_what_we_sign() {
    signs_and_reads(python(), "sign.py").await;
}
