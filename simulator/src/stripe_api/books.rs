//! The balance as it was last asked for. A list of it is read page by page, so that it is kept and not made for each page.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// Both newest first.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) transactions: Vec<Value>,
    pub(super) payouts: Vec<Value>,
}

/// Who looks: account, mode, moment, and whether at a replica that lags.
pub(super) type Viewer = (String, bool, Option<i64>, bool);

/// The books that were made since the last change.
#[derive(Debug, Default)]
pub(super) struct KeptBooks(Mutex<Vec<(Viewer, Arc<Books>)>>);

impl KeptBooks {
    pub(super) fn forget(&mut self) {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(super) fn get_or_make(&self, viewer: Viewer, make: impl FnOnce() -> Books) -> Arc<Books> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, books)) = kept.iter().find(|(of, _)| *of == viewer) {
            return Arc::clone(books);
        }
        let books = Arc::new(make());
        kept.push((viewer, Arc::clone(&books)));
        books
    }
}
