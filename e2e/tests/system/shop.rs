//! A shop: Sluicegate beside a Stripe that can be asked.

use e2e::{Program, Running, System};
use serde_json::Value;
use simulator::histories::History;
use simulator::stripe_api::ApiServer;

/// The status, `Retry-After`, and the body of an answer.
pub(crate) type Answer = (u16, Option<String>, Value);

/// Sluicegate with a Stripe that can be asked, and a backend's token.
pub(crate) struct Shop {
    pub(crate) system: System,
    pub(crate) stripe: ApiServer,
    pub(crate) programs: Vec<Running>,
    pub(crate) token: String,
}

impl Shop {
    /// With the ingress, the console and the worker of payments.
    pub(crate) async fn open(settings: &[(&str, &str)]) -> Shop {
        Shop::with(settings, &[Program::Ingress, Program::Console, Program::FulfillmentWorker]).await
    }

    pub(crate) async fn with(settings: &[(&str, &str)], programs: &[Program]) -> Shop {
        let stripe = ApiServer::open().await.unwrap();
        let system = System::new().await.with("STRIPE_API_BASE", &stripe.url());
        let mut system =
            system.with("STRIPE_API_KEY", "sk_test_of_the_tests").with("STRIPE_API_RATE", "1000");
        for (name, value) in settings {
            system = system.with(name, value);
        }
        let mut running = Vec::new();
        for program in programs {
            running.push(system.start(*program).await);
        }
        let made = system.sluicegate(&["token", "create", "--name", "backend", "--scope", "orders"]);
        let token = made.split_whitespace().last().unwrap().to_owned();
        Shop { system, stripe, programs: running, token }
    }

    pub(crate) fn register(&self, order: &str, amount: i64, currency: &str, customer: &[&str]) {
        let amount = amount.to_string();
        let create = [
            "orders",
            "create",
            "--id",
            order,
            "--amount",
            &amount,
            "--currency",
            currency,
            "--mode",
            "test",
        ];
        self.system.sluicegate(&[&create[..], customer].concat());
    }

    /// Asks the console, which is the second program.
    pub(crate) async fn ask(&self, question: Value) -> Answer {
        let url = format!("http://{}/api/verify-payment", self.programs[1].address());
        let token = format!("Bearer {}", self.token);
        let asking = move || {
            let config = ureq::Agent::config_builder().http_status_as_error(false).build();
            let request = ureq::Agent::from(config).post(&url).header("authorization", token);
            let mut answer = request.send_json(&question).unwrap();
            let after = answer.headers().get("retry-after");
            let after = after.map(|value| value.to_str().unwrap().to_owned());
            (answer.status().as_u16(), after, answer.body_mut().read_json().unwrap())
        };
        tokio::task::spawn_blocking(asking).await.unwrap()
    }

    pub(crate) async fn verified(&self, question: Value) -> Value {
        let (status, _, body) = self.ask(question).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// All that support, the backend and accounting see, without the times at which rows were written.
    pub(crate) async fn rows(&self) -> String {
        self.system
            .text(
                "SELECT concat_ws(E'\\n',
                    (SELECT string_agg((to_jsonb(p) - 'state' - 'updated_at')::text, ' ' ORDER BY id) FROM payments p),
                    (SELECT string_agg((to_jsonb(o) - 'state' - 'updated_at' - 'number')::text, ' ' ORDER BY id) FROM orders o),
                    (SELECT string_agg(concat_ws(' ', key, kind, amount, currency), ' ' ORDER BY key) FROM money_movements),
                    (SELECT string_agg(key || payload, ' ' ORDER BY key) FROM outbox),
                    (SELECT string_agg(payment_id || state, ' ' ORDER BY payment_id) FROM cases))",
            )
            .await
    }

    pub(crate) async fn nothing_is_known(&self) -> bool {
        self.system.number("SELECT (SELECT count(*) FROM payments) + (SELECT count(*) FROM events)").await
            == 0
    }
}

/// The id of the history's first object of a kind.
pub(crate) fn id(history: &History, object: &str) -> String {
    let bodies = history.events.iter().map(|event| serde_json::from_slice::<Value>(&event.body).unwrap());
    let mut objects = bodies.map(|event| event["data"]["object"].clone());
    objects.find(|found| found["object"] == object).unwrap()["id"].as_str().unwrap().to_owned()
}
