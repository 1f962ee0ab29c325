use service::settings::setting::from_pairs;

use super::*;

const GOOD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn read(args: OutWebhookArgs, environment: &[(&str, &str)]) -> Result<OutWebhooks, String> {
    let mut problems = Problems::default();
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let webhooks = args.read(&mut problems, &environment);
    problems.finish().map(|()| webhooks).map_err(|problems| problems.to_string())
}

#[test]
fn several_endpoints_have_each_their_secret_and_topics() {
    let secrets = format!("{GOOD},{GOOD}");
    let args =
        from_pairs(&[("OUT_WEBHOOK_URL", "https://example.com/a"), ("OUT_WEBHOOK_SECRET", secrets.as_str())]);
    let environment = [
        ("OUT_WEBHOOK_URL", "https://example.com/a"),
        ("OUT_WEBHOOK_URL_SHOP", "https://example.org"),
        ("OUT_WEBHOOK_SECRET_SHOP", GOOD),
        ("OUT_WEBHOOK_TOPICS_SHOP", "order.paid, refund.*"),
        ("PATH", "/bin"),
    ];
    let webhooks = read(args, &environment).unwrap();
    let [all, shop] = webhooks.endpoints.as_slice() else { panic!("two") };
    assert_eq!((all.name.as_str(), all.keys.len(), all.topics.len()), ("http", 2, TOPICS.len()));
    assert_eq!((shop.name.as_str(), shop.keys.len()), ("http:shop", 1));
    assert_eq!(shop.topics, ["order.paid", "refund.canceled", "refund.created", "refund.failed"]);
    assert!(!webhooks.allow_private);
    assert_eq!(webhooks.timeout, Duration::from_secs(10));
}

#[test]
fn every_problem_is_reported_and_no_secret_is_quoted() {
    let environment = [
        ("OUT_WEBHOOK_URL_A", "http://user:hunter2@example.com"),
        ("OUT_WEBHOOK_SECRET_A", "whsec_hunter2"),
        ("OUT_WEBHOOK_TOPICS_A", "order.payd"),
        ("OUT_WEBHOOK_URL_B", "https://10.0.0.1/"),
        ("OUT_WEBHOOK_SECRET_C", GOOD),
        ("OUT_WEBHOOK_URLS", "https://example.com"),
    ];
    let text = read(from_pairs(&[]), &environment).err().unwrap();
    for start in [
        "OUT_WEBHOOK_URL_A takes https",
        "OUT_WEBHOOK_SECRET_A takes whsec_",
        "OUT_WEBHOOK_TOPICS_A takes topics",
        "OUT_WEBHOOK_URL_B takes https and a public address",
        "OUT_WEBHOOK_SECRET_B is required",
        "OUT_WEBHOOK_URL_C is missing",
        "OUT_WEBHOOK_URLS is no setting",
    ] {
        assert_eq!(text.lines().filter(|line| line.starts_with(start)).count(), 1, "{start}: {text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn private_addresses_are_taken_where_they_are_allowed() {
    let given = [("OUT_WEBHOOK_URL", "http://127.0.0.1:9000/"), ("OUT_WEBHOOK_SECRET", GOOD)];
    assert!(read(from_pairs(&given), &[]).is_err());
    let allowed = [&given[..], &[("OUT_WEBHOOK_ALLOW_PRIVATE", "true")]].concat();
    assert_eq!(read(from_pairs(&allowed), &[]).unwrap().endpoints.len(), 1);
}
