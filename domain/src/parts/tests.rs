use super::*;

/// Numbers, and how many of them are in rows with what they add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Total(u64, i64);

impl Sums for Total {
    type Row = i64;

    fn add(&mut self, _id: &str, row: &i64) {
        (self.0, self.1) = (self.0 + 1, self.1 + row);
    }

    fn subtract(&mut self, _id: &str, row: &i64) {
        (self.0, self.1) = (self.0 - 1, self.1 - row);
    }

    fn is_empty(&self) -> bool {
        self.0 == 0
    }
}

type Numbers = Parts<i64, Total>;

fn numbers(kept: &[(&str, i64)], rows: &[(&str, i64)]) -> Numbers {
    let mut parts = Numbers::default();
    for (id, number) in kept {
        parts.insert((*id).to_owned(), *number);
    }
    rows.iter().for_each(|(id, number)| parts.put(id, *number));
    parts
}

/// As a batch loads it: the document, and none of the rows.
fn loaded(parts: &Numbers) -> Numbers {
    parts.clone().without_rows()
}

#[test]
fn a_part_is_in_the_document_or_in_a_row_and_is_counted_once() {
    let mut parts = numbers(&[], &[]);
    assert!(parts.is_empty() && !parts.in_rows());
    parts.insert("a".to_owned(), 1);
    parts.insert("b".to_owned(), 20);
    assert!(!parts.is_empty() && !parts.in_rows());
    parts.put_all(["b".to_owned(), "unknown".to_owned()]);
    assert!(!parts.is_empty() && parts.in_rows());
    assert_eq!((parts.get("b"), parts.row("b"), parts.sums()), (None, Some(&20), &Total(1, 20)));
    assert_eq!(parts.known().collect::<Vec<_>>(), [("a", &1), ("b", &20)]);
    assert_eq!(
        (parts.known_part("a"), parts.known_part("b"), parts.known_part("c")),
        (Some(&1), Some(&20), None)
    );
    parts.recall("b");
    parts.recall("unknown");
    assert_eq!((parts.get("b"), parts.row("b"), parts.sums()), (Some(&20), None, &Total(0, 0)));
    assert!(!numbers(&[], &[("a", 1)]).is_empty());
}

#[test]
fn all_parts_are_taken_in_only_where_all_rows_are_known() {
    let stored = numbers(&[("a", 1)], &[("b", 20), ("c", 300)]);
    let mut parts = loaded(&stored);
    assert!(!parts.recall_all() && parts.is_missing());
    assert_eq!((parts.len(), parts.sums()), (1, &Total(2, 320)));
    let mut parts = loaded(&stored);
    parts.load("b", &Arc::new(20));
    parts.load("c", &Arc::new(300));
    parts.loaded_all();
    assert!(parts.recall_all() && !parts.is_missing());
    assert_eq!((parts.len(), parts.in_rows(), parts.rows().count()), (3, false, 0));
    // Where none is in a row, nothing is missing.
    let mut parts = loaded(&numbers(&[("a", 1)], &[]));
    assert!(parts.recall_all() && !parts.is_missing());
}

#[test]
fn the_rows_to_write_are_those_that_are_new_or_differ_and_those_to_delete_are_gone() {
    let before = numbers(&[], &[("b", 1), ("c", 2), ("d", 3), ("f", 4)]);
    let mut now = before.clone();
    now.take("b");
    now.take("d");
    now.put("d", 33);
    now.put("a", 10);
    now.put("e", 50);
    now.put("g", 60);
    assert_eq!(now.new_rows(&before).collect::<Vec<_>>(), [("a", &10), ("d", &33), ("e", &50), ("g", &60)]);
    assert_eq!(now.dropped_rows(&before).collect::<Vec<_>>(), ["b"]);
    assert_eq!(before.new_rows(&before).count() + before.dropped_rows(&before).count(), 0);
    assert_eq!(now.new_rows(&Numbers::default()).count(), 6);
    assert_eq!(Numbers::default().dropped_rows(&now).count(), 6);
}

#[test]
fn a_part_that_moves_to_a_row_as_it_was_has_not_changed() {
    let before = numbers(&[("a", 1), ("b", 2)], &[("c", 3), ("d", 4)]);
    let mut now = before.clone();
    assert!(now.changed(&before).is_empty());
    now.put_all(["a".to_owned()]);
    now.recall("c");
    assert!(now.changed(&before).is_empty());
    now.insert("b".to_owned(), 22);
    now.take("d");
    now.put("d", 44);
    now.insert("e".to_owned(), 5);
    now.put("f", 6);
    assert_eq!(now.changed(&before).into_iter().collect::<Vec<_>>(), ["b", "d", "e", "f"]);
}
