//! What the ingress reports of deliveries that it refused.

use crate::harness::{Gate, PATH, SECRET, event, signature};
use crate::http::{self, post};
use jiff::Timestamp;
use secrecy::SecretString;
use stripe::diagnosis::{Alteration, Diagnosis};
use stripe::rejection::{BodySummary, RejectionReason, RejectionReport};

async fn gate() -> Gate {
    Gate::start_with(|settings| {
        settings.endpoints.insert("shop".to_owned(), vec![SecretString::from("whsec_shop")]);
    })
    .await
}

/// Reports until all of these many deliveries are in them.
async fn reports(gate: &Gate, deliveries: u64) -> Vec<RejectionReport> {
    let channel = gate.channel().await;
    let (mut found, mut count) = (Vec::new(), 0);
    while count < deliveries {
        let report = gate.report(&channel).await;
        count += report.count;
        found.push(report);
    }
    assert_eq!(count, deliveries);
    found
}

#[tokio::test]
async fn each_refused_delivery_is_counted_and_described_without_its_body_or_a_secret() {
    let gate = gate().await;
    let body = event("evt_1", "charge.succeeded");
    let now = Timestamp::now().as_second();
    let to = async |path: &str, header: &str, body: &[u8]| {
        let headers =
            [("Stripe-Signature", header), ("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")];
        http::exchange(gate.address, &post(path, &headers, body)).await.status
    };
    let of_shop = stripe::signature::sign(&body, "whsec_shop", now);
    assert_eq!(to(PATH, &of_shop, &body).await, 400);
    let altered = [&body[..], b"\n"].concat();
    assert_eq!(to("/webhooks/stripe/shop", &of_shop, &altered).await, 400);
    let late = stripe::signature::sign(&body, SECRET, now - 4000);
    assert_eq!(to(PATH, &late, &body).await, 400);
    assert_eq!(to("/webhooks/stripe/shpo", &of_shop, &body).await, 404);

    let mut found = reports(&gate, 4).await;
    found.sort_by_key(|report| (report.endpoint.clone(), report.reason));
    let reasons: Vec<_> = found.iter().map(|report| (report.endpoint.as_str(), report.reason)).collect();
    let expected = [
        ("", RejectionReason::SignatureMismatch),
        ("", RejectionReason::TimestampOutOfTolerance),
        ("", RejectionReason::UnknownEndpoint),
        ("shop", RejectionReason::SignatureMismatch),
    ];
    assert_eq!(reasons, expected);
    let diagnoses: Vec<_> = found.iter().map(|report| report.samples[0].diagnosis.clone()).collect();
    assert_eq!(diagnoses[0], Some(Diagnosis::OtherEndpoint { name: "shop".to_owned() }));
    assert!(
        matches!(diagnoses[1], Some(Diagnosis::TooOld { age: 4000..=4100, tolerance: 300 })),
        "{diagnoses:?}"
    );
    assert_eq!((&diagnoses[2], found[2].samples[0].path.as_str()), (&None, "/webhooks/stripe/shpo"));
    let alteration = Alteration::WhiteSpaceAround;
    assert_eq!(diagnoses[3], Some(Diagnosis::AlteredBody { alteration }));
    let sample = &found[0].samples[0];
    assert_eq!((sample.client.as_deref(), sample.v1, sample.v0), (Some("127.0.0.1"), true, false));
    assert_eq!(sample.user_agent.as_deref(), Some("Stripe/1.0 (+https://stripe.com/docs/webhooks)"));
    assert_eq!(sample.body, Some(BodySummary::of(&body)));
    let all = serde_json::to_string(&found).unwrap();
    assert!(!all.contains("whsec_") && !all.contains("evt_1") && !all.contains(&of_shop[16..]), "{all}");
    gate.stop().await;
}

#[tokio::test]
async fn a_flood_is_counted_whole_and_described_by_a_few() {
    let gate = gate().await;
    let body = event("evt_1", "charge.succeeded");
    let wrong = post(PATH, &[("Stripe-Signature", &signature(b"another body"))], &body);
    for _ in 0..200 {
        assert_eq!(http::exchange(gate.address, &wrong).await.status, 400);
    }
    let found = reports(&gate, 200).await;
    assert!(found.iter().all(|report| report.samples.len() <= 3), "{found:?}");
    // Accepting goes on meanwhile, and is not reported.
    assert_eq!(gate.deliver(&body).await.status, 200);
    gate.stop().await;
}
