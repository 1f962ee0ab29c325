//! Differences as a table for people.

use std::fmt::Write as _;

use super::Difference;

const HEAD: [&str; 5] = ["history", "what", "id", "must be", "is"];

/// The first `shown` differences in columns.
pub(crate) fn table(differences: &[Difference], shown: usize) -> String {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(differences.iter().take(shown).map(|difference| {
        let Difference { history, what, id, must_be, mut is, ambiguous } = difference.clone();
        if ambiguous {
            is.push_str(" (marked ambiguous)");
        }
        [history, what, id, must_be, is]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    let mut text = String::new();
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            // Writing to a String cannot fail.
            write!(text, "{cell:width$}  ").ok();
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    if differences.len() > shown {
        writeln!(text, "… and {} more", differences.len() - shown).ok();
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_the_rest_is_counted() {
        let row = Difference {
            history: "card".into(),
            what: "order status".into(),
            id: "order_1".into(),
            must_be: "paid".into(),
            is: "pending".into(),
            ambiguous: false,
        };
        let text = table(&[row.clone(), row], 1);
        assert_eq!(
            text,
            "history  what          id       must be  is\ncard     order status  order_1  paid     pending\n… and 1 more"
        );
    }
}
