//! A list as a stream of bytes: page after page, so that no file is held in memory, and never more than [`MOST`] rows.

use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::try_unfold;
use serde::Serialize;

use super::csv;
use super::kind::ExportFormat;
use super::rows::CsvRow;
use crate::common::error::ServiceError;
use crate::common::paging::{MAX_LIMIT, Page, PageRequest};

/// The most rows of a file.
pub(crate) const MOST: usize = 50_000;

/// Gives a page of a list.
pub(crate) type Fetch<T> = Box<dyn Fn(PageRequest) -> LocalBoxFuture<'static, Result<Page<T>, ServiceError>>>;

/// Where a stream stands.
enum Part {
    /// The page with this cursor is next, after so many rows.
    Rows {
        before: Option<String>,
        sent: usize,
    },
    End,
}

/// The list in a format. A stream that fails breaks off, so that a part of a list does not pass for the whole.
pub(crate) fn stream<T: CsvRow + Serialize + 'static>(
    format: ExportFormat,
    fetch: Fetch<T>,
) -> impl Stream<Item = Result<Bytes, ServiceError>> {
    let begin = Part::Rows { before: None, sent: 0 };
    try_unfold((begin, fetch), move |(part, fetch)| async move {
        let Part::Rows { before, sent } = part else { return Ok(None) };
        let request = PageRequest { before, after: None, limit: Some(MAX_LIMIT) };
        let page = fetch(request).await?;
        let rows = sent + page.items.len();
        let cut = rows >= MOST && page.next.is_some();
        let last = cut || page.next.is_none();
        let next = page.next.clone();
        let text = match format {
            ExportFormat::Csv => csv_part(&page, sent == 0, cut),
            ExportFormat::Json => json_part(&page, sent == 0, last)?,
        };
        let part = if last { Part::End } else { Part::Rows { before: next, sent: rows } };
        Ok(Some((Bytes::from(text), (part, fetch))))
    })
}

fn csv_part<T: CsvRow>(page: &Page<T>, first: bool, cut: bool) -> String {
    let mut text = String::new();
    if first {
        let columns: Vec<String> = T::COLUMNS.iter().map(|column| (*column).to_owned()).collect();
        text.push_str(&csv::line(&columns));
    }
    page.items.iter().for_each(|row| text.push_str(&csv::line(&row.cells())));
    if cut {
        text.push_str(&csv::line(&[format!(
            "cut after {MOST} rows: choose a shorter time or another filter"
        )]));
    }
    text
}

/// As a page of the API: `next` says where a file that was cut goes on.
fn json_part<T: Serialize>(page: &Page<T>, first: bool, last: bool) -> Result<String, ServiceError> {
    let failed = |error: serde_json::Error| ServiceError::Internal(error.to_string());
    let rows =
        page.items.iter().map(serde_json::to_string).collect::<Result<Vec<String>, _>>().map_err(failed)?;
    let begin = match (first, rows.is_empty()) {
        (true, _) => "{\"items\":[",
        (false, true) => "",
        (false, false) => ",",
    };
    let end = if last {
        format!("],\"next\":{}}}", serde_json::to_string(&page.next).map_err(failed)?)
    } else {
        String::new()
    };
    Ok(format!("{begin}{}{end}", rows.join(",")))
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, TryStreamExt};
    use serde::Serialize;

    use super::{Fetch, MOST, stream};
    use crate::common::paging::Page;
    use crate::exports::kind::ExportFormat;
    use crate::exports::rows::CsvRow;

    #[derive(Serialize)]
    struct Numbered(usize);

    impl CsvRow for Numbered {
        const COLUMNS: &'static [&'static str] = &["number"];

        fn cells(&self) -> Vec<String> {
            vec![self.0.to_string()]
        }
    }

    fn file(format: ExportFormat, rows: usize) -> String {
        let fetch: Fetch<Numbered> = Box::new(move |request| {
            async move {
                let from: usize = request.before.map_or(0, |before| before.parse().unwrap());
                let to = (from + 500).min(rows);
                let next = (to < rows).then(|| to.to_string());
                Ok(Page { items: (from..to).map(Numbered).collect(), next, previous: None })
            }
            .boxed_local()
        });
        let parts: Vec<bytes::Bytes> =
            stream(format, fetch).try_collect::<Vec<_>>().now_or_never().unwrap().unwrap();
        String::from_utf8(parts.concat()).unwrap()
    }

    #[test]
    fn a_csv_file_has_a_heading_and_every_row_once() {
        let text = file(ExportFormat::Csv, 1201);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), lines[0], lines[1], lines[1201]), (1202, "number", "0", "1200"));
        assert_eq!(file(ExportFormat::Csv, 0), "number\r\n");
    }

    #[test]
    fn a_json_file_is_one_document() {
        for rows in [0, 1, 500, 1201] {
            let value: serde_json::Value = serde_json::from_str(&file(ExportFormat::Json, rows)).unwrap();
            assert_eq!(value["items"].as_array().unwrap().len(), rows);
            assert!(value["next"].is_null());
        }
    }

    #[test]
    fn a_file_that_is_cut_says_so() {
        let csv = file(ExportFormat::Csv, MOST + 1);
        assert!(csv.lines().last().unwrap().starts_with("cut after"));
        assert_eq!(csv.lines().count(), MOST + 2);
        let json: serde_json::Value = serde_json::from_str(&file(ExportFormat::Json, MOST + 1)).unwrap();
        assert_eq!(json["next"], MOST.to_string());
        assert!(!file(ExportFormat::Csv, MOST).contains("cut after"));
    }
}
