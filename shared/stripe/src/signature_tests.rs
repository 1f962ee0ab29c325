//! The rules where libraries differ, one test each (STRIPE.md's list).

use super::*;

const NOW: i64 = 1_700_000_000;
const SECRET: &str = "whsec_test";
const BODY: &[u8] = b"{\"id\":\"evt_1\"}";

fn secrets(of: &[&str]) -> Vec<SecretString> {
    of.iter().map(|secret| SecretString::from(*secret)).collect()
}

fn check(header: &str) -> Result<(), SignatureError> {
    verify(header, BODY, &secrets(&[SECRET]), NOW, 300)
}

/// `v1=` of BODY under SECRET for the timestamp as it is written.
fn v1(timestamp: &str) -> String {
    format!("v1={}", hex::encode(mac(SECRET, timestamp.as_bytes(), BODY)))
}

fn signed(timestamp: &str) -> String {
    format!("t={timestamp},{}", v1(timestamp))
}

#[test]
fn what_we_sign_verifies() {
    assert_eq!(check(&sign(BODY, SECRET, NOW)), Ok(()));
}

#[test]
fn the_whole_secret_is_the_key_prefix_included() {
    assert_eq!(check(&sign(BODY, "test", NOW)), Err(SignatureError::Mismatch));
}

#[test]
fn an_age_of_the_tolerance_passes_and_a_second_more_fails() {
    assert_eq!(check(&sign(BODY, SECRET, NOW - 300)), Ok(()));
    assert_eq!(check(&sign(BODY, SECRET, NOW - 301)), Err(SignatureError::TooOld));
}

#[test]
fn a_timestamp_in_the_future_is_accepted() {
    assert_eq!(check(&sign(BODY, SECRET, NOW + 86_400)), Ok(()));
}

#[test]
fn an_old_forgery_is_a_mismatch_not_a_late_request() {
    assert_eq!(check(&sign(BODY, "whsec_other", NOW - 999)), Err(SignatureError::Mismatch));
}

#[test]
fn any_v1_may_match_in_any_place() {
    let (bad, good) = (format!("v1={}", "0".repeat(64)), v1("1700000000"));
    for header in [
        format!("t=1700000000,{good},{bad}"),
        format!("t=1700000000,{bad},{good}"),
        format!("{bad},{good},t=1700000000"),
        format!("t=1700000000,v1=,{good}"),
        format!("t=1700000000,{good},v1="),
        format!("t=1700000000,{good},v1"),
        format!("t=1700000000,v1=not_hex,{good}"),
    ] {
        assert_eq!(check(&header), Ok(()), "{header}");
    }
}

#[test]
fn any_secret_may_match_while_one_is_rolled() {
    let header = sign(BODY, SECRET, NOW);
    assert_eq!(verify(&header, BODY, &secrets(&["whsec_new", SECRET]), NOW, 300), Ok(()));
    assert_eq!(verify(&header, BODY, &secrets(&[SECRET, "whsec_new"]), NOW, 300), Ok(()));
    assert_eq!(
        verify(&header, BODY, &secrets(&["whsec_a", "whsec_b"]), NOW, 300),
        Err(SignatureError::Mismatch)
    );
    assert_eq!(verify(&header, BODY, &[], NOW, 300), Err(SignatureError::Mismatch));
}

#[test]
fn v0_and_unknown_schemes_are_ignored() {
    let mac = v1("1700000000").replace("v1=", "");
    assert_eq!(check(&format!("t=1700000000,v0={mac}")), Err(SignatureError::Malformed));
    assert_eq!(check(&format!("t=1700000000,v2=x=y,v0=zz,v1={mac},V1=1")), Ok(()));
}

#[test]
fn white_space_around_parts_is_accepted_and_around_the_equals_sign_is_not() {
    let v1 = v1("1700000000");
    for header in [
        format!(" t=1700000000,{v1}"),
        format!("t=1700000000, {v1} "),
        format!("t=1700000000,\t{v1}"),
        format!("t=1700000000 ,{v1}"),
    ] {
        assert_eq!(check(&header), Ok(()), "{header}");
    }
    assert!(check(&format!("t = 1700000000,{}", v1.replace('=', " = "))).is_err());
}

