//! Settings as they are documented.

use super::*;
use secrecy::ExposeSecret;
use service::settings::setting::from_pairs;

const GOOD: [(&str, &str); 2] =
    [("STRIPE_WEBHOOK_SECRET", "whsec_a, whsec_b,"), ("AMQP_URL", "amqp://u:p@localhost:5672/%2f")];

fn args() -> Args {
    from_pairs(&GOOD)
}

fn read(args: &Args, environment: &[(&str, &str)]) -> Result<Settings, Problems> {
    let mut problems = Problems::default();
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let settings = Settings::read(args, &environment, &mut problems);
    problems.finish().map(|()| settings)
}

#[test]
fn defaults_are_those_of_the_documentation() {
    let settings = read(&args(), &[]).unwrap();
    assert_eq!(settings.bind, "0.0.0.0:8080".parse().unwrap());
    assert_eq!(settings.metrics_bind, "127.0.0.1:9090".parse().ok());
    assert_eq!((settings.tolerance, settings.max_body), (300, 1_048_576));
    assert_eq!(settings.publish_timeout, Duration::from_secs(5));
    assert_eq!(settings.secrets.len(), 2);
    assert!(settings.endpoints.is_empty());
}

#[test]
fn a_named_secret_makes_an_endpoint_in_lower_case() {
    let settings = read(&args(), &[("STRIPE_WEBHOOK_SECRET_ACME_EU", "whsec_x,whsec_y")]).unwrap();
    assert_eq!(settings.endpoints.keys().collect::<Vec<_>>(), ["acme_eu"]);
    assert_eq!(settings.endpoints["acme_eu"].len(), 2);
}

#[test]
fn a_named_secret_may_stand_in_a_file() {
    let path = std::env::temp_dir().join(format!("sluicegate-ingress-{}", std::process::id()));
    std::fs::write(&path, "whsec_x\n").unwrap();
    let file = path.to_str().unwrap();
    let settings =
        read(&args(), &[("STRIPE_WEBHOOK_SECRET_ACME_FILE", file), ("STRIPE_WEBHOOK_SECRET_FILE", file)]);
    assert_eq!(settings.unwrap().endpoints["acme"][0].expose_secret(), "whsec_x");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn every_problem_is_reported_at_once_and_no_secret_with_it() {
    let args: Args = from_pairs(&[
        ("STRIPE_WEBHOOK_SECRET", " , "),
        ("STRIPE_SIGNATURE_TOLERANCE", "five minutes"),
        ("INGRESS_BIND", "8080"),
        ("INGRESS_MAX_BODY", "1MB"),
        ("INGRESS_PUBLISH_TIMEOUT", "5"),
        ("AMQP_URL", "redis://:hunter2@h"),
    ]);
    let text = read(
        &args,
        &[
            ("STRIPE_WEBHOOK_SECRET_A B", "whsec_hunter2"),
            ("STRIPE_WEBHOOK_SECRET_EMPTY", ""),
            ("INGRESS_MAXBODY", "hunter2"),
        ],
    )
    .unwrap_err()
    .to_string();
    for name in [
        "STRIPE_WEBHOOK_SECRET",
        "STRIPE_SIGNATURE_TOLERANCE",
        "INGRESS_BIND",
        "INGRESS_MAX_BODY",
        "INGRESS_PUBLISH_TIMEOUT",
        "AMQP_URL",
        "STRIPE_WEBHOOK_SECRET_A B",
        "STRIPE_WEBHOOK_SECRET_EMPTY",
        "INGRESS_MAXBODY",
    ] {
        assert!(text.lines().any(|line| line.starts_with(&format!("{name} "))), "{name}: {text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn what_is_required_is_said_to_be() {
    let text = read(&from_pairs(&[]), &[]).unwrap_err().to_string();
    assert!(
        text.contains("STRIPE_WEBHOOK_SECRET is required") && text.contains("AMQP_URL is required"),
        "{text}"
    );
}

#[test]
fn settings_can_be_printed_without_their_secrets() {
    assert!(!format!("{:?}", read(&args(), &[]).unwrap()).contains("whsec"));
}
