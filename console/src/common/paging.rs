//! Pages of lists: how many items, where they begin, and the texts that they are filtered by.

use serde::Serialize;

use crate::common::error::ServiceError;

/// The most characters of a text to search or filter by.
pub(crate) const MAX_TEXT: usize = 255;
const MAX_LIMIT: i64 = 500;
const DEFAULT_LIMIT: i64 = 50;

/// A page of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct Page<T> {
    /// What is on it.
    pub(crate) items: Vec<T>,
    /// Pass it as `before` for the page after; none on the last.
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// A page of `limit` items from a list that was asked for one more.
    pub(crate) fn cut(mut items: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor) } else { None };
        Page { items, next }
    }

    /// A list that has no pages.
    pub(crate) fn unpaged(items: Vec<T>) -> Page<T> {
        Page { items, next: None }
    }
}

/// Which page of a list is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageRequest {
    /// The `next` of the page before.
    pub(crate) before: Option<String>,
    /// How many items at most.
    pub(crate) limit: Option<i64>,
}

impl PageRequest {
    /// How many items, within bounds.
    pub(crate) fn limit(&self) -> Result<i64, ServiceError> {
        match self.limit.unwrap_or(DEFAULT_LIMIT) {
            n if (1..=MAX_LIMIT).contains(&n) => Ok(n),
            n => {
                Err(ServiceError::invalid("invalid_limit", format!("limit takes 1 to {MAX_LIMIT}, not {n}")))
            }
        }
    }

    /// Where a page of numbered rows begins.
    pub(crate) fn number_cursor(&self) -> Result<Option<i64>, ServiceError> {
        let bad = |_| ServiceError::invalid("invalid_cursor", "before takes the `next` of the page before");
        self.before.as_deref().map(|text| text.parse::<i64>().map_err(bad)).transpose()
    }
}

/// A text to search or filter by, without the spaces that copying brings along. PostgreSQL's text takes no NUL, and so
/// holds none: a text with one finds nothing.
pub(crate) fn text(name: &str, text: Option<String>) -> Result<Option<String>, ServiceError> {
    let text = text.map(|t| t.trim().to_owned());
    match text {
        Some(t) if t.chars().count() > MAX_TEXT => Err(ServiceError::invalid(
            "invalid_filter",
            format!("{name} takes at most {MAX_TEXT} characters"),
        )),
        Some(t) if t.is_empty() => Ok(None),
        other => Ok(other.map(|t| t.replace('\0', "\u{fffd}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, PageRequest};

    #[test]
    fn a_page_has_a_next_only_when_there_is_more() {
        let page = Page::cut(vec![1, 2, 3], 2, ToString::to_string);
        assert_eq!((page.items, page.next.as_deref()), (vec![1, 2], Some("2")));
        let last = Page::cut(vec![3], 2, ToString::to_string);
        assert_eq!((last.items, last.next), (vec![3], None));
    }

    #[test]
    fn a_limit_has_bounds() {
        let limit = |limit| PageRequest { before: None, limit }.limit();
        assert!(limit(Some(0)).is_err());
        assert!(limit(Some(501)).is_err());
        assert_eq!(limit(None).unwrap(), 50);
    }
}
