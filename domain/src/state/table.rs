//! The locked rows of one table, with what the event in hand changed.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt::Display;

use crate::aggregate::{Aggregate, new_messages};
use crate::doubt::Doubt;
use crate::effect::Effect;
use crate::keys::Keys;
use crate::message::Message;
use crate::origin::Origin;
use crate::rules::Rules;

/// An aggregate as it was loaded and as it is now.
#[derive(Debug, Clone)]
pub struct Row<T> {
    /// As the database has it; `None` when the batch created it.
    pub loaded: Option<T>,
    /// As the events so far have left it.
    pub now: T,
}

/// The locked rows of one table.
#[derive(Debug, Clone)]
pub struct Table<T: Aggregate> {
    rows: BTreeMap<T::Key, Row<T>>,
    undo: BTreeMap<T::Key, T>,
}

impl<T: Aggregate> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), undo: BTreeMap::new() }
    }
}

impl<T: Aggregate> Table<T> {
    /// Adds a row under lock: as loaded, or new.
    pub fn add(&mut self, key: T::Key, loaded: Option<T>) {
        let now = loaded.clone().unwrap_or_default();
        self.rows.insert(key, Row { loaded, now });
    }

    /// Whether the row is locked.
    #[must_use]
    pub fn has<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        T::Key: Borrow<Q>,
    {
        self.rows.contains_key(key)
    }

    /// The row as it is now.
    ///
    /// # Panics
    /// When it was not locked: the event's keys and its handler disagree, which is a bug of the handler
    /// and ends as `handler_panic`.
    #[must_use]
    pub fn get<Q: Ord + Display + ?Sized>(&self, key: &Q) -> &T
    where
        T::Key: Borrow<Q>,
    {
        &self.rows.get(key).unwrap_or_else(|| panic!("{} {key} was not locked", T::NAME)).now
    }

    /// The row, to be changed by the event in hand.
    ///
    /// # Panics
    /// As [`Table::get`].
    pub fn touch<Q: Ord + Display + ToOwned<Owned = T::Key> + ?Sized>(&mut self, key: &Q) -> &mut T
    where
        T::Key: Borrow<Q>,
    {
        let row = self.rows.get_mut(key).unwrap_or_else(|| panic!("{} {key} was not locked", T::NAME));
        if !self.undo.contains_key(key) {
            self.undo.insert(key.to_owned(), row.now.clone());
        }
        &mut row.now
    }

    /// Takes a part that is in a row of its own into the aggregate that it belongs to, if that was loaded.
    pub fn load_part<Q: Ord + ?Sized>(&mut self, key: &Q, take_in: impl Fn(&mut T))
    where
        T::Key: Borrow<Q>,
    {
        if let Some(Row { loaded: Some(loaded), now }) = self.rows.get_mut(key) {
            take_in(loaded);
            take_in(now);
        }
    }

    /// Every locked row.
    pub fn rows(&self) -> impl Iterator<Item = (&T::Key, &Row<T>)> {
        self.rows.iter()
    }

    /// The keys of every locked row.
    pub fn keys(&self) -> impl Iterator<Item = &T::Key> {
        self.rows.keys()
    }

    /// The rows that differ from what was loaded.
    pub fn changed(&self) -> impl Iterator<Item = (&T::Key, &Row<T>)> {
        self.rows().filter(|(_, row)| row.loaded.as_ref() != Some(&row.now))
    }
}

/// What is done with all tables of a [`State`](super::State) alike.
pub(super) trait AnyTable {
    /// Begins the next event.
    fn begin(&mut self);

    /// Undoes the event in hand.
    fn rollback(&mut self);

    /// Adds the rows that the event in hand touched and that are needed whole.
    fn missing(&self, keys: &mut Keys);

    /// What the event in hand did to each row that it touched.
    fn effects(&self, rules: &Rules) -> Vec<Effect>;

    /// The messages that the rows call for now, and did not when they were loaded: messages are a function of the
    /// state, so those have been sent before.
    fn messages(&self, rules: &Rules) -> Vec<Message>;

    /// The objects of changed rows of which the events do not say enough.
    fn doubts(&self) -> Vec<(Origin, Doubt)>;
}

impl<T: Aggregate> AnyTable for Table<T> {
    fn begin(&mut self) {
        self.undo.clear();
    }

    fn rollback(&mut self) {
        for (key, before) in std::mem::take(&mut self.undo) {
            if let Some(row) = self.rows.get_mut(&key) {
                row.now = before;
            }
        }
    }

    fn missing(&self, keys: &mut Keys) {
        self.undo.keys().for_each(|key| self.rows[key].now.missing(key, keys));
    }

    fn effects(&self, rules: &Rules) -> Vec<Effect> {
        let touched = self.undo.iter().map(|(key, before)| (key, before, &self.rows[key].now));
        touched.filter_map(|(key, before, now)| Effect::on(key, before, now, rules)).collect()
    }

    fn messages(&self, rules: &Rules) -> Vec<Message> {
        let unknown = T::default();
        self.changed()
            .flat_map(|(key, row)| {
                new_messages(key, row.loaded.as_ref().unwrap_or(&unknown), &row.now, rules)
            })
            .collect()
    }

    fn doubts(&self) -> Vec<(Origin, Doubt)> {
        let of = |(key, row): (&T::Key, &Row<T>)| {
            let origin = row.now.origin(key);
            row.now.doubts(key).into_iter().map(move |doubt| (origin.clone(), doubt)).collect::<Vec<_>>()
        };
        self.changed().flat_map(of).collect()
    }
}
