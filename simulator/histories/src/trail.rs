//! Whether an object comes back to a state that it had before within the same second.

use std::hash::{DefaultHasher, Hasher as _};

/// The states of every object, second by second.
#[derive(Debug, Default)]
pub(crate) struct Trails {
    trails: Vec<Trail>,
    pub(crate) revisits: bool,
}

#[derive(Debug)]
struct Trail {
    object: String,
    second: i64,
    /// The state that the second began with, and those reached in it.
    states: Vec<u64>,
}

impl Trails {
    /// An event showed the object in this state.
    pub(crate) fn visit(&mut self, object: &str, state: &[u8], second: i64) {
        let mut hasher = DefaultHasher::new();
        hasher.write(state);
        let state = hasher.finish();
        let Some(trail) = self.trails.iter_mut().find(|trail| trail.object == object) else {
            self.trails.push(Trail { object: object.to_owned(), second, states: vec![state] });
            return;
        };
        if second > trail.second {
            trail.second = second;
            trail.states.drain(..trail.states.len() - 1);
        }
        if trail.states.last() != Some(&state) {
            self.revisits |= trail.states.contains(&state);
            trail.states.push(state);
        }
    }
}
