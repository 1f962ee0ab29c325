//! A Stripe object under change: setting fields, and saying what an update changed the way Stripe does.

use serde_json::{Map, Value};

use super::version::Version;

/// One Stripe object as it is now.
#[derive(Debug, Clone)]
pub(crate) struct Object(Value);

impl Object {
    /// An object that starts as `template`.
    pub(crate) fn new(template: &Value) -> Self {
        Self(template.clone())
    }

    /// The object as JSON.
    pub(crate) fn value(&self) -> &Value {
        &self.0
    }

    /// The object's id, or nothing where it has none (`invoice.upcoming`).
    pub(crate) fn id(&self) -> &str {
        self.text("id")
    }

    /// A text at the top, empty where there is none.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// A number at the top, 0 where there is none.
    pub(crate) fn int(&self, key: &str) -> i64 {
        self.0.get(key).and_then(Value::as_i64).unwrap_or_default()
    }

    /// Sets the field at a dotted path; numbers in it index lists. Missing objects are made.
    pub(crate) fn set(&mut self, path: &str, value: impl Into<Value>) -> &mut Self {
        *slot(&mut self.0, path) = value.into();
        self
    }

    /// Removes fields that were added in a later version than this one.
    pub(crate) fn since(&mut self, version: Version, fields: &[(&str, &[&str])]) -> &mut Self {
        if let Value::Object(map) = &mut self.0 {
            for (date, keys) in fields {
                if !version.since(date) {
                    keys.iter().for_each(|key| drop(map.remove(*key)));
                }
            }
        }
        self
    }

    pub(crate) fn remove(&mut self, key: &str) -> &mut Self {
        if let Value::Object(map) = &mut self.0 {
            map.remove(key);
        }
        self
    }

    /// Makes the changes and returns `previous_attributes` for them: objects deep with only the
    /// changed keys, lists whole, `null` for what was not there.
    pub(crate) fn change(&mut self, changes: Vec<(&str, Value)>) -> Map<String, Value> {
        let mut previous = Map::new();
        for (path, value) in changes {
            let listed = list_above(&self.0, path);
            if let Some((list_path, list)) = listed {
                if !recorded(&previous, list_path) {
                    let whole = list.clone();
                    record(&mut previous, list_path, whole);
                }
                *slot(&mut self.0, path) = value;
                continue;
            }
            let field = slot(&mut self.0, path);
            let old = std::mem::replace(field, value);
            if let Some(old) = difference(old, field) {
                record(&mut previous, path, old);
            }
        }
        previous
    }
}

fn slot<'a>(mut value: &'a mut Value, path: &str) -> &'a mut Value {
    for part in path.split('.') {
        value = match value {
            Value::Array(list) => {
                let at = part.parse::<usize>().unwrap_or(usize::MAX).min(list.len());
                if at == list.len() {
                    list.push(Value::Null);
                }
                &mut list[at]
            }
            other => {
                if !other.is_object() {
                    *other = Value::Object(Map::new());
                }
                &mut other[part]
            }
        };
    }
    value
}

/// The outermost list on the way to `path`, with its own path.
fn list_above<'a, 'p>(root: &'a Value, path: &'p str) -> Option<(&'p str, &'a Value)> {
    let mut value = root;
    let mut end = 0;
    for part in path.split('.') {
        if value.is_array() {
            return Some((path.get(..end.max(1) - 1)?, value));
        }
        value = value.get(part)?;
        end += part.len() + 1;
    }
    None
}

fn recorded(previous: &Map<String, Value>, path: &str) -> bool {
    let mut parts = path.split('.');
    let first = parts.next().and_then(|part| previous.get(part));
    parts.fold(first, |value, part| value.and_then(|value| value.get(part))).is_some()
}

fn record(previous: &mut Map<String, Value>, path: &str, old: Value) {
    match path.split_once('.') {
        None => drop(previous.insert(path.to_owned(), old)),
        Some((first, rest)) => {
            let inner = previous.entry(first).or_insert_with(|| Value::Object(Map::new()));
            *slot(inner, rest) = old;
        }
    }
}

/// What of `old` is otherwise in `new`.
pub(crate) fn difference(old: Value, new: &Value) -> Option<Value> {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let mut changed = Map::new();
            for key in new.keys().filter(|key| !old.contains_key(*key)) {
                changed.insert(key.clone(), Value::Null);
            }
            for (key, value) in old {
                let now = new.get(&key).unwrap_or(&Value::Null);
                if let Some(value) = difference(value, now) {
                    changed.insert(key, value);
                }
            }
            (!changed.is_empty()).then_some(Value::Object(changed))
        }
        (old, new) if old == *new => None,
        (old, _) => Some(old),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changed(before: &Value, changes: Vec<(&str, Value)>) -> Value {
        Value::Object(Object::new(before).change(changes))
    }

    #[test]
    fn an_object_shows_only_the_keys_that_changed() {
        let before =
            json!({"metadata": {"a": "1", "b": "2"}, "rendering": {"pdf": {"size": "auto", "x": 1}}});
        let previous =
            changed(&before, vec![("metadata.b", json!("3")), ("rendering.pdf.size", json!("letter"))]);
        assert_eq!(previous, json!({"metadata": {"b": "2"}, "rendering": {"pdf": {"size": "auto"}}}));
    }

    #[test]
    fn a_field_that_was_added_shows_as_null_and_one_that_was_removed_as_it_was() {
        let previous = changed(
            &json!({"metadata": {}, "pending": {"a": 1}}),
            vec![("metadata.note", json!("x")), ("pending", Value::Null)],
        );
        assert_eq!(previous, json!({"metadata": {"note": null}, "pending": {"a": 1}}));
    }

    #[test]
    fn a_list_shows_whole_and_once() {
        let before =
            json!({"items": {"object": "list", "data": [{"price": "a", "quantity": 1}, {"price": "b"}]}});
        let previous =
            changed(&before, vec![("items.data.0.price", json!("c")), ("items.data.0.quantity", json!(2))]);
        assert_eq!(previous, json!({"items": {"data": before["items"]["data"]}}));
    }

    #[test]
    fn an_unchanged_field_is_not_listed() {
        assert_eq!(changed(&json!({"status": "open"}), vec![("status", json!("open"))]), json!({}));
    }
}
