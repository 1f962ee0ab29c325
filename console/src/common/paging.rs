//! Pages of lists: how many items, where they begin and in which direction they go on, and the texts that they are
//! filtered by.

use serde::Serialize;

use crate::common::error::ServiceError;

/// The most characters of a text to search or filter by.
pub(crate) const MAX_TEXT: usize = 255;
/// The most items of a page.
pub(crate) const MAX_LIMIT: i64 = 500;
const DEFAULT_LIMIT: i64 = 50;

/// A page of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct Page<T> {
    /// What is on it.
    pub(crate) items: Vec<T>,
    /// Pass it as `before` for the page after; none on the last.
    pub(crate) next: Option<String>,
    /// Pass it as `after` for the page before; none on the first, and for lists that go in one direction alone.
    pub(crate) previous: Option<String>,
}

impl<T> Page<T> {
    /// A page of `limit` items from a list that was asked for one more.
    pub(crate) fn cut(mut items: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor) } else { None };
        Page { items, next, previous: None }
    }

    /// A page of `limit` items from a list that was asked for one more in a direction: of newer items the oldest come
    /// first.
    pub(crate) fn around<C>(
        items: Vec<T>,
        limit: i64,
        direction: &Direction<C>,
        cursor: impl Fn(&T) -> String,
    ) -> Page<T> {
        match direction {
            Direction::Older(from) => {
                let previous = from.as_ref().and(items.first()).map(&cursor);
                Page { previous, ..Page::cut(items, limit, cursor) }
            }
            Direction::Newer(_) => {
                let Page { mut items, next, .. } = Page::cut(items, limit, &cursor);
                items.reverse();
                let oldest = items.last().map(&cursor);
                Page { items, next: oldest, previous: next }
            }
        }
    }

    /// A list that has no pages.
    pub(crate) fn unpaged(items: Vec<T>) -> Page<T> {
        Page { items, next: None, previous: None }
    }

    /// The same page of something else.
    pub(crate) fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(to).collect(), next: self.next, previous: self.previous }
    }
}

/// Where a page begins, and which way it goes from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Direction<C> {
    /// After this item in a list that begins with the newest; none: from the newest on.
    Older(Option<C>),
    /// Before this item.
    Newer(C),
}

impl<C> Direction<C> {
    /// The item that the page begins beside.
    pub(crate) fn cursor(&self) -> Option<&C> {
        match self {
            Direction::Older(cursor) => cursor.as_ref(),
            Direction::Newer(cursor) => Some(cursor),
        }
    }

    /// Of two statements the one that goes this way.
    pub(crate) fn choose<'a>(&self, older: &'a str, newer: &'a str) -> &'a str {
        match self {
            Direction::Older(_) => older,
            Direction::Newer(_) => newer,
        }
    }
}

/// Which page of a list is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageRequest {
    /// The `next` of the page before.
    pub(crate) before: Option<String>,
    /// The `previous` of the page after.
    pub(crate) after: Option<String>,
    /// How many items at most.
    pub(crate) limit: Option<i64>,
}

impl PageRequest {
    /// The page after the one whose `next` this is.
    pub(crate) fn before(before: Option<String>) -> PageRequest {
        PageRequest { before, ..PageRequest::default() }
    }

    /// How many items, within bounds.
    pub(crate) fn limit(&self) -> Result<i64, ServiceError> {
        match self.limit.unwrap_or(DEFAULT_LIMIT) {
            n if (1..=MAX_LIMIT).contains(&n) => Ok(n),
            n => {
                Err(ServiceError::invalid("invalid_limit", format!("limit takes 1 to {MAX_LIMIT}, not {n}")))
            }
        }
    }

