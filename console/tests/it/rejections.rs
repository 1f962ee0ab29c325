//! Refused deliveries: from the ingress's reports to the page, the API and the command line.

use amqp::message::Message;
use serde_json::{Value, json};
use stripe::signature::sign;

use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};

const BODY: &str = "{\n  \"id\": \"evt_1\"\n}";

/// Publishes a report as the ingress does.
async fn report(world: &World, report: &Value) {
    let message = Message {
        exchange: world.topology().rejected_exchange(),
        routing_key: String::new(),
        message_id: "x".to_owned(),
        kind: "rejections".to_owned(),
        headers: Default::default(),
        body: report.to_string().into_bytes(),
    };
    world.publisher.publish(message).await.expect("published");
}

fn sample(at: i64, diagnosis: &Value) -> Value {
    json!({
        "at": at, "path": "/webhooks/stripe/shop", "client": "192.0.2.7", "user_agent": "<b>Stripe</b>", "skew": -12,
        "v1": true, "v0": true, "body": {"bytes": 17, "sha256": "0123456789abcdef"}, "diagnosis": diagnosis
    })
}

fn of_shop(count: u64, samples: &[Value]) -> Value {
    json!({"endpoint": "shop", "reason": "signature_mismatch", "count": count, "samples": samples})
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_added_up_and_shown_with_the_last_deliveries_and_what_to_do() {
    let world = World::new().await;
    let console = world.serve();
    let now = jiff::Timestamp::now().as_second();
    let other = json!({"finding": "other_endpoint", "name": ""});
    report(&world, &of_shop(7, &[sample(now - 1, &other)])).await;
    report(
        &world,
        &of_shop(5, &[sample(now, &json!(null)), sample(now, &json!({"finding": "of_a_later_version"}))]),
    )
    .await;
    report(&world, &json!({"endpoint": "", "reason": "missing_signature", "count": 1, "samples": []})).await;
    report(&world, &json!({"nonsense": true})).await;
    report(&world, &json!({"endpoint": "", "reason": "body_too_large", "count": 1, "samples": []})).await;
    world.until("SELECT count(*) FROM rejections WHERE reason = 'body_too_large'", 1).await;

    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    let found = api.ok("/api/rejections");
    let of = |reason: &str| {
        let items = found["items"].as_array().unwrap().iter();
        items.clone().find(|item| item["reason"] == reason).unwrap_or_else(|| panic!("{found}")).clone()
    };
    assert_eq!((found["items"].as_array().unwrap().len(), &found["next"]), (3, &Value::Null));
    let shop = of("signature_mismatch");
    assert_eq!((&shop["endpoint"], &shop["count"]), (&json!("shop"), &json!(12)));
    assert!(shop["advice"].as_str().unwrap().contains("Compare the secret"), "{shop}");
    let deliveries = shop["deliveries"].as_array().unwrap();
    assert_eq!(deliveries.len(), 3);
    assert_eq!((&deliveries[0]["diagnosis"], &deliveries[1]["diagnosis"]), (&json!(null), &json!(null)));
    let first = &deliveries[2];
    assert!(first["diagnosis"].as_str().unwrap().contains("the endpoint /webhooks/stripe:"), "{first}");
    assert_eq!((&first["schemes"], &first["skew_seconds"]), (&json!(["v1", "v0"]), &json!(-12)));
    assert_eq!((&first["body_bytes"], &first["body_sha256"]), (&json!(17), &json!("0123456789abcdef")));
    assert_eq!(of("missing_signature")["deliveries"], json!([]));
    assert_eq!(api.ok("/api/rejections?since=2100-01-01T00:00:00Z")["items"], json!([]));
    assert_eq!(api.send("GET", "/api/rejections?since=yesterday", &[], b"").0, 400);

    user(&world, "anna", "viewer").await;
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let (status, page) = browser.get("/rejections");
    assert_eq!(status, 200);
    for text in
        ["/webhooks/stripe/shop", "12 times", "192.0.2.7", "12 s in the future", "&lt;b&gt;Stripe", "v1 v0"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_refused_deliveries_is_bounded() {
    let world = World::new().await;
    let _console = world.serve();
    world
        .sql(
            "INSERT INTO rejections VALUES (now() - interval '31 days', 'shop', 'signature_mismatch', 9, now());
             INSERT INTO rejection_samples (at, endpoint, reason, path, v1, v0)
             VALUES (now() - interval '31 days', 'old', 'malformed_event', '/', false, false)",
        )
        .await;
    let now = jiff::Timestamp::now().as_second();
    for at in 0..10 {
        let samples: Vec<Value> = (0..3).map(|_| sample(now + at, &json!(null))).collect();
        report(&world, &of_shop(3, &samples)).await;
    }
    world.until("SELECT coalesce(sum(count), 0)::int8 FROM rejections", 30).await;
    assert_eq!(world.number("SELECT count(*) FROM rejection_samples").await, 20);
    let oldest = "SELECT min(extract(epoch FROM at))::int8 FROM rejection_samples";
    assert_eq!(world.number(oldest).await, now + 3, "the newest are kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_cannot_be_stored_holds_no_other_up() {
    let world = World::new().await;
    let _console = world.serve();
    world.sql("ALTER TABLE rejections ADD CONSTRAINT refuse CHECK (endpoint <> 'bad')").await;
    report(&world, &json!({"endpoint": "bad", "reason": "signature_mismatch", "count": 1, "samples": []}))
        .await;
    report(&world, &of_shop(1, &[])).await;
    world.until("SELECT coalesce(sum(count), 0)::int8 FROM rejections", 1).await;
}

/// The doctor's answer about a header and a body with these variables set.
fn doctor(header: &str, body: &[u8], variables: &[(&str, &str)], more: &[&str]) -> (Option<i32>, String) {
    let file = std::env::temp_dir().join(format!("sluicegate-doctor-{:016x}", rand::random::<u64>()));
    std::fs::write(&file, body).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_sluicegate"))
        .args(["doctor", "signature", "--header", header, "--body-file"])
        .arg(&file)
        .args(more)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    std::fs::remove_file(&file).unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap().trim().to_owned())
}

#[test]
fn the_doctor_says_in_one_sentence_what_is_wrong_with_a_delivery_and_needs_no_server() {
    let now = jiff::Timestamp::now().as_second();
    let secrets = [("STRIPE_WEBHOOK_SECRET", "whsec_main"), ("STRIPE_WEBHOOK_SECRET_SHOP", "whsec_of_shop")];
    let of = |header: &str, body: &str| doctor(header, body.as_bytes(), &secrets, &[]);
    let right = sign(BODY.as_bytes(), "whsec_main", now);
    let (status, said) = of(&right, BODY);
    assert!(status == Some(0) && said.starts_with("the signature is right and the body unchanged"), "{said}");
    assert_eq!(of(&format!("Stripe-Signature: {right}"), BODY).0, Some(0));
    for (header, body, expected) in [
        (sign(BODY.as_bytes(), "whsec_of_shop", now), BODY, "the endpoint /webhooks/stripe/shop"),
        (right.clone(), r#"{"id":"evt_1"}"#, "parsed and written again"),
        (sign(BODY.as_bytes(), "whsec_main", now - 7000), BODY, "s old, and 300 s are accepted"),
        (right.replace("v1=", "v0="), BODY, "only a v0 signature"),
        (right[..30].to_owned(), BODY, "the header was cut"),
        (sign(BODY.as_bytes(), "whsec_cli", now), BODY, "`stripe listen`"),
    ] {
        let (status, said) = of(&header, body);
        assert!(
            status == Some(1) && said.contains(expected) && said.lines().count() == 1,
            "{expected}: {said}"
        );
        assert!(!said.contains("whsec_main") && !said.contains("whsec_of"), "{said}");
    }

    let set = |secret: &str, more: &[&str]| doctor(&right, BODY.as_bytes(), &[("MINE", secret)], more);
    let mine = ["--secret-env", "MINE"];
    assert!(set("sk_live_hunter2", &mine).1.contains("an API key"));
    assert!(set("whsec_main\n", &mine).1.contains("white space or quotation marks"));
    let (status, said) = set("whsec_old,whsec_main", &mine);
    assert!(status == Some(0) && said.contains("one of the 2 secrets matches"), "{said}");
    let (status, said) = set("whsec_main", &[]);
    assert!(status == Some(2) && said.contains("STRIPE_WEBHOOK_SECRET is not set"), "{said}");
    let then = jiff::Timestamp::from_second(now - 7000).unwrap().to_string();
    let late = sign(BODY.as_bytes(), "whsec_main", now - 7000);
    assert_eq!(doctor(&late, BODY.as_bytes(), &secrets, &["--at", &then]).0, Some(0));
}
