//! Messages that are not sent: those that only the history of an existing account calls for.

use std::collections::HashSet;

use domain::effect::Effect;
use domain::message::Message;

use crate::store::Incoming;

/// The messages of a batch without those that only quiet events called for. They are not sent later either: a message is
/// sent when the state begins to call for it.
pub(crate) fn without_quiet(
    mut messages: Vec<Message>,
    batch: &[Incoming<'_>],
    effects: &[(&str, Effect)],
) -> Vec<Message> {
    let events = batch.iter().map(|one| &one.prepared.event).filter(|event| event.quiet);
    let quiet: HashSet<&str> = events.map(|event| event.id.as_str()).collect();
    if quiet.is_empty() {
        return messages;
    }
    let called_for = |by_quiet: bool| -> HashSet<&str> {
        let of = effects.iter().filter(|(event, _)| quiet.contains(event) == by_quiet);
        of.flat_map(|(_, effect)| &effect.messages).map(String::as_str).collect()
    };
    let (by_quiet, by_others) = (called_for(true), called_for(false));
    messages.retain(|message| {
        let key = message.key.as_str();
        !by_quiet.contains(key) || by_others.contains(key)
    });
    messages
}
