//! docs/INTEGRATION.md from nothing to a paid order and a provisioned subscription: its commands and its programs are
//! run as they stand there. Stripe's API is an endpoint that answers with a session; Stripe's events are made here from
//! what was asked of it, signed, and posted to the ingress.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use e2e::{Program, Running, System, binary, eventually};
use serde_json::{Value, json};
use simulator::servers::{Receiver, Reply, free_port};

use crate::example::{Example, Kind, repository};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const CUSTOMER: &str = "cus_9s6XKzkNRiz8i3";
const SESSION: &str = r#"{"id": "cs_test_1", "url": "https://checkout.stripe.com/c/pay/cs_test_1"}"#;
/// 2028-01-01.
const PERIOD_END: i64 = 1_830_297_600;

fn page() -> String {
    std::fs::read_to_string(repository("docs/INTEGRATION.md")).unwrap()
}

/// The code block of a language below a heading of the page.
pub(crate) fn block(heading: &str, language: &str) -> String {
    let page = page();
    let (_, section) = page.split_once(&format!("\n## {heading}")).unwrap_or_else(|| panic!("{heading}"));
    let section = section.split("\n## ").next().unwrap();
    let (_, rest) = section.split_once(&format!("```{language}\n")).unwrap_or_else(|| panic!("{heading}"));
    rest.split_once("```").unwrap().0.to_owned()
}

/// Sluicegate with a Stripe that answers, and messages to a port.
struct Shop {
    system: System,
    stripe: Receiver,
    ingress: Running,
    console: Running,
    _workers: Vec<Running>,
    port: u16,
}

impl Shop {
    async fn open() -> Shop {
        let port = free_port();
        let system = System::new()
            .await
            .with("STRIPE_LIVEMODE", "test")
            .with("REFERENCE_SECRET", "a secret of the company")
            .with("OUT_WEBHOOK_URL", &format!("http://127.0.0.1:{port}/webhooks/sluicegate"))
            .with("OUT_WEBHOOK_SECRET", SECRET)
            .with("OUT_WEBHOOK_ALLOW_PRIVATE", "true");
        let stripe = Receiver::open(|_| Reply::Json(SESSION)).await.unwrap();
        let console = system.start(Program::Console).await;
        let ingress = system.start(Program::Ingress).await;
        let fulfillment = system.start(Program::FulfillmentWorker).await;
        let subscriptions = system.start(Program::SubscriptionWorker).await;
        Shop { system, stripe, ingress, console, _workers: vec![fulfillment, subscriptions], port }
    }

    /// The variables that the page names, but for the token.
    fn variables(&self) -> BTreeMap<&'static str, String> {
        let stripe = self.stripe.url();
        [
            ("CONSOLE_URL", format!("http://{}", self.console.address())),
            ("STRIPE_API_KEY", "sk_test_1".to_owned()),
            ("STRIPE_API_BASE", stripe.trim_end_matches("/hook").to_owned()),
            ("WEBHOOK_SECRET", SECRET.to_owned()),
            ("PORT", self.port.to_string()),
        ]
        .into()
    }

    /// The form of the session that was asked for.
    async fn session(&self) -> BTreeMap<String, String> {
        eventually("a session is created", async || !self.stripe.received().is_empty()).await;
        let request = self.stripe.received().pop().unwrap();
        assert!(request.header("idempotency-key").starts_with("checkout-order_"), "{request:?}");
        form_urlencoded::parse(&request.body).into_owned().collect()
    }

    /// What Stripe sends when the customer of a session pays: each object with the metadata that it was given.
    async fn pays(&self, form: &BTreeMap<String, String>) {
        let metadata = |prefix: &str| {
            let names = ["orderId", "referenceCode"];
            let member = |name: &str| (name.to_owned(), json!(form[&format!("{prefix}[{name}]")]));
            Value::Object(names.into_iter().map(member).collect())
        };
        let amount: i64 = form["line_items[0][price_data][unit_amount]"].parse().unwrap();
        let currency = &form["line_items[0][price_data][currency]"];
        let session = json!({"id": "cs_test_1", "object": "checkout.session", "mode": form["mode"],
            "status": "complete", "payment_status": "paid", "payment_intent": "pi_1", "customer": form["customer"],
            "amount_subtotal": amount, "amount_total": amount, "currency": currency, "metadata": metadata("metadata")});
        let intent = json!({"id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": amount,
            "amount_received": amount, "currency": currency, "customer": form["customer"],
            "metadata": metadata("payment_intent_data[metadata]")});
        self.happens(&[("checkout.session.completed", session), ("payment_intent.succeeded", intent)]).await;
    }

    /// What Stripe sends when a customer subscribes and pays the first invoice.
    async fn subscribes(&self) {
        let period = json!({"start": PERIOD_END - 30 * 86_400, "end": PERIOD_END});
        let item = json!({"id": "si_1", "object": "subscription_item", "quantity": 1,
            "price": {"id": "price_1", "product": "prod_1"}, "current_period_end": PERIOD_END});
        let subscription = json!({"id": "sub_1", "object": "subscription", "status": "active", "customer": CUSTOMER,
            "cancel_at_period_end": false, "items": {"data": [item]}, "metadata": {}});
        let line = json!({"id": "il_1", "object": "line_item", "amount": 1500, "period": period, "parent":
            {"type": "subscription_item_details", "subscription_item_details": {"subscription": "sub_1", "proration": false}}});
        let invoice = json!({"id": "in_1", "object": "invoice", "status": "paid", "customer": CUSTOMER,
            "amount_due": 1500, "amount_paid": 1500, "currency": "usd", "billing_reason": "subscription_create",
            "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1", "metadata": {}}},
            "lines": {"has_more": false, "data": [line]}});
        self.happens(&[
            ("customer.subscription.created", subscription),
            ("invoice.payment_succeeded", invoice),
        ])
        .await;
    }

    async fn happens(&self, events: &[(&str, Value)]) {
        let mut client = self.system.client(&self.ingress);
        for (kind, object) in events {
            let id = format!("evt_{}", kind.replace('.', "_"));
            let created = jiff::Timestamp::now().as_second();
            let event = json!({"id": id, "object": "event", "type": kind, "created": created, "livemode": false,
                "api_version": "2025-03-31.basil", "data": {"object": object}});
            self.system.deliver(&mut client, [event.to_string().as_bytes()]).await;
        }
    }
}

