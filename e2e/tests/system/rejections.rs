//! Refused deliveries, from the ingress to what support sees, with the real programs.

use e2e::{Program, System, eventually};
use hyper::body::Bytes;
use serde_json::{Value, json};

const BODY: &[u8] =
    b"{\"id\": \"evt_1\", \"object\": \"event\", \"type\": \"charge.succeeded\", \"created\": 1790000000,\
    \"livemode\": false, \"data\": {\"object\": {\"id\": \"ch_1\", \"object\": \"charge\"}}}";

#[tokio::test]
async fn a_delivery_that_is_refused_is_explained_to_support_and_by_the_doctor() {
    let system = System::new().await.with("STRIPE_WEBHOOK_SECRET_SHOP", "whsec_of_the_shop");
    let ingress = system.start(Program::Ingress).await;
    let console = system.start(Program::Console).await;
    let mut client = system.client(&ingress);
    let header = stripe::signature::sign(BODY, "whsec_of_the_shop", jiff::Timestamp::now().as_second());
    for _ in 0..5 {
        let answer = client.post(Bytes::from_static(BODY), &header).await;
        assert_eq!(answer.status, Ok(400));
    }
    eventually("all are counted", async || {
        system.number("SELECT coalesce(sum(count), 0)::bigint FROM rejections").await == 5
    })
    .await;

    let made = system.sluicegate(&["token", "create", "--name", "support", "--role", "viewer"]);
    let token = format!("Bearer {}", made.split_whitespace().last().unwrap());
    let url = format!("http://{}/api/rejections", console.address());
    let asking = move || {
        let mut answer = ureq::get(&url).header("authorization", token).call().unwrap();
        answer.body_mut().read_json::<Value>().unwrap()
    };
    let found = tokio::task::spawn_blocking(asking).await.unwrap();
    let group = &found["items"][0];
    assert_eq!(
        (&group["endpoint"], &group["reason"], &group["count"]),
        (&json!(""), &json!("signature_mismatch"), &json!(5)),
        "{found}"
    );
    let sentence = "it is signed with the secret of the endpoint /webhooks/stripe/shop: correct the URL in Stripe's \
                    dashboard, or exchange the secrets";
    assert_eq!(group["deliveries"][0]["diagnosis"], sentence);

    let file = std::env::temp_dir().join(format!("sluicegate-e2e-body-{}", std::process::id()));
    std::fs::write(&file, BODY).unwrap();
    let examine = ["doctor", "signature", "--header", &header, "--body-file", file.to_str().unwrap()];
    let said = system.sluicegate_fails(&examine);
    assert_eq!(said.trim(), format!("sluicegate: {sentence}"));
    let own = [&examine[..], &["--secret-env", "STRIPE_WEBHOOK_SECRET_SHOP"]].concat();
    assert!(system.sluicegate(&own).starts_with("the signature is right"));
    std::fs::remove_file(&file).unwrap();
}
