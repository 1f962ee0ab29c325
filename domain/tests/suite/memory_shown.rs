//! What one event shows besides its rows: effects, messages with their data, doubts.

use std::collections::{BTreeMap, BTreeSet};

use domain::decide::{Decision, Prepared, decide};
use domain::doubt::Doubt;
use domain::effect::Effect;
use domain::message::Message;
use domain::origin::Origin;
use serde_json::Value;

use crate::memory::Memory;

/// What came of one event.
pub(crate) struct Shown {
    pub(crate) decision: Decision,
    pub(crate) effects: Vec<Effect>,
    pub(crate) messages: Vec<Message>,
    pub(crate) doubts: BTreeSet<(Origin, Doubt)>,
}

impl Shown {
    /// The data of each message by its key.
    pub(crate) fn data(self) -> BTreeMap<String, Value> {
        self.messages.into_iter().map(|message| (message.key, message.data)).collect()
    }

    /// What the event changed of an aggregate.
    pub(crate) fn change(&self, aggregate: &str) -> &Value {
        &self.effects.iter().find(|effect| effect.aggregate == aggregate).unwrap().change
    }
}

impl Memory {
    /// Delivers one event that needs no rows but those that its keys name.
    pub(crate) fn show(&mut self, event: &Prepared) -> Shown {
        let mut state = self.load(&event.keys());
        let (decision, effects) = decide(event, &mut state, &self.rules);
        let shown =
            Shown { decision, effects, messages: state.messages(&self.rules), doubts: state.doubts() };
        self.deliver(&[event]);
        shown
    }
}
