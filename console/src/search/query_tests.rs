use jiff::civil::date;

use super::{Query, Term};

fn terms(typed: &str) -> Vec<Term> {
    Query::parse(typed).terms
}

fn id(text: &str) -> Term {
    Term::Id(text.to_owned())
}

#[test]
fn an_id_is_read_without_what_was_copied_along() {
    for typed in [
        "pi_3NabcDEF",
        "  pi_3NabcDEF\n",
        "\"pi_3NabcDEF\"",
        "“pi_3NabcDEF”,",
        "'pi_3NabcDEF';",
        "`pi_3NabcDEF`",
        "(pi_3NabcDEF).",
        "#pi_3NabcDEF",
        "payment pi_3NabcDEF",
        "Payment: pi_3NabcDEF",
        "\u{feff}pi_3NabcDEF\t",
    ] {
        assert_eq!(terms(typed), [id("pi_3NabcDEF")], "{typed:?}");
    }
}

#[test]
fn an_address_of_stripes_dashboard_names_object_account_and_mode() {
    let query = Query::parse("https://dashboard.stripe.com/acct_1Mx/test/payments/pi_3NabcDEF?from=x#top");
    assert_eq!(query.terms, [id("pi_3NabcDEF")]);
    assert_eq!((query.origin.account.as_deref(), query.origin.livemode), (Some("acct_1Mx"), Some(false)));
}

#[test]
fn what_was_typed_is_kept_where_it_was_not_all_read() {
    assert_eq!(Query::parse(" A-1 ").verbatim, None);
    assert_eq!(Query::parse("A(1)").verbatim.as_deref(), Some("A(1)"));
    assert_eq!(Query::parse("order 17 a").verbatim.as_deref(), Some("order 17 a"));
}

#[test]
fn a_number_with_a_label_is_of_what_the_label_says() {
    assert_eq!(terms("case 7"), [Term::Case(7)]);
    assert_eq!(terms("Case #7"), [Term::Case(7)]);
    assert_eq!(terms("dead letter 17"), [Term::DeadLetter(17)]);
    assert_eq!(terms("Dead letter #17"), [Term::DeadLetter(17)]);
    let both = terms("#17");
    assert!(
        both.contains(&Term::DeadLetter(17)) && both.contains(&Term::Case(17)) && both.contains(&id("17"))
    );
    let plain = terms("17");
    assert!(!plain.iter().any(|term| matches!(term, Term::DeadLetter(_) | Term::Case(_))), "{plain:?}");
}

#[test]
fn an_email_address_is_also_an_id_that_a_shop_may_have_chosen() {
    assert_eq!(
        terms(" <Anna@Example.com> "),
        [id("Anna@Example.com"), Term::Email("anna@example.com".into())]
    );
    assert_eq!(terms("mailto:anna@example.com").last(), Some(&Term::Email("anna@example.com".into())));
}

#[test]
fn four_digits_may_be_the_last_of_a_card() {
    for typed in ["4242", "•••• 4242", "**** 4242", "xxxx-4242", "ending in 4242", "card 4242", "...4242"]
    {
        assert!(terms(typed).contains(&Term::Last4("4242".into())), "{typed}: {:?}", terms(typed));
    }
    for typed in ["42424", "424", "42 42", "A-4242"] {
        assert!(!terms(typed).iter().any(|term| matches!(term, Term::Last4(_))), "{typed}");
    }
}

#[test]
fn a_day_is_read_as_people_write_it() {
    for typed in ["2026-11-25", "25.11.2026", "25/11/2026", "11/25/2026"] {
        assert!(terms(typed).contains(&Term::Day(date(2026, 11, 25))), "{typed}: {:?}", terms(typed));
    }
    for typed in ["2026-13-45", "1.2", "1/2/3", "45.00"] {
        assert!(!terms(typed).iter().any(|term| matches!(term, Term::Day(_))), "{typed}");
    }
}

#[test]
fn a_part_of_an_orders_id_has_three_characters_or_more() {
    assert!(terms("A-1").contains(&Term::OrderPart("a-1".into())));
    assert!(terms("SHOP-2024").contains(&Term::OrderPart("shop-2024".into())));
    assert!(terms("SHOP-2024").contains(&Term::Code("shop-2024".into())));
    assert!(!terms("A1").iter().any(|term| matches!(term, Term::OrderPart(_))));
    // Stripe's own ids are no parts of an order's.
    assert!(!terms("evt_1Nx").iter().any(|term| matches!(term, Term::OrderPart(_))));
    // An order's id that only looks like one of Stripe's is.
    assert!(terms("shop_17").contains(&Term::OrderPart("shop_17".into())));
}

#[test]
fn a_name_is_words_of_letters() {
    let names = |typed: &str| {
        terms(typed)
            .into_iter()
            .find_map(|term| if let Term::Name(words) = term { Some(words) } else { None })
    };
    assert_eq!(names("Anna  Muster"), Some(vec!["anna".into(), "muster".into()]));
    assert_eq!(names("Muster, Anna"), Some(vec!["muster".into(), "anna".into()]));
    assert_eq!(names("Jean-Luc O'Neill"), Some(vec!["jean-luc".into(), "o'neill".into()]));
    assert_eq!(names("Ægir Þórsson"), Some(vec!["ægir".into(), "þórsson".into()]));
    for typed in ["A-1", "order 17", "x", "4242", "a b c d e f"] {
        assert_eq!(names(typed), None, "{typed}");
    }
}

#[test]
fn whatever_is_typed_is_read_without_a_panic() {
    use rand::{RngExt, SeedableRng};
    let pieces = [
        "#",
        "\"",
        " ",
        "pi_",
        "€",
        "$",
        "45",
        ".",
        ",",
        "00",
        "USD",
        "case",
        "https://",
        "dashboard.stripe.com/",
        "test/",
        "@",
        "é",
        "\0",
        "•",
        "-",
        "9999999999999999999999",
        "acct_1",
        "\u{202e}",
        "/",
        "%41",
        "order:",
    ];
    let mut rng = rand::rngs::StdRng::seed_from_u64(7);
    for _ in 0..20_000 {
        let typed: String =
            (0..rng.random_range(0..8)).map(|_| pieces[rng.random_range(0..pieces.len())]).collect();
        let query = Query::parse(&typed);
        assert_eq!(query, Query::parse(&format!(" {typed}\n")), "{typed:?}");
        assert!(query.terms.len() <= 10, "{typed:?}: {:?}", query.terms);
    }
}
