//! Lists as files: what a filter takes in, as CSV or JSON, streamed page by page. Rows are masked as the lists are.

pub(crate) mod csv;
pub(crate) mod kind;
pub(crate) mod queries;
pub(crate) mod rows;
pub(crate) mod service;
pub(crate) mod stream;