    /// Where the page begins and which way it goes. `read` reads a cursor.
    pub(crate) fn direction<C>(
        &self,
        read: impl Fn(&str) -> Option<C>,
    ) -> Result<Direction<C>, ServiceError> {
        let wrong =
            |name, of| ServiceError::invalid("invalid_cursor", format!("{name} takes the `{of}` of a page"));
        match (self.before.as_deref(), self.after.as_deref()) {
            (Some(_), Some(_)) => {
                Err(ServiceError::invalid("invalid_cursor", "before and after cannot both be given"))
            }
            (None, Some(text)) => Ok(Direction::Newer(read(text).ok_or_else(|| wrong("after", "previous"))?)),
            (Some(text), None) => {
                Ok(Direction::Older(Some(read(text).ok_or_else(|| wrong("before", "next"))?)))
            }
            (None, None) => Ok(Direction::Older(None)),
        }
    }

    /// Where a page of numbered rows begins and which way it goes.
    pub(crate) fn number_direction(&self) -> Result<Direction<i64>, ServiceError> {
        self.direction(|text| text.parse().ok())
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

/// A type of events or what types begin with: `charge`, `charge.` and `charge.*` say the same.
pub(crate) fn type_prefix(named: Option<String>) -> Result<Option<String>, ServiceError> {
    let named = text("type", named)?;
    let named = named.map(|named| named.trim_end_matches('*').trim_end_matches('.').to_owned());
    Ok(named.filter(|named| !named.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::{Direction, Page, PageRequest};

    #[test]
    fn a_page_has_a_next_only_when_there_is_more() {
        let page = Page::cut(vec![1, 2, 3], 2, ToString::to_string);
        assert_eq!((page.items, page.next.as_deref()), (vec![1, 2], Some("2")));
        let last = Page::cut(vec![3], 2, ToString::to_string);
        assert_eq!((last.items, last.next), (vec![3], None));
    }

    #[test]
    fn a_list_is_walked_down_and_up_again() {
        let all: Vec<i64> = (1..=7).rev().collect();
        let page = |direction: Direction<i64>| {
            let found: Vec<i64> = match &direction {
                Direction::Older(from) => {
                    all.iter().copied().filter(|n| from.is_none_or(|from| *n < from)).take(4).collect()
                }
                Direction::Newer(from) => all.iter().rev().copied().filter(|n| n > from).take(4).collect(),
            };
            Page::around(found, 3, &direction, ToString::to_string)
        };
        let cursor = |text: Option<String>| text.map(|text| text.parse::<i64>().unwrap());
        let first = page(Direction::Older(None));
        assert_eq!((&first.items[..], &first.previous), (&[7, 6, 5][..], &None));
        let second = page(Direction::Older(cursor(first.next)));
        assert_eq!(second.items, [4, 3, 2]);
        let last = page(Direction::Older(cursor(second.next)));
        assert_eq!((&last.items[..], last.next), (&[1][..], None));
        let back = page(Direction::Newer(cursor(last.previous).unwrap()));
        assert_eq!(back.items, [4, 3, 2]);
        let top = page(Direction::Newer(cursor(back.previous).unwrap()));
        assert_eq!((&top.items[..], top.previous), (&[7, 6, 5][..], None));
        assert_eq!(cursor(top.next), Some(5));
    }

    #[test]
    fn a_limit_has_bounds() {
        let limit = |limit| PageRequest { limit, ..PageRequest::default() }.limit();
        assert!(limit(Some(0)).is_err());
        assert!(limit(Some(501)).is_err());
        assert_eq!(limit(None).unwrap(), 50);
    }

    #[test]
    fn a_page_goes_one_way() {
        let request = |before: Option<&str>, after: Option<&str>| PageRequest {
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
            limit: None,
        };
        assert_eq!(request(None, None).number_direction().unwrap(), Direction::Older(None));
        assert_eq!(request(Some("7"), None).number_direction().unwrap(), Direction::Older(Some(7)));
        assert_eq!(request(None, Some("7")).number_direction().unwrap(), Direction::Newer(7));
        assert!(request(Some("7"), Some("7")).number_direction().is_err());
        assert!(request(None, Some("x")).number_direction().is_err());
    }
}
