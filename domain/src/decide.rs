//! Applies events to the state, one by one, and says what each did.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::effect::Effect;
use super::event::Event;
use super::keys::Keys;
use super::rejection::{Reason, Rejection};
use super::rules::Rules;
use super::state::State;
use crate::handlers::{self, Intent};

/// An event that has been read and not yet applied.
pub struct Prepared {
    /// The event that the decision is about.
    pub event: Event,
    /// What it asks for, once its object has been read.
    pub intent: Intent,
}

/// What the domain makes of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Its handler applied it; what that changed is in the effects.
    Processed,
    /// It is not handled; the reason.
    Ignored(&'static str),
    /// It did not take effect.
    Rejected(Rejection),
}

impl Prepared {
    /// Reads the object of an event.
    #[must_use]
    pub fn new(event: Event) -> Self {
        let intent = match handlers::read(&event) {
            Ok(intent) => intent,
            Err(rejection) => Intent::Reject(rejection),
        };
        Self { event, intent }
    }

    /// Reads the object of an event that these rules let in.
    #[must_use]
    pub fn under(rules: &Rules, event: Event) -> Self {
        match rules.livemode {
            Some(mode) if mode != event.livemode => Self { event, intent: Intent::Ignore("other_mode") },
            _ => Self::new(event),
        }
    }

    /// What must be locked before it can be applied.
    #[must_use]
    pub fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        if let Intent::Change(change) = &self.intent {
            change.keys(&self.event, &mut keys);
        }
        keys
    }
}

/// Applies one event. A rejected event, and one whose handler panics, leaves the state as it was.
pub fn decide(prepared: &Prepared, state: &mut State, rules: &Rules) -> (Decision, Vec<Effect>) {
    let change = match &prepared.intent {
        Intent::Ignore(why) => return (Decision::Ignored(why), Vec::new()),
        Intent::Reject(rejection) => return (Decision::Rejected(rejection.clone()), Vec::new()),
        Intent::Change(change) => change,
    };
    state.begin();
    let applied = catch_unwind(AssertUnwindSafe(|| {
        change.apply(&prepared.event, state, rules).map(|()| state.effects(rules))
    }));
    state.note_incomplete();
    match applied {
        Ok(Ok(mut effects)) => {
            if prepared.event.quiet {
                effects.iter_mut().for_each(Effect::be_quiet);
            }
            (Decision::Processed, effects)
        }
        Ok(Err(rejection)) => {
            state.rollback();
            (Decision::Rejected(rejection), Vec::new())
        }
        Err(_) => {
            state.rollback();
            let detail =
                format!("the handler of {} panicked; the log of the worker says where", prepared.event.kind);
            (Decision::Rejected(Rejection::permanent(Reason::HandlerPanic, detail)), Vec::new())
        }
    }
}
