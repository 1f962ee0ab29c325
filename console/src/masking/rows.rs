//! What is personal in the console's own rows: ids that a shop made of e-mail addresses, and texts that quote them.
//! Each row says beside its type which members those are.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{masked, text};
use crate::common::paging::Page;

/// What can hide what is personal in it.
pub(crate) trait Masked {
    fn mask(&mut self);
}

impl Masked for String {
    fn mask(&mut self) {
        *self = text(self);
    }
}

impl Masked for Value {
    fn mask(&mut self) {
        *self = masked(self);
    }
}

impl<T: Masked> Masked for Option<T> {
    fn mask(&mut self) {
        self.iter_mut().for_each(T::mask);
    }
}

impl<T: Masked> Masked for Vec<T> {
    fn mask(&mut self) {
        self.iter_mut().for_each(T::mask);
    }
}

impl<T: Masked> Masked for Page<T> {
    fn mask(&mut self) {
        self.items.mask();
    }
}

impl<T: Masked, U: Masked> Masked for (T, U) {
    fn mask(&mut self) {
        self.0.mask();
        self.1.mask();
    }
}

/// Each type with its members that may quote what a customer or a shop wrote.
macro_rules! masked_members {
    ($($row:ty: $($member:ident),+;)+) => {
        $(impl $crate::masking::Masked for $row {
            fn mask(&mut self) {
                $($crate::masking::Masked::mask(&mut self.$member);)+
            }
        })+
    };
}

pub(crate) use masked_members;

impl Masked for BTreeMap<String, Option<jiff::Timestamp>> {
    /// Keys that look alike then: where one of them waits, all of them are said to.
    fn mask(&mut self) {
        let mut shown = BTreeMap::new();
        for (key, at) in std::mem::take(self) {
            let least = shown.entry(text(&key)).or_insert(at);
            *least = (*least).min(at);
        }
        *self = shown;
    }
}
