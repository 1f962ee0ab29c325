//! The parts of docs/MESSAGES.md that are made from the code: the topics, and the fields of their data.

use domain::message::TOPICS;
use serde_json::{Map, Value};

use super::schemas::{type_name, types};

/// The page with both parts as they must be.
pub(crate) fn written_into(page: &str) -> String {
    let page = replaced(page, "topics", &topics());
    replaced(&page, "data", &data())
}

/// Replaces what is between the comments that name a part. A page that lost them loses the part: the test says so.
fn replaced(page: &str, part: &str, text: &str) -> String {
    let (begin, end) = (format!("<!-- {part}: from the code -->\n"), format!("<!-- end of {part} -->"));
    let before = page.split_once(&begin).map_or("", |(before, _)| before);
    let after = page.split_once(&end).map_or("", |(_, after)| after);
    format!("{before}{begin}\n{text}\n{end}{after}")
}

fn topics() -> String {
    let mut text =
        "| topic | | sent when | key after the topic | data |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for topic in TOPICS {
        let kind = if topic.lasting { "lasting" } else { "notice" };
        let name = type_name(topic);
        let link = format!("[{name}](#{})", name.to_lowercase());
        text += &format!("| `{}` | {kind} | {} | `{}` | {link} |\n", topic.name, topic.when, topic.about);
    }
    text
}

fn data() -> String {
    let types = types();
    let mut text = String::new();
    for (name, schema) in types.iter().filter(|(_, schema)| schema["type"] == "object") {
        text += &format!("### {name}\n\n{}\n\n", text_of(&schema["description"]));
        text += "| field | type | |\n| --- | --- | --- |\n";
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let fields = schema["properties"].as_object().cloned().unwrap_or_default();
        // The required ones are in the order of the type's fields.
        let others = fields.keys().map(String::as_str).filter(|name| !required.contains(name));
        for name in required.iter().copied().chain(others) {
            let optional = if required.contains(&name) { "" } else { "may be absent, " };
            let (kind, description) = (kind(&fields[name], &types), text_of(&fields[name]["description"]));
            text += &format!("| `{name}` | {optional}{kind} | {description} |\n");
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

/// A type in words.
fn kind(schema: &Value, types: &Map<String, Value>) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return match types.get(name).and_then(|schema| schema["oneOf"].as_array()) {
            Some(values) => values
                .iter()
                .map(|value| format!("`{}`", text_of(&value["const"])))
                .collect::<Vec<_>>()
                .join(" "),
            None => format!("[{name}](#{})", name.to_lowercase()),
        };
    }
    if let Some(options) = schema["anyOf"].as_array() {
        return options.iter().map(|option| kind(option, types)).collect::<Vec<_>>().join(" or ");
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        name => name.as_str().into_iter().collect(),
    };
    let words = names.into_iter().map(|name| match name {
        "array" => format!("array of {}", kind(&schema["items"], types)),
        name => name.to_owned(),
    });
    words.collect::<Vec<_>>().join(" or ")
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
