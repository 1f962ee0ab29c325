//! E-mail with the real programs: encrypted and signed in, and refused at the start where its templates are wrong.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use e2e::{Program, Running, System, binary, eventually};
use rcgen::generate_simple_self_signed;
use simulator::histories::{self, Kind};
use simulator::servers::{SmtpOptions, SmtpServer, SmtpTls};

/// A folder of the test's own, removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sluicegate-e2e-mail-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, file: &str, text: &str) -> PathBuf {
        let path = self.0.join(file);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

const DISPUTE: &str = "INSERT INTO outbox (key, topic, lasting, livemode, payload)
    VALUES ('dispute.opened/dp_1', 'dispute.opened', true, true,
            '{\"dispute\": \"dp_1\", \"payment\": \"pi_1\", \"amount\": 1999, \"currency\": \"eur\"}')";

async fn mailing(server: &SmtpServer, url: &str) -> System {
    let url = url.replace("PORT", &server.port().to_string());
    System::new()
        .await
        .with("SMTP_URL", &url)
        .with("MAIL_FROM", "Example Shop <orders@shop.example>")
        .with("ALERT_TO", "ops@shop.example")
}

async fn write_dispute(system: &System) {
    eventually("the destination is known", async || {
        system.number("SELECT count(*) FROM outbox_destinations WHERE name = 'alert:mail'").await == 1
    })
    .await;
    system.execute(DISPUTE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purchase_that_stripe_reports_a_hundred_times_is_confirmed_once_and_no_log_names_the_customer() {
    let server = SmtpServer::start(&SmtpOptions::default()).await.unwrap();
    let system = mailing(&server, "smtp://127.0.0.1:PORT?tls=none").await;
    let ingress = system.start(Program::Ingress).await;
    let workers = [
        system.start(Program::FulfillmentWorker).await,
        system.start(Program::SubscriptionWorker).await,
        system.start(Program::RefundWorker).await,
    ];
    eventually("the destination is known", async || {
        system.number("SELECT count(*) FROM outbox_destinations WHERE name = 'mail'").await == 1
    })
    .await;
    let history = histories::write(7, 0, &[Kind::Card]);
    let mut client = system.client(&ingress);
    for _ in 0..100 {
        system.deliver(&mut client, history.events.iter().map(|event| event.body.as_slice())).await;
    }
    let confirmed = || {
        let mails = server.received().into_iter();
        mails.filter(|mail| mail.headers["subject"].ends_with("is confirmed")).collect::<Vec<_>>()
    };
    eventually("it is confirmed", async || !confirmed().is_empty()).await;
    // What follows in the queue was written after all repeats.
    system
        .deliver(&mut client, histories::write(7, 1, &[Kind::Card]).events.iter().map(|e| e.body.as_slice()))
        .await;
    eventually("the next one is confirmed", async || confirmed().len() >= 2).await;
    let mails = confirmed();
    assert_eq!(mails.len(), 2, "{mails:?}");
    let order = &history.expected_state.orders[0].id;
    assert!(
        mails[0].headers["subject"].contains(order) && mails[0].to == ["person@example.com"],
        "{mails:?}"
    );
    for worker in &workers {
        assert!(!worker.log().contains('@'), "{}", worker.log());
    }
    assert!(!ingress.log().contains("person@"), "{}", ingress.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e_mails_are_handed_over_encrypted_and_signed_in_and_only_to_a_server_with_a_trusted_certificate() {
    let folder = Folder::new("tls");
    let generated = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = folder.write("certificate.pem", &generated.cert.pem());
    let key = folder.write("key.pem", &generated.signing_key.serialize_pem());
    for (tls, url) in [
        (SmtpTls::StartTls, "smtp://shop:p%2Fw@localhost:PORT"),
        (SmtpTls::Implicit, "smtps://shop:p%2Fw@localhost:PORT"),
    ] {
        let options = SmtpOptions {
            tls,
            certificate: Some((certificate.clone(), key.clone())),
            user: Some("shop:p/w".to_owned()),
        };
        let server = SmtpServer::start(&options).await.unwrap();
        let system = mailing(&server, url).await;

        let stranger = system.start(Program::FulfillmentWorker).await;
        write_dispute(&system).await;
        let refused = "SELECT count(*) FROM outbox_deliveries WHERE state = 'pending' AND last_error LIKE '%certificate%'";
        eventually("the certificate is refused", async || system.number(refused).await == 1).await;
        assert!(server.received().is_empty());
        drop(stranger);

        let system = system.with("SSL_CERT_FILE", certificate.to_str().unwrap());
        let worker = system.start(Program::FulfillmentWorker).await;
        eventually("the e-mail is there", async || server.received().len() == 1).await;
        let mail = &server.received()[0];
        assert!(mail.encrypted && mail.signed_in, "{tls:?}");
        assert_eq!(mail.headers["subject"], "Dispute over €19.99");
        let log = worker.log();
        assert!(!log.contains("p/w") && !log.contains("ops@shop.example"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_starttls_and_one_that_refuses_the_password_get_nothing() {
    let server = SmtpServer::start(&SmtpOptions::default()).await.unwrap();
    let system = mailing(&server, "smtp://localhost:PORT").await;
    let worker = system.start(Program::FulfillmentWorker).await;
    write_dispute(&system).await;
    let refused =
        "SELECT count(*) FROM outbox_deliveries WHERE last_error LIKE '%STARTTLS is not supported%'";
    eventually("it is refused", async || system.number(refused).await == 1).await;
    assert!(server.received().is_empty());
    drop(worker);

    let options = SmtpOptions { user: Some("shop:other".to_owned()), ..SmtpOptions::default() };
    let server = SmtpServer::start(&options).await.unwrap();
    let system = mailing(&server, "smtp://shop:hush@127.0.0.1:PORT?tls=none").await;
    let worker = system.start(Program::FulfillmentWorker).await;
    write_dispute(&system).await;
    let refused =
        "SELECT count(*) FROM outbox_deliveries WHERE state = 'pending' AND last_error LIKE '%(535)%'";
    eventually("the password is refused", async || system.number(refused).await == 1).await;
    assert!(!worker.log().contains("hush"));
}

#[test]
fn a_worker_with_a_wrong_template_does_not_start_and_names_file_and_line() {
    let folder = Folder::new("templates");
    folder.write("order_confirmation.txt", "Subject: Order\n\nYour order {{ ordre }}");
    let output = Command::new(binary("fulfillment-worker"))
        .env_clear()
        .env("AMQP_URL", "amqp://localhost")
        .env("DATABASE_URL", "postgres://localhost/x")
        .env("STRIPE_LIVEMODE", "test")
        .env("MAIL_TEMPLATES", &folder.0)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("order_confirmation.txt, line 3: unknown variable `ordre`"), "{text}");

    let sluicegate = |arguments: &[&str], templates: Option<&PathBuf>| {
        let mut command = Command::new(binary("sluicegate"));
        command.args(arguments).env_clear().stdin(Stdio::null());
        let output = command.envs(templates.map(|folder| ("MAIL_TEMPLATES", folder))).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let (status, text) = sluicegate(&["mail", "check"], Some(&folder.0));
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains("order_confirmation.txt, line 3: unknown variable `ordre`"), "{text}");
    assert_eq!(sluicegate(&["mail", "check"], None), (Some(0), "every template is right\n".to_owned()));

    folder.write("order_confirmation.txt", "Subject: Order\n\nYour order {{ order }}");
    let (status, text) =
        sluicegate(&["mail", "preview", "order_confirmation", "--locale", "de"], Some(&folder.0));
    assert_eq!(
        (status, text.as_str()),
        (Some(0), "--- order_confirmation (de)\nSubject: Order\n\nYour order order_17\n\n")
    );
    let (status, text) = sluicegate(&["mail", "preview"], None);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("--- delivery_failed (en)") && text.contains("Paid: €1,234.50"), "{text}");
    let (_, text) = sluicegate(&["mail", "preview", "payment_failed", "--html", "--locale", "fr"], None);
    assert!(text.contains("<html lang=\"fr\">"), "{text}");
    assert_eq!(sluicegate(&["mail", "preview", "nonsense"], None).0, Some(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_e_mail_that_is_sent_again_after_a_crash_has_the_same_message_id() {
    let server = SmtpServer::start(&SmtpOptions::default()).await.unwrap();
    let system = mailing(&server, "smtp://127.0.0.1:PORT?tls=none").await;
    let first = Running::start(Program::FulfillmentWorker, system.settings()).await;
    write_dispute(&system).await;
    eventually("it is sent", async || server.received().len() == 1).await;
    first.kill();
    // As if it had died between the server's answer and its own commit.
    let uncommitted = "INSERT INTO outbox_owed (destination, ids) SELECT destination, ARRAY[outbox_id] FROM outbox_delivered";
    system.execute(&format!("{uncommitted}; DELETE FROM outbox_delivered")).await;
    let second = Running::start(Program::FulfillmentWorker, system.settings()).await;
    eventually("it is sent again", async || server.received().len() == 2).await;
    let mails = server.received();
    assert_eq!(mails[0].headers["message-id"], mails[1].headers["message-id"]);
    drop(second);
}
