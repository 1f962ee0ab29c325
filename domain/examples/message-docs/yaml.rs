//! JSON as YAML.

use serde_json::Value;
use yaml_rust2::yaml::Hash;
use yaml_rust2::{Yaml, YamlEmitter};

const HEAD: &str =
    "# Written by `cargo run -p domain --example message-docs`; a test compares it with the code.\n";

/// What a document begins with.
const FIRST: [&str; 3] = ["asyncapi", "info", "defaultContentType"];

/// The text of a document.
pub(crate) fn text(document: &Value) -> String {
    let mut text = String::new();
    let mut emitter = YamlEmitter::new(&mut text);
    // A string takes any text.
    emitter.dump(&yaml(document)).unwrap_or_default();
    format!("{HEAD}{}\n", text.trim_start_matches("---\n"))
}

fn yaml(value: &Value) -> Yaml {
    match value {
        Value::Null => Yaml::Null,
        Value::Bool(flag) => Yaml::Boolean(*flag),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| Yaml::Real(number.to_string()), Yaml::Integer)
        }
        Value::String(text) => Yaml::String(text.clone()),
        Value::Array(items) => Yaml::Array(items.iter().map(yaml).collect()),
        Value::Object(members) => {
            let mut hash = Hash::new();
            let first = FIRST.iter().filter_map(|name| members.get_key_value(*name));
            for (name, member) in
                first.chain(members.iter().filter(|(name, _)| !FIRST.contains(&name.as_str())))
            {
                hash.insert(Yaml::String(name.clone()), yaml(member));
            }
            Yaml::Hash(hash)
        }
    }
}
