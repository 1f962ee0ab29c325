use super::*;
use crate::signature::sign;

const NOW: i64 = 1_790_000_000;
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// As Stripe sends it: indented by two, with empty objects and lists, escapes and characters beyond ASCII.
const BODY: &str = "{\n  \"id\": \"evt_1\",\n  \"object\": \"event\",\n  \"data\": {\n    \"object\": {\n      \"name\": \"Jürgen \\\"J\\\" Straße\",\n      \"url\": \"https://example.com/a?b=1&c=2\",\n      \"amount\": 1999,\n      \"metadata\": {},\n      \"lines\": [],\n      \"rate\": 1.10,\n      \"tags\": [\n        \"a, b\",\n        \"{c: d}\"\n      ]\n    }\n  },\n  \"type\": \"charge.succeeded\"\n}";

fn secrets(texts: &[&str]) -> Vec<SecretString> {
    texts.iter().map(|text| SecretString::from(*text)).collect()
}

/// Diagnosed 5 s after `signed_at` was now.
fn with(header: &str, body: &[u8], own: &[&str], others: &[(&str, &[SecretString])]) -> Diagnosis {
    let delivery =
        Delivery { header: header.as_bytes(), body, now: NOW + 5, tolerance: 300, longest_search: 1 << 20 };
    diagnose(&delivery, &Secrets { own: &secrets(own), others })
}

fn of(header: &str, body: &str) -> Diagnosis {
    with(header, body.as_bytes(), &[SECRET], &[])
}

/// The signature that Stripe made over the body as it was.
fn signed() -> String {
    sign(BODY.as_bytes(), SECRET, NOW)
}

#[test]
fn a_right_signature_is_valid_until_it_is_too_old() {
    assert_eq!(of(&signed(), BODY), Diagnosis::Valid { age: 5, secrets: 1 });
    let rolled = with(&signed(), BODY.as_bytes(), &["whsec_old", SECRET], &[]);
    assert_eq!(rolled, Diagnosis::Valid { age: 5, secrets: 2 });
    assert!(rolled.to_string().contains("one of the 2 secrets matches"), "{rolled}");
    let early = of(&sign(BODY.as_bytes(), SECRET, NOW + 605), BODY);
    assert!(early.to_string().contains("clock is 600 s behind"), "{early}");
    let late = of(&sign(BODY.as_bytes(), SECRET, NOW - 3600), BODY);
    assert_eq!(late, Diagnosis::TooOld { age: 3605, tolerance: 300 });
    assert!(late.to_string().contains("3605 s old"), "{late}");
}

#[test]
fn what_is_wrong_with_the_header_is_named() {
    for missing in ["", "  "] {
        assert_eq!(of(missing, BODY), Diagnosis::MissingHeader);
    }
    let v1 = signed().split_once("v1=").unwrap().1.to_owned();
    for malformed in
        ["nonsense", "t=1", &format!("v1={v1}"), &format!("t=x,v1={v1}"), &format!("t=1,t=2,v1={v1}")]
    {
        assert_eq!(of(malformed, BODY), Diagnosis::MalformedHeader, "{malformed}");
    }
    assert_eq!(of(&signed().replace("v1=", "v0="), BODY), Diagnosis::OnlyV0);
    assert_eq!(of(&signed()[..40], BODY), Diagnosis::CutHeader);
}

