//! docs/asyncapi.yaml and docs/MESSAGES.md say what the code sends.

use std::collections::{BTreeMap, BTreeSet};

use domain::message::TOPICS;
use domain::rules::Rules;
use serde_json::Value;
use simulator::histories::{Kind, write};
use yaml_rust2::{Yaml, YamlLoader};

use crate::database::{Bench, inbound};

const HISTORIES: u64 = 60;

fn page(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn asyncapi() -> Yaml {
    YamlLoader::load_from_str(&page("asyncapi.yaml")).unwrap().remove(0)
}

/// What a `$ref` leads to.
fn follow<'a>(document: &'a Yaml, reference: &Yaml) -> &'a Yaml {
    let path = reference["$ref"].as_str().unwrap().trim_start_matches("#/");
    path.split('/').fold(document, |at, name| &at[name])
}

/// Each message by its topic.
fn messages(document: &Yaml) -> BTreeMap<&str, &Yaml> {
    let channels = document["channels"].as_hash().unwrap().values();
    channels
        .map(|channel| {
            let message = channel["messages"].as_hash().unwrap().values().next().unwrap();
            (channel["address"].as_str().unwrap(), follow(document, message))
        })
        .collect()
}

#[test]
fn every_topic_is_described_as_it_is() {
    let (document, text) = (asyncapi(), page("MESSAGES.md"));
    let messages = messages(&document);
    assert_eq!(messages.len(), TOPICS.len(), "a topic is described that there is not");
    for topic in TOPICS {
        let message =
            messages.get(topic.name).unwrap_or_else(|| panic!("asyncapi.yaml lacks {}", topic.name));
        assert_eq!(message["name"].as_str(), Some(topic.name));
        assert_eq!(message["summary"].as_str(), Some(topic.when), "{}", topic.name);
        assert_eq!(message["x-lasting"].as_bool(), Some(topic.lasting), "{}", topic.name);
        let kind = if topic.lasting { "lasting" } else { "notice" };
        let row = format!("| `{}` | {kind} | {} |", topic.name, topic.when);
        assert!(text.contains(&row), "MESSAGES.md lacks {row}");
    }
}

/// Every message that many histories call for has the data that its schema says: no field more, none less, each of its
/// type.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_data_of_every_message_is_as_its_schema_says() {
    let bench = Bench::new(Rules::default()).await;
    for index in 0..HISTORIES {
        let history = write(41, index, Kind::ALL);
        let events: Vec<_> = history.events.iter().map(|event| inbound(&event.body)).collect();
        // One by one, so that notices are sent that a later event would make untrue.
        for event in events {
            bench.process(&[event]).await;
        }
    }
    let document = asyncapi();
    let messages = messages(&document);
    let mut seen = BTreeSet::new();
    for row in bench.look.query("SELECT topic, payload FROM outbox", &[]).await.unwrap() {
        let (topic, data): (String, Value) = (row.get(0), row.get(1));
        let payload = &messages[topic.as_str()]["payload"]["allOf"][1]["properties"];
        assert_eq!(payload["type"]["const"].as_str(), Some(topic.as_str()));
        fits(follow(&document, &payload["data"]), &data, &topic);
        seen.insert(topic);
    }
    assert!(seen.len() >= 20, "the histories show only {seen:?}");
}

fn fits(schema: &Yaml, data: &Value, topic: &str) {
    let data = data.as_object().unwrap();
    for name in schema["required"].as_vec().unwrap().iter().map(|name| name.as_str().unwrap()) {
        assert!(data.contains_key(name), "{topic} lacks {name}: {data:?}");
    }
    for (name, value) in data {
        let types = &schema["properties"][name.as_str()]["type"];
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let mut allowed = types.as_vec().map_or(std::slice::from_ref(types), Vec::as_slice).iter();
        assert!(allowed.any(|allowed| allowed.as_str() == Some(kind)), "{topic}: {name} is {value}");
    }
}
