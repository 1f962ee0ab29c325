//! Which lists there are as files, and in which formats.

use crate::common::text_enum::text_enum;

text_enum! {
    /// A list that can be exported.
    pub(crate) enum ExportedList {
        Events = "events",
        DeadLetters = "dead-letters",
        Cases = "cases",
        Messages = "messages",
        Orders = "orders",
        Subscriptions = "subscriptions",
    }
}

text_enum! {
    /// The format of a file.
    pub(crate) enum ExportFormat {
        /// With a heading; amounts in the currency's own unit.
        Csv = "csv",
        /// As the list in the API; amounts in minor units.
        Json = "json",
    }
}

impl ExportFormat {
    /// As HTTP names it.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            ExportFormat::Csv => "text/csv; charset=utf-8",
            ExportFormat::Json => "application/json",
        }
    }
}