/// A shell that reads its commands as somebody types them.
struct Shell {
    child: Child,
    folder: PathBuf,
    done: usize,
}

impl Shell {
    fn open(variables: &BTreeMap<&str, String>, settings: &BTreeMap<String, String>) -> Shell {
        let folder = std::env::temp_dir().join(format!("sluicegate-shell-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let output = std::fs::File::create(folder.join("output")).unwrap();
        let programs = binary("sluicegate").parent().unwrap().to_owned();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.args(["-eu", "-o", "pipefail"]).envs(settings).envs(variables).env("PATH", path);
        command.current_dir(&folder).stdin(Stdio::piped()).stderr(output.try_clone().unwrap()).stdout(output);
        Shell { child: command.spawn().unwrap(), folder, done: 0 }
    }

    /// Types a block, and does not wait for it to end.
    fn types(&mut self, block: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        self.done += 1;
        writeln!(input, "{block}\necho '== {}'", self.done).unwrap();
        input.flush().unwrap();
    }

    fn output(&self) -> String {
        std::fs::read_to_string(self.folder.join("output")).unwrap()
    }

    /// Waits until the last block has ended; everything that it wrote.
    async fn ends(&mut self) -> String {
        let mark = format!("== {}\n", self.done);
        eventually("the commands end", async || {
            self.output().contains(&mark) || self.child.try_wait().unwrap().is_some()
        })
        .await;
        let output = self.output();
        assert!(output.contains(&mark), "a command failed: {output}");
        let before = output.split_once(&mark).unwrap().0;
        before.rsplit("==").next().unwrap().split_once('\n').map_or(before, |(_, rest)| rest).to_owned()
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_of_the_page_lead_to_a_paid_order_and_to_a_customer_with_access() {
    let shop = Shop::open().await;
    let mut shell = Shell::open(&shop.variables(), shop.system.settings());
    for heading in ["1. A token", "2. Register the order", "3. Create the Checkout Session"] {
        shell.types(&block(heading, "sh"));
    }
    let form = shop.session().await;
    assert!(shell.ends().await.contains("https://checkout.stripe.com/c/pay/cs_test_1"));
    assert_eq!(form["metadata[referenceCode]"].len(), 20);
    shell.types(&block("4. The success page", "sh"));
    shop.pays(&form).await;
    assert_eq!(shell.ends().await.trim(), "paid", "{}", shell.output());
    shop.subscribes().await;
    eventually("the customer has access", async || {
        shop.system
            .number("SELECT count(*) FROM subscriptions WHERE access AND paid_through IS NOT NULL")
            .await
            == 1
    })
    .await;
    shell.types(&block("6. Has this customer access?", "sh"));
    assert_eq!(shell.ends().await.trim(), "sub_1 until 2028-01-01T00:00:00Z");
}

/// A backend as the page shows it: the customer pays and is thanked, subscribes and gets access.
async fn sells(kind: Kind) {
    let shop = Shop::open().await;
    let created = shop.system.sluicegate(&["token", "create", "--name", "shop", "--scope", "orders"]);
    let token = created.split_whitespace().last().unwrap();
    let variables = shop.variables();
    let mut environment: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    environment.push(("SLUICEGATE_TOKEN", token));
    let backend = Example::start(kind, &environment);
    backend.listens(shop.port).await;
    let url = format!("http://127.0.0.1:{}", shop.port);
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
    let agent: ureq::Agent = config.into();

    let body = json!({"order": "order_18", "customer": CUSTOMER});
    let (checkout, posting) = (format!("{url}/checkout"), agent.clone());
    let answer =
        tokio::task::spawn_blocking(move || posting.post(&checkout).send_json(body).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "https://checkout.stripe.com/c/pay/cs_test_1");
    let form = shop.session().await;
    assert_eq!((&*form["metadata[orderId]"], &*form["customer"]), ("order_18", CUSTOMER));

    let success = format!("{url}/success?order=order_18");
    let thanked = tokio::task::spawn_blocking(move || {
        agent.get(&success).call().unwrap().body_mut().read_to_string().unwrap()
    });
    shop.pays(&form).await;
    assert_eq!(thanked.await.unwrap(), "Thank you, your order is paid.");

    shop.subscribes().await;
    let provisioned = format!("provision sub_1 for {CUSTOMER} until {PERIOD_END}");
    eventually("the subscription is provisioned", async || backend.output().contains(&provisioned)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_backend_in_node_sells_an_order_and_provisions_a_subscription() {
    sells(Kind::Express).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_backend_in_python_sells_an_order_and_provisions_a_subscription() {
    sells(Kind::Flask).await;
}

#[test]
fn the_page_shows_the_examples_as_they_are() {
    for (heading, language, file) in [
        ("The whole backend in Node", "js", "examples/express/server.js"),
        ("The whole backend in Python", "python", "examples/flask/app.py"),
    ] {
        let file = std::fs::read_to_string(repository(file)).unwrap();
        assert_eq!(block(heading, language), file, "{heading}");
    }
}
