//! Whole numbers in JSON. JSON knows no integers: 1999 and 1999.0 are the same number, and both are taken;
//! 1999.5 is refused. Nothing is ever rounded.

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::Number;

/// Beyond this a float does not hold every whole number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A whole number, however it is written.
pub(crate) fn integer<'de, D: Deserializer<'de>, T: TryFrom<i64>>(from: D) -> Result<T, D::Error> {
    let number = Number::deserialize(from)?;
    let integer_value = number.as_i64().or_else(|| number.as_f64().and_then(exact));
    let fits = integer_value.and_then(|n| T::try_from(n).ok());
    fits.ok_or_else(|| D::Error::custom(format!("{number} is not a whole number that fits")))
}

/// The same, or nothing.
pub(crate) fn optional_integer<'de, D: Deserializer<'de>, T: TryFrom<i64>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(bound = "T: TryFrom<i64>")]
    struct Integer<T>(#[serde(deserialize_with = "integer")] T);
    Ok(Option::<Integer<T>>::deserialize(from)?.map(|Integer(n)| n))
}

#[expect(clippy::cast_possible_truncation, reason = "only whole numbers that a float holds exactly get here")]
fn exact(float: f64) -> Option<i64> {
    (float.fract() == 0.0 && float.abs() < EXACT).then_some(float as i64)
}

#[cfg(test)]
mod tests {
    #[derive(Debug, serde::Deserialize, PartialEq)]
    struct Sample {
        #[serde(deserialize_with = "super::integer")]
        amount: i64,
        #[serde(default, deserialize_with = "super::optional_integer")]
        rate: Option<i32>,
    }

    #[test]
    fn an_integer_is_read_however_it_is_written_and_never_rounded() {
        let read = |text: &str| serde_json::from_str::<Sample>(text);
        assert_eq!(read(r#"{"amount": 1999.0}"#).unwrap(), Sample { amount: 1999, rate: None });
        assert_eq!(read(r#"{"amount": 1e3, "rate": 5}"#).unwrap(), Sample { amount: 1000, rate: Some(5) });
        assert_eq!(read(r#"{"amount": 9223372036854775807, "rate": null}"#).unwrap().amount, i64::MAX);
        for wrong in [
            r#"{"amount": 1999.5}"#,
            r#"{"amount": 1e300}"#,
            r#"{"amount": "1999"}"#,
            r#"{"amount": 1, "rate": 3000000000}"#,
            "{}",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