#[test]
fn a_body_that_was_written_again_is_recognised() {
    let compact = "{\"id\":\"evt_1\",\"object\":\"event\",\"data\":{\"object\":{\"name\":\"Jürgen \\\"J\\\" Straße\",\"url\":\"https://example.com/a?b=1&c=2\",\"amount\":1999,\"metadata\":{},\"lines\":[],\"rate\":1.10,\"tags\":[\"a, b\",\"{c: d}\"]}},\"type\":\"charge.succeeded\"}";
    let spaced = "{\"id\": \"evt_1\", \"object\": \"event\", \"data\": {\"object\": {\"name\": \"Jürgen \\\"J\\\" Straße\", \"url\": \"https://example.com/a?b=1&c=2\", \"amount\": 1999, \"metadata\": {}, \"lines\": [], \"rate\": 1.10, \"tags\": [\"a, b\", \"{c: d}\"]}}, \"type\": \"charge.succeeded\"}";
    let altered = |alteration| Diagnosis::AlteredBody { alteration };
    assert_eq!(of(&signed(), compact), altered(Alteration::Reserialized));
    assert_eq!(of(&signed(), spaced), altered(Alteration::Reserialized));
    // Python escapes what is not ASCII, Go the ampersand, PHP the slash.
    for (from, to) in [("ü", "\\u00fc"), ("&", "\\u0026"), ("/", "\\/")] {
        assert_eq!(of(&signed(), &compact.replace(from, to)), altered(Alteration::Escapes), "{to}");
    }
    // The other way round: the body that was signed was compact, or escaped.
    let header = sign(compact.as_bytes(), SECRET, NOW);
    assert_eq!(of(&header, BODY), altered(Alteration::Reserialized));
    let escaped = compact.replace('ü', "\\u00fc").replace('ß', "\\u00df");
    assert_eq!(of(&sign(escaped.as_bytes(), SECRET, NOW), compact), altered(Alteration::Escapes));
}

#[test]
fn white_space_line_endings_and_a_byte_order_mark_are_recognised() {
    let altered = |alteration| Diagnosis::AlteredBody { alteration };
    for around in [format!("{BODY}\n"), format!("\n{BODY}\r\n"), format!("{BODY}  ")] {
        assert_eq!(of(&signed(), &around), altered(Alteration::WhiteSpaceAround));
    }
    let ended = format!("{BODY}\n");
    assert_eq!(of(&sign(ended.as_bytes(), SECRET, NOW), BODY), altered(Alteration::WhiteSpaceAround));
    assert_eq!(of(&signed(), &BODY.replace('\n', "\r\n")), altered(Alteration::LineEndings));
    assert_eq!(of(&signed(), &format!("\u{feff}{BODY}")), altered(Alteration::ByteOrderMark));
    assert_eq!(of(&signed(), ""), Diagnosis::EmptyBody);
    assert_eq!(of(&signed(), &BODY[..100]), Diagnosis::CutBody);
}

#[test]
fn a_secret_that_belongs_elsewhere_or_is_none_is_named_and_never_printed() {
    let own = |secret: &str| with(&signed(), BODY.as_bytes(), &[secret], &[]);
    for padded in [format!("{SECRET}\n"), format!(" {SECRET}"), format!("\"{SECRET}\"")] {
        assert_eq!(own(&padded), Diagnosis::PaddedSecret);
    }
    for key in ["sk_live_hunter2", "rk_test_hunter2", "pk_test_hunter2\n"] {
        assert_eq!(own(key), Diagnosis::ApiKey);
    }
    assert_eq!(own("we_1Nx"), Diagnosis::NotASecret);
    assert_eq!(own("whsec_another"), Diagnosis::Unexplained);
    assert_eq!(own(""), Diagnosis::NotASecret);

    let other = secrets(&["whsec_old", SECRET]);
    let found = with(&signed(), BODY.as_bytes(), &["whsec_another"], &[("shop", &other)]);
    assert_eq!(found, Diagnosis::OtherEndpoint { name: "shop".to_owned() });
    assert!(found.to_string().contains("/webhooks/stripe/shop"), "{found}");
    // A key beside the right secret is no reason.
    assert_eq!(
        with(&signed(), BODY.as_bytes(), &["sk_live_1", SECRET], &[]),
        Diagnosis::Valid { age: 5, secrets: 2 }
    );
}

#[test]
fn an_altered_body_is_searched_up_to_a_length_only() {
    let body = format!("{BODY}\n");
    let header = signed();
    let mut delivery = Delivery {
        header: header.as_bytes(),
        body: body.as_bytes(),
        now: NOW,
        tolerance: 300,
        longest_search: body.len() - 1,
    };
    let own = secrets(&[SECRET]);
    let secrets = Secrets { own: &own, others: &[] };
    assert_eq!(diagnose(&delivery, &secrets), Diagnosis::Unexplained);
    delivery.longest_search += 1;
    let alteration = Alteration::WhiteSpaceAround;
    assert_eq!(diagnose(&delivery, &secrets), Diagnosis::AlteredBody { alteration });
}