#[test]
fn parts_without_an_equals_sign_and_empty_parts_are_ignored() {
    let v1 = v1("1700000000");
    for header in
        [format!(",t=1700000000,{v1}"), format!("t=1700000000,,{v1},"), format!("foo,t=1700000000,{v1},t")]
    {
        assert_eq!(check(&header), Ok(()), "{header}");
    }
}

#[test]
fn the_timestamp_is_ascii_digits_only() {
    for timestamp in [
        "",
        "+1700000000",
        "-1",
        "1_700_000_000",
        "1700000000.0",
        "1700000000abc",
        "0x6553f100",
        "1700000000=5",
        "١٧",
    ] {
        assert_eq!(check(&signed(timestamp)), Err(SignatureError::Malformed), "{timestamp}");
    }
    assert_eq!(check(&signed("99999999999999999999")), Err(SignatureError::Malformed));
}

#[test]
fn leading_zeros_are_signed_as_they_are_written() {
    assert_eq!(check(&signed("01700000000")), Ok(()));
    assert_eq!(check(&format!("t=01700000000,{}", v1("1700000000"))), Err(SignatureError::Mismatch));
}

#[test]
fn the_timestamp_may_be_repeated_but_not_contradicted() {
    let v1 = v1("1700000000");
    assert_eq!(check(&format!("t=1700000000,{v1},t=1700000000")), Ok(()));
    assert_eq!(check(&format!("t=1700000000,t=1699999999,{v1}")), Err(SignatureError::Malformed));
    assert_eq!(check(&format!("t=1699999999,{v1},t=1700000000")), Err(SignatureError::Malformed));
}

#[test]
fn hex_is_accepted_in_either_case_and_only_whole() {
    let mac = v1("1700000000").replace("v1=", "");
    assert_eq!(check(&format!("t=1700000000,v1={}", mac.to_uppercase())), Ok(()));
    for bad in [&mac[..62], &format!("{mac}00"), &format!("{mac}="), &format!("\"{mac}\""), ""] {
        assert_eq!(check(&format!("t=1700000000,v1={bad}")), Err(SignatureError::Mismatch), "{bad}");
    }
}

#[test]
fn the_body_is_bytes_whatever_they_are() {
    for body in [&b""[..], b"\xff\xfe\x00", b"\xef\xbb\xbf{}", "\u{1f600}".as_bytes(), b"{}\r\n"] {
        assert_eq!(verify(sign(body, SECRET, NOW), body, &secrets(&[SECRET]), NOW, 300), Ok(()));
    }
    assert_eq!(
        verify(sign(b"{}", SECRET, NOW), b"\xef\xbb\xbf{}", &secrets(&[SECRET]), NOW, 300),
        Err(SignatureError::Mismatch)
    );
}

#[test]
fn a_missing_header_and_a_malformed_one_differ() {
    assert_eq!(check(""), Err(SignatureError::Missing));
    assert_eq!(check("  "), Err(SignatureError::Missing));
    for header in ["bad_header", "t=1700000000", &v1("1700000000"), "v1,t=1", ",,", "t,v1=,v0="] {
        assert_eq!(check(header), Err(SignatureError::Malformed), "{header}");
    }
    let v1 = v1("1700000000");
    assert_eq!(check(&format!("t=1700000000;{v1}")), Err(SignatureError::Malformed));
    assert_eq!(check(&format!("t=\"1700000000\",{v1}")), Err(SignatureError::Malformed));
}

#[test]
fn a_header_that_is_not_text_is_no_reason_to_panic() {
    assert_eq!(
        verify([b't', b'=', 0xff, b',', b'v', b'1', b'=', 0xfe], BODY, &secrets(&[SECRET]), NOW, 300),
        Err(SignatureError::Malformed)
    );
}

#[test]
fn an_empty_secret_verifies_nothing() {
    assert_eq!(verify(sign(BODY, "", NOW), BODY, &secrets(&[""]), NOW, 300), Err(SignatureError::Mismatch));
}

#[test]
fn extreme_clocks_and_tolerances_do_not_overflow() {
    assert_eq!(verify(sign(BODY, SECRET, 0), BODY, &secrets(&[SECRET]), i64::MAX, u64::MAX), Ok(()));
    assert_eq!(verify(sign(BODY, SECRET, 0), BODY, &secrets(&[SECRET]), i64::MIN, 300), Ok(()));
}
