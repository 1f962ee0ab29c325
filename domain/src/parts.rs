//! Parts of an aggregate: its document holds a few of them, rows of their own hold the others.
//!
//! Owns that the sums over the parts in rows are right: a part is added when it moves to a row and subtracted when it
//! is taken out again. A batch loads only the rows that its events name. Where a decision needs the others too,
//! `Parts::take_all` says so, and the batch is decided again with every row loaded
//! ([`crate::state::State::incomplete`]).

mod document;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// What the parts in rows add up to.
pub trait Sums: fmt::Debug + Clone + Default + Eq {
    /// A part, as its row holds it.
    type Row: fmt::Debug + Clone + Eq;

    /// Adds a part.
    fn add(&mut self, id: &str, row: &Self::Row);

    /// Subtracts a part that was added.
    fn subtract(&mut self, id: &str, row: &Self::Row);

    /// Whether no part is in a row.
    fn is_empty(&self) -> bool;
}

/// Parts by id. Dereferences to those in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts<T, S: Sums> {
    kept: BTreeMap<String, T>,
    sums: S,
    /// The rows that the batch knows.
    rows: BTreeMap<Arc<str>, Arc<S::Row>>,
    /// The batch knows all of them.
    complete: bool,
    /// A decision needs all of them.
    missing: bool,
}

impl<T, S: Sums> Parts<T, S> {
    /// Whether there is no part at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.sums.is_empty()
    }

    /// Whether some parts are in rows.
    #[must_use]
    pub fn in_rows(&self) -> bool {
        !self.sums.is_empty()
    }

    /// What the parts in rows add up to.
    #[must_use]
    pub const fn sums(&self) -> &S {
        &self.sums
    }

    /// The rows that the batch knows.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &S::Row)> {
        self.rows.iter().map(|(id, row)| (&**id, &**row))
    }

    /// A row that the batch knows.
    #[must_use]
    pub fn row(&self, id: &str) -> Option<&S::Row> {
        self.rows.get(id).map(|row| &**row)
    }

    /// Takes in a row as it is stored.
    pub fn load(&mut self, id: &str, row: &Arc<S::Row>) {
        self.rows.insert(id.into(), Arc::clone(row));
    }

    /// Every row has been taken in.
    pub const fn loaded_all(&mut self) {
        self.complete = true;
    }

    /// Whether a decision needs rows that were not loaded; what was decided without them is to be discarded.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        self.missing
    }

    /// The rows that were not there or differed before. Both sides are sorted, and a row that nobody changed is shared:
    /// looking at all of them costs little.
    pub fn new_rows<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = (&'a str, &'a S::Row)> {
        let mut before = before.rows.iter().peekable();
        let new = self.rows.iter().filter(move |(id, row)| {
            while before.next_if(|(known, _)| known < id).is_some() {}
            before.next_if(|(known, _)| known == id).is_none_or(|(_, known)| known != *row)
        });
        new.map(|(id, row)| (&**id, &**row))
    }

    /// The rows to delete, `before` being what is stored.
    pub fn dropped_rows<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = &'a str> {
        before.rows.keys().filter(|id| !self.rows.contains_key(*id)).map(|id| &**id)
    }

    /// The parts as the document holds them, without the rows.
    #[must_use]
    pub fn without_rows(mut self) -> Self {
        (self.rows, self.complete, self.missing) = (BTreeMap::new(), !self.in_rows(), false);
        self
    }

    /// The parts in the document, none being in a row.
    pub(crate) fn into_kept(self) -> BTreeMap<String, T> {
        debug_assert!(!self.in_rows(), "the caller has taken all parts out of their rows");
        self.kept
    }

    /// Takes a part out of its row, if it is in one.
    pub(crate) fn take(&mut self, id: &str) -> Option<Arc<S::Row>> {
        let row = self.rows.remove(id)?;
        self.sums.subtract(id, &row);
        Some(row)
    }

    /// Moves a part to a row.
    pub(crate) fn put(&mut self, id: &str, row: S::Row) {
        self.sums.add(id, &row);
        self.rows.insert(id.into(), Arc::new(row));
    }

    /// Takes every part out of its row. `None`: they are not loaded, and the batch must be decided again.
    pub(crate) fn take_all(&mut self) -> Option<BTreeMap<Arc<str>, Arc<S::Row>>> {
        if self.in_rows() && !self.complete {
            self.missing = true;
            return None;
        }
        self.sums = S::default();
        Some(std::mem::take(&mut self.rows))
    }

    /// To note what decided about the parts in rows.
    pub(crate) const fn sums_mut(&mut self) -> &mut S {
        &mut self.sums
    }
}

impl<T: Clone, S: Sums<Row = T>> Parts<T, S> {
    /// Takes a part into the document, to be changed.
    pub(crate) fn recall(&mut self, id: &str) {
        if let Some(row) = self.take(id) {
            self.kept.insert(id.to_owned(), Arc::unwrap_or_clone(row));
        }
    }

    /// Takes every part into the document. False: they are not loaded, and the batch must be decided again.
    pub(crate) fn recall_all(&mut self) -> bool {
        let Some(rows) = self.take_all() else { return false };
        self.kept.extend(rows.into_iter().map(|(id, row)| (id.to_string(), Arc::unwrap_or_clone(row))));
        true
    }

    /// Moves these parts to rows.
    pub(crate) fn put_all(&mut self, ids: impl IntoIterator<Item = String>) {
        for id in ids {
            if let Some(part) = self.kept.remove(&id) {
                self.put(&id, part);
            }
        }
    }

    /// Every part that the batch knows.
    pub fn known(&self) -> impl Iterator<Item = (&str, &T)> {
        self.kept.iter().map(|(id, part)| (id.as_str(), part)).chain(self.rows())
    }

    /// A part, wherever it is, if the batch knows it.
    #[must_use]
    pub fn known_part(&self, id: &str) -> Option<&T> {
        self.kept.get(id).or_else(|| self.row(id))
    }

    /// The ids of the known parts that differ from what they were.
    pub(crate) fn changed<'a>(&'a self, before: &'a Self) -> BTreeSet<&'a str>
    where
        T: PartialEq,
    {
        let kept = self.iter().filter(|(id, part)| before.known_part(id) != Some(*part));
        let rows = self.new_rows(before).filter(|(id, row)| before.get(*id) != Some(*row));
        kept.map(|(id, _)| id.as_str()).chain(rows.map(|(id, _)| id)).collect()
    }
}

impl<T, S: Sums> Default for Parts<T, S> {
    fn default() -> Self {
        Self {
            kept: BTreeMap::new(),
            sums: S::default(),
            rows: BTreeMap::new(),
            complete: true,
            missing: false,
        }
    }
}

impl<T, S: Sums> Deref for Parts<T, S> {
    type Target = BTreeMap<String, T>;

    fn deref(&self) -> &Self::Target {
        &self.kept
    }
}

impl<T, S: Sums> DerefMut for Parts<T, S> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.kept
    }
}

#[cfg(test)]
mod tests;
