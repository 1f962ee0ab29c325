//! One line of CSV (RFC 4180). Pure.

/// The cells as a line. A cell that a spreadsheet would take for a formula gets an apostrophe before it, which shows the
/// rest as text: customers choose names and ids (OWASP, CSV injection).
pub(crate) fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(&guarded(cell))).collect();
    cells.join(",") + "\r\n"
}

fn guarded(cell: &str) -> String {
    // Spreadsheets step over what stands before: spaces, and full-width signs mean the same.
    let begins = cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if begins || cell.starts_with(['\t', '\r', '\n']) { format!("'{cell}") } else { cell.to_owned() }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', ';', '"', '\r', '\n', '\t']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    fn one(cell: &str) -> String {
        line(&[cell.to_owned()]).trim_end_matches("\r\n").to_owned()
    }

    #[test]
    fn a_cell_is_quoted_where_it_must_be() {
        assert_eq!(line(&["a".into(), "b,c".into(), String::new()]), "a,\"b,c\",\r\n");
        assert_eq!(one("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(one("two\nlines"), "\"two\nlines\"");
        assert_eq!(one("45.00"), "45.00");
    }

    #[test]
    fn a_formula_is_shown_and_not_computed() {
        for formula in
            ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1", "=HYPERLINK(\"http://x\",\"y\")"]
        {
            let cell = one(formula);
            assert!(cell.starts_with('\'') || cell.starts_with("\"'"), "{formula}: {cell}");
        }
    }
}
