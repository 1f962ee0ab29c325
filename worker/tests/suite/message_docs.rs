//! What is sent is as docs/messages.schema.json says; that the file is as the code has it is tested in the crate `domain`.

use std::collections::BTreeSet;

use domain::message::{TOPICS, Topic};
use domain::rules::Rules;
use serde_json::Value;
use simulator::histories::{Kind, write};

use crate::database::{Bench, inbound};

const HISTORIES: u64 = 60;

fn schemas() -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/messages.schema.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_topic_has_a_schema_under_the_id_that_its_messages_name() {
    let schemas = schemas();
    let schemas = schemas["$defs"].as_object().unwrap();
    assert_eq!(schemas.len(), TOPICS.len());
    for topic in TOPICS {
        assert_eq!(schemas[topic.name]["$id"], Topic::schema_id(topic.name));
    }
}

#[test]
fn the_examples_of_the_page_are_as_their_schemas_say() {
    let (schemas, page) = (schemas(), include_str!("../../../docs/MESSAGES.md"));
    let mut examples = page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let event: Value = serde_json::from_str(examples.next().unwrap()).unwrap();
    assert!(fits(&schemas["$defs"][event["type"].as_str().unwrap()], &event["data"]), "{event}");
    assert_eq!(event["dataschema"], Topic::schema_id(event["type"].as_str().unwrap()));
    let data: Value = serde_json::from_str(examples.next().unwrap()).unwrap();
    assert!(fits(&schemas["$defs"]["subscription.payment_succeeded"], &data), "{data}");
    assert_eq!(examples.next(), None);
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
    let schemas = schemas();
    let mut seen = BTreeSet::new();
    for row in bench.look.query("SELECT topic, payload FROM outbox", &[]).await.unwrap() {
        let (topic, data): (String, Value) = (row.get(0), row.get(1));
        let schema = &schemas["$defs"][&topic];
        assert!(fits(schema, &data), "{topic}: {data} is not {schema}");
        for name in data.as_object().unwrap().keys() {
            assert!(schema["properties"].get(name).is_some(), "{topic}: {name} is not described");
        }
        seen.insert(topic);
    }
    assert!(seen.len() >= 20, "the histories show only {seen:?}");
}

/// As much of JSON Schema as the schemas use.
fn fits(schema: &Value, data: &Value) -> bool {
    for choice in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[choice].as_array() {
            return choices.iter().any(|choice| fits(choice, data));
        }
    }
    if let Some(value) = schema.get("const") {
        return value == data;
    }
    let kind = match data {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|allowed| allowed == kind),
        allowed => allowed == kind,
    };
    let mut required = schema["required"].as_array().into_iter().flatten();
    allowed
        && required.all(|name| data.get(name.as_str().unwrap()).is_some())
        && match data {
            Value::Array(items) => items.iter().all(|item| fits(&schema["items"], item)),
            Value::Object(members) => members
                .iter()
                .all(|(name, value)| schema["properties"].get(name).is_none_or(|schema| fits(schema, value))),
            _ => true,
        }
}
