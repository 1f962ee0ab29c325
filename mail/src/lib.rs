//! E-mail and alerts: which outgoing message becomes which e-mail, to whom, and in which words.
//!
//! Pure: what it needs to know of the database, the clock and the settings is passed in, and it sends nothing. Only
//! [`Templates::load`] reads files.

pub mod alert;
mod date;
pub mod draft;
pub mod kind;
mod locale;
mod money;
pub mod outgoing;
pub mod preview;
pub mod recipient;
mod template_error;
mod template_files;
mod templates;
pub mod values;

pub use draft::{Draft, SkipReason, Standing, draft};
pub use kind::{Audience, Kind};
pub use locale::Locale;
pub use outgoing::Outgoing;
pub use recipient::{Contact, StoredEvent, contact};
pub use template_error::TemplateError;
pub use templates::{Rendered, Templates};
