//! The schemas of the messages, as an AsyncAPI document and as a bundle of JSON Schemas.

use domain::message::{TOPICS, Topic};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

const EXCHANGE: &str = "sluicegate.out";

/// The data of every topic by its type's name, and the types that those are made of.
pub(crate) fn types() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut generator =
        settings.with(|settings| settings.definitions_path = "/components/schemas".into()).into_generator();
    for topic in TOPICS {
        (topic.schema)(&mut generator);
    }
    let mut types = generator.take_definitions(true);
    types.values_mut().for_each(on_one_line);
    types
}

/// Takes the line breaks of the comments out of the descriptions.
fn on_one_line(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" => *text = text.replace('\n', " "),
                    member => on_one_line(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(on_one_line),
        _ => {}
    }
}

/// The name of the type of a topic's data.
pub(crate) fn type_name(topic: &Topic) -> String {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = (topic.schema)(&mut generator);
    let reference = schema.get("$ref").and_then(Value::as_str).unwrap_or_default();
    reference.rsplit('/').next().unwrap_or_default().to_owned()
}

/// One schema for each topic, complete in itself, under the id that `dataschema` names.
pub(crate) fn bundle() -> Value {
    let mut schemas = Map::new();
    for topic in TOPICS {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        let mut generator = settings.with(|settings| settings.inline_subschemas = true).into_generator();
        let mut schema = (topic.schema)(&mut generator);
        schema.insert("$id".to_owned(), json!(Topic::schema_id(topic.name)));
        schema.insert("title".to_owned(), json!(topic.name));
        let mut schema = schema.to_value();
        on_one_line(&mut schema);
        schemas.insert(topic.name.to_owned(), schema);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The data of Sluicegate's outgoing messages, by topic",
        "$defs": schemas,
    })
}

/// The AsyncAPI document.
pub(crate) fn asyncapi() -> Value {
    let mut schemas = types();
    schemas.insert("CloudEvent".to_owned(), cloud_event());
    schemas.insert("WebhookHeaders".to_owned(), webhook_headers());
    let by_topic = |value: fn(&Topic) -> Value| {
        let named = TOPICS.iter().map(|topic| (pascal(topic.name), value(topic)));
        Value::Object(named.collect())
    };
    let operations: Map<String, Value> = TOPICS
        .iter()
        .map(|topic| {
            let name = pascal(topic.name);
            (format!("send{name}"), json!({"action": "send", "channel": reference("channels", &name)}))
        })
        .collect();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Sluicegate's outgoing messages",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "CloudEvents 1.0 in structured mode, on the RabbitMQ exchange sluicegate.out (topic; the routing key is the topic) and by HTTP, signed as Standard Webhooks say. MESSAGES.md says how to consume them. x-lasting true: the condition, once true, is true for ever, and every order of arrival of Stripe's events sends the message.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": by_topic(channel),
        "operations": operations,
        "components": {"messages": by_topic(message), "schemas": schemas},
    })
}

fn channel(topic: &Topic) -> Value {
    let name = pascal(topic.name);
    let exchange = json!({"name": EXCHANGE, "type": "topic", "durable": true});
    json!({
        "address": topic.name,
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange}},
        "messages": {name.as_str(): reference("components/messages", &name)},
    })
}

fn message(topic: &Topic) -> Value {
    let fixed = json!({
        "type": {"const": topic.name},
        "dataschema": {"const": Topic::schema_id(topic.name)},
        "data": reference("components/schemas", &type_name(topic)),
    });
    json!({
        "name": topic.name,
        "summary": topic.when,
        "x-lasting": topic.lasting,
        "contentType": "application/cloudevents+json",
        "headers": reference("components/schemas", "WebhookHeaders"),
        "payload": {"allOf": [reference("components/schemas", "CloudEvent"), {"type": "object", "properties": fixed}]},
    })
}

fn cloud_event() -> Value {
    let text = |description: &str| json!({"type": "string", "description": description});
    json!({
        "type": "object",
        "description": "A CloudEvent 1.0 in structured mode.",
        "required": [
            "specversion", "id", "source", "type", "subject", "time", "dataschema", "datacontenttype", "sequence",
            "partitionkey", "data"
        ],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": text("The key; unique within its source. AMQP: also message_id."),
            "source": text("/sluicegate/<account or self>/<live or test>"),
            "type": text("The topic."),
            "subject": text("The key without its topic."),
            "time": {"type": "string", "format": "date-time", "description": "When the message was written."},
            "dataschema": text("The id of the schema of data, in messages.schema.json."),
            "datacontenttype": {"const": "application/json"},
            "sequence": text("Twenty digits; later messages have larger ones, with gaps."),
            "partitionkey": text("Messages with the same one are sent in order."),
            "traceparent": text("W3C trace context of the request that brought the event; absent where there was none, as when time or staff caused the message."),
            "data": {"type": "object"},
        },
    })
}

fn webhook_headers() -> Value {
    json!({
        "type": "object",
        "description": "By HTTP only.",
        "properties": {
            "webhook-id": {"type": "string", "description": "The id; what is not visible ASCII, and the percent sign, as in a URL."},
            "webhook-timestamp": {"type": "string", "description": "Unix seconds of the attempt."},
            "webhook-signature": {"type": "string", "description": "v1,<base64>; several, separated by spaces, while a secret is rolled."},
        },
    })
}

fn reference(folder: &str, name: &str) -> Value {
    json!({"$ref": format!("#/{folder}/{name}")})
}

/// `order.payment_failed` is `OrderPaymentFailed`.
fn pascal(topic: &str) -> String {
    let words = topic.split(['.', '_']);
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}
