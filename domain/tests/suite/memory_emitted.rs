//! Which topics an event sent, and that its handler lists them.

use domain::effect::Effect;
use domain::handlers::{HANDLERS, Handler};

/// The topics of an event's messages, each with the handler that emitted it.
///
/// # Panics
/// When the handler of the event does not list one of them.
pub(crate) fn emitted(kind: &str, effects: &[Effect]) -> Vec<(&'static str, &'static str)> {
    let keys = effects.iter().filter_map(|effect| effect.change["messages"].as_array()).flatten();
    keys.map(|key| {
        let name = key.as_str().unwrap().split('/').next().unwrap();
        let handler = handler_of(kind);
        let topic = handler.topics().find(|topic| topic.name == name);
        let topic =
            topic.unwrap_or_else(|| panic!("{} does not list {name}, which {kind} sent", handler.file));
        (handler.file, topic.name)
    })
    .collect()
}

fn handler_of(kind: &str) -> &'static Handler {
    HANDLERS.iter().find(|handler| handler.types.iter().any(|(listed, _)| *listed == kind)).unwrap()
}
