//! Reading fields out of a Stripe object, with errors that name the field.

use serde_json::{Map, Value};
use thiserror::Error;

/// Why an object cannot be read as what its event type promises.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ViewError {
    /// A field that the type cannot do without is absent or null.
    #[error("{object} has no `{field}`")]
    Missing {
        /// The kind of object that was expected.
        object: &'static str,
        /// The name of the field that is wrong.
        field: &'static str,
    },
    /// A field holds something that it cannot hold, such as an amount that is no 64-bit integer.
    #[error("{object}: `{field}` is not {expected}")]
    Invalid {
        /// The kind of object that was expected.
        object: &'static str,
        /// The name of the field that is wrong.
        field: &'static str,
        /// What the field takes.
        expected: &'static str,
    },
    /// The event carries another kind of object than its type promises.
    #[error("expected an object of kind {expected}, found {found}")]
    Unexpected {
        /// The kind that the event's type promises.
        expected: &'static str,
        /// The kind that was found.
        found: String,
    },
}

/// The fields of one JSON object, together with the name of the Stripe object that they belong to.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    object: &'static str,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The fields of `value`, which must be a Stripe object of kind `object` (its `object` field says so).
    ///
    /// # Errors
    /// [`ViewError::Unexpected`] when it is another kind of object or no object at all.
    pub fn of(value: &'a Value, object: &'static str) -> Result<Self, ViewError> {
        let unexpected = |found: &str| ViewError::Unexpected { expected: object, found: found.to_owned() };
        let map = value.as_object().ok_or_else(|| unexpected("no object"))?;
        match map.get("object").and_then(Value::as_str) {
            Some(found) if found == object => Ok(Self { object, map }),
            Some(found) => Err(unexpected(found)),
            None => Err(unexpected("an object without a kind")),
        }
    }

    /// The text of a field, `None` where it is absent, null, empty or no text.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&'a str> {
        self.map.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The text of a field that must be there.
    ///
    /// # Errors
    /// [`ViewError::Missing`] when it is absent, null, empty or no text.
    pub fn need_text(&self, field: &'static str) -> Result<String, ViewError> {
        self.text(field).map(str::to_owned).ok_or_else(|| self.missing(field))
    }

    /// An owned copy of [`Fields::text`].
    #[must_use]
    pub fn owned(&self, field: &str) -> Option<String> {
        self.text(field).map(str::to_owned)
    }

    /// The id that a field refers to: the text itself, or the `id` of an expanded object.
    #[must_use]
    pub fn id_of(&self, field: &str) -> Option<String> {
        match self.map.get(field)? {
            Value::String(id) if !id.is_empty() => Some(id.clone()),
            Value::Object(expanded) => expanded.get("id").and_then(Value::as_str).map(str::to_owned),
            _ => None,
        }
    }

    /// An integer, `None` where absent or null.
    ///
    /// # Errors
    /// [`ViewError::Invalid`] when it is there and is no 64-bit integer.
    pub fn integer(&self, field: &'static str) -> Result<Option<i64>, ViewError> {
        match self.map.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or(ViewError::Invalid {
                object: self.object,
                field,
                expected: "a 64-bit integer",
            }),
        }
    }

    /// An amount in minor units that must be there and must not be negative.
    ///
    /// # Errors
    /// [`ViewError::Missing`] or [`ViewError::Invalid`].
    pub fn need_amount(&self, field: &'static str) -> Result<i64, ViewError> {
        self.amount(field)?.ok_or_else(|| self.missing(field))
    }

    /// An amount in minor units, `None` where absent or null.
    ///
    /// # Errors
    /// [`ViewError::Invalid`] when it is negative or no 64-bit integer.
    pub fn amount(&self, field: &'static str) -> Result<Option<i64>, ViewError> {
        match self.integer(field)? {
            Some(amount) if amount < 0 => {
                Err(ViewError::Invalid { object: self.object, field, expected: "an amount of zero or more" })
            }
            amount => Ok(amount),
        }
    }

    /// A currency code in lower case, which must be there.
    ///
    /// # Errors
    /// [`ViewError::Missing`] when it is absent.
    pub fn need_currency(&self) -> Result<String, ViewError> {
        self.need_text("currency").map(|code| code.to_ascii_lowercase())
    }

    /// A boolean, `None` where it is absent or something else.
    #[must_use]
    pub fn flag(&self, field: &str) -> Option<bool> {
        self.map.get(field).and_then(Value::as_bool)
    }

    /// The fields of an object inside this one.
    #[must_use]
    pub fn child(&self, field: &str) -> Option<Self> {
        self.map.get(field).and_then(Value::as_object).map(|map| Self { object: self.object, map })
    }

    /// The entries of a Stripe list (`{"object":"list","data":[…]}`) or of a plain array.
    pub fn list(&self, field: &str) -> impl Iterator<Item = Self> + use<'a> {
        let object = self.object;
        let entries = match self.map.get(field) {
            Some(Value::Array(entries)) => Some(entries),
            Some(Value::Object(list)) => list.get("data").and_then(Value::as_array),
            _ => None,
        };
        entries.into_iter().flatten().filter_map(Value::as_object).map(move |map| Self { object, map })
    }

    /// Whether a field is there and not null.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.map.get(field).is_some_and(|value| !value.is_null())
    }

    /// The error that says that `field` is missing.
    #[must_use]
    pub fn missing(&self, field: &'static str) -> ViewError {
        ViewError::Missing { object: self.object, field }
    }
}
