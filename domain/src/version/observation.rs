//! What Stripe's API showed, beside what the events prove.

use super::{Delta, Versioned};

/// For so many seconds after a change an answer of Stripe's API that shows the state before it is taken for one from before
/// it. A replica does not lag for longer; later the object may have come back to that state by an event that is missing.
const LAG: i64 = 60;

impl<T> Versioned<T> {
    /// Takes in an observation. Of several the newest is kept; a final status is newer than any other.
    pub(super) fn observe(&mut self, step: Delta<T>) {
        let key = |step: &Delta<T>| (step.is_terminal, step.created, step.event.clone());
        if self.observed.as_deref().is_none_or(|known| key(known) < key(&step)) {
            self.observed = Some(Box::new(step));
        }
    }

    /// The observation, where it is the newest version.
    pub(super) fn leading_observation(&self) -> Option<&Delta<T>> {
        let observed = self.observed.as_deref()?;
        let Some(known) = self.steps.get(self.newest) else { return Some(observed) };
        let more = observed.after != known.after && (observed.is_terminal || self.observation_stands());
        (more && !known.is_terminal).then_some(observed)
    }

    /// Whether Stripe's API has ever shown the object.
    #[must_use]
    pub const fn was_observed(&self) -> bool {
        self.observed.is_some()
    }

    /// When Stripe's API last showed the newest version, unix seconds, if it did.
    #[must_use]
    pub fn observed_at(&self) -> Option<i64> {
        let observed = self.observed.as_deref().filter(|_| self.observation_stands())?;
        (observed.after == self.latest_delta().after).then_some(observed.created)
    }

    /// Whether there is an observation that holds every change that the events speak of.
    pub(super) fn observation_stands(&self) -> bool {
        let Some(observed) = self.observed.as_deref() else { return false };
        let Some(known) = self.steps.get(self.newest) else { return true };
        let later = known.is_creation || observed.created >= known.created;
        later && !self.is_from_before(observed)
    }

    /// Whether events of the minute before have left the state that an observation shows, and none has led back to it.
    fn is_from_before(&self, observed: &Delta<T>) -> bool {
        let recent = |step: &Delta<T>| observed.created.saturating_sub(step.created) <= LAG;
        let left = |step: &Delta<T>| step.before.as_ref() == Some(&observed.after) && recent(step);
        self.steps.iter().any(left) && self.steps.iter().all(|step| step.after != observed.after)
    }
}
