//! What is wrong with a template.

use std::path::PathBuf;

use thiserror::Error;

/// Why a template cannot be used. Each names the file, and the line where there is one.
#[derive(Debug, Error)]
pub enum TemplateError {
    /// The folder or a file cannot be read.
    #[error("{path:?} cannot be read")]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Its name is that of no template.
    #[error(
        "{file:?} is the name of no template: <kind>.txt, <kind>.html, <kind>.<locale>.txt, message.html or _<part>"
    )]
    Name {
        /// The file.
        file: PathBuf,
    },
    /// It names what its kind does not have.
    #[error("{file}, line {line}: unknown variable `{variable}`; there are {known}")]
    Variable {
        /// The file.
        file: String,
        /// Where, from 1.
        line: usize,
        /// What it names.
        variable: String,
        /// What it may name.
        known: String,
    },
    /// It cannot be read as a template, or not be filled in.
    #[error("{file}, line {line}: {what}")]
    Template {
        /// The file.
        file: String,
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// A text does not begin with its subject.
    #[error("{file}, line 1: the text does not begin with a line `Subject: …`")]
    NoSubject {
        /// The file.
        file: String,
    },
}
