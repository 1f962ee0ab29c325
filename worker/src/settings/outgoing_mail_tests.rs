use service::settings::setting::from_pairs;

use super::*;

fn read(pairs: &[(&str, &str)]) -> Result<Option<OutgoingMail>, String> {
    let mut problems = Problems::default();
    let mail = from_pairs::<OutgoingMailArgs>(pairs).read(false, &mut problems);
    problems.finish().map(|()| mail).map_err(|problems| problems.to_string())
}

const FROM: (&str, &str) = ("MAIL_FROM", "Example Shop <orders@example.com>");

#[test]
fn a_mail_server_is_read_from_its_url_and_encrypted_unless_it_says_otherwise() {
    let server = |url: &str| read(&[("SMTP_URL", url), FROM]).unwrap().unwrap().server.unwrap();
    let tls = server("smtps://user%40example.com:p%2Fw@mail.example.com");
    assert_eq!((tls.host.as_str(), tls.port, tls.security), ("mail.example.com", 465, Security::Tls));
    let (user, password) = tls.credentials.unwrap();
    assert_eq!((user.as_str(), password.expose_secret()), ("user@example.com", "p/w"));
    assert_eq!(tls.from.name.as_deref(), Some("Example Shop"));
    let submission = server("smtp://mail.example.com");
    assert_eq!((submission.port, submission.security), (587, Security::StartTls));
    assert_eq!(server("smtp://h?tls=opportunistic").security, Security::Opportunistic);
    assert_eq!(server("smtp://h:25?tls=none").security, Security::Plain);
    assert!(server("smtp://u:p@127.0.0.1:1025?tls=none").credentials.is_some());
}

#[test]
fn every_problem_is_reported_and_no_password_is_quoted() {
    for url in [
        "mail.example.com",
        "http://u:hunter2@h",
        "smtp://u:hunter2@h?tls=maybe",
        "smtp://u:hunter2@h?tls=none",
    ] {
        let text = read(&[("SMTP_URL", url), FROM]).err().unwrap();
        assert!(text.starts_with("SMTP_URL ") && !text.contains("hunter2"), "{url}: {text}");
    }
    let text = read(&[
        ("SMTP_URL", "smtps://h"),
        ("MAIL_KINDS", "order_confirmation,orders"),
        ("ALERT_TO", "ops"),
        ("ALERT_URL", "http://10.0.0.1/hunter2"),
        ("MAIL_TEMPLATES", "/nowhere/at/all"),
        ("MAIL_LOCALE", "xx"),
    ]);
    let text = text.err().unwrap();
    for start in [
        "MAIL_FROM is required",
        "MAIL_KINDS takes",
        "ALERT_TO takes",
        "ALERT_URL takes https",
        "MAIL_TEMPLATES: \"/nowhere",
        "MAIL_LOCALE takes",
    ] {
        assert_eq!(text.lines().filter(|line| line.starts_with(start)).count(), 1, "{start}: {text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
    assert!(read(&[("ALERT_TO", "ops@example.com")]).err().unwrap().starts_with("ALERT_TO needs SMTP_URL"));
}

#[test]
fn without_a_server_there_are_alerts_to_a_url_or_nothing() {
    assert!(read(&[]).unwrap().is_none());
    let alerts = read(&[("ALERT_URL", "https://hooks.example.com/x")]).unwrap().unwrap();
    assert!(alerts.server.is_none() && alerts.alert_url.is_some());
    assert_eq!(alerts.kinds, Kind::ALL);
}
