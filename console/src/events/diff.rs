//! What differs between two bodies: each member with what it was and what it is. Pure.

use serde_json::Value;

/// Members that are shown at most.
const MOST: usize = 500;

/// A member that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Where it is: `billing_details.name`, `items.data[0].price`.
    pub(crate) path: String,
    /// None: it was not there.
    pub(crate) before: Option<Value>,
    /// None: it is not there any more.
    pub(crate) after: Option<Value>,
}

/// What differs from `before` to `after`, in the order of the paths.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(String::new(), Some(before), Some(after), &mut found);
    found
}

fn compare(path: String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    if before == after || found.len() >= MOST {
        return;
    }
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                compare(inner, old.get(name), new.get(name), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for i in 0..old.len().max(new.len()) {
                compare(format!("{path}[{i}]"), old.get(i), new.get(i), found);
            }
        }
        _ => found.push(Difference { path, before: before.cloned(), after: after.cloned() }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    #[test]
    fn only_what_differs_is_named_with_its_path() {
        let before =
            json!({"status": "open", "same": [1, 2], "a": {"b": 1, "gone": true}, "list": [1, 2, 3]});
        let after = json!({"status": "paid", "same": [1, 2], "a": {"b": 2, "new": null}, "list": [1, 5]});
        let shown: Vec<String> = differences(&before, &after)
            .into_iter()
            .map(|d| {
                let text = |value: Option<serde_json::Value>| value.map_or("-".to_owned(), |v| v.to_string());
                format!("{}: {} → {}", d.path, text(d.before), text(d.after))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "a.b: 1 → 2",
                "a.gone: true → -",
                "a.new: - → null",
                "list[1]: 2 → 5",
                "list[2]: 3 → -",
                "status: \"open\" → \"paid\""
            ]
        );
        assert_eq!(differences(&before, &before), []);
    }
}
