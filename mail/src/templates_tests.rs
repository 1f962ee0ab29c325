use super::*;
use crate::values::Variable;

/// A folder of templates, removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("sluicegate-mail-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        for (file, source) in files {
            std::fs::write(path.join(file), source).unwrap();
        }
        Self(path)
    }

    fn errors(&self) -> String {
        let errors = Templates::load(Some(&self.0)).expect_err("they are wrong");
        errors.iter().map(|error| format!("{error}\n")).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn sample(templates: &Templates, kind: Kind, locale: Locale, index: usize) -> Rendered {
    let values = preview::samples(kind, locale).swap_remove(index);
    templates.render(kind, locale, &values, "Example Shop", false).unwrap()
}

#[test]
fn the_embedded_templates_are_right_and_say_what_they_should() {
    let templates = Templates::load(None).unwrap();
    let mail = sample(&templates, Kind::OrderConfirmation, Locale::De, 0);
    assert_eq!(mail.subject, "Ihre Bestellung order_17 ist bestätigt");
    assert_eq!(
        mail.text,
        "Vielen Dank. Wir haben Ihre Zahlung erhalten.\n\nBestellung: order_17\nBezahlt: 1.234,50\u{a0}€\n\nExample Shop\n"
    );
    let failed = sample(&templates, Kind::PaymentFailed, Locale::En, 0);
    assert_eq!(failed.subject, "Your payment failed");
    assert!(failed.text.contains("of €15.00"), "{}", failed.text);
    assert!(failed.text.contains("\nhttps://invoice.stripe.com/i/sample\n"), "{}", failed.text);
    assert!(failed.text.contains("We will try again on December 10, 2026."), "{}", failed.text);
    assert!(failed.html.contains("<a href=\"https:&#x2f;&#x2f;invoice.stripe.com"), "{}", failed.html);
    let dispute = sample(&templates, Kind::DisputeOpened, Locale::En, 0);
    assert_eq!(dispute.subject, "Dispute over €19.99, evidence due by December 10, 2026, 12:00 UTC");
}

#[test]
fn amounts_and_dates_are_in_the_language_of_the_text() {
    let templates = Templates::load(None).unwrap();
    assert_eq!(templates.written_in(Kind::OrderConfirmation, Locale::De), Locale::De);
    assert_eq!(templates.written_in(Kind::DisputeOpened, Locale::De), Locale::En);
    let folder =
        Folder::with("written", &[("dispute_opened.de.txt", "Subject: Streit\n\nBis {{ evidence_due_by }}")]);
    let templates = Templates::load(Some(&folder.0)).unwrap();
    assert_eq!(templates.written_in(Kind::DisputeOpened, Locale::De), Locale::De);
}

#[test]
fn nothing_unknown_is_printed_as_such() {
    let templates = Templates::load(None).unwrap();
    for kind in Kind::ALL {
        for locale in Locale::ALL {
            for index in 0..preview::samples(kind, locale).len() {
                let mail = sample(&templates, kind, locale, index);
                for part in [&mail.subject, &mail.text, &mail.html] {
                    assert!(!part.to_lowercase().contains("none"), "{kind:?} {locale:?}: {part}");
                }
            }
        }
    }
}

#[test]
fn what_a_customer_writes_is_escaped_in_html_and_stays_in_its_line() {
    let templates = Templates::load(None).unwrap();
    let mut values = preview::samples(Kind::OrderConfirmation, Locale::En).swap_remove(0);
    values.insert("order", Variable::Text(Some("<script>alert(1)</script>".to_owned())));
    let mail = templates.render(Kind::OrderConfirmation, Locale::En, &values, "A & B", true).unwrap();
    assert!(!mail.html.contains("<script>") && mail.html.contains("&lt;script&gt;"), "{}", mail.html);
    assert!(mail.html.contains("A &amp; B"), "{}", mail.html);
    assert_eq!(mail.subject, "[Test] Your order <script>alert(1)</script> is confirmed");
}

#[test]
fn a_company_replaces_what_it_likes_and_the_rest_stays() {
    let folder = Folder::with(
        "own",
        &[
            ("order_confirmation.txt", "Subject: Danke, {{ order }}!\n\nHallo {% include '_hello.txt' %}"),
            ("_hello.txt", "from {{ sender }}"),
            ("order_confirmation.fr.html", "<b>{{ order }} {{ subject }}</b>"),
        ],
    );
    let templates = Templates::load(Some(&folder.0)).unwrap();
    let german = sample(&templates, Kind::OrderConfirmation, Locale::De, 0);
    assert_eq!(
        (german.subject.as_str(), german.text.as_str()),
        ("Danke, order_17!", "Hallo from Example Shop\n")
    );
    assert!(
        german.html.contains("<p style=\"margin:0 0 16px\">Hallo from Example Shop</p>"),
        "{}",
        german.html
    );
    let french = sample(&templates, Kind::OrderConfirmation, Locale::Fr, 0);
    assert_eq!(french.html, "<b>order_17 Danke, order_17!</b>");
    let refund = sample(&templates, Kind::RefundNotice, Locale::De, 0);
    assert_eq!(refund.subject, "Ihre Erstattung zur Bestellung order_17");
}

#[test]
fn a_wrong_template_is_refused_with_its_file_and_line() {
    let unknown =
        Folder::with("unknown", &[("trial_ending.de.txt", "Subject: x\n\n{{ sender }}\n{{ trial_ent }}")]);
    let text = unknown.errors();
    assert!(
        text.contains("trial_ending.de.txt, line 4: unknown variable `trial_ent`; there are sender"),
        "{text}"
    );
    let syntax = Folder::with("syntax", &[("refund_notice.html", "<p>\n</p>\n{% if %}")]);
    let text = syntax.errors();
    assert!(text.contains("refund_notice.html, line 3: "), "{text}");
    let filter = Folder::with("filter", &[("refund_notice.txt", "Subject: x\n\n{{ amount | money }}")]);
    let text = filter.errors();
    assert!(text.contains("refund_notice.txt, line 3: ") && text.contains("money"), "{text}");
    let subject = Folder::with("subject", &[("refund_notice.txt", "Hello")]);
    assert!(
        subject.errors().contains("refund_notice.txt, line 1: the text does not begin"),
        "{}",
        subject.errors()
    );
    let name = Folder::with("name", &[("refund.txt", "Subject: x")]);
    assert!(name.errors().contains("refund.txt\" is the name of no template"), "{}", name.errors());
    let missing = Templates::load(Some(Path::new("/nowhere/at/all"))).expect_err("there is none");
    assert_eq!(missing[0].to_string(), "\"/nowhere/at/all\" cannot be read");
}
